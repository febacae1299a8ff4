"""A month's bill: what an estate and its use cost, line by line."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from drills.cost import storage
from drills.cost.estate import Estate
from drills.cost.prices import PriceList
from drills.cost.usage import Usage

_KB = 2**20  # KB in a GB
_POLLS_AN_HOUR = 180  # one long poll of twenty seconds after the other


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the service it belongs to, what is charged, how much of it, and US dollars."""

    service: str
    what: str
    quantity: float
    unit: str
    usd: float


@dataclass(frozen=True, slots=True)
class Month:
    """Everything that a month's bill follows from. `given` are the numbers of cost.yaml by name."""

    estate: Estate
    usage: Usage
    prices: PriceList
    given: Mapping[str, Any]
    month: float

    def line(self, service: str, price: str, quantity: float) -> Line:
        """The line of a quantity in the price's own unit."""
        found = self.prices[price]
        return Line(service, found.what, quantity, found.unit, found.cost(quantity))

    def many(self, service: str, price: str, count: float) -> Line:
        """The line of a count of what is priced by the thousand."""
        return self.line(service, price, count / 1000)


def bill(month: Month) -> list[Line]:
    """Every line of the month's bill, in the order of the page."""
    parts = (_cluster, _analysis, _database, _storage, _network, _edge, _orchestration, _watching)
    return [line for part in parts for line in part(month) if line.quantity]


def total(lines: list[Line]) -> float:
    """The sum of a bill, in US dollars."""
    return math.fsum(line.usd for line in lines)


def _cluster(month: Month) -> Iterator[Line]:
    estate, hours, nodes = month.estate, month.given["hours"], month.usage.nodes
    yield month.line("Cluster", "eks_cluster", hours)
    yield month.line("Cluster", _ec2(estate.node_type), hours * nodes)
    yield month.line("Cluster", "ebs_gp3", estate.node_disk * nodes)
    yield month.line("Cluster", "ecr_storage", month.given["image_gb"])


def _analysis(month: Month) -> Iterator[Line]:
    """Instance hours, on Spot and on demand, and the disks that come with them."""
    given = month.given
    hours = month.usage.vcpu_hours / given["instance_vcpus"] / given["instance_busy"]
    spot = hours * given["spot_found"] * (1 + given["spot_repeated"])
    on_demand = hours * (1 - given["spot_found"])
    kind = given["analysis_instance"]
    yield month.line("Analysis", _ec2(kind).replace("ec2", "spot"), spot)
    yield month.line("Analysis", _ec2(kind), on_demand)
    yield month.line("Analysis", "ebs_gp3", (spot + on_demand) / given["hours"] * month.estate.analysis_disk)


def _database(month: Month) -> Iterator[Line]:
    """Prices are for two zones: one zone costs half, instance and storage alike."""
    estate, share = month.estate, 1.0 if month.estate.multi_az else 0.5
    name = "rds_" + estate.database_class.replace(".", "_")
    yield month.line("Database", name, month.given["hours"] * share)
    yield month.line("Database", "rds_storage", estate.database_gb * share)
    yield month.line("Database", "secret", 1)


def _storage(month: Month) -> Iterator[Line]:
    """Objects by class and age, their moves, requests and late reads."""
    usage, at = month.usage, month.month
    uploads = (month.estate.uploads, usage.upload_gb, usage.file_kb)
    results = (month.estate.results, usage.result_gb, usage.result_kb)
    lying: dict[str, float] = {}
    for name, gigabytes in (
        *storage.stored(*uploads, at).items(),
        *storage.stored(*results, at).items(),
    ):
        lying[name] = lying.get(name, 0.0) + gigabytes
    for name, gigabytes in lying.items():
        yield month.line("Storage", storage.PRICES[name], gigabytes)
    yield from _moves(month)
    yield month.many("Storage", "s3_write", usage.parts + 3 * usage.files)
    yield month.many("Storage", "s3_read", 2 * usage.files)
    late = usage.result_gb * month.given["late_read_share"] if lying.get("GLACIER_IR") else 0.0
    yield month.line("Storage", "s3_glacier_ir_retrieval", late)


def _moves(month: Month) -> Iterator[Line]:
    usage, moved = month.usage, dict.fromkeys(("STANDARD_IA", "GLACIER_IR"), 0.0)
    for rules, size in ((month.estate.uploads, usage.file_kb), (month.estate.results, usage.result_kb)):
        for name, objects in storage.moved(rules, usage.files, size, month.month).items():
            moved[name] += objects
    for name, objects in moved.items():
        yield month.many("Storage", storage.PRICES[name].replace("s3_", "s3_to_"), objects)


