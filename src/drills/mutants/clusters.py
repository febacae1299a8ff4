"""Pods in a cluster that no file creates: whom they find, who answers, and which addresses they reach."""

import ipaddress
from collections.abc import Iterable, Iterator

from drills.mutants.cloud import Cloud, Item, namespace_of, template
from drills.mutants.packets import INTERNET, Packet
from drills.mutants.pods import RUNS, Far, container_port, labels_of, may

_OPERATED = {"Alertmanager", "KafkaNodePool", "Prometheus"}  # their operators ask for readiness by themselves
_DNS: Item = {
    "kind": "Deployment",
    "metadata": {"name": "coredns", "namespace": "kube-system"},
    "spec": {"template": {"metadata": {"labels": {"k8s-app": "kube-dns"}}, "spec": {"containers": []}}},
}


def between(cloud: Cloud, source: Item, target: Item, packet: Packet) -> bool:
    """Whether pods of one workload find those of another, are let to them, and get an answer."""
    return (
        _runs(cloud, source)
        and _runs(cloud, target)
        and _declares(target, packet)
        and may(cloud, source, "Egress", packet, Far(workload=target))
        and may(cloud, target, "Ingress", packet, Far(workload=source))
        and _finds(cloud, source, target, packet)
    )


def outside(cloud: Cloud, source: Item, block: str, packet: Packet) -> bool:
    """Whether pods are let to every address of a block, or to every public one where none is told.

    Policies change what they say only where a block of theirs begins or ends: those addresses are tried.
    """
    addresses = tuple(_tried(cloud, source, block))
    return _runs(cloud, source) and may(cloud, source, "Egress", packet, Far(addresses))


def _runs(cloud: Cloud, thing: Item) -> bool:
    return thing.get("kind") in RUNS and bool(template(thing)) and cloud.starts(thing)


def _declares(workload: Item, packet: Packet) -> bool:
    ports = [one for box in _boxes(workload) for one in box.get("ports", ())]
    said = {(one.get("protocol", "TCP").lower(), one["containerPort"]) for one in ports}
    return not said or (packet.protocol, packet.port) in said


def _finds(cloud: Cloud, source: Item, target: Item, packet: Packet) -> bool:
    """By the name of a Service that leads there, if any does: one of them has to lead to ready pods."""
    services = [
        one
        for one in cloud.of_kind("Service", namespace_of(target))
        if one["spec"].get("selector", {}).items() <= labels_of(target).items()
        and packet.port in _led_to(one, target)
    ]
    if not services:
        return True
    return _is_ready(target, packet) and (source["kind"] == "Prometheus" or _looks_up(cloud, source))


def _led_to(service: Item, target: Item) -> list[int]:
    ports = service["spec"].get("ports", ())
    return [container_port(target, port.get("targetPort", port["port"])) for port in ports]


def _is_ready(workload: Item, packet: Packet) -> bool:
    """Whether the probes of the containers that serve a port ask ports that are there."""
    if workload["kind"] in _OPERATED:
        return True
    boxes = list(_boxes(workload))
    serving = [box for box in boxes if packet.port in _numbers(box)] or boxes
    return all(_answers(box, box.get("readinessProbe") or {}) for box in serving)


def _answers(box: Item, probe: Item) -> bool:
    asked = [probe[way].get("port") for way in ("httpGet", "tcpSocket", "grpc") if way in probe]
    names = {port.get("name") for port in box.get("ports", ())}
    return all(port in names or port in _numbers(box) for port in asked)


def _numbers(box: Item) -> set[int]:
    return {port["containerPort"] for port in box.get("ports", ())}


def _looks_up(cloud: Cloud, source: Item) -> bool:
    return all(may(cloud, source, "Egress", Packet(by, 53), Far(workload=_DNS)) for by in ("udp", "tcp"))


def _tried(cloud: Cloud, source: Item, block: str) -> Iterator[str]:
    whole = ipaddress.IPv4Network(block or "0.0.0.0/0")
    ends = [*_ends([whole])] if block else [ipaddress.IPv4Address(one) for one in INTERNET]
    for policy in cloud.of_kind("NetworkPolicy", namespace_of(source)):
        for rule in policy["spec"].get("egress") or ():
            for peer in rule.get("to") or ():
                own = peer.get("ipBlock", {})
                written = [own["cidr"], *own.get("except", ())] if own else []
                ends += _ends(map(ipaddress.IPv4Network, written))
    yield from (str(one) for one in dict.fromkeys(ends) if one in whole and (block or one.is_global))


def _ends(networks: Iterable[ipaddress.IPv4Network]) -> Iterator[ipaddress.IPv4Address]:
    """The first and the last address of each network, and those just beyond."""
    for network in networks:
        first, last = int(network[0]), int(network[-1])
        for number in (first - 1, first, last, last + 1):
            if 0 <= number < 2**32:
                yield ipaddress.IPv4Address(number)


def _boxes(workload: Item) -> list[Item]:
    found: list[Item] = template(workload)["spec"].get("containers", [])
    return found
