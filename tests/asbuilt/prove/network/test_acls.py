"""Network ACLs: order, direction, answers, and which one stands around a subnet."""

import pytest

from asbuilt.infrastructure import UNKNOWN

ENDS = ("aws_instance.application", "aws_instance.database", "tcp/5432")
ALL = {
    "protocol": "-1",
    "from_port": 0,
    "to_port": 0,
    "cidr_block": "0.0.0.0/0",
    "action": "allow",
    "rule_no": 100,
}


def _acl(net, name: str, *subnets: str, ingress=(ALL,), egress=(ALL,), **values) -> None:
    ids = [f"<aws_subnet.{subnet}>" for subnet in subnets]
    net.add(
        f"aws_network_acl.{name}",
        vpc_id="<aws_vpc.main>",
        subnet_ids=ids,
        ingress=list(ingress),
        egress=list(egress),
        **values,
    )


def _rule(
    number: int, action: str, first: int, last: int, cidr: str = "0.0.0.0/0", protocol: str = "tcp"
) -> dict:
    ports = {"from_port": first, "to_port": last}
    return {"rule_no": number, "action": action, "protocol": protocol, "cidr_block": cidr, **ports}


POSTGRES, ANSWERS = _rule(10, "allow", 5432, 5432), _rule(20, "allow", 1024, 65535)

CASES = {
    "lets the port in and answers out": ("proven", {"ingress": (POSTGRES,), "egress": (ANSWERS,)}, ""),
    "denies answers": (
        "refuted",
        {"ingress": (POSTGRES,), "egress": ()},
        "allows no egress of answers on tcp/1024-65535",
    ),
    "lets only some answers out": (
        "unknown",
        {"ingress": (POSTGRES,), "egress": (_rule(20, "allow", 32768, 65535),)},
        "only in part",
    ),
    "has no rule for the port": (
        "refuted",
        {"ingress": (ANSWERS | {"from_port": 8000},)},
        "allows no ingress of tcp/5432",
    ),
    "denies before it allows": (
        "refuted",
        {"ingress": (_rule(5, "deny", 5000, 6000, "10.0.1.0/24"), ALL)},
        "aws_network_acl.back.ingress[0] denies ingress of tcp/5432 from aws_subnet.front",
    ),
    "allows before it denies": ("proven", {"ingress": (_rule(200, "deny", 5432, 5432), ALL)}, ""),
    "denies others": ("proven", {"ingress": (_rule(5, "deny", 5432, 5432, "10.0.3.0/24"), ALL)}, ""),
    "denies some of the subnet": (
        "unknown",
        {"ingress": (_rule(5, "deny", 5432, 5432, "10.0.1.7/32"), ALL)},
        "only in part",
    ),
    "denies another protocol": (
        "proven",
        {"ingress": (_rule(5, "deny", 5432, 5432, protocol="udp"), ALL)},
        "",
    ),
    "writes the protocol as a number": ("proven", {"ingress": (POSTGRES | {"protocol": "6"},)}, ""),
    "has an unknown port": (
        "unknown",
        {"ingress": (_rule(5, "deny", 1, 2) | {"to_port": UNKNOWN}, ALL)},
        "the ports of",
    ),
    "has an unknown action": (
        "unknown",
        {"ingress": (ALL | {"action": UNKNOWN},)},
        "what aws_network_acl.back.ingress[0] does",
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_an_acl_around_the_target(pair, what: str) -> None:
    """The ACL around the database's subnet decides, by the first rule that fits."""
    verdict, rules, reason = CASES[what]
    _acl(pair, "back", "back", **rules)
    found = pair.prove(*ENDS)
    assert verdict == found.verdict, found
    assert reason in found.reason


def test_an_acl_around_the_source(pair) -> None:
    """It has to let the request out and the answers in."""
    _acl(pair, "front", "front", egress=(POSTGRES,), ingress=(ANSWERS,))
    assert "proven" == pair.prove(*ENDS).verdict
    pair.change("aws_network_acl.front", ingress=[])
    found = pair.prove(*ENDS)
    expected = "aws_network_acl.front allows no ingress of answers on tcp/1024-65535 from aws_subnet.back"
    assert ("refuted", expected) == (found.verdict, found.reason)


def test_an_acl_does_not_stand_inside_its_subnet(pair) -> None:
    """Two hosts of one subnet meet no ACL."""
    _acl(pair, "closed", "back", ingress=(), egress=())
    pair.instance("application", "back", "application")
    assert "proven" == pair.prove(*ENDS).verdict


def test_rules_and_associations_may_be_resources_of_their_own(pair) -> None:
    """A separate deny rule, in an ACL that a separate association puts around the subnet."""
    _acl(pair, "back")
    pair.drop("aws_network_acl.back")
    pair.add("aws_network_acl.back", vpc_id="<aws_vpc.main>", ingress=[ALL], egress=[ALL])
    pair.add(
        "aws_network_acl_rule.deny",
        network_acl_id="<aws_network_acl.back>",
        rule_number=50,
        rule_action="deny",
        egress=False,
        protocol="-1",
        cidr_block="10.0.0.0/16",
    )
    assert "proven" == pair.prove(*ENDS).verdict  # it stands around no subnet yet
    pair.add(
        "aws_network_acl_association.back",
        network_acl_id="<aws_network_acl.back>",
        subnet_id="<aws_subnet.back>",
    )
    found = pair.prove(*ENDS)
    assert ("refuted", True) == (found.verdict, "aws_network_acl_rule.deny denies" in found.reason)


def test_a_default_acl_that_terraform_manages_denies_what_is_not_written(pair) -> None:
    """As AWS makes it, it allows everything; taken over without rules it denies everything."""
    pair.change("aws_vpc.main", default_network_acl_id="acl-default")
    assert "proven" == pair.prove(*ENDS).verdict
    pair.add(
        "aws_default_network_acl.main",
        default_network_acl_id="acl-default",
        ingress=[],
        egress=[],
        id="acl-default",
    )
    found = pair.prove(*ENDS)
    assert ("refuted", True) == (
        found.verdict,
        "aws_default_network_acl.main allows no egress" in found.reason,
    )


@pytest.mark.parametrize(("number", "verdict"), [(99, "refuted"), (101, "proven")])
def test_a_rule_added_to_a_default_acl_counts_before_rule_100(pair, number: int, verdict: str) -> None:
    """AWS's own rule 100 allows everything, so a later one changes nothing."""
    pair.change("aws_vpc.main", default_network_acl_id="acl-default")
    pair.add(
        "aws_network_acl_rule.deny",
        network_acl_id="acl-default",
        rule_number=number,
        rule_action="deny",
        egress=False,
        protocol="-1",
        cidr_block="0.0.0.0/0",
    )
    assert verdict == pair.prove(*ENDS).verdict
