"""The prover against a brute-force reference that sends every packet by itself."""

import random
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

import pytest

from asbuilt.claims import Network
from asbuilt.infrastructure import UNKNOWN, Infrastructure, Resource
from asbuilt.prove.network import NetworkProver

_SUBNETS = {"front": "10.0.0.0/28", "back": "10.0.0.16/28"}
_WIDE = ["0.0.0.0/0", "10.0.0.0/16", "10.0.0.0/27", "10.0.0.0/28", "10.0.0.16/28", "192.168.0.0/16"]
_CIDRS = [*_WIDE, "10.0.0.0/29", "10.0.0.8/29", "10.0.0.16/30", "10.0.0.16/29", "10.0.0.24/29"]
_STEP = 4  # no rule tells apart the four addresses of a /30
_GROUPS = ["one", "two", "three"]
_PORTS = [(80, 80), (79, 80), (81, 82), (80, 82), (82, 82), (0, 65535), (443, 443), (80, 81)]
_ANSWERS = [(1024, 65535), (1024, 32767), (32768, 65535), (0, 65535), (1025, 65535), (80, 82)]
_EDGES = {port + step for ports in _PORTS + _ANSWERS for port in ports for step in (-1, 0, 1)}
_EPHEMERAL = sorted(port for port in _EDGES if 1024 <= port <= 65535)
_MEANT = {"tcp": {"tcp", "6", "-1"}, "udp": {"udp", "17", "-1"}}

Rule = dict[str, Any]


