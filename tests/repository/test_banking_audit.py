"""How long banking's audit trail is said to be kept is what the manifests set."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from asbuilt.infrastructure import manifests
from drills.audit import entry

ROOT = Path(__file__).parents[2]
AUDIT = yaml.safe_load((ROOT / "figures/banking/audit.yaml").read_text(encoding="utf-8"))
OBJECTS = {item.name: item.body for item in manifests(ROOT / "kubernetes/banking")}


def days(told: dict[str, Any]) -> int:
    """What the page says, in days."""
    assert "days" == told["unit"]
    return int(told["value"])


@pytest.mark.parametrize(("said", "holds"), [(days(AUDIT["kept"]["topic"]), True), (29, False)])
def test_the_topic_keeps_events_as_long_as_the_page_says(said: int, holds: bool):
    """Kafka counts in milliseconds; a day more or less would be seen."""
    kept = OBJECTS["banking/KafkaTopic/audit"]["spec"]["config"]["retention.ms"]
    assert holds == (kept == said * 24 * 3600 * 1000)


@pytest.mark.parametrize(("said", "holds"), [(days(AUDIT["kept"]["logs"]), True), (29, False)])
def test_loki_keeps_logs_as_long_as_the_page_says(said: int, holds: bool):
    """Loki counts in hours."""
    settings = yaml.safe_load(OBJECTS["monitoring/ConfigMap/loki"]["data"]["loki.yaml"])
    assert holds == (settings["limits_config"]["retention_period"] == f"{said * 24}h")


def test_the_fields_on_the_page_are_those_that_make_a_chain():
    """The three fields that the chain adds are in the table, and the hash is the last."""
    named = [row["field"] for row in AUDIT["fields"]]
    assert {"sequence", "previous", "hash"} == set(entry(None, {})) == set(named) & set(entry(None, {}))
    assert "hash" == named[-1]
