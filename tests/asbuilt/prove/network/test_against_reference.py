"""The prover against a brute-force reference that sends every packet by itself."""

import itertools
import random
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from asbuilt.claims import Network
from asbuilt.infrastructure import UNKNOWN, Infrastructure, Resource
from asbuilt.prove.network import NetworkProver

_SUBNETS = {"front": "10.0.0.0/30", "back": "10.0.0.4/30"}
_CIDRS = [
    "0.0.0.0/0",
    "10.0.0.0/16",
    "10.0.0.0/29",
    "10.0.0.0/30",
    "10.0.0.0/31",
    "10.0.0.2/31",
    "10.0.0.4/30",
    "10.0.0.4/32",
    "10.0.0.4/31",
    "10.0.0.6/31",
    "192.168.0.0/16",
]
_GROUPS = ["one", "two", "three"]
_PORTS = [(80, 80), (79, 80), (81, 82), (80, 82), (82, 82), (0, 65535), (443, 443), (80, 81)]
_ANSWERS = [(1024, 65535), (1024, 32767), (32768, 65535), (0, 65535), (1025, 65535), (80, 82)]


class World:
    """One random infrastructure, as its rules really are, and as the prover is told."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.claim = Network(dice.choice(["tcp", "tcp", "udp"]), *dice.choice([(80, 80), (80, 82), (80, 81)]))
        self.worn = {end: dice.sample(_GROUPS, dice.choice([1, 1, 2])) for end in _SUBNETS}
        self.rules = [self._rule() for _ in range(dice.randint(1, 7))]
        self.acls = {subnet: self._acl() for subnet in _SUBNETS if dice.random() < 0.4}
        self.hides = dice.random() < 0.3

    def _rule(self) -> dict[str, Any]:
        dice = self.dice
        peer = {"cidr": dice.choice(_CIDRS)} if dice.random() < 0.5 else {"group": dice.choice(_GROUPS)}
        if dice.random() < 0.1:
            peer = {"self": True}
        ports = dice.choice(_PORTS)
        protocol = dice.choice(["tcp", "tcp", "tcp", "6", "udp", "17", "-1", "icmp"])
        style = dice.choice(["inline", "rule", "single"])
        group, egress = dice.choice(_GROUPS), dice.random() < 0.5
        return {"group": group, "egress": egress, "protocol": protocol, "ports": ports, "style": style, **peer}

    def _acl(self) -> list[dict[str, Any]]:
        dice = self.dice
        rules = []
        for number, egress in itertools.product(dice.sample(range(1, 200), dice.randint(1, 4)), (True, False)):
            if dice.random() < 0.85:
                ports = dice.choice(_PORTS + _ANSWERS)
                rules.append(
                    {
                        "number": number,
                        "egress": egress,
                        "allow": dice.random() < 0.75,
                        "protocol": dice.choice(["-1", "-1", "tcp", "6", "17"]),
                        "ports": ports,
                        "cidr": dice.choice(_CIDRS[:8] + ["0.0.0.0/0"] * 6),
                        "style": dice.choice(["inline", "rule"]),
                    }
                )
        return rules

    # What really happens

    def passes(self) -> Iterator[bool]:
        """Whether each packet of the claim gets through, answers included."""
        sources = list(ip_network(_SUBNETS["front"]))
        targets = list(ip_network(_SUBNETS["back"]))
        for source, target in itertools.product(sources, targets):
            for port in range(self.claim.first, self.claim.last + 1):
                yield self._passes(source, target, port)

    def _passes(self, source: Any, target: Any, port: int) -> bool:
        return (
            self._group("front", True, target, self.worn["back"], port)
            and self._group("back", False, source, self.worn["front"], port)
            and self._acl_lets("front", True, target, port)
            and self._acl_lets("back", False, source, port)
            and all(self._acl_lets("back", True, source, answer) for answer in self._answers())
            and all(self._acl_lets("front", False, target, answer) for answer in self._answers())
        )

    def _answers(self) -> set[int]:
        edges = {port + step for ports in _PORTS + _ANSWERS for port in ports for step in (-1, 0, 1)}
        return {port for port in edges if 1024 <= port <= 65535}

    def _group(self, end: str, egress: bool, far: Any, far_groups: list[str], port: int) -> bool:
        for rule in self.rules:
            if rule["group"] not in self.worn[end] or rule["egress"] != egress:
                continue
            names = {"tcp": {"tcp", "6", "-1"}, "udp": {"udp", "17", "-1"}}[self.claim.protocol]
            if rule["protocol"] not in names:
                continue
            if rule["protocol"] != "-1" and not rule["ports"][0] <= port <= rule["ports"][1]:
                continue
            if "cidr" in rule and far in ip_network(rule["cidr"]):
                return True
            if rule.get("group_peer", rule.get("peer")) or self._names(rule, far_groups):
                return True
        return False

    def _names(self, rule: dict[str, Any], far_groups: list[str]) -> bool:
        if rule.get("self"):
            return rule["group"] in far_groups
        return "cidr" not in rule and rule["far"] in far_groups if "far" in rule else False

    def _acl_lets(self, subnet: str, egress: bool, far: Any, port: int) -> bool:
        if subnet not in self.acls:
            return True
        number = {"tcp": "6", "udp": "17"}[self.claim.protocol]
        for rule in sorted(self.acls[subnet], key=lambda one: one["number"]):
            protocol = {"tcp": "6"}.get(rule["protocol"], rule["protocol"])
            if rule["egress"] != egress or protocol not in {"-1", number}:
                continue
            if protocol != "-1" and not rule["ports"][0] <= port <= rule["ports"][1]:
                continue
            if ip_address(far) in ip_network(rule["cidr"]):
                return bool(rule["allow"])
        return False
