"""Subnets that AWS refuses to make prove nothing."""

import pytest

from asbuilt.infrastructure import UNKNOWN

ENDS = ("aws_instance.application", "aws_instance.database", "tcp/5432")
MORE = "aws_vpc_ipv4_cidr_block_association.more"
CASES = {
    "outside the VPC": (lambda net: net.change("aws_subnet.back", cidr_block="10.1.2.0/24"), "unknown"),
    "in a second block of the VPC": (
        lambda net: (
            net.change("aws_subnet.back", cidr_block="10.1.2.0/24"),
            net.add(MORE, vpc_id="<aws_vpc.main>", cidr_block="10.1.0.0/16"),
        ),
        "proven",
    ),
    "beside a block that is not known": (
        lambda net: (
            net.change("aws_subnet.back", cidr_block="10.1.2.0/24"),
            net.add(MORE, vpc_id="<aws_vpc.main>", cidr_block=UNKNOWN),
        ),
        "proven",
    ),
    "over another subnet": (lambda net: net.change("aws_subnet.back", cidr_block="10.0.1.128/25"), "unknown"),
    "inside of a third": (
        lambda net: net.add("aws_subnet.wide", vpc_id="<aws_vpc.main>", cidr_block="10.0.0.0/22"),
        "unknown",
    ),
    "beside a third": (
        lambda net: net.add("aws_subnet.next", vpc_id="<aws_vpc.main>", cidr_block="10.0.3.0/24"),
        "proven",
    ),
    "the same in another VPC": (
        lambda net: net.add("aws_subnet.far", vpc_id="<aws_vpc.far>", cidr_block="10.0.2.0/24"),
        "proven",
    ),
    "too small": (lambda net: net.change("aws_subnet.back", cidr_block="10.0.2.0/29"), "unknown"),
    "as small as may be": (lambda net: net.change("aws_subnet.back", cidr_block="10.0.2.0/28"), "proven"),
    "in a VPC too large": (lambda net: net.change("aws_vpc.main", cidr_block="10.0.0.0/8"), "unknown"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_subnet_fits_its_vpc_and_its_neighbours(pair, case: str) -> None:
    """Between two hosts that are proven to reach each other until one of the subnets is changed."""
    change, verdict = CASES[case]
    assert "proven" == pair.prove(*ENDS).verdict
    change(pair)
    assert verdict == pair.prove(*ENDS).verdict


@pytest.mark.parametrize(
    ("zones", "verdict"), [(("a", "b"), "proven"), (("a", "a"), "unknown"), ((None, None), "proven")]
)
def test_a_database_needs_subnets_in_two_zones(pair, zones: tuple[str | None, str | None], verdict) -> None:
    """AWS refuses a DB subnet group in one zone."""
    for subnet, zone in zip(("front", "back"), zones, strict=True):
        pair.change(f"aws_subnet.{subnet}", availability_zone=zone)
    pair.add("aws_db_subnet_group.main", name="main", subnet_ids=["<aws_subnet.front>", "<aws_subnet.back>"])
    groups = {"vpc_security_group_ids": ["<aws_security_group.database>"]}
    pair.add("aws_db_instance.main", engine="postgres", db_subnet_group_name="main", port=5432, **groups)
    ends = ("aws_instance.application", "aws_db_instance.main", "tcp/5432")
    assert verdict == pair.prove(*ends).verdict
    pair.change("aws_db_subnet_group.main", subnet_ids=["<aws_subnet.back>"])
    assert "unknown" == pair.prove(*ends).verdict


def test_a_stopped_database_is_not_reached(pair) -> None:
    """An instance state names the database by its identifier."""
    pair.add("aws_db_subnet_group.main", name="main", subnet_ids=["<aws_subnet.front>", "<aws_subnet.back>"])
    groups = {"vpc_security_group_ids": ["<aws_security_group.database>"], "db_subnet_group_name": "main"}
    pair.add("aws_db_instance.main", identifier="db", engine="postgres", port=5432, **groups)
    ends = ("aws_instance.application", "aws_db_instance.main", "tcp/5432")
    pair.add("aws_rds_instance_state.main", identifier="db", state="available")
    assert "proven" == pair.prove(*ends).verdict
    pair.change("aws_rds_instance_state.main", state="stopped")
    assert "stops aws_db_instance.main" in pair.prove(*ends).reason
