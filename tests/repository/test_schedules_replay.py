"""The months that were replayed are as recorded, and Prometheus itself fires in the same minutes."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import yaml

from asbuilt.errors import UnusableInput
from drills import slo
from drills.alerting.programs import find
from drills.prometheus import running
from drills.replay import (
    AFTER,
    BEFORE,
    RATIOS,
    RULES,
    Counted,
    Event,
    Month,
    Replayed,
    Rule,
    alerts,
    fires,
    judge,
    month,
    replay,
    samples,
    series,
    troubles,
)
from drills.replay.engine import Key
from drills.replay.record import figures

ROOT = Path(__file__).parents[2]
DECLARED = yaml.safe_load((ROOT / "figures/schedules/replay.yaml").read_text(encoding="utf-8"))
PROMISED = slo.declared(
    yaml.safe_load((ROOT / "observability/schedules/slo.yaml").read_text(encoding="utf-8"))
)
RECORD = json.loads((ROOT / "evidence/figures/schedules/replay.json").read_text(encoding="utf-8"))
ALERTS = alerts(ROOT / RULES, DECLARED, PROMISED)
SEED = 24
pytestmark = pytest.mark.xdist_group("replay")  # one month serves every test here
PAGE = (AFTER, "ErrorBudgetBurnPage", "availability")
LOW = ("ten times lower", *PAGE[1:])
BEFORE_IT, AFTER_IT = 130, 150  # minutes around an incident: a page looks back for 120


@dataclass(frozen=True)
class Run:
    """One month, with one more rule than is recorded."""

    rules: dict[Key, Rule]
    replayed: Replayed


@pytest.fixture(scope="module")
def run() -> Run:
    """The month of a seed, with a page whose threshold is ten times lower."""
    needed()
    page = ALERTS[PAGE]
    rules = {**ALERTS, LOW: replace(page, expression=page.expression.replace("> 7.2", "> 0.72"))}
    return Run(rules, replay(DECLARED, PROMISED, rules, SEED))


def needed() -> None:
    """Skip, or in CI fail, without Prometheus."""
    try:
        find("promtool", "prometheus")
    except UnusableInput as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing.message)


def of_month(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the month that is replayed."""
    return [row for row in rows if row["month"] == SEED]


@pytest.mark.parametrize("table", ["seeds", "missed", "wrong"])
def test_a_month_is_as_recorded(run: Run, table: str):
    """Replayed again, it gives its rows to the letter."""
    found = json.loads(json.dumps(figures(DECLARED, ALERTS, [run.replayed])))
    assert of_month(RECORD[table]) == found[table], "make prove"


def test_ten_months_at_least_are_recorded():
    """Each declared seed, once; every miss has a row."""
    assert DECLARED["seeds"] == [row["month"] for row in RECORD["seeds"]]
    assert 10 <= len(set(DECLARED["seeds"])) == RECORD["months"]
    pages = together("the pages")
    assert pages["of"] - pages["noticed"] == RECORD["quoted"]["missed"] <= len(RECORD["missed"])


def test_the_alerts_that_are_recorded_are_those_of_the_rules():
    """Two before, ten now, and the fast page by ratios for each objective."""
    assert [2, 10, 2] == [sum(key[0] == state for key in ALERTS) for state in (BEFORE, AFTER, RATIOS)]
    assert len(ALERTS) == len(RECORD["alerts"])


def test_the_burn_rate_does_what_it_is_held_to():
    """Its pages are right often enough, and notice what the noisy alerts did."""
    before, pages = map(together, ("the two noisy alerts", "the pages"))
    assert pages["precision"] >= DECLARED["precision"] > before["precision"]
    assert pages["recall"] >= before["recall"]


def together(name: str) -> dict[str, Any]:
    """The row of several alerts."""
    return next(row for row in RECORD["together"] if row["alerts"] == name)


def test_a_threshold_ten_times_lower_is_wrong_more_often(run: Run):
    """The same month, with the page at a tenth of its burn rate: more pages, and more of them for nothing."""
    page, low = (run.replayed.verdicts[key] for key in (PAGE, LOW))
    assert len(low.activations) > len(page.activations)
    assert len(low.wrong) > len(page.wrong)


