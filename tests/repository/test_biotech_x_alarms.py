"""The alarms of biotech-x: all are shown, all tell somebody, and all judge silence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asbuilt.infrastructure import Infrastructure
from asbuilt.inputs import Sources, read
from drills.alarms import alarms

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "evidence/figures/biotech-x/alarms.json"
Documents = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def found(terraform_plan: Documents, tmp_path_factory: pytest.TempPathFactory) -> Infrastructure:
    """Production as it is planned now."""
    plan = tmp_path_factory.mktemp("planned") / "plan.json"
    plan.write_text(json.dumps(terraform_plan("production")), encoding="utf-8")
    return read(Sources([], [plan], []))[0]


def test_the_page_shows_every_alarm(found: Infrastructure):
    """The recorded table is what a plan of today gives."""
    assert json.loads(RECORDED.read_text(encoding="utf-8")) == {"alarms": alarms(found, "biotech-x")}


def test_every_alarm_tells_when_it_begins_and_when_it_is_over(found: Infrastructure):
    """Both name the topic, so nobody goes on looking for what is over."""
    silent = [
        one.address
        for one in found.of_type("aws_cloudwatch_metric_alarm")
        if not {"aws_sns_topic.alarms", "aws_sns_topic.alarms.arn"}
        & set(one.references.get("alarm_actions", ()))
        & set(one.references.get("ok_actions", ()))
    ]
    assert [] == silent


def test_names_are_those_of_the_resources(found: Infrastructure):
    """Whoever reads an e-mail finds the lines."""
    names = {one.address: one.values["alarm_name"] for one in found.of_type("aws_cloudwatch_metric_alarm")}
    expected = {
        address: f"biotech-x-production-{address.split('.')[1].replace('_', '-')}" for address in names
    }
    assert expected == names
