"""A path between two hosts, and every way to break it."""

from collections.abc import Callable
from typing import Any

import pytest

from asbuilt.infrastructure import UNKNOWN
from asbuilt.prove.network import NetworkProver

Break = Callable[[Any], object]
OUT = "aws_vpc_security_group_egress_rule.out"
IN = "aws_vpc_security_group_ingress_rule.in"


def test_a_proof_names_every_rule_with_its_line(pair) -> None:
    """Proven, with the hosts, both rules and the VPC whose local route is taken."""
    found = pair.prove("aws_instance.application", "aws_instance.database", "tcp/5432")
    expected = ["aws_instance.application", OUT, "aws_vpc.main", IN, "aws_instance.database"]
    assert ("proven", expected) == (found.verdict, [one.address for one in found.evidence])
    lines = {one.address: pair.resources[one.address].location.line for one in found.evidence}
    assert lines == {one.address: one.line for one in found.evidence}


REFUTED: dict[str, tuple[Break, str]] = {
    "no egress rule": (
        lambda net: net.drop(OUT),
        "aws_security_group.application has no egress for tcp/5432 to aws_security_group.database",
    ),
    "no ingress rule": (
        lambda net: net.drop(IN),
        "aws_security_group.database has no ingress for tcp/5432 from aws_security_group.application",
    ),
    "another port": (lambda net: net.change(IN, from_port=5433, to_port=5433), "no ingress for tcp/5432"),
    "another protocol": (lambda net: net.change(OUT, ip_protocol="udp"), "no egress for tcp/5432"),
    "another group as peer": (
        lambda net: net.change(IN, referenced_security_group_id="<aws_security_group.database>"),
        "no ingress for tcp/5432 from aws_security_group.application",
    ),
    "a rule of the other group": (
        lambda net: net.change(IN, security_group_id="<aws_security_group.application>"),
        "aws_security_group.database has no ingress",
    ),
    "other addresses": (
        lambda net: net.change(IN, referenced_security_group_id=None, cidr_ipv4="10.0.2.0/24"),
        "no ingress for tcp/5432",
    ),
    "IPv6 addresses": (
        lambda net: net.change(IN, referenced_security_group_id=None, cidr_ipv6="::/0"),
        "no ingress for tcp/5432",
    ),
    "the host in another group": (
        lambda net: (net.group("other"), net.instance("database", "back", "other")),
        "no egress for tcp/5432 to aws_security_group.other",
    ),
    "one instance of two in no group": (
        lambda net: (
            net.add("aws_default_security_group.main", vpc_id="<aws_vpc.main>"),
            net.add(
                'aws_instance.application["b"]', subnet_id="<aws_subnet.front>", vpc_security_group_ids=[]
            ),
        ),
        "aws_default_security_group.main has no egress",
    ),
    "the VPC's own default group": (
        lambda net: net.instance("application", "front"),
        "has no ingress for tcp/5432 from the default security group of aws_vpc.main",
    ),
}


@pytest.mark.parametrize("how", REFUTED)
def test_each_way_to_break_it_is_refuted(pair, how: str) -> None:
    """The reason names the first thing that stops the packets."""
    broken, reason = REFUTED[how]
    broken(pair)
    found = pair.prove("aws_instance.application", "aws_instance.database", "tcp/5432")
    assert "refuted" == found.verdict, found
    assert reason in found.reason


