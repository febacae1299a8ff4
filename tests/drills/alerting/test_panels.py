"""A dashboard's queries are PromQL, read what is counted, and show what they should."""

import json
from pathlib import Path
from typing import Any

import pytest

from drills.alerting import panels
from drills.alerting.checks import SCHEDULES

ROOT = Path(__file__).parents[3]
RULES = ROOT / SCHEDULES / "rules/slo.yaml"
EXPECTED = ROOT / SCHEDULES / "dashboards/expected.yaml"


def wrong(folder: Path, **query: str) -> list[str]:
    """What stands against the dashboard, in which the first query is changed."""
    document: dict[str, Any] = json.loads(
        (ROOT / SCHEDULES / "dashboards/app-latency.json").read_text("utf-8")
    )
    first = next(one for one in document["panels"] if "targets" in one)
    first["targets"][0].update(query)
    file = folder / "dashboard.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return list(panels.wrong(file, RULES, EXPECTED))


def test_the_dashboard_shows_what_it_should(promtool: None, tmp_path: Path):
    """Every query, evaluated by Prometheus' own engine over made-up requests."""
    assert [] == wrong(tmp_path)


def test_another_value_is_seen(promtool: None, tmp_path: Path):
    """Twice as many requests as there were."""
    (said,) = wrong(tmp_path, expr="2 * sum by (version) (rate(http_requests_total{route!~'.*z'}[5m]))")
    assert "panels.yaml" in said


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"expr": "sum(rate(http_requests_total))"}, "not PromQL"),
        ({"expr": "sum by (version) (rate(http_request_total[5m]))"}, "nobody counts http_request_total"),
        ({"expr": "sum(rate(http_requests_total[5m]))"}, "version is in its legend alone"),
    ],
)
def test_a_query_that_shows_nothing_is_seen(tmp_path: Path, query: dict[str, str], fault: str):
    """A wrong type, a metric that is not there, a label that is summed away."""
    (said,) = wrong(tmp_path, **query)
    assert fault in said


def test_a_source_of_one_grafana_is_seen(tmp_path: Path):
    """A dashboard names its data source by a variable."""
    assert ["Requests a second: its data source is that of one Grafana"] == wrong(
        tmp_path, datasource={"type": "prometheus", "uid": "P1809F7CD0C75ACF3"}
    )


def test_a_panel_too_many_is_seen(promtool: None, tmp_path: Path):
    """Under another legend it is not the one that is expected."""
    said = wrong(tmp_path, legendFormat="requests of {{version}}")
    assert 2 == len([one for one in said if "shown and not expected, or the reverse" in one])
