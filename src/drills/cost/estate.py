"""What a plan makes that costs money: how many of each, and of which class."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure.model import Resource

_ZONES = "local.hourly_zones"  # NAT gateways and interface endpoints stand in the same zones


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How objects age: (days, storage class) ascending, and the days until their bytes are gone."""

    transitions: tuple[tuple[int, str], ...]
    gone: int


@dataclass(frozen=True, slots=True)
class Estate:
    """The priced resources of one environment; sizes in GB, classes as AWS names them."""

    node_type: str
    nodes: int
    node_disk: int
    analysis_disk: int
    database_class: str
    database_gb: int
    multi_az: bool
    nat_gateways: int
    addresses: int
    endpoints: int
    endpoint_zones: int
    keys: int
    alarm_metrics: int
    bucket_metrics: int
    web_acl_rules: int
    log_days: int
    uploads: Lifecycle
    results: Lifecycle
    budget: float

    @classmethod
    def of(cls, resources: Iterable[Resource]) -> "Estate":
        """Count what a plan creates. Raises UnusableInput where the bill would have to guess."""
        found = {item.address: item for item in resources if not item.is_data}
        count = Counter(item.type for item in found.values())
        for kind in ("aws_eks_cluster", "aws_lb", "aws_cloudfront_distribution", "aws_route53_zone"):
            if count[kind] != 1:
                raise UnusableInput(f"there are {count[kind]} of {kind}", "the bill knows one of them")
        return cls(**_machines(found), **_counted(found, count), **_kept(found))

    @classmethod
    def recorded(cls, values: Mapping[str, Any]) -> "Estate":
        """The estate that `as_recorded` gave."""
        lifecycles = {
            name: Lifecycle(tuple(map(tuple, values[name]["transitions"])), values[name]["gone"])
            for name in ("uploads", "results")
        }
        return cls(**{**values, **lifecycles})

    def as_recorded(self) -> dict[str, Any]:
        """The estate as JSON holds it."""
        return asdict(self)


def types(resources: Iterable[Resource]) -> set[str]:
    """The types of what is created."""
    return {item.type for item in resources if not item.is_data}


def _machines(found: Mapping[str, Resource]) -> dict[str, Any]:
    """Nodes, analysis instances and the database."""
    group, database = found["aws_eks_node_group.main"].values, found["aws_db_instance.main"].values
    return {
        "node_type": group["instance_types"][0],
        "nodes": group["scaling_config"][0]["min_size"],
        "node_disk": _disk(found["aws_launch_template.node"]),
        "analysis_disk": _disk(found["aws_launch_template.analysis"]),
        "database_class": database["instance_class"],
        "database_gb": database["allocated_storage"],
        "multi_az": database["multi_az"],
    }


def _counted(found: Mapping[str, Resource], count: Mapping[str, int]) -> dict[str, Any]:
    """What is charged by the piece."""
    endpoints = _interface_endpoints(found.values())
    return {
        "nat_gateways": count["aws_nat_gateway"],
        "addresses": count["aws_eip"],
        "endpoints": len(endpoints),
        "endpoint_zones": _zones(endpoints, count["aws_nat_gateway"]),
        "keys": count["aws_kms_key"],
        "alarm_metrics": _alarm_metrics(found.values()),
        "bucket_metrics": count["aws_s3_bucket_metric"],
        "web_acl_rules": len(found["aws_wafv2_web_acl.main"].values["rule"]),
    }


def _kept(found: Mapping[str, Resource]) -> dict[str, Any]:
    """How long logs, uploads and results are kept, and the budget."""
    return {
        "log_days": _log_days(found.values()),
        "uploads": _lifecycle(found["aws_s3_bucket_lifecycle_configuration.uploads"]),
        "results": _lifecycle(found["aws_s3_bucket_lifecycle_configuration.results"]),
        "budget": float(found["aws_budgets_budget.monthly"].values["limit_amount"]),
    }


def _disk(template: Resource) -> int:
    return int(template.values["block_device_mappings"][0]["ebs"][0]["volume_size"])


def _interface_endpoints(resources: Iterable[Resource]) -> list[Resource]:
    endpoints = (item for item in resources if item.type == "aws_vpc_endpoint")
    return [item for item in endpoints if item.values["vpc_endpoint_type"] == "Interface"]


def _zones(endpoints: Iterable[Resource], zones: int) -> int:
    """Zones of each interface endpoint: a plan does not know their subnets, but what they are made from."""
    if any(_ZONES not in item.references.get("subnet_ids", ()) for item in endpoints):
        raise UnusableInput(
            f"an interface endpoint does not stand in {_ZONES}", "its zones cannot be counted"
        )
    return zones


def _alarm_metrics(resources: Iterable[Resource]) -> int:
    """Metrics that alarms watch: an alarm is charged once for each metric in its expression."""
    alarms = (item for item in resources if item.type == "aws_cloudwatch_metric_alarm")
    queries = (alarm.values.get("metric_query") or () for alarm in alarms)
    return sum(max(1, sum(1 for query in found if query["metric"])) for found in queries)


def _log_days(resources: Iterable[Resource]) -> int:
    kept = {item.values["retention_in_days"] for item in resources if item.type == "aws_cloudwatch_log_group"}
    if len(kept) != 1:
        raise UnusableInput("log groups are kept for different times", "the bill knows one")
    return int(kept.pop())


def _lifecycle(configuration: Resource) -> Lifecycle:
    """The rule that ages every object: an expired one is hidden first, and gone `noncurrent_days` later."""
    rule = next(rule for rule in configuration.values["rule"] if rule["transition"])
    steps = sorted((int(step["days"]), str(step["storage_class"])) for step in rule["transition"])
    hidden = rule["noncurrent_version_expiration"][0]["noncurrent_days"]
    return Lifecycle(tuple(steps), int(rule["expiration"][0]["days"]) + int(hidden))
