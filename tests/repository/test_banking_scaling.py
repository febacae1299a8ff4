"""The settings of core's autoscaler are what the simulation chose."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.scaling import demand
from drills.scaling.__main__ import figures
from drills.scaling.choice import Outcome, outcome, plain

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "evidence/figures/banking/scaling.json"
MANIFEST = ROOT / "kubernetes/banking/base/core.yaml"
DECLARED = yaml.safe_load((ROOT / "figures/banking/scaling.yaml").read_text(encoding="utf-8"))


def settings(spec: dict[str, Any]) -> dict[str, Any]:
    """What the simulation chooses, as the manifest has it."""
    (metric,) = spec["metrics"]
    return {
        "minReplicas": spec["minReplicas"],
        "maxReplicas": spec["maxReplicas"],
        "averageUtilization": metric["resource"]["target"]["averageUtilization"],
        "behavior": spec["behavior"],
    }


@pytest.fixture(scope="module")
def autoscaler() -> dict[str, Any]:
    """The spec of core's autoscaler."""
    documents = yaml.safe_load_all(MANIFEST.read_text(encoding="utf-8"))
    return next(item["spec"] for item in documents if item["kind"] == "HorizontalPodAutoscaler")


def test_the_record_is_what_the_simulation_gives():
    """Another run gives the same figures."""
    assert json.loads(RECORD.read_text(encoding="utf-8")) == json.loads(json.dumps(figures(DECLARED)))


def test_the_manifest_has_what_was_chosen(autoscaler: dict[str, Any]):
    """Target, bounds and behaviour are those of the record."""
    assert json.loads(RECORD.read_text(encoding="utf-8"))["chosen"] == settings(autoscaler)


@pytest.mark.parametrize("path", [("minReplicas",), ("behavior", "scaleDown", "stabilizationWindowSeconds")])
def test_another_setting_is_seen(autoscaler: dict[str, Any], path: tuple[str, ...]):
    """A manifest that was changed by hand differs from the record."""
    changed = copy.deepcopy(autoscaler)
    *above, last = path
    place = changed
    for key in above:
        place = place[key]
    place[last] += 1
    assert json.loads(RECORD.read_text(encoding="utf-8"))["chosen"] != settings(changed)


def default(target: int, wait: int) -> Outcome:
    """What Kubernetes' own behaviour comes to, at a target and with a wait before a way down."""
    days = [demand(DECLARED["day"], seed) for seed in DECLARED["seeds"]]
    return outcome(plain(target, **DECLARED["bounds"], window=wait), days, **DECLARED["timing"])


def test_what_decides_is_the_target():
    """The page says so: with the chosen target, the default behaviour comes to the chosen one's figures."""
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    row = next(row for row in recorded["compared"] if row["setting"] == "chosen")
    found = default(recorded["chosen"]["averageUtilization"], 300)
    said = (row["changes_a_day"], row["pod_hours_a_day"], row["demand_without_a_free_pod"]["value"])
    assert said == (round(found.changes, 1), round(found.pod_hours, 1), round(found.unserved * 100, 4))


@pytest.mark.parametrize("target", [60, 65, 70])
def test_without_a_wait_pods_change_far_more_often(target: int):
    """At any target, more than twice as often as with the default's wait."""
    assert default(target, 0).changes > 2 * default(target, 300).changes