UNCLEAR: dict[str, tuple[Break, str]] = {
    "unknown ports": (lambda net: net.change(IN, from_port=UNKNOWN), "the ports of"),
    "unknown protocol": (lambda net: net.change(IN, ip_protocol=UNKNOWN), "the protocol of"),
    "unknown addresses": (
        lambda net: net.change(IN, referenced_security_group_id=None, cidr_ipv4=UNKNOWN),
        "the addresses of",
    ),
    "unknown peer": (lambda net: net.change(IN, referenced_security_group_id=UNKNOWN), "leaves"),
    "unknown owner": (lambda net: net.change(IN, security_group_id=UNKNOWN), "which group"),
    "only some addresses": (
        lambda net: net.change(IN, referenced_security_group_id=None, cidr_ipv4="10.0.1.0/25"),
        "only in part",
    ),
    "a group that is only read": (
        lambda net: (
            net.drop("aws_security_group.database"),
            net.add("data.aws_security_group.database", id="<aws_security_group.database>"),
        ),
        "the rules of data.aws_security_group.database are not managed here",
    ),
    "a VPC that is only read": (
        lambda net: (net.drop("aws_vpc.main"), net.add("data.aws_vpc.main", id="<aws_vpc.main>")),
        "network ACL around aws_subnet.front is not managed here",
    ),
    "unknown groups": (
        lambda net: net.change("aws_instance.database", vpc_security_group_ids=UNKNOWN, launch_template=[{}]),
        "takes its security groups from launch_template",
    ),
    "unknown subnet": (
        lambda net: net.change("aws_instance.database", subnet_id=UNKNOWN),
        "leaves subnet_id",
    ),
    "inline and separate rules on one group": (
        lambda net: net.change(
            "aws_security_group.database",
            ingress=[{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"]}],
        ),
        "mixes inline rules with separate ones",
    ),
    "a prefix list that is only read": (
        lambda net: (
            net.add("data.aws_ec2_managed_prefix_list.office", id="pl-1", name="office"),
            net.change(IN, referenced_security_group_id=None, prefix_list_id="pl-1"),
        ),
        "prefix list data.aws_ec2_managed_prefix_list.office",
    ),
}


@pytest.mark.parametrize("how", UNCLEAR)
def test_what_is_not_resolved_is_unknown(pair, how: str) -> None:
    """Never proven, never refuted: the reason says what is not resolved."""
    unclear, reason = UNCLEAR[how]
    unclear(pair)
    found = pair.prove("aws_instance.application", "aws_instance.database", "tcp/5432")
    assert "unknown" == found.verdict, found
    assert reason in found.reason


STILL: dict[str, Break] = {
    "all protocols": lambda net: net.change(IN, ip_protocol="-1", from_port=None, to_port=None),
    "a protocol's number": lambda net: net.change(IN, ip_protocol="6"),
    "more ports": lambda net: net.change(IN, from_port=0, to_port=65535),
    "the subnet's addresses": lambda net: net.change(
        IN, referenced_security_group_id=None, cidr_ipv4="10.0.1.0/24"
    ),
    "every address": lambda net: net.change(IN, referenced_security_group_id=None, cidr_ipv4="0.0.0.0/0"),
    "two halves of the subnet": lambda net: (
        net.change(IN, referenced_security_group_id=None, cidr_ipv4="10.0.1.0/25"),
        net.rule("in2", "database", "ingress", "tcp/5432", cidr_ipv4="10.0.1.128/25"),
    ),
    "one of two groups": lambda net: (
        net.group("more"),
        net.instance("database", "back", "more", "database"),
    ),
    "a prefix list of our own": lambda net: (
        net.add("aws_ec2_managed_prefix_list.front", name="front", entry=[{"cidr": "10.0.1.0/24"}]),
        net.change(
            IN, referenced_security_group_id=None, prefix_list_id="<aws_ec2_managed_prefix_list.front>"
        ),
    ),
    "a group named with its account": lambda net: net.change(
        IN, referenced_security_group_id="123456789012/<aws_security_group.application>"
    ),
    "an inline rule": lambda net: (
        net.drop(IN),
        net.change(
            "aws_security_group.database",
            ingress=[
                {
                    "protocol": "tcp",
                    "from_port": 5432,
                    "to_port": 5432,
                    "security_groups": ["<aws_security_group.application>"],
                }
            ],
        ),
    ),
    "a rule of the older kind": lambda net: (
        net.drop(IN),
        net.add(
            "aws_security_group_rule.in",
            type="ingress",
            security_group_id="<aws_security_group.database>",
            source_security_group_id="<aws_security_group.application>",
            protocol="tcp",
            from_port=5432,
            to_port=5432,
        ),
    ),
}


@pytest.mark.parametrize("how", STILL)
def test_other_ways_to_write_it_are_proven_too(pair, how: str) -> None:
    """However the rule is written, it is the same rule."""
    STILL[how](pair)
    found = pair.prove("aws_instance.application", "aws_instance.database", "tcp/5432")
    assert "proven" == found.verdict, found.reason


def test_a_range_needs_every_port(pair) -> None:
    """The union of rules has to hold the whole claim; the first port that is missing is named."""
    pair.rule("wide", "application", "egress", "tcp/5432-5440", cidr_ipv4="10.0.2.0/24")
    pair.rule("low", "database", "ingress", "tcp/5430-5435", cidr_ipv4="10.0.1.0/24")
    pair.rule("high", "database", "ingress", "tcp/5437-5440", cidr_ipv4="10.0.1.0/24")
    assert (
        "proven" == pair.prove("aws_instance.application", "aws_instance.database", "tcp/5432-5435").verdict
    )
    found = pair.prove("aws_instance.application", "aws_instance.database", "tcp/5432-5440")
    assert ("refuted", True) == (found.verdict, "no ingress for tcp/5436 from" in found.reason)


def test_a_rule_to_itself_joins_the_members_of_a_group(net) -> None:
    """`self` lets a group's members in, and nobody else."""
    net.network(front="10.0.1.0/24", back="10.0.2.0/24")
    block = {"protocol": "tcp", "from_port": 7000, "to_port": 7000, "self": True}
    net.group("ring", ingress=[block], egress=[block])
    net.instance("one", "front", "ring")
    net.instance("two", "back", "ring")
    found = net.prove("aws_instance.one", "aws_instance.two", "tcp/7000")
    expected = {"aws_security_group.ring.egress[0]", "aws_security_group.ring.ingress[0]"}
    assert ("proven", True) == (found.verdict, expected <= {one.address for one in found.evidence})
    net.group("other", egress=[{**block, "self": False, "cidr_blocks": ["0.0.0.0/0"]}])
    net.instance("three", "front", "other")
    assert "refuted" == net.prove("aws_instance.three", "aws_instance.two", "tcp/7000").verdict


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("aws_instance.application[7]", "aws_instance.database", "aws_instance.application[7] is not there"),
        (
            "aws_instance.application",
            "aws_quantum_computer.main",
            "does not know where a aws_quantum_computer",
        ),
        ("external/a", "external/b", "both outside"),
    ],
)
def test_ends_that_are_not_known_are_unknown(pair, source: str, target: str, reason: str) -> None:
    """An index out of range, a type that is not modelled, two outsiders."""
    pair.add("aws_quantum_computer.main")
    found = pair.prove(source, target, "tcp/5432")
    assert ("unknown", True) == (found.verdict, reason in found.reason)


