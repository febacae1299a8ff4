"""Routes: inside a VPC, between two, and out of one."""

import pytest

ENDS = ("aws_instance.application", "aws_instance.database", "tcp/5432")


@pytest.fixture
def peered(pair):
    """The database host in a second VPC, joined by a peering connection with routes on both sides."""
    pair.add("aws_vpc.other", cidr_block="10.9.0.0/16")
    pair.add("aws_subnet.far", vpc_id="<aws_vpc.other>", cidr_block="10.9.1.0/24")
    pair.instance("database", "far", "database")
    pair.change("aws_security_group.database", vpc_id="<aws_vpc.other>")
    pair.add(
        "aws_vpc_peering_connection.main",
        vpc_id="<aws_vpc.main>",
        peer_vpc_id="<aws_vpc.other>",
        auto_accept=True,
    )
    for name, subnet, cidr in (("here", "front", "10.9.0.0/16"), ("there", "far", "10.0.0.0/16")):
        vpc = "<aws_vpc.main>" if name == "here" else "<aws_vpc.other>"
        pair.add(f"aws_route_table.{name}", vpc_id=vpc)
        pair.add(
            f"aws_route_table_association.{name}",
            subnet_id=f"<aws_subnet.{subnet}>",
            route_table_id=f"<aws_route_table.{name}>",
        )
        pair.add(
            f"aws_route.{name}",
            route_table_id=f"<aws_route_table.{name}>",
            destination_cidr_block=cidr,
            vpc_peering_connection_id="<aws_vpc_peering_connection.main>",
        )
    return pair


def test_peering_needs_routes_on_both_sides(peered) -> None:
    """Proven with both routes and the connection; refuted as soon as one of the routes is missing."""
    found = peered.prove(*ENDS)
    cited = {one.address for one in found.evidence}
    assert "proven" == found.verdict, found.reason
    assert {"aws_route.here", "aws_route.there", "aws_vpc_peering_connection.main"} <= cited
    peered.drop("aws_route.there")
    found = peered.prove(*ENDS)
    assert ("refuted", "the route table of aws_subnet.far has no route to aws_subnet.front") == (
        found.verdict,
        found.reason,
    )


PEERING = {
    "not accepted": (lambda net: net.change("aws_vpc_peering_connection.main", auto_accept=None), "unknown"),
    "accepted elsewhere": (
        lambda net: (
            net.change("aws_vpc_peering_connection.main", auto_accept=None),
            net.add(
                "aws_vpc_peering_connection_accepter.main",
                vpc_peering_connection_id="<aws_vpc_peering_connection.main>",
                auto_accept=True,
            ),
        ),
        "proven",
    ),
    "with another VPC": (
        lambda net: (
            net.add("aws_vpc.third", cidr_block="10.7.0.0/16"),
            net.change("aws_vpc_peering_connection.main", peer_vpc_id="<aws_vpc.third>"),
        ),
        "refuted",
    ),
    "routed to half of the subnet": (
        lambda net: net.change("aws_route.here", destination_cidr_block="10.9.1.0/25"),
        "unknown",
    ),
    "routed past the subnet": (
        lambda net: net.change("aws_route.here", destination_cidr_block="10.9.2.0/24"),
        "refuted",
    ),
    "routed to a NAT gateway": (
        lambda net: (
            net.add("aws_nat_gateway.main", subnet_id="<aws_subnet.front>"),
            net.change(
                "aws_route.here", vpc_peering_connection_id=None, nat_gateway_id="<aws_nat_gateway.main>"
            ),
        ),
        "refuted",
    ),
    "in another region, by group": (
        lambda net: (
            net.change("aws_subnet.far", availability_zone="eu-west-1a", id="<aws_subnet.far>")
            or net.change("aws_subnet.front", availability_zone="us-east-1a")
        ),
        "unknown",
    ),
    "a narrower route elsewhere": (
        lambda net: net.add(
            "aws_route.aside",
            route_table_id="<aws_route_table.here>",
            destination_cidr_block="10.9.1.0/24",
            network_interface_id="eni-1",
        ),
        "unknown",
    ),
}


@pytest.mark.parametrize("how", PEERING)
def test_a_peering_connection(peered, how: str) -> None:
    """What is changed about the connection or the routes to it changes the verdict."""
    change, verdict = PEERING[how]
    change(peered)
    found = peered.prove(*ENDS)
    assert verdict == found.verdict, found.reason


def test_a_route_past_the_local_one_is_not_followed(pair) -> None:
    """A narrower route inside the VPC may lead through an appliance; a wider one does not matter."""
    pair.add("aws_route_table.front", vpc_id="<aws_vpc.main>", route=[])
    pair.add(
        "aws_route_table_association.front",
        subnet_id="<aws_subnet.front>",
        route_table_id="<aws_route_table.front>",
    )
    wide = {"cidr_block": "10.0.0.0/8", "transit_gateway_id": "tgw-1"}
    pair.change("aws_route_table.front", route=[wide])
    assert "proven" == pair.prove(*ENDS).verdict
    pair.change(
        "aws_route_table.front", route=[wide, {"cidr_block": "10.0.2.0/24", "network_interface_id": "eni-1"}]
    )
    found = pair.prove(*ENDS)
    assert ("unknown", True) == (found.verdict, "past the local route" in found.reason)


def test_a_transit_gateway_joins_attached_vpcs(peered) -> None:
    """With its default route table, attachments in the zones of both subnets, and rules by address."""
    peered.add("aws_ec2_transit_gateway.main", default_route_table_association="enable")
    for name, subnet in (("main", "front"), ("other", "far")):
        peered.change(f"aws_subnet.{subnet}", availability_zone="us-east-1a")
        peered.add(
            f"aws_ec2_transit_gateway_vpc_attachment.{name}",
            vpc_id=f"<aws_vpc.{name}>",
            transit_gateway_id="<aws_ec2_transit_gateway.main>",
            subnet_ids=[f"<aws_subnet.{subnet}>"],
        )
    for name in ("here", "there"):
        peered.change(
            f"aws_route.{name}",
            vpc_peering_connection_id=None,
            transit_gateway_id="<aws_ec2_transit_gateway.main>",
        )
    assert "unknown" == peered.prove(*ENDS).verdict  # rules that name groups hold inside a VPC only
    peered.rule("out2", "application", "egress", "tcp/5432", cidr_ipv4="10.9.0.0/16")
    peered.rule("in2", "database", "ingress", "tcp/5432", cidr_ipv4="10.0.0.0/16")
    assert "proven" == peered.prove(*ENDS).verdict
    peered.change("aws_ec2_transit_gateway.main", default_route_table_association="disable")
    assert "unknown" == peered.prove(*ENDS).verdict
    peered.change("aws_ec2_transit_gateway.main", default_route_table_association="enable")
    peered.drop("aws_ec2_transit_gateway_vpc_attachment.other")
    assert "unknown" == peered.prove(*ENDS).verdict
