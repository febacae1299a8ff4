"""A log alert is read by Grafana's grammar, refused as Loki refuses, and evaluated over lines."""

from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills.alerting import bursts, logs
from drills.alerting.checks import SCHEDULES

RULES = Path(__file__).parents[3] / SCHEDULES / "loki/rules.yaml"
QUERY = 'sum by (app) (count_over_time({app="a"} |= "x" | json level="lvl" | level=~"err.*" [2m])) > 3'

pytestmark = pytest.mark.usefixtures("logql")


def test_a_query_is_taken_apart():
    """Labels, selector, filters, fields, range and threshold."""
    expected = logs.Burst(
        ("app",), (("app", "=", "a"),), ("x",), {"level": "lvl"}, (("level", "=~", "err.*"),), 120, 3
    )
    assert expected == logs.read(QUERY)


@pytest.mark.parametrize("selector", ['{app=~".*"}', '{app=""}', '{app!="b"}', '{app=~"a|"}'])
def test_a_selector_that_loki_refuses_is_refused(selector: str):
    """The grammar takes it; Loki wants one matcher at least that does not match the empty string."""
    with pytest.raises(UnusableInput, match="Loki refuses"):
        logs.read(QUERY.replace('{app="a"}', selector))


@pytest.mark.parametrize(
    "query",
    [QUERY.replace("))", ")"), 'rate({app="a"}[5m]) > 3', QUERY.replace("|=", "!="), QUERY.replace(">", "<")],
)
def test_what_is_no_burst_is_refused(query: str):
    """A bracket too few, a rate, lines that lack a word, fewer than."""
    with pytest.raises(UnusableInput):
        logs.read(query)


@pytest.mark.parametrize(("name", "lines", "expected"), list(bursts.cases()), ids=lambda one: str(one)[:40])
def test_the_burst_fires_when_it_should(name: str, lines: list[logs.Line], expected: set[tuple[str, ...]]):
    """Simulated: made-up lines, and a reading of LogQL of our own."""
    (alert,) = bursts.alerts([RULES])
    assert expected == {*logs.firing(logs.read(alert.expression), lines, 600)}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("> 20", "> 21", "twenty-one errors in five minutes: fires for 0 groups"),
        (", version)", ")", "it is counted by app, route, env"),
        ('| level="error"', "", "twenty errors"),
    ],
)
def test_another_alert_is_seen(tmp_path: Path, old: str, new: str, fault: str):
    """A higher threshold, a label less, and lines of any level."""
    file = tmp_path / "rules.yaml"
    file.write_text(RULES.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    said = list(bursts.wrong(file))
    assert said if fault == "twenty errors" else [one for one in said if fault in one]
