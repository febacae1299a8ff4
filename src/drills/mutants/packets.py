"""Walk single packets through groups, ACLs and routes, by brute force."""

import ipaddress
from dataclasses import dataclass
from typing import Any

from drills.mutants.cloud import Cloud, Item
from drills.mutants.interfaces import Interface, hosts, own_group

INTERNET = ("3.5.0.1", "52.94.7.9", "177.71.130.3", "205.251.199.2")  # somewhere of AWS, in both halves
_EPHEMERAL = (1024, 32768, 49152, 65535)
_PROTOCOLS = {"6": "tcp", "17": "udp", "all": "-1"}


@dataclass(frozen=True, slots=True)
class Packet:
    """A protocol and a port that is asked for."""

    protocol: str
    port: int


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end, as a security-group rule may name it."""

    ip: str
    groups: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()


def inside(cloud: Cloud, source: Interface, target: Interface, packet: Packet) -> bool:
    """Between two interfaces of one VPC, for each of their addresses."""
    if vpc_of(cloud, source.subnet) != vpc_of(cloud, target.subnet):
        return False
    pairs = [(a, b) for a in hosts(cloud, source.subnet) for b in hosts(cloud, target.subnet)]
    return all(
        rules_allow(cloud, source, "egress", packet, Peer(b, target.groups))
        and rules_allow(cloud, target, "ingress", packet, Peer(a, source.groups))
        and acls_allow(cloud, (source.subnet, a), (target.subnet, b), packet)
        for a, b in pairs
    )


def outside(cloud: Cloud, source: Interface, packet: Packet, gateway: Item | None = None) -> bool:
    """From an interface to AWS's public addresses, or those behind a gateway endpoint."""
    lists = frozenset({gateway["prefix_list_id"]}) if gateway else frozenset()
    return all(
        rules_allow(cloud, source, "egress", packet, Peer(ip, lists=lists))
        and _routed(cloud, source, ip, packet, gateway)
        for ip in INTERNET
    )


def rules_allow(cloud: Cloud, interface: Interface, way: str, packet: Packet, peer: Peer) -> bool:
    """Whether a rule of any group of an interface lets a packet to or from a peer through.

    EKS makes a group for each control plane that lets everything out.
    """
    if way == "egress" and interface.groups & {own_group(one) for one in cloud.all("aws_eks_cluster")}:
        return True
    return any(
        rule["security_group_id"] in interface.groups and _covers(rule, packet) and _names(rule, peer)
        for rule in cloud.all(f"aws_vpc_security_group_{way}_rule")
    )


def leaves_by(cloud: Cloud, source: Interface, packet: Packet) -> set[str | None]:
    """The NAT gateways through which packets leave a subnet; None where they do not get out that way."""
    found: set[str | None] = set()
    for ip in INTERNET:
        route = _route(cloud, _table(cloud, source.subnet), ip) or {}
        is_out = _routed(cloud, source, ip, packet, None)
        found.add(route.get("nat_gateway_id") if is_out else None)
    return found


def is_public(cloud: Cloud, subnet: str, packet: Packet) -> bool:
    """Whether a subnet leads to the internet gateway of its own VPC."""
    for ip in INTERNET:
        route = _route(cloud, _table(cloud, subnet), ip) or {}
        gateway = cloud.by("aws_internet_gateway", id=route.get("gateway_id"))
        if gateway is None or gateway["vpc_id"] != vpc_of(cloud, subnet):
            return False
    return all(_leaves(cloud, subnet, ip, packet) for ip in INTERNET)


def acls_allow(cloud: Cloud, source: tuple[str, str], target: tuple[str, str], packet: Packet) -> bool:
    """The way there and the way back; no ACL stands between interfaces of one subnet."""
    (near, near_ip), (far, far_ip) = source, target
    if near == far:
        return True
    there = (packet.port,)
    return (
        _acl(cloud, near, "egress", packet.protocol, far_ip, there)
        and _acl(cloud, far, "ingress", packet.protocol, near_ip, there)
        and _acl(cloud, far, "egress", packet.protocol, near_ip, _EPHEMERAL)
        and _acl(cloud, near, "ingress", packet.protocol, far_ip, _EPHEMERAL)
    )


def vpc_of(cloud: Cloud, subnet: str) -> str | None:
    """The id of a subnet's VPC, if both exist."""
    found = cloud.by("aws_subnet", id=subnet)
    return found["vpc_id"] if found and cloud.by("aws_vpc", id=found["vpc_id"]) else None


