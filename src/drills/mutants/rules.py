"""Changes to network policies: whom they select, and the peers and ports of each of their rules."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

Body = dict[str, Any]
Change = tuple[str, str, Callable[[Body], None]]
_ONE = 32  # the size of a block that is one address
_PEERS = {"ingress": "from", "egress": "to"}


def rule_changes(spec: Body) -> Iterator[Change]:
    """What may be changed in a policy with this spec: the family, the place, and what changes the policy."""
    if spec["podSelector"]:
        yield "policy: selector widened", "", lambda own: own["spec"].update(podSelector={})
    yield "policy: selector narrowed", "", _narrow_selector
    for way in spec.get("policyTypes", ()):
        yield "policy: direction dropped", f", {way}", partial(_drop_direction, way)
    for way, key in _PEERS.items():
        for index, rule in enumerate(spec.get(way) or ()):
            for number, peer in enumerate(rule.get(key) or ()):
                yield from _peer(peer, (way, index, key, number), f", {way} {index}, peer {number}")
            for number, port in enumerate(rule.get("ports") or ()):
                path, said = (way, index, "ports", number), f", {way} {index}, port {number}"
                yield from _port(path, said, port.get("protocol", "TCP"))


def _narrow_selector(own: Body) -> None:
    selector = own["spec"]["podSelector"]
    selector["matchLabels"] = {**selector.get("matchLabels", {}), "release": "another"}


def _peer(peer: Body, path: tuple[Any, ...], said: str) -> Iterator[Change]:
    yield "peer: nobody", said, _edited(path, _becomes_nobody)
    for kind in ("podSelector", "namespaceSelector"):
        for key in peer.get(kind, {}).get("matchLabels", {}):
            change = _edited(path, partial(_other_label, kind, key))
            yield f"peer: {kind}'s label changed", f"{said}, {key}", change
        if peer.get(kind):
            yield f"peer: {kind} widened", said, _put(path, {kind: {}})
    if "namespaceSelector" in peer:
        yield "peer: namespace forgotten", said, _edited(path, lambda one: one.pop("namespaceSelector"))
    if "ipBlock" in peer:
        yield from _block(peer["ipBlock"], path, said)


def _drop_direction(way: str, own: Body) -> None:
    own["spec"]["policyTypes"].remove(way)


def _other_label(kind: str, key: str, peer: Body) -> None:
    peer[kind]["matchLabels"][key] = "another"


def _becomes_nobody(peer: Body) -> None:
    peer.clear()
    peer["podSelector"] = {"matchLabels": {"app": "another"}}


def _block(block: Body, path: tuple[Any, ...], said: str) -> Iterator[Change]:
    address, size = block["cidr"].split("/")
    ways: dict[str, Body] = {
        "ipBlock: elsewhere": {"cidr": "203.0.113.0/24"},
        "ipBlock: everywhere": {"cidr": "0.0.0.0/0"},
    }
    if int(size) < _ONE:
        hole = f"{address}/{min(int(size) + 4, _ONE)}"
        ways["ipBlock: halved"] = {"cidr": f"{address}/{int(size) + 1}"}
        ways["ipBlock: with a hole"] = {**block, "except": [*block.get("except", ()), hole]}
    for family, changed in ways.items():
        yield family, said, _put(path, {"ipBlock": changed})


def _port(path: tuple[Any, ...], said: str, protocol: str) -> Iterator[Change]:
    ways: dict[str, Body] = {
        "policy: port changed": {"port": 9999},
        "policy: port of another protocol": {"protocol": "TCP" if protocol == "UDP" else "UDP"},
        "policy: port of no such name": {"port": "another"},
        "policy: port widened to a range": {"port": 1, "endPort": 65535},
        "policy: range beside the port": {"port": 1, "endPort": 52},
    }
    for family, changed in ways.items():
        yield family, said, _put(path, changed)


def _put(path: tuple[Any, ...], settings: Mapping[str, Any]) -> Callable[[Body], None]:
    return _edited(path, lambda one: one.update(settings))


def _edited(path: tuple[Any, ...], change: Callable[[Any], object]) -> Callable[[Body], None]:
    def edited(own: Body) -> None:
        place: Any = own["spec"]
        for key in path:
            place = place[key]
        change(place)

    return edited
