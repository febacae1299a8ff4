"""Panels with and without data: `drills.live.panels`."""

import pytest

from drills.live.panels import filled, queries

DASHBOARD = {
    "panels": [
        {"title": "Row", "panels": [{"title": "Inner", "targets": [{"expr": "rate(inner[10m])"}]}]},
        {"title": "Two", "targets": [{"expr": "one"}, {"expr": "two"}]},
    ]
}


def answer(value: str) -> list[dict]:
    """What Prometheus gives for one series."""
    return [{"metric": {}, "value": [0, value]}]


def test_every_query_is_asked_with_the_labs_windows():
    """Those of panels in rows too, and of several in one panel."""
    asked = []
    filled(DASHBOARD, lambda expression: asked.append(expression) or answer("1"))
    assert ["rate(inner[5000ms])", "one", "two"] == asked
    assert [("Inner", "rate(inner[10m])"), ("Two", "one"), ("Two", "two")] == list(queries(DASHBOARD))


@pytest.mark.parametrize("empty", [[], answer("NaN"), answer("+Inf")])
def test_a_panel_needs_every_query_to_have_a_number(empty: list[dict]):
    """No series, and no number in it, is no data; zero is."""
    assert {"Inner": True, "Two": False} == filled(DASHBOARD, lambda q: empty if q == "two" else answer("0"))
    assert {"Inner": True, "Two": False} == filled(DASHBOARD, lambda q: empty if q == "one" else answer("0"))
