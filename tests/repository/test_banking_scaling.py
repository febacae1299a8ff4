"""The settings of core's autoscaler are what the simulation chose."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.scaling.__main__ import figures

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "evidence/figures/banking/scaling.json"
MANIFEST = ROOT / "kubernetes/banking/base/core.yaml"


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
    declared = yaml.safe_load((ROOT / "figures/banking/scaling.yaml").read_text(encoding="utf-8"))
    assert json.loads(RECORD.read_text(encoding="utf-8")) == json.loads(json.dumps(figures(declared)))


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
