"""Budgets of objectives, by hand."""

from typing import Any

import pytest

from asbuilt.errors import UnusableInput
from drills.objectives import record

GOAL = {
    "users do": "Ask",
    "indicator": "Answers",
    "measured": "a counter",
    "target": 99.5,
    "why": "It is enough.",
}
COUNTED = GOAL | {"events": "requests", "ceiling": "api"}


def one(goal: dict[str, Any], **known: Any) -> dict[str, Any]:
    """The record of a single objective over thirty days."""
    declared = {"period": {"value": 30, "unit": "days"}, "objectives": {"ask": goal}}
    return record(declared, known.get("events", {}), known.get("ceilings", {}))


def test_a_budget_is_what_the_target_leaves():
    """Half a percent of 43,200 minutes is 216, and of 1,000 requests 5."""
    found = one(COUNTED, events={"requests": 1000.0}, ceilings={"api": 99.9})
    assert {
        "target": {"value": 99.5, "unit": "%"},
        "minutes": {"value": 216, "unit": "minutes"},
        "one_in": 200,
        "events": {"value": 5, "unit": "requests"},
        "of": {"value": 1000, "unit": "requests"},
    } == found["budgets"]["ask"]


def test_a_budget_is_never_rounded_up():
    """Of 80,000 at 99.999 percent less than one may fail: one that did would break the promise."""
    found = one(COUNTED | {"target": 99.999}, events={"requests": 80_000.0})
    assert 0 == found["budgets"]["ask"]["events"]["value"]
    assert "1 in 100,000" == found["objectives"][0]["may fail in a month"]


@pytest.mark.parametrize(
    ("target", "fails", "away"),
    [(99.9, "1 in 1,000", "43\u00a0minutes"), (99.9999, "1 in 1,000,000", "does not apply")],
)
def test_a_row_says_it_in_both_ways(target: float, fails: str, away: str):
    """Where less than a minute is left, only events can be counted."""
    (row,) = one(GOAL | {"target": target})["objectives"]
    assert (fails, away) == (row["may fail in a month"], row["or all fail for"])


@pytest.mark.parametrize(
    ("goal", "ceilings", "said"),
    [
        (GOAL | {"target": 100}, {}, "leaves nothing to spend"),
        (GOAL | {"target": 0}, {}, "leaves nothing to spend"),
        (COUNTED, {"api": 99.4}, "above the 99.4 that can be promised"),
    ],
)
def test_a_target_that_cannot_be_kept_is_refused(goal: dict[str, Any], ceilings: dict[str, float], said: str):
    """Neither perfection nor more than the services beneath promise."""
    with pytest.raises(UnusableInput, match=said):
        one(goal, events={"requests": 1.0}, ceilings=ceilings)
