"""NAT gateways as ends of an arrow: what leaves through them, and where they lead."""

import pytest

from asbuilt.infrastructure import UNKNOWN

NAT = "aws_nat_gateway.main"
SECOND = "aws_nat_gateway.second"


@pytest.fixture
def two(public):
    """A second NAT gateway, to which a second private subnet leads."""
    public.add(SECOND, subnet_id="<aws_subnet.two>", connectivity_type="public")
    public.add("aws_subnet.other", vpc_id="<aws_vpc.main>", cidr_block="10.0.4.0/24")
    way = {"cidr_block": "0.0.0.0/0", "nat_gateway_id": f"<{SECOND}>"}
    public.add("aws_route_table.other", vpc_id="<aws_vpc.main>", route=[way])
    public.add(
        "aws_route_table_association.other",
        subnet_id="<aws_subnet.other>",
        route_table_id="<aws_route_table.other>",
    )
    return public


@pytest.mark.parametrize("source", ["aws_instance.service", "aws_subnet.private"])
def test_what_leaves_through_a_gateway_is_proven(two, source):
    """The route and the gateway are cited, for an instance and for whatever is in a subnet."""
    found = two.prove(source, NAT, "tcp/443")
    cited = {one.address for one in found.evidence}
    assert "proven" == found.verdict, found.reason
    assert {"aws_route_table.private", NAT, "aws_internet_gateway.main"} <= cited


WRONG = {
    "the other subnet's gateway": ("aws_subnet.private", SECOND, "tcp/443", "leads elsewhere"),
    "a public subnet": ("aws_subnet.one", NAT, "tcp/443", "leads elsewhere"),
    "a port that its group keeps in": ("aws_instance.service", NAT, "tcp/80", "no egress"),
    "from the internet": ("external/internet", NAT, "tcp/443", "lets nobody in"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_leave_through_it_is_refuted(two, case):
    """Each with what stops it."""
    source, target, claim, reason = WRONG[case]
    found = two.prove(source, target, claim)
    assert "refuted" == found.verdict
    assert reason in found.reason


def test_every_gateway_at_the_head_has_to_be_used(two):
    """A node for several gateways claims nothing about one that nobody leaves through."""
    for name in (NAT, SECOND):
        old = two.resources.pop(name)
        two.add(f'aws_nat_gateway.each["{name}"]', **old.values)
    found = two.prove("aws_subnet.private", "aws_nat_gateway.each", "tcp/443")
    assert "refuted" == found.verdict, found.reason
    assert "leads elsewhere" in found.reason


def test_a_route_that_is_not_known_yet_is_unknown(two):
    """Nothing tells which gateway it leads to."""
    way = {"cidr_block": "0.0.0.0/0", "nat_gateway_id": UNKNOWN}
    references = {"route": (NAT, SECOND)}
    two.drop("aws_route_table.private")
    two.add("aws_route_table.private", references, vpc_id="<aws_vpc.main>", route=[way])
    assert "unknown" == two.prove("aws_subnet.private", NAT, "tcp/443").verdict


def test_a_gateway_leads_to_the_internet(public):
    """Through its own subnet; not from one that has no internet gateway, nor when it is private."""
    question = (NAT, "external/internet", "tcp/443")
    assert "proven" == public.prove(*question).verdict
    public.change(NAT, subnet_id="<aws_subnet.private>")
    assert "refuted" == public.prove(*question).verdict
    public.change(NAT, subnet_id="<aws_subnet.one>", connectivity_type="private")
    assert "unknown" == public.prove(*question).verdict
