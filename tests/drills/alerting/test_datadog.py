"""A monitor is what Datadog's client reads whole, and stands for its alert."""

import json
from pathlib import Path
from typing import Any

import pytest

from drills.alerting import datadog
from drills.alerting.checks import SCHEDULES, called

ROOT = Path(__file__).parents[3]
FILE = ROOT / SCHEDULES / "datadog/HighErrorRate.json"
(ALERT,) = (alert for alert in called(ROOT) if alert.name == "HighErrorRate")
METRICS = ("schedules.http_requests.count",)


def wrong(folder: Path, **changes: Any) -> list[str]:
    """What stands against the monitor with some fields changed; those of `options` are merged."""
    document = json.loads(FILE.read_text(encoding="utf-8"))
    changes["options"] = {**document["options"], **changes.get("options", {})}
    file = folder / FILE.name
    file.write_text(json.dumps({**document, **changes}), encoding="utf-8")
    return list(datadog.wrong(file, ALERT, METRICS))


def test_the_monitor_is_fine(tmp_path: Path):
    """As it stands."""
    assert [] == wrong(tmp_path)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"type": "metric allert"}, "Datadog's client could not read all of it"),
        ({"options": {"on_missing_data": "ignore"}}, "Datadog's client could not read all of it"),
        ({"options": {"renotify": 0}}, "Datadog knows no renotify"),
        ({"options": {"thresholds": {"critical": 0.5}}}, "its query does not compare with its threshold"),
        ({"options": {"thresholds": {"critical": 0.05, "critical_recovery": 0.06}}},
         "it recovers above its threshold"),
        ({"query": "errors"}, "its query has not the form of one"),
        ({"tags": ["severity:ticket", "service:schedules", "team:schedules"]},
         "its tags are not the labels of HighErrorRate"),
        ({"message": "@webhook-tickets"}, "HighErrorRate: its runbook is missing"),
        ({"name": "Errors"}, "it is named after another alert, or tells nobody"),
    ],
)  # fmt: skip
def test_what_its_client_lets_pass_is_seen(tmp_path: Path, changes: dict[str, Any], fault: str):
    """Values and options that Datadog does not know, thresholds apart, and another alert's tags."""
    assert fault in wrong(tmp_path, **changes)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("requests.count", "requests.total", "nobody counts schedules.http_requests.total"),
        ("last_10m", "last_5m", "its window is not that of HighErrorRate"),
        (",!route:*/healthz", "", "it counts other routes than the objectives"),
        ("{service,version,route}", "{service}", "it does not tell version and route"),
    ],
)
def test_another_query_is_seen(tmp_path: Path, old: str, new: str, fault: str):
    """Another metric, window, selection or grouping."""
    query = json.loads(FILE.read_text(encoding="utf-8"))["query"]
    assert fault in wrong(tmp_path, query=query.replace(old, new))