class World:
    """One random infrastructure: an instance in each of two subnets, groups and network ACLs."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.claim = Network(dice.choice(["tcp", "tcp", "udp"]), *dice.choice([(80, 80), (80, 82), (80, 81)]))
        self.worn = {end: dice.sample(_GROUPS, dice.choice([1, 1, 2])) for end in _SUBNETS}
        self.rules = [*self._likely(), *(self._rule() for _ in range(dice.randint(0, 5)))]
        self.acls = {subnet: self._acl() for subnet in _SUBNETS if dice.random() < 0.4}

    def _likely(self) -> Iterator[Rule]:
        """Rules that often let through what is claimed, or nearly so."""
        for egress, end, other in ((True, "front", "back"), (False, "back", "front")):
            wide = {"cidr": self.dice.choice(["0.0.0.0/0", "10.0.0.0/27", _SUBNETS[other]])}
            peer = self.dice.choice([wide, {"far": self.dice.choice(self.worn[other])}])
            if self.dice.random() < 0.85:
                ports = self.dice.choice(
                    [(80, 82), (0, 65535), (self.claim.first, self.claim.last), (80, 80)]
                )
                owner = self.dice.choice(self.worn[end])
                yield {
                    "owner": owner,
                    "egress": egress,
                    "protocol": self.claim.protocol,
                    "ports": ports,
                    **peer,
                }

    def _rule(self) -> Rule:
        dice = self.dice
        peer: Rule = dice.choice([{"cidr": dice.choice(_CIDRS)}, {"far": dice.choice(_GROUPS)}])
        return {
            "owner": dice.choice(_GROUPS),
            "egress": dice.random() < 0.5,
            "protocol": dice.choice(["tcp", "tcp", "tcp", "6", "udp", "17", "-1", "icmp"]),
            "ports": dice.choice(_PORTS),
            **(peer if dice.random() < 0.9 else {"self": True}),
        }

    def _acl(self) -> list[Rule]:
        dice = self.dice
        numbers = dice.sample(range(1, 200), dice.randint(1, 3))
        ways = [way for way in (True, False) if dice.random() < 0.8]
        last: Rule = {"number": 200, "allow": True, "protocol": "-1", "ports": (0, 0), "cidr": "0.0.0.0/0"}
        return [last | {"egress": egress} for egress in ways] + [
            {
                "number": number,
                "egress": egress,
                "allow": dice.random() < 0.75,
                "protocol": dice.choice(["-1", "-1", "tcp", "6", "17"]),
                "ports": dice.choice(_PORTS + _ANSWERS),
                "cidr": dice.choice(_CIDRS[:8] + ["0.0.0.0/0"] * 6),
            }
            for number, egress in product(numbers, (True, False))
            if dice.random() < 0.85
        ]

    def packets(self) -> Iterator[bool]:
        """Whether each packet that is claimed gets through, its answer included."""
        ports = range(self.claim.first, self.claim.last + 1)
        for source, target, port in product(
            list(ip_network(_SUBNETS["front"]))[::_STEP], list(ip_network(_SUBNETS["back"]))[::_STEP], ports
        ):
            answers = (
                self._acl_lets("back", True, source, answer)
                and self._acl_lets("front", False, target, answer)
                for answer in _EPHEMERAL
            )
            yield (
                self._group_lets("front", True, target, port)
                and self._acl_lets("front", True, target, port)
                and self._acl_lets("back", False, source, port)
                and self._group_lets("back", False, source, port)
                and all(answers)
            )

    def _group_lets(self, end: str, egress: bool, far: Any, port: int) -> bool:
        far_groups = self.worn["back" if end == "front" else "front"]
        for rule in self.rules:
            is_meant = rule["owner"] in self.worn[end] and rule["egress"] == egress
            if not is_meant or rule["protocol"] not in _MEANT[self.claim.protocol]:
                continue
            if rule["protocol"] != "-1" and not rule["ports"][0] <= port <= rule["ports"][1]:
                continue
            if "cidr" in rule and far in ip_network(rule["cidr"]):
                return True
            if rule.get("far", rule["owner"] if rule.get("self") else None) in far_groups:
                return True
        return False

    def _acl_lets(self, subnet: str, egress: bool, far: Any, port: int) -> bool:
        if subnet not in self.acls:
            return True
        for rule in sorted(self.acls[subnet], key=lambda one: int(one["number"])):
            if rule["egress"] != egress or rule["protocol"] not in _MEANT[self.claim.protocol]:
                continue
            if rule["protocol"] != "-1" and not rule["ports"][0] <= port <= rule["ports"][1]:
                continue
            if ip_address(far) in ip_network(rule["cidr"]):
                return bool(rule["allow"])
        return False

    def described(self, hides: bool) -> Infrastructure:
        """As Terraform has it; some values are not told where it `hides`."""
        found = [Resource("aws_vpc.main", "aws_vpc", {"id": "vpc", "cidr_block": "10.0.0.0/16"})]
        groups = [(name, egress) for name in _GROUPS for egress in (False, True)]
        styles = {group: self.dice.choice(["inline", "rule", "single"]) for group in groups}
        for name, cidr in _SUBNETS.items():
            found.append(
                Resource(
                    f"aws_subnet.{name}", "aws_subnet", {"id": name, "vpc_id": "vpc", "cidr_block": cidr}
                )
            )
            values = {
                "id": f"i-{name}",
                "subnet_id": name,
                "vpc_security_group_ids": [f"sg-{g}" for g in self.worn[name]],
            }
            found.append(Resource(f"aws_instance.{name}", "aws_instance", values))
        for group in _GROUPS:
            blocks = {
                key: [
                    _inline(rule) for rule in self.rules if (rule["owner"], rule["egress"]) == (group, egress)
                ]
                for key, egress in (("ingress", False), ("egress", True))
                if styles[group, egress] == "inline"
            }
            values = {"id": f"sg-{group}", "vpc_id": "vpc", **blocks}
            found.append(Resource(f"aws_security_group.{group}", "aws_security_group", values))
        for index, rule in enumerate(self.rules):
            style = styles[rule["owner"], rule["egress"]]
            if style != "inline":
                found.append(_separate(index, rule, style))
        found += self._acl_resources()
        return Infrastructure(tuple(self._hidden(one) if hides else one for one in found))

    def _acl_resources(self) -> Iterator[Resource]:
        for subnet, rules in self.acls.items():
            is_inline = self.dice.random() < 0.5
            blocks = {
                key: [_acl_inline(rule) for rule in rules if rule["egress"] == egress]
                for key, egress in (("ingress", False), ("egress", True))
                if is_inline
            }
            address = f"aws_network_acl.{subnet}"
            values = {"id": f"acl-{subnet}", "vpc_id": "vpc", "subnet_ids": [subnet], **blocks}
            yield Resource(address, "aws_network_acl", values)
            for rule in rules if not is_inline else ():
                name = f"aws_network_acl_rule.{subnet}_{rule['number']}_{rule['egress']}"
                yield Resource(
                    name, "aws_network_acl_rule", {"network_acl_id": f"acl-{subnet}", **_acl_rule(rule)}
                )

    def _hidden(self, resource: Resource) -> Resource:
        """Without one value or another, as in a plan."""
        if resource.type in {"aws_vpc", "aws_subnet"}:
            return resource
        values, references = dict(resource.values), {}
        for name, value in resource.values.items():
            if name == "id" or value is None or self.dice.random() > 0.06:
                continue
            if isinstance(value, list) and value and isinstance(value[0], dict):
                block = dict(value[0])
                block[self.dice.choice(list(block))] = UNKNOWN
                values[name] = [block, *value[1:]]
            else:
                values[name] = UNKNOWN
            references[name] = ("local.something",)
        return Resource(resource.address, resource.type, values, references)


def _inline(rule: Rule) -> Rule:
    is_all = rule["protocol"] == "-1"
    return {
        "protocol": rule["protocol"],
        "from_port": 0 if is_all else rule["ports"][0],
        "to_port": 0 if is_all else rule["ports"][1],
        "cidr_blocks": [rule["cidr"]] if "cidr" in rule else [],
        "security_groups": [f"sg-{rule['far']}"] if "far" in rule else [],
        "self": bool(rule.get("self")),
    }


def _separate(index: int, rule: Rule, style: str) -> Resource:
    way, owner = "egress" if rule["egress"] else "ingress", f"sg-{rule['owner']}"
    if style == "rule":
        values = {**_inline(rule), "type": way, "security_group_id": owner}
        values["source_security_group_id"] = next(iter(values.pop("security_groups")), None)
        return Resource(f"aws_security_group_rule.r{index}", "aws_security_group_rule", values)
    far = rule.get("far", rule["owner"] if rule.get("self") else None)
    ports = (None, None) if rule["protocol"] == "-1" else rule["ports"]
    values = {
        "security_group_id": owner,
        "ip_protocol": rule["protocol"],
        "from_port": ports[0],
        "to_port": ports[1],
        "cidr_ipv4": rule.get("cidr"),
        "referenced_security_group_id": f"sg-{far}" if far else None,
    }
    type_ = f"aws_vpc_security_group_{way}_rule"
    return Resource(f"{type_}.r{index}", type_, values)


def _acl_inline(rule: Rule) -> Rule:
    is_all = rule["protocol"] == "-1"
    return {
        "rule_no": rule["number"],
        "action": "allow" if rule["allow"] else "deny",
        "protocol": rule["protocol"],
        "from_port": 0 if is_all else rule["ports"][0],
        "to_port": 0 if is_all else rule["ports"][1],
        "cidr_block": rule["cidr"],
    }


def _acl_rule(rule: Rule) -> Rule:
    written = _acl_inline(rule)
    number, action = written.pop("rule_no"), written.pop("action")
    return {**written, "rule_number": number, "rule_action": action, "egress": rule["egress"]}


def _judged(seed: int, hides: bool) -> tuple[str, list[bool], str]:
    world = World(random.Random(seed))  # noqa: S311 (not for secrets)
    packets = list(world.packets())
    finding = NetworkProver(world.described(hides)).prove(
        "aws_instance.front", "aws_instance.back", world.claim
    )
    return finding.verdict, packets, f"seed {seed}: {finding.verdict} {finding.reason}"


@pytest.mark.parametrize("hides", [False, True], ids=["all told", "some hidden"])
def test_the_verdict_never_contradicts_the_packets(hides: bool) -> None:
    """What is proven lets every packet through, and what is refuted drops one, in 2,000 random networks."""
    seen: Counter[str] = Counter()
    for seed in range(2000):
        verdict, packets, words = _judged(seed, hides)
        assert verdict != "proven" or all(packets), words
        assert verdict != "refuted" or not all(packets), words
        seen[verdict, all(packets)] += 1
    assert min(seen["proven", True], seen["refuted", False], seen["unknown", False]) > 40, seen


def test_all_that_is_told_is_decided_where_packets_agree() -> None:
    """With nothing hidden, a network that lets every packet through is proven, one that drops all refuted."""
    for seed in range(1500):
        verdict, packets, words = _judged(seed, hides=False)
        assert verdict == "proven" or not all(packets), words
        assert verdict != "proven" or any(packets), words
