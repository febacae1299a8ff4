"""Changes to rules, ACLs and routes."""

from collections.abc import Mapping
from typing import Any

from drills.mutants.mutant import Mutant, Mutants
from drills.mutants.world import World, add, edit, remove

_RULES = ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
_PEERS = ("referenced_security_group_id", "cidr_ipv4", "cidr_ipv6", "prefix_list_id")
_DELETED = {
    "aws_cloudfront_vpc_origin",
    "aws_internet_gateway",
    "aws_lb_listener",
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_nat_gateway",
    "aws_route",
    "aws_route_table_association",
    "aws_vpc_endpoint",
}
_PORTS = {
    "aws_db_instance": "database",
    "aws_lb_listener": "listener",
    "aws_lb_target_group": "target group",
}
_ELSEWHERE = "203.0.113.0/24"  # TEST-NET-3: nothing of ours is there


def network_mutants(clean: World) -> Mutants:
    """Each rule, each route and each subnet's ACL changed in every way that an editor's hand may."""
    for item in clean.resources():
        if item["type"] in _RULES:
            yield from _rule(clean, item)
        if item["type"] in _DELETED:
            family = f"{item['type'].removeprefix('aws_').replace('_', ' ')}: deleted"
            yield Mutant(family, item["address"], remove(clean, item["address"]))
        if item["type"] == "aws_route":
            change = {"destination_cidr_block": _ELSEWHERE}
            yield _edited(clean, "route: destination narrowed", item, change)
    yield from _acls(clean)
    yield from _attachments(clean)


def _rule(clean: World, item: Mapping[str, Any]) -> Mutants:
    values, address = item["values"], item["address"]
    yield Mutant("rule: deleted", address, remove(clean, address))
    ports = {"from_port": values["from_port"] + 1, "to_port": values["to_port"] + 1}
    yield _edited(clean, "rule: port changed", item, ports)
    other = {"tcp": "udp", "udp": "tcp"}[values["ip_protocol"]]
    yield _edited(clean, "rule: protocol changed", item, {"ip_protocol": other})
    nobody = dict.fromkeys(_PEERS)
    yield _edited(clean, "rule: peer narrowed to elsewhere", item, nobody | {"cidr_ipv4": _ELSEWHERE})
    if values["referenced_security_group_id"]:
        swapped = _another(clean, "aws_security_group", values["referenced_security_group_id"])
        yield _edited(clean, "rule: group swapped", item, {"referenced_security_group_id": swapped})
    owner = _another(clean, "aws_security_group", values["security_group_id"])
    yield _edited(clean, "rule: moved to another group", item, {"security_group_id": owner})
    yield _edited(clean, "rule: ports widened", item, {"from_port": 0, "to_port": 65535})
    anybody = nobody | {"cidr_ipv4": "0.0.0.0/0"}
    yield _edited(clean, "rule: peer widened to everybody", item, anybody)
    yield _edited(clean, "rule: peer narrowed to half", item, nobody | {"cidr_ipv4": "0.0.0.0/1"})


def _acls(clean: World) -> Mutants:
    """A network ACL on each kind of subnet that denies something, and lets the rest through."""
    vpc = next(item["values"]["id"] for item in clean.resources() if item["type"] == "aws_vpc")
    denied = {"all": ("-1", 0, 0), "return ports": ("tcp", 1024, 65535)}
    for kind in ("public", "private", "database"):
        subnets = [
            item["values"]["id"]
            for item in clean.resources()
            if item["address"].startswith(f"aws_subnet.{kind}[")
        ]
        for what, (protocol, first, last) in denied.items():
            for way in ("ingress", "egress"):
                deny = _entry(50, "deny", protocol, first, last)
                allow = [_entry(100, "allow", "-1", 0, 0)]
                values = {"id": "acl-mutant", "vpc_id": vpc, "subnet_ids": subnets}
                values |= {"ingress": allow, "egress": allow} | {way: [deny, *allow]}
                mutant = add(clean, "aws_network_acl", "mutant", values)
                yield Mutant(f"ACL: {way} denied", f"{kind} subnets, {what}", mutant)


def _entry(number: int, action: str, protocol: str, first: int, last: int) -> dict[str, Any]:
    ports = {"protocol": protocol, "from_port": first, "to_port": last}
    rest = {"cidr_block": "0.0.0.0/0", "ipv6_cidr_block": "", "icmp_code": 0, "icmp_type": 0}
    return {"rule_no": number, "action": action} | ports | rest


def _attachments(clean: World) -> Mutants:
    """Groups, subnets and ports of what stands at an arrow's ends."""
    for item in clean.resources():
        values = item["values"]
        for name in ("vpc_security_group_ids", "security_groups", "security_group_ids"):
            if values.get(name):
                swapped = [_another(clean, "aws_security_group", values[name][0])]
                yield _edited(clean, "interface: group swapped", item, {name: swapped})
        if item["type"] in _PORTS:
            family = f"{_PORTS[item['type']]}: port changed"
            yield _edited(clean, family, item, {"port": values["port"] + 1})
        if item["type"] == "aws_vpc_endpoint":
            yield from _endpoint(clean, item)
        if item["type"] == "aws_cloudfront_distribution":
            yield _edited(clean, "distribution: disabled", item, {"enabled": False})
        if item["type"] == "aws_subnet":
            yield _edited(clean, "subnet: of another VPC", item, {"vpc_id": "vpc-mutant"})
        yield from _moved(clean, item)


def _endpoint(clean: World, item: Mapping[str, Any]) -> Mutants:
    if item["values"].get("route_table_ids"):
        yield _edited(clean, "endpoint: taken out of the routes", item, {"route_table_ids": []})
    else:
        yield _edited(clean, "endpoint: private name off", item, {"private_dns_enabled": False})


def _moved(clean: World, item: Mapping[str, Any]) -> Mutants:
    """What stands in the private or the database subnets now stands in the public ones."""
    public = [
        one["values"]["id"] for one in clean.resources() if one["address"].startswith("aws_subnet.public[")
    ]
    for name in ("subnets", "subnet_ids"):
        if item["values"].get(name) and item["type"] != "aws_network_acl":
            yield _edited(clean, "interface: moved to the public subnets", item, {name: public})


def _another(clean: World, type_: str, id_: str) -> str:
    """The id of the next resource of a type, after the one with `id_`."""
    ids = [item["values"]["id"] for item in clean.resources() if item["type"] == type_]
    return str(ids[(ids.index(id_) + 1) % len(ids)]) if id_ in ids else str(ids[0])


def _edited(clean: World, family: str, item: Mapping[str, Any], values: Mapping[str, Any]) -> Mutant:
    world = edit(clean, item["address"], lambda own: own.update(values))
    told = {name: value for name, value in values.items() if value is not None}
    said = ", ".join(f"{name} = {_readable(clean, value)}" for name, value in told.items())
    return Mutant(family, f"{item['address']}: {said}", world)


def _readable(clean: World, value: Any) -> str:
    """A value with addresses for ids, which differ each time that a system is made."""
    if isinstance(value, list):
        return "[" + ", ".join(_readable(clean, one) for one in value) + "]"
    named = {one["values"].get("id"): one["address"] for one in clean.resources()}
    return str(named.get(value, value)) if isinstance(value, str) else str(value)