def test_a_state_lists_separate_rules_inline_too(pair) -> None:
    """They are one rule, cited by the resource that was written, and listed once."""
    pair.change(
        "aws_security_group.database",
        ingress=[
            {
                "protocol": "tcp",
                "from_port": 5432,
                "to_port": 5432,
                "security_groups": ["<aws_security_group.application>"],
            }
        ],
    )
    prover = NetworkProver(pair.infrastructure())
    assert [OUT, IN] == [one.address for one in prover.rules()]
    found = pair.prove("aws_instance.application", "aws_instance.database", "tcp/5432")
    assert ("proven", True) == (found.verdict, IN in [one.address for one in found.evidence])


def test_only_ipv6_is_not_enough_unless_nothing_else_exists(pair) -> None:
    """A rule for IPv6 proves nothing between hosts that have both, and all where they have nothing else."""
    for name, cidr in (("front", "2001:db8:0:1::/64"), ("back", "2001:db8:0:2::/64")):
        pair.change(f"aws_subnet.{name}", ipv6_cidr_block=cidr)
    pair.change(OUT, referenced_security_group_id=None, cidr_ipv6="2001:db8:0:2::/64")
    pair.change(IN, referenced_security_group_id=None, cidr_ipv6="::/0")
    ends = ("aws_instance.application", "aws_instance.database", "tcp/5432")
    assert "unknown" == pair.prove(*ends).verdict
    pair.change("aws_subnet.front", ipv6_native=True, cidr_block=None)
    assert "unknown" == pair.prove(*ends).verdict
    pair.change("aws_subnet.back", ipv6_native=True, cidr_block=None)
    assert "proven" == pair.prove(*ends).verdict
    pair.change(IN, cidr_ipv6="2001:db8:0:7::/64")
    assert "refuted" == pair.prove(*ends).verdict
