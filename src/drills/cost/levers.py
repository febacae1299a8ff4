"""What each choice saves: the month's bill with it, and without it."""

from dataclasses import dataclass, replace
from typing import Any

from drills.cost.bill import Month, bill, log_gb, nat_gb, total

_WEEK = 168  # hours


@dataclass(frozen=True, slots=True)
class Lever:
    """A choice, where it stands, whether it is made, and what it saves a month (below zero: costs)."""

    name: str
    address: str
    environment: str
    is_made: bool
    usd: float


def levers(production: Month, staging: Month) -> list[Lever]:
    """Every lever, as a saving against the opposite choice."""
    now, idle = total(bill(production)), total(bill(staging))
    made = [Lever(name, at, "production", True, without(production) - now) for name, at, without in _MADE]
    left = [Lever(name, at, "production", False, now - with_(production)) for name, at, with_ in _OPEN]
    asleep = idle - _asleep(staging)
    night = Lever("Staging off at night and on weekends", "aws_eks_node_group.main", "staging", False, asleep)
    return [*made, *left, night]


def _given(month: Month, **changes: Any) -> Month:
    return replace(month, given={**month.given, **changes})


def _estate(month: Month, **changes: Any) -> float:
    return total(bill(replace(month, estate=replace(month.estate, **changes))))


def _without_spot(month: Month) -> float:
    return total(bill(_given(month, spot_found=0)))


def _without_classes(month: Month) -> float:
    rules = (month.estate.uploads, month.estate.results)
    uploads, results = (replace(rule, transitions=()) for rule in rules)
    return _estate(month, uploads=uploads, results=results)


def _through_nat(month: Month) -> float:
    """Jobs read every upload once and write every result; both would pass a NAT gateway."""
    files = month.usage.upload_gb + month.usage.result_gb
    return total(bill(month)) + month.prices["nat_gb"].cost(files)


def _without_endpoints(month: Month) -> float:
    moved = log_gb(month)
    price = month.prices["nat_gb"].cost(moved) - month.prices["endpoint_gb"].cost(moved)
    return _estate(month, endpoints=0) + price


def _late_upgrade(month: Month) -> float:
    return total(bill(month)) + month.prices["eks_extended_support"].cost(month.given["hours"])


def _graviton(month: Month) -> float:
    return _estate(month, node_type=month.estate.node_type.replace("m6i", "m6g"))


def _one_gateway(month: Month) -> float:
    """Two thirds of what passes it come from other zones, and are charged there and back."""
    crossing = month.prices["zone_gb"].cost(2 * nat_gb(month) * 2 / 3)
    return _estate(month, nat_gateways=1, addresses=1) + crossing


def _one_zone(month: Month) -> float:
    return _estate(month, multi_az=False)


def _asleep(month: Month) -> float:
    """Nodes and the database's instance run in working hours alone; what is stored stays."""
    share = month.given["working_hours"] / _WEEK
    awake = replace(month, usage=month.usage.times(share, "nodes"))
    return total(bill(replace(awake, prices=month.prices.with_factor("rds_db", share))))


_MADE = (
    ("Analyses on Spot", "aws_batch_compute_environment.spot", _without_spot),
    (
        "Storage classes instead of Standard for life",
        "aws_s3_bucket_lifecycle_configuration.uploads",
        _without_classes,
    ),
    ("Files through the S3 gateway endpoint instead of NAT", "aws_vpc_endpoint.s3", _through_nat),
    ("Interface endpoints instead of NAT", "aws_vpc_endpoint.interface", _without_endpoints),
    ("A Kubernetes version in standard support", "aws_eks_cluster.main", _late_upgrade),
)
_OPEN = (
    ("Graviton nodes", "aws_eks_node_group.main", _graviton),
    ("One NAT gateway instead of one in each zone", "aws_nat_gateway.main", _one_gateway),
    ("A database in one zone", "aws_db_instance.main", _one_zone),
)