def has_internet_gateway(cloud: Cloud, subnet: str) -> bool:
    """Whether the VPC of a subnet has an internet gateway."""
    return cloud.by("aws_internet_gateway", vpc_id=vpc_of(cloud, subnet)) is not None


def _covers(rule: Item, packet: Packet) -> bool:
    if rule["ip_protocol"] == "-1":
        return True
    return bool(
        rule["ip_protocol"] == packet.protocol and rule["from_port"] <= packet.port <= rule["to_port"]
    )


def _names(rule: Item, peer: Peer) -> bool:
    block = rule.get("cidr_ipv4")
    return bool(
        rule.get("referenced_security_group_id") in peer.groups
        or rule.get("prefix_list_id") in peer.lists
        or (block and _within(peer.ip, block))
    )


def _acl(cloud: Cloud, subnet: str, way: str, protocol: str, ip: str, ports: tuple[int, ...]) -> bool:
    for acl in cloud.all("aws_network_acl"):
        if subnet in (acl.get("subnet_ids") or []):
            entries = sorted(acl[way], key=lambda entry: int(entry["rule_no"]))
            return all(_verdict(entries, protocol, ip, port) for port in ports)
    return True  # the VPC's default ACL allows everything


def _verdict(entries: list[Item], protocol: str, ip: str, port: int) -> bool:
    for entry in entries:
        spoken = _PROTOCOLS.get(str(entry["protocol"]), str(entry["protocol"]))
        fits = spoken == "-1" or (spoken == protocol and entry["from_port"] <= port <= entry["to_port"])
        if fits and entry["cidr_block"] and _within(ip, entry["cidr_block"]):
            return bool(entry["action"] == "allow")
    return False


def _routed(cloud: Cloud, source: Interface, ip: str, packet: Packet, gateway: Item | None) -> bool:
    table = _table(cloud, source.subnet)
    if gateway and table in (gateway.get("route_table_ids") or []):
        return _leaves(cloud, source.subnet, ip, packet)
    route = _route(cloud, table, ip)
    nat = cloud.by("aws_nat_gateway", id=route.get("nat_gateway_id")) if route else None
    return nat is not None and _translated(cloud, source, nat, ip, packet)


def _translated(cloud: Cloud, source: Interface, nat: Item, ip: str, packet: Packet) -> bool:
    """Through a NAT gateway: into its subnet, out of it, and back the same way."""
    public = nat["subnet_id"]
    onward = _route(cloud, _table(cloud, public), ip) or {}
    gateway = cloud.by("aws_internet_gateway", id=onward.get("gateway_id"))
    return (
        gateway is not None
        and gateway["vpc_id"] == vpc_of(cloud, source.subnet) == vpc_of(cloud, public)
        and _leaves(cloud, source.subnet, ip, packet)
        and _leaves(cloud, public, ip, packet)
        and all(
            _acl(cloud, public, "ingress", packet.protocol, own, (packet.port,))
            and _acl(cloud, public, "egress", packet.protocol, own, _EPHEMERAL)
            for own in hosts(cloud, source.subnet)
        )
    )


def _leaves(cloud: Cloud, subnet: str, ip: str, packet: Packet) -> bool:
    return _acl(cloud, subnet, "egress", packet.protocol, ip, (packet.port,)) and _acl(
        cloud, subnet, "ingress", packet.protocol, ip, _EPHEMERAL
    )


def _table(cloud: Cloud, subnet: str) -> Any:
    tied = cloud.by("aws_route_table_association", subnet_id=subnet)
    vpc = cloud.by("aws_vpc", id=vpc_of(cloud, subnet)) or {}
    return tied["route_table_id"] if tied else vpc.get("main_route_table_id")


def _route(cloud: Cloud, table: Any, ip: str) -> Item | None:
    """The route of a table with the longest prefix that holds an address."""
    fitting = [
        route
        for route in cloud.all("aws_route")
        if route["route_table_id"] == table and _within(ip, route["destination_cidr_block"])
    ]
    return max(fitting, key=lambda route: int(route["destination_cidr_block"].split("/")[1]), default=None)


def _within(ip: str, block: str) -> bool:
    return ipaddress.ip_address(ip) in ipaddress.ip_network(block)