def _network(month: Month) -> Iterator[Line]:
    estate, usage, given = month.estate, month.usage, month.given
    hours = given["hours"]
    yield month.line("Network", "nat_hour", estate.nat_gateways * hours)
    yield month.line("Network", "nat_gb", nat_gb(month))
    yield month.line("Network", "public_address", estate.addresses * hours)
    yield month.line("Network", "endpoint_hour", estate.endpoints * estate.endpoint_zones * hours)
    yield month.line("Network", "endpoint_gb", log_gb(month))
    crossing = usage.requests * given["request_database_kb"] / _KB * 2 / 3
    yield month.line("Network", "zone_gb", 2 * crossing)


def _edge(month: Month) -> Iterator[Line]:
    estate, usage, given = month.estate, month.usage, month.given
    yield month.line("Way in and out", "load_balancer_hour", given["hours"])
    yield month.line("Way in and out", "load_balancer_unit", capacity_units(month) * given["hours"])
    yield month.line("Way in and out", "edge_gb", usage.page_gb)
    yield month.many("Way in and out", "edge_request", usage.requests)
    yield month.line("Way in and out", "web_acl", 1)
    yield month.line("Way in and out", "web_acl_rule", estate.web_acl_rules)
    yield month.many("Way in and out", "web_acl_request", usage.requests)
    yield month.line("Way in and out", "hosted_zone", 1)
    yield month.line("Way in and out", "internet_gb", usage.download_gb)


def _orchestration(month: Month) -> Iterator[Line]:
    """A standard workflow is charged for each state it enters, and once for its end."""
    usage, given = month.usage, month.given
    yield month.many("Orchestration and sign-in", "state_transition", usage.files + 3 * usage.analyses)
    yield month.many("Orchestration and sign-in", "topic_request", usage.analyses)
    polls = usage.api_pods * _POLLS_AN_HOUR * given["hours"]
    yield month.many("Orchestration and sign-in", "queue_request", polls + 2 * usage.analyses)
    yield month.line("Orchestration and sign-in", "active_user", usage.users)
    versions = 1 + min(int(month.month // 12), 2)  # each yearly rotation adds one, and the third is free
    yield month.line("Orchestration and sign-in", "key", month.estate.keys * versions)
    asked = usage.files * given["kms_requests"]
    yield month.many("Orchestration and sign-in", "key_request", asked)


def _watching(month: Month) -> Iterator[Line]:
    """Logs are charged as they are written, and again while they are kept; no credit for compression."""
    usage, kept = month.usage, min(month.month, month.estate.log_days / storage.DAYS)
    edge = usage.requests * month.given["edge_log_kb"] / _KB
    yield month.line("Watching", "log_gb", log_gb(month))
    yield month.line("Watching", "log_storage", log_gb(month) * kept)
    yield month.line("Watching", "edge_log_gb", edge)
    yield month.line("Watching", "edge_log_storage", edge * kept)
    yield month.line("Watching", "alarm", month.estate.alarm_metrics)
    counted = month.estate.bucket_metrics * month.given["request_metrics"]
    yield month.line("Watching", "metric", counted)
    yield month.many("Watching", "data_event", usage.parts + 5 * usage.files)


def log_gb(month: Month) -> float:
    """GB that the environment writes to CloudWatch in its own region in a month."""
    given, usage = month.given, month.usage
    printed = usage.requests * given["request_log_kb"] + usage.files * given["job_log_kb"]
    return float(usage.nodes * given["node_log_gb"] + printed / _KB)


def nat_gb(month: Month) -> float:
    """GB that pass the NAT gateways in a month: none of them are files."""
    given, usage = month.given, month.usage
    return float(usage.nodes * given["node_nat_gb"] + usage.requests * given["request_nat_kb"] / _KB)


def capacity_units(month: Month) -> float:
    """Load balancer capacity units on average: the larger of 25 new connections a second and one GB an hour.

    https://aws.amazon.com/elasticloadbalancing/pricing/; every request counts as a new connection.
    """
    hours = month.given["hours"]
    return float(max(month.usage.requests / hours / 3600 / 25, month.usage.page_gb / hours))


def _ec2(kind: str) -> str:
    return "ec2_" + kind.replace(".", "_")