def test_an_incident_that_is_taken_away_lowers_nothing_else(run: Run):
    """What was noticed of the other incidents is the same, judged without it."""
    noticed = run.replayed.verdicts[PAGE].noticed
    gone = next(iter(noticed))
    made = month(DECLARED, SEED, [one for one in run.replayed.events if one.name != gone])
    budget = PROMISED.objectives[0].budget
    found = troubles(made, "availability", budget, DECLARED["matters"])
    activations = run.replayed.verdicts[PAGE].activations
    without = judge(made, activations, found, "availability", budget, DECLARED["night"])
    assert {*noticed} - {gone} == {*without.noticed}
    for name, one in without.noticed.items():
        assert (noticed[name].minutes, noticed[name].reset) == (one.minutes, one.reset)
        assert pytest.approx(noticed[name].spent, rel=0.01) == one.spent


@pytest.mark.parametrize("name", ["overload 1", "partial outage 1"])
def test_prometheus_fires_in_the_same_minutes(run: Run, name: str, tmp_path: Path):
    """Promtool evaluates the rule files themselves around an incident: `for`, `keep_firing_for` and all."""
    (incident,) = (one for one in run.replayed.events if one.name == name)
    around = part(run.replayed, incident)
    with running(samples(around)) as query:
        firing = {key: {*_minutes(fires(ALERTS[key], query, around.minutes))} for key in WATCHED}
    assert firing[PAGE] or firing[SLOW_PAGE], "no page: compare another incident"
    checks = [
        check(key, minute + BEFORE_IT, minute in firing[key])
        for key in WATCHED
        for minute in range(around.minutes)
    ]
    path = tmp_path / "test.yaml"
    path.write_text(json.dumps(document(around, checks)), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, timeout=60)
    assert (0, "") == (done.returncode, done.stderr[:2000])


SLOW_PAGE = (AFTER, "ErrorBudgetBurnPage", "latency")
WATCHED = [
    (BEFORE, "HighErrorRate", "availability"),
    (BEFORE, "HighLatencyP95", "latency"),
    (AFTER, "HighErrorRate", "availability"),
    (AFTER, "HighLatencyP95", "latency"),
    PAGE,
    SLOW_PAGE,
]
"""What looks back for less than the part of a month that promtool is given."""


def part(replayed: Replayed, incident: Event) -> Month:
    """Some hours of a month, as if nothing had been before: minute 0 is when the incident begins."""
    made = month(DECLARED, replayed.seed, replayed.events)
    first, last = incident.start - BEFORE_IT, incident.end + AFTER_IT
    hours = slice(made.warm_up + first, made.warm_up + last)
    counted = tuple(replace(one, **_cut(one, hours)) for one in made.counted)
    return replace(made, warm_up=BEFORE_IT, minutes=last - incident.start, counted=counted)


def _cut(route: Counted, hours: slice) -> dict[str, Any]:
    return {name: getattr(route, name)[hours] for name in ("requests", "failed", "slow", "slower")}


def _minutes(intervals: list[tuple[int, int]]) -> Iterator[int]:
    """The minutes in which an alert fires."""
    for start, end in intervals:
        yield from range(start, end)


def check(key: Key, minute: int, firing: bool) -> dict[str, Any]:
    """Whether the alert fires at a minute, whatever its route."""
    state, alert, objective = key
    slo_ = "" if state == BEFORE else objective
    return {
        "expr": f'group(ALERTS{{alertname="{alert}",slo="{slo_}",alertstate="firing"}})',
        "eval_time": f"{minute}m",
        "exp_samples": [{"labels": "{}", "value": 1}] if firing else [],
    }


def document(around: Month, checks: list[dict[str, Any]]) -> dict[str, Any]:
    """A unit test of promtool with what is counted in some hours."""
    counters = [
        {"series": f"{name}{{{labels}}}", "values": " ".join(map(str, accumulate(counts, initial=0)))}
        for route in around.counted
        for name, labels, counts in series(route)
    ]
    files = [str(ROOT / RULES / name) for name in ("before.yaml", "alerts.yaml", "slo.yaml")]
    test = {"interval": "1m", "input_series": counters, "promql_expr_test": checks}
    return {"rule_files": files, "evaluation_interval": "1m", "tests": [test]}
