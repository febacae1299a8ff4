"""Alarms become a table for a page."""

from typing import Any

import pytest

from asbuilt.infrastructure import Infrastructure, Resource
from drills.alarms import alarms

PLAIN: dict[str, Any] = {
    "alarm_description": "It is full.",
    "namespace": "AWS/RDS",
    "metric_name": "FreeStorageSpace",
    "comparison_operator": "LessThanThreshold",
    "threshold": 5000.0,
    "period": 300,
    "evaluation_periods": 2,
    "treat_missing_data": "breaching",
}
METRIC = {"id": "failed", "metric": [{"namespace": "AWS/S3", "metric_name": "5xxErrors", "period": 3600}]}
COMPUTED = PLAIN | {
    "namespace": None,
    "metric_name": None,
    "period": None,
    "evaluation_periods": 1,
    "treat_missing_data": "notBreaching",
    "metric_query": [{"id": "all", "expression": "failed", "label": "Requests that failed"}, METRIC],
}


@pytest.mark.parametrize(
    ("values", "when", "silence"),
    [
        (PLAIN, "`AWS/RDS` FreeStorageSpace < 5,000 for 2 times 5 min", "alarm"),
        (COMPUTED, "`AWS/S3` Requests that failed < 5,000 for 1 h", "calm"),
    ],
)
def test_an_alarm_is_a_row(values: dict[str, Any], when: str, silence: str) -> None:
    """What it says, what is compared for how long, and what silence means to it."""
    address = "aws_cloudwatch_metric_alarm.full"
    (row,) = alarms(Infrastructure((Resource(address, "aws_cloudwatch_metric_alarm", values),)), "shop")
    assert {
        "alarm": f"[`full`](line:terraform/shop#{address})",
        "it says": "It is full.",
        "when": when,
        "no data means": silence,
    } == row


def test_the_runbook_is_a_link_to_its_page() -> None:
    """The alarm's text has the address of the site; the page's table leads there directly."""
    address = "aws_cloudwatch_metric_alarm.full"
    told = PLAIN | {"alarm_description": "It is full. Runbook: https://as-built.example/runbooks/Full/"}
    (row,) = alarms(Infrastructure((Resource(address, "aws_cloudwatch_metric_alarm", told),)), "shop")
    assert "It is full. [What to do](../runbooks/Full.md)" == row["it says"]


def test_rows_are_in_the_order_of_names() -> None:
    """Whatever the order of the file."""
    kind = "aws_cloudwatch_metric_alarm"
    found = Infrastructure(tuple(Resource(f"{kind}.{name}", kind, PLAIN) for name in "ba"))
    assert ["a", "b"] == [row["alarm"].split("`")[1] for row in alarms(found, "shop")]
