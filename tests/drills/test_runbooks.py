"""Alerts of all systems become what a runbook quotes, and an index."""

import json
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills.runbooks import BUDGET, figures, systems

RULE = """\
groups:
  - name: shop
    rules:
      - alert: {alert}
        expr: errors > {bound}
        for: 5m
        labels: {{severity: page, slo: {slo}}}
        annotations: {{summary: "{{{{ $labels.version }}}} fails"}}
"""
SLO = """\
service: shop
team: shop
period_days: 30
runbooks: https://example.org/
selector: shop
objectives: []
windows: []
"""
ALARM = {
    "alarm": "[`full`](line:terraform/biotech-x#aws_cloudwatch_metric_alarm.full)",
    "it says": "It is full. [What to do](../runbooks/Full.md)",
    "when": "space < 5",
    "no data means": "alarm",
}
SETTINGS = {
    "budget_month": {"value": "6000", "unit": "USD"},
    "budget_spent": {"value": 80, "unit": "%"},
    "budget_forecast": {"value": 100, "unit": "%"},
}
DRILLS = """\
drilled: {Burn: {date: "2026-11-21"}}
not drilled: {biotech-x: needs AWS, banking: needs a cluster, Log: no Loki}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with an alert of each kind."""
    texts = {
        "evidence/figures/biotech-x/alarms.json": json.dumps({"alarms": [ALARM]}),
        "evidence/figures/biotech-x/settings.json": json.dumps(SETTINGS),
        "figures/runbooks/drills.yaml": DRILLS,
        "kubernetes/banking/base/monitoring/alerts.yaml": RULE.format(alert="Gap", bound=1, slo="a"),
        "observability/schedules/slo.yaml": SLO,
        "observability/schedules/rules/slo.yaml": RULE.format(alert="Burn", bound=2, slo="a"),
        "observability/schedules/rules/alerts.yaml": RULE.format(alert="Burn", bound=3, slo="b"),
        "observability/schedules/loki/rules.yaml": RULE.format(alert="Log", bound=4, slo="a"),
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_system_has_its_alerts(root: Path) -> None:
    """Alarms with the budget, and rules, each under its own name."""
    found = {system: [one.name for one in called] for system, called in systems(root).items()}
    assert {"biotech-x": [BUDGET, "Full"], "banking": ["Gap"], "schedules": ["Burn", "Log"]} == found


def test_an_alarm_is_quoted(root: Path) -> None:
    """What it says, without the link to its own page, and when it goes off."""
    assert [
        {"": "says", "as it is set": "It is full."},
        {"": "fires when", "as it is set": "space < 5"},
        {"": "no data means", "as it is set": "alarm"},
        {"": "set in", "as it is set": ALARM["alarm"]},
        {"": "tells by", "as it is set": "e-mail"},
    ] == figures(root)["alerts"]["Full"]


def test_alerts_of_one_name_are_one(root: Path) -> None:
    """They differ by their objective, and each condition is quoted."""
    rows = {row[""]: row["as it is set"] for row in figures(root)["alerts"]["Burn"]}
    assert ("`errors > 2`", "`errors > 3`") == (rows["fires when (a)"], rows["fires when (b)"])


def test_the_budget_is_quoted(root: Path) -> None:
    """From the recorded settings."""
    rows = {row[""]: row["as it is set"] for row in figures(root)["alerts"][BUDGET]}
    assert "80 % of 6000 USD are spent, or 100 % of them are forecast" == rows["fires when"]


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("schedules", {"Burn": "2026-11-21", "Log": "no Loki"}),
        ("banking", {"Gap": "needs a cluster"}),
        ("biotech-x", {BUDGET: "needs AWS", "Full": "needs AWS"}),
    ],
)
def test_the_index_says_when_each_was_drilled(root: Path, system: str, expected: dict[str, str]) -> None:
    """The date, or why not: by alert, or by system."""
    rows = figures(root)["index"][system]
    assert expected == {row["alert"].split("]")[0][1:]: row["last drilled"] for row in rows}


def test_an_alarm_without_a_runbook_is_refused(root: Path) -> None:
    """Nobody would know what to do."""
    file = root / "evidence/figures/biotech-x/alarms.json"
    file.write_text(json.dumps({"alarms": [ALARM | {"it says": "It is full."}]}), encoding="utf-8")
    with pytest.raises(UnusableInput, match="names no runbook"):
        systems(root)
