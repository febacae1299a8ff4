"""Objectives are read as they are declared, and their numbers follow."""

from pathlib import Path

import pytest
import yaml

from drills.slo import budget_share, declared, seconds

DOCUMENT = yaml.safe_load(
    (Path(__file__).parents[3] / "observability/schedules/slo.yaml").read_text(encoding="utf-8")
)


def test_a_budget_is_what_the_target_leaves():
    """99.5 per cent leave five requests in a thousand."""
    assert [0.005, 0.01] == [one.budget for one in declared(DOCUMENT).objectives]


def test_an_alert_has_spent_its_share_of_the_budget():
    """Two per cent for the page, and for the ticket, a little more for the leak, ten for the slow one."""
    windows = declared(DOCUMENT).windows
    assert pytest.approx([0.02, 0.025, 0.02, 0.1]) == [budget_share(window, 30) for window in windows]


@pytest.mark.parametrize(("duration", "expected"), [("10m", 600), ("2h", 7200), ("3d", 259200)])
def test_a_duration_is_read(duration: str, expected: int):
    """Minutes, hours and days."""
    assert expected == seconds(duration)


def test_an_unknown_field_is_refused():
    """A misspelt field is no field."""
    with pytest.raises(TypeError, match="burns"):
        declared({**DOCUMENT, "windows": [{"alert": "A", "burns": 1}]})
