"""Rules are read with what they record in its place, and fire after their wait and keep firing."""

from pathlib import Path

import pytest

from drills.replay import RULES, Rule, fired, rules
from drills.replay.rules import merged

ROOT = Path(__file__).parents[3]


def rule(wait: int = 0, keep: int = 0, step: int = 1) -> Rule:
    """An alert with these minutes."""
    return Rule("Alert", "availability", "page", "", wait, keep, step)


@pytest.mark.parametrize(
    ("held", "alert", "expected"),
    [
        ([], rule(), []),
        ([3, 4, 9], rule(), [(3, 5), (9, 10)]),
        ([3], rule(wait=1), []),
        ([3, 4], rule(wait=1), [(4, 5)]),
        ([3, 5], rule(wait=1), []),
        ([3], rule(keep=10), [(3, 14)]),
        ([3, 14], rule(keep=10), [(3, 25)]),
        ([3, 15], rule(keep=10), [(3, 14), (15, 26)]),
        ([3, 4, 10], rule(wait=1, keep=10), [(4, 21)]),
        ([0, 10, 30], rule(step=10), [(0, 20), (30, 40)]),
    ],
)
def test_an_alert_waits_and_keeps_firing(held: list[int], alert: Rule, expected: list[tuple[int, int]]):
    """`for` starts anew after a pause; `keep_firing_for` bridges one, up to its last minute."""
    assert expected == list(fired(held, alert))


def test_alerts_of_several_series_are_one():
    """Intervals that overlap or touch are one activation."""
    assert [(0, 6), (8, 9)] == merged(iter([(8, 9), (2, 6), (0, 3)]))


def test_what_is_recorded_stands_in_the_expression():
    """No recorded name is left, and the objective's own expression is there."""
    found = rules(ROOT / RULES / "slo.yaml", {}, {"ErrorBudgetBurnSlow": 10})
    assert [] == [one.alert for one in found if "slo:" in one.expression or "rate(" not in one.expression]
    assert {("ErrorBudgetBurnSlow", 10)} == {(one.alert, one.step) for one in found if one.step != 1}


def test_an_alert_without_an_objective_takes_the_one_that_is_given():
    """And its waits are in minutes."""
    objectives = {"HighErrorRate": "availability", "HighLatencyP95": "latency"}
    found = rules(ROOT / RULES / "before.yaml", objectives, {})
    assert [("availability", 0), ("latency", 1)] == [(one.slo, one.wait) for one in found]
