"""A small month whose bill can be worked out by hand."""

from dataclasses import replace

import pytest

from drills.cost.bill import Month
from drills.cost.estate import Estate, Lifecycle
from drills.cost.prices import Price, PriceList
from drills.cost.usage import Usage

CLUSTER = ["eks_cluster", "eks_extended_support", "ec2_m6i_large", "ec2_m6i_xlarge", "ec2_m6g_large"]
ANALYSIS = ["ebs_gp3", "spot_m6i_xlarge", "state_transition", "topic_request", "queue_request", "ecr_storage"]
DATABASE = ["rds_db_t4g_medium", "rds_storage", "secret"]
CLASSES = ["s3_standard", "s3_standard_ia", "s3_glacier_ir", "s3_to_standard_ia", "s3_to_glacier_ir"]
STORAGE = [*CLASSES, "s3_write", "s3_read", "s3_glacier_ir_retrieval", "key", "key_request"]
NETWORK = ["nat_hour", "nat_gb", "public_address", "endpoint_hour", "endpoint_gb", "zone_gb", "internet_gb"]
EDGE = ["load_balancer_hour", "load_balancer_unit", "edge_gb", "edge_request", "hosted_zone", "active_user"]
FIREWALL = ["web_acl", "web_acl_rule", "web_acl_request"]
LOGS = ["log_gb", "log_storage", "edge_log_gb", "edge_log_storage", "alarm", "metric", "data_event"]
NAMES = [*CLUSTER, *ANALYSIS, *DATABASE, *STORAGE, *NETWORK, *EDGE, *FIREWALL, *LOGS]


@pytest.fixture
def month() -> Month:
    """The second month: 100 files of 1 MB, in one hour of four vCPUs; everything costs one dollar."""
    estate = Estate(
        node_type="m6i.large",
        nodes=2,
        node_disk=50,
        analysis_disk=100,
        database_class="db.t4g.medium",
        database_gb=20,
        multi_az=True,
        nat_gateways=3,
        addresses=3,
        endpoints=6,
        endpoint_zones=3,
        keys=2,
        alarm_metrics=6,
        bucket_metrics=2,
        web_acl_rules=5,
        log_days=365,
        uploads=Lifecycle(((30, "STANDARD_IA"),), 366),
        results=Lifecycle(((90, "STANDARD_IA"), (365, "GLACIER_IR")), 1857),
        budget=100.0,
    )
    usage = Usage(
        users=10,
        analyses=10,
        files=100,
        parts=200,
        upload_gb=100 / 1024,
        result_gb=0.5,
        download_gb=0.5,
        page_gb=7.3,
        requests=2**20,
        vcpu_hours=4,
        nodes=2,
        api_pods=1,
    )
    given = {
        "hours": 730,
        "working_hours": 42,
        "analysis_instance": "m6i.xlarge",
        "instance_vcpus": 4,
        "spot_found": 0.9,
        "spot_repeated": 0.1,
        "instance_busy": 0.5,
        "node_log_gb": 1,
        "request_log_kb": 2,
        "edge_log_kb": 3,
        "job_log_kb": 0,
        "node_nat_gb": 10,
        "request_nat_kb": 1,
        "request_database_kb": 3,
        "image_gb": 10,
        "request_metrics": 16,
        "late_read_share": 0.5,
        "kms_requests": 4,
    }
    prices = {name: Price(name, 1.0, "piece", "sa-east-1", "a list", "2026-01-01") for name in NAMES}
    return Month(estate, usage, PriceList(prices, {}, {}), given, 2)


@pytest.fixture
def cheap_spot(month: Month) -> Month:
    """The same month with cheaper Spot, Graviton and colder classes."""
    prices = month.prices
    for name, factor in (("spot_", 1 / 3), ("ec2_m6g", 0.8), ("s3_standard_ia", 0.5), ("s3_to_", 0.001)):
        prices = prices.with_factor(name, factor)
    return replace(month, prices=prices)
