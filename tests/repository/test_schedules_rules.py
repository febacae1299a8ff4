"""What calls somebody is made from its objectives, passes its checks, and is recorded as it is."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from asbuilt.errors import UnusableInput
from drills import dashboard
from drills.alerting import declared, load, logs, promtool, routes
from drills.alerting.alerts import alerts
from drills.alerting.checks import BANKING, BANKING_RULES, CHECKS, RECEIVERS, SCHEDULES, called
from drills.alerting.mutants import Mutant, mutants, noticed
from drills.alerting.programs import find
from drills.detection.__main__ import figures
from drills.slo import of_schedules, text

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "evidence/figures/schedules"
BROKEN = mutants(yaml.safe_load((ROOT / "figures/schedules/mutants.yaml").read_text(encoding="utf-8")))
ALERTS = [
    *("HighErrorRate", "HighLatencyP95", "LogsErrorBurst"),
    *("ErrorBudgetBurnPage", "ErrorBudgetBurnLeak", "ErrorBudgetBurnTicket", "ErrorBudgetBurnSlow"),
]


def needs(*checks: Callable[[], None]) -> None:
    """Skip, or in CI fail, where something is not installed."""
    try:
        for check in checks:
            check()
    except UnusableInput as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing.message)


@pytest.fixture
def programs() -> None:
    """All that the checks run."""
    needs(lambda: find("promtool", "amtool", "node"), logs.grammar, load.compiler)


@pytest.mark.parametrize(
    ("made", "file", "command"),
    [
        (text, "rules/slo.yaml", "python -m drills.slo --write"),
        (dashboard.text, "dashboards/app-latency.json", "python -m drills.dashboard --write"),
    ],
)
def test_what_is_made_from_the_objectives_is_up_to_date(made: Callable[..., str], file: str, command: str):
    """Rules and dashboard are those that the objectives give now."""
    assert made(of_schedules(ROOT)) == (ROOT / SCHEDULES / file).read_text(encoding="utf-8"), command


def test_every_alert_that_was_asked_for_is_there():
    """By name; each burn rate once an objective."""
    found = [alert.name for alert in called(ROOT)]
    assert sorted(ALERTS) == sorted(set(found))
    assert [2, 2, 2, 2] == [found.count(name) for name in ALERTS[3:]]


@pytest.mark.parametrize("file", CHECKS)
def test_every_check_passes(programs: None, file: str):
    """On a copy without a change: what mutants set off is then the change, and not the copying."""
    content = (ROOT / file).read_text(encoding="utf-8")
    assert "" == noticed(Mutant(file, "nothing", content, content), ROOT)


def test_every_mutant_changes_something():
    """What it replaces stands in its file, and what comes instead is something else."""
    missing = [
        one for one in BROKEN if one.old not in (ROOT / one.file).read_text("utf-8") or one.old == one.new
    ]
    assert [] == missing


def test_the_record_of_mutants_is_of_these():
    """As many as are declared, sixty at least, and all of them were noticed."""
    record = json.loads((FIGURES / "mutants.json").read_text(encoding="utf-8"))
    assert len(BROKEN) == record["made"] == record["noticed"] >= 60, "make mutants"
    assert {one.file: sum(one.file == other.file for other in BROKEN) for one in BROKEN} == {
        row["file"]: row["made"] for row in record["files"]
    }


@pytest.mark.parametrize(
    "mutant", [BROKEN[index] for index in range(3, len(BROKEN), 16)], ids=lambda one: one.new
)
def test_a_mutant_is_noticed(programs: None, mutant: Mutant):
    """One in sixteen, here; make mutants makes them all."""
    assert noticed(mutant, ROOT)


@pytest.mark.parametrize(
    ("rules", "tests"),
    [
        ([SCHEDULES / "rules/slo.yaml", SCHEDULES / "rules/alerts.yaml"], SCHEDULES),
        ([SCHEDULES / "rules/before.yaml"], SCHEDULES),
        ([BANKING_RULES], BANKING),
    ],
)
def test_every_alert_is_seen_to_fire_and_to_be_silent(rules: list[Path], tests: Path):
    """Promtool's tests expect both of each."""
    expected = promtool.expectations(sorted((ROOT / tests / "tests").glob("*.yaml")))
    names = {alert.name for alert in alerts([ROOT / path for path in rules])}
    assert {name: {True, False} for name in names} == {name: expected.get(name) for name in names}


def test_the_alerts_as_they_were_do_what_the_page_says():
    """One failure and one slow probe called somebody."""
    needs(lambda: find("promtool"))
    assert [] == list(promtool.failing([ROOT / SCHEDULES / "tests/before.yaml"]))


def test_a_severity_has_a_receiver():
    """Every severity that an alert may have, and no receiver that nobody is routed to but the default."""
    document = yaml.safe_load((ROOT / SCHEDULES / "alertmanager.yaml").read_text(encoding="utf-8"))
    assert [*RECEIVERS.values(), "watch"] == [one["name"] for one in document["receivers"]]


def test_banking_calls_pagerduty(tmp_path: Path):
    """Its Alertmanager's configuration is valid, every alert reaches its receiver, two silence another."""
    needs(lambda: find("amtool"))
    manifests = yaml.safe_load_all(
        (ROOT / BANKING_RULES).with_name("prometheus.yaml").read_text(encoding="utf-8")
    )
    (secret,) = (one for one in manifests if one["kind"] == "Secret")
    file = tmp_path / "alertmanager.yaml"
    file.write_text(secret["stringData"]["alertmanager.yaml"], encoding="utf-8")
    found = alerts([ROOT / BANKING_RULES])
    assert [] == [*routes.invalid(file), *routes.misrouted(file, found, {}, "pagerduty")]
    rules = yaml.safe_load(file.read_text(encoding="utf-8"))["inhibit_rules"]
    labelled = [{"alertname": alert.name, **alert.labels} for alert in found]
    assert {("LegacyAdapterDown", "ConsumerLag"), ("SignInErrors", "NoPayments")} == {
        (source["alertname"], target["alertname"])
        for rule in rules
        for source in labelled
        for target in labelled
        if routes.inhibits(rule, source, target)
    }


def test_theory_and_engine_are_as_recorded():
    """Another run gives the same figures; on ten outages at least, both agree to a minute."""
    needs(lambda: find("promtool", "prometheus"))
    record = json.loads((FIGURES / "detection.json").read_text(encoding="utf-8"))
    assert record == json.loads(json.dumps(figures())), "make prove"
    assert (True, record["compared"]) == (record["shapes"] >= 10, record["agree"])


def test_what_pages_show_of_the_files_is_what_they_declare():
    """Objectives, alerts before and after, routes and panels."""
    needs(lambda: find("node"), logs.grammar)
    record = json.loads((FIGURES / "declared.json").read_text(encoding="utf-8"))
    assert record == declared.figures(ROOT), "make prove"


def test_the_page_shows_the_query_of_the_log_alert():
    """Word for word."""
    page = (ROOT / "docs/schedules/logs.md").read_text(encoding="utf-8")
    shown = page.split("```logql\n")[1].split("```")[0]
    (alert,) = alerts([ROOT / SCHEDULES / "loki/rules.yaml"])
    assert alert.expression == shown
