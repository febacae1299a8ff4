"""What network policies say, evaluated by brute force for single addresses and single pods."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from drills.mutants.cloud import Cloud, Item, is_object, listed, namespace_of, template
from drills.mutants.interfaces import hosts, interfaces
from drills.mutants.packets import INTERNET, Packet

RUNS = {"Alertmanager", "Deployment", "Job", "KafkaNodePool", "Prometheus", "StatefulSet"}
"""Kinds that have pods, or of which operators make some."""


@dataclass(frozen=True, slots=True)
class Far:
    """The other end: its addresses, or the workload that it is."""

    addresses: tuple[str, ...] = ()
    workload: Item | None = None


def far(cloud: Cloud, thing: Item, doors: Iterable[Item] = ()) -> Far:
    """Where a thing is for the other end: itself a workload, behind `doors`, in subnets, or outside."""
    if is_object(thing):
        return Far(workload=thing)
    found = [one for door in doors or [thing] for one in interfaces(cloud, door)]
    return Far(tuple(ip for one in found for ip in hosts(cloud, one.subnet)) or INTERNET)


def may(cloud: Cloud, thing: Item, way: str, packet: Packet, other: Far) -> bool:
    """Whether the policies around a workload let a packet out or in; others need no leave."""
    if not is_object(thing) or thing["kind"] not in RUNS:
        return True
    own = [one for one in cloud.of_kind("NetworkPolicy", namespace_of(thing)) if _is_for(one, thing, way)]
    rules = [(one, rule) for one in own for rule in listed(one["spec"].get(way.lower()))]
    head = thing if way == "Ingress" else other.workload
    fitting = [(one, rule) for one, rule in rules if _at(rule, packet, head)]
    ends = other.addresses or ("",)
    return not own or all(
        any(_peers(cloud, one, rule, way, ip, other.workload) for one, rule in fitting) for ip in ends
    )


def container_port(workload: Item, wanted: int | str) -> int:
    """The number of a port that may be named; 0 where no container has it."""
    ports = [one for box in template(workload)["spec"]["containers"] for one in box.get("ports", [])]
    named = [int(one["containerPort"]) for one in ports if one.get("name") == wanted]
    return wanted if isinstance(wanted, int) else next(iter(named), 0)


def _is_for(policy: Item, workload: Item, way: str) -> bool:
    written = ["Ingress", *(["Egress"] if policy["spec"].get("egress") else [])]
    types = policy["spec"].get("policyTypes") or written  # an empty list is filled as an absent one
    return way in types and selects(policy["spec"].get("podSelector"), labels_of(workload))


def labels_of(workload: Item) -> Item:
    """The labels of a workload's pods."""
    found: Item = template(workload).get("metadata", {}).get("labels", {})
    return found


def _at(rule: Item, packet: Packet, head: Item | None) -> bool:
    """Whether a rule is for a packet's port; a named one is that of the pods that are called."""
    for one in rule.get("ports") or [{"port": packet.port, "protocol": packet.protocol}]:
        port = one.get("port", packet.port)
        number = container_port(head, port) if head else int(port) if str(port).isdigit() else 0
        is_in = packet.port in range(number, one.get("endPort", number) + 1)
        if is_in and one.get("protocol", "TCP").lower() == packet.protocol:
            return True
    return False


def _peers(cloud: Cloud, policy: Item, rule: Item, way: str, ip: str, workload: Item | None) -> bool:
    peers = listed(rule.get("from" if way == "Ingress" else "to"))
    return not peers or any(_is_peer(cloud, policy, peer, ip, workload) for peer in peers)


def _is_peer(cloud: Cloud, policy: Item, peer: Item, ip: str, workload: Item | None) -> bool:
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        left_out = any(_within(ip, one) for one in block.get("except", ())) if ip else True
        return not left_out and _within(ip, block["cidr"])
    if workload is None or not selects(peer.get("podSelector"), labels_of(workload)):
        return False
    if "namespaceSelector" not in peer:
        return namespace_of(workload) == namespace_of(policy)
    name = namespace_of(workload)
    place = cloud.objects.get(f"cluster/Namespace/{name}", {"metadata": {}})
    return selects(
        peer["namespaceSelector"],
        {**place["metadata"].get("labels", {}), "kubernetes.io/metadata.name": name},
    )


def selects(selector: Item | None, labels: Item) -> bool:
    """Whether a label selector chooses something with these labels; an empty one chooses everything."""
    given = selector or {}
    return (given.get("matchLabels") or {}).items() <= labels.items() and all(
        _holds(one, labels) for one in given.get("matchExpressions") or ()
    )


def _holds(one: Item, labels: Item) -> bool:
    match one["operator"]:
        case "In":
            return labels.get(one["key"]) in one["values"]
        case "NotIn":
            return labels.get(one["key"]) not in one["values"]
        case "Exists":
            return one["key"] in labels
    return one["key"] not in labels


def _within(ip: str, block: str) -> bool:
    return ipaddress.ip_address(ip) in ipaddress.ip_network(block)
