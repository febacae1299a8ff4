"""What a plan makes that costs money."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure.model import Resource
from drills.cost.estate import Estate, Lifecycle, types

DISK = {"block_device_mappings": [{"ebs": [{"volume_size": 50}]}]}
RULES = {
    "rule": [
        {"transition": [], "expiration": [{"days": 0}]},
        {
            "transition": [
                {"days": 365, "storage_class": "GLACIER_IR"},
                {"days": 90, "storage_class": "STANDARD_IA"},
            ],
            "expiration": [{"days": 1827}],
            "noncurrent_version_expiration": [{"noncurrent_days": 30}],
        },
    ]
}
VALUES: Mapping[str, dict[str, Any]] = {
    "aws_eks_cluster.main": {},
    "aws_lb.main": {},
    "aws_cloudfront_distribution.main": {},
    "aws_route53_zone.main": {},
    "aws_eks_node_group.main": {"instance_types": ["m6i.large"], "scaling_config": [{"min_size": 3}]},
    "aws_launch_template.node": DISK,
    "aws_launch_template.analysis": DISK,
    "aws_db_instance.main": {"instance_class": "db.m6g.large", "allocated_storage": 50, "multi_az": True},
    'aws_nat_gateway.main["a"]': {},
    'aws_nat_gateway.main["b"]': {},
    'aws_eip.nat["a"]': {},
    "aws_kms_key.data": {},
    "aws_cloudwatch_metric_alarm.a": {"metric_query": []},
    "aws_cloudwatch_metric_alarm.b": {"metric_query": [{"metric": [{}]}, {"metric": [{}]}, {"metric": []}]},
    "aws_s3_bucket_metric.uploads": {},
    "aws_wafv2_web_acl.main": {"rule": [{}, {}]},
    "aws_cloudwatch_log_group.a": {"retention_in_days": 365},
    "aws_vpc_endpoint.s3": {"vpc_endpoint_type": "Gateway"},
    'aws_vpc_endpoint.interface["logs"]': {"vpc_endpoint_type": "Interface"},
    "aws_s3_bucket_lifecycle_configuration.uploads": RULES,
    "aws_s3_bucket_lifecycle_configuration.results": RULES,
    "aws_budgets_budget.monthly": {"limit_amount": "6000"},
    "data.aws_ec2_managed_prefix_list.cloudfront": {},
}


def resources(**changes: dict[str, Any]) -> list[Resource]:
    """A small plan, with other values for some addresses (their dots written as two underscores)."""
    changed = {address.replace("__", "."): values for address, values in changes.items()}
    zones = {"subnet_ids": ("local.hourly_zones", "aws_subnet.private")}
    return [
        Resource(address, address.removeprefix("data.").split(".")[0], values, zones)
        for address, values in (VALUES | changed).items()
    ]


def test_what_is_made_is_counted():
    """Pieces, classes, sizes, an alarm's metrics; an expired result is kept for another month."""
    results = Lifecycle(((90, "STANDARD_IA"), (365, "GLACIER_IR")), 1857)
    expected = Estate(
        node_type="m6i.large",
        nodes=3,
        node_disk=50,
        analysis_disk=50,
        database_class="db.m6g.large",
        database_gb=50,
        multi_az=True,
        nat_gateways=2,
        addresses=1,
        endpoints=1,
        endpoint_zones=2,
        keys=1,
        alarm_metrics=3,
        bucket_metrics=1,
        web_acl_rules=2,
        log_days=365,
        uploads=results,
        results=results,
        budget=6000.0,
    )
    assert expected == Estate.of(resources())


def test_an_estate_survives_its_record():
    """JSON knows no tuples; reading it gives the same estate."""
    estate = Estate.of(resources())
    assert estate == Estate.recorded(json.loads(json.dumps(estate.as_recorded())))


def test_only_what_is_made_has_a_type():
    """A data source is read, not created: it needs no price."""
    assert "aws_ec2_managed_prefix_list" not in types(resources())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"aws_lb__other": {}}, "there are 2 of aws_lb"),
        ({"aws_cloudwatch_log_group__b": {"retention_in_days": 30}}, "kept for different times"),
    ],
)
def test_what_the_bill_would_have_to_guess_is_refused(changes: dict[str, Any], message: str):
    """A second load balancer, or logs kept for two times, is not priced wrongly but refused."""
    with pytest.raises(UnusableInput, match=message):
        Estate.of(resources(**changes))


def test_an_endpoint_elsewhere_is_refused():
    """Its zones are those of the NAT gateways only as long as it is made from the same map."""
    elsewhere = [Resource(item.address, item.type, item.values) for item in resources()]
    with pytest.raises(UnusableInput, match=r"does not stand in local\.hourly_zones"):
        Estate.of(elsewhere)
