"""An alert says how bad it is, of what, whose it is, and where to read on."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.alerting.alerts import RUNBOOKS, Alert, alerts, unlabelled

LABELS = {"severity": "page", "service": "shop", "team": "sales"}
TOLD = {"summary": "It fails", "runbook_url": f"{RUNBOOKS}Fails/#now"}


def found(labels: dict[str, str] = LABELS, told: dict[str, str] = TOLD) -> list[str]:
    """What stands against an alert."""
    return list(unlabelled([Alert("Fails", "1", labels, told)], ["page", "ticket"], "shop"))


def test_a_whole_alert_is_fine():
    """An anchor on its page is allowed."""
    assert [] == found()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"severity": "critical"}, "Fails: its severity is none of page, ticket"),
        ({"service": "others"}, "Fails: its service is missing, or another"),
        ({"team": ""}, "Fails: it has no team"),
    ],
)
def test_a_missing_label_is_seen(change: dict[str, str], fault: str):
    """A severity that nobody receives, another service, no team."""
    assert [fault] == found({**LABELS, **change})


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"summary": ""}, "Fails: it has no summary"),
        ({"runbook_url": f"{RUNBOOKS}Falls/"}, f"Fails: its runbook is {RUNBOOKS}Falls/"),
        ({"runbook_url": ""}, "Fails: its runbook is missing"),
    ],
)
def test_a_wrong_link_is_seen(change: dict[str, str], fault: str):
    """No summary, another alert's page, none."""
    assert [fault] == found(told={**TOLD, **change})


@pytest.mark.parametrize(
    "inside", [lambda groups: {"groups": groups}, lambda groups: {"spec": {"groups": groups}}]
)
def test_rules_are_read_from_either_form(tmp_path: Path, inside: Any):
    """A rule file and a PrometheusRule; what only records is no alert."""
    rules = [
        {"record": "a", "expr": "1"},
        {"alert": "Fails", "expr": "2", "labels": LABELS, "annotations": TOLD},
    ]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump(inside([{"name": "g", "rules": rules}])), encoding="utf-8")
    assert [Alert("Fails", "2", LABELS, TOLD)] == alerts([file])
