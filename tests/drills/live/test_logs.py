"""Errors counted in log lines: `drills.live.logs`."""

import json
from collections import Counter

import pytest

from drills.live.logs import bursts, by_version, errors

LINE = {"level": "error", "app": "schedules", "route": "/v1/a", "env": "lab", "version": "v1"}


def test_only_lines_of_level_error_are_counted_by_label():
    """A word in a message does not count, and what is no JSON is passed over."""
    lines = [LINE, LINE, LINE | {"version": "v2"}, LINE | {"level": "info", "message": "no error"}]
    counted = errors(["starting", *map(json.dumps, lines)])
    assert {("schedules", "/v1/a", "lab", "v1"): 2, ("schedules", "/v1/a", "lab", "v2"): 1} == counted
    assert {"v1": 2, "v2": 1} == by_version(counted)


def test_a_burst_is_more_than_the_rule_bears():
    """As many as its number are none."""
    counted = Counter({("at",): 20, ("above",): 21})
    assert [("above",)] == bursts(
        counted, {"expr": 'sum by (app) (\n  count_over_time({a="b"} [5m])\n) > 20\n'}
    )


def test_a_rule_without_a_number_is_refused():
    """Nothing is taken for a burst by mistake."""
    with pytest.raises(ValueError, match="compares with no number"):
        bursts(Counter({("a",): 1}), {"expr": 'count_over_time({a="b"} [5m])'})
