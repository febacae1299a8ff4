"""The settings of every autoscaler are what the simulation chose."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.scaling import demand
from drills.scaling.__main__ import figures
from drills.scaling.choice import Outcome, outcome, plain

ROOT = Path(__file__).parents[2]
MANIFESTS = [("banking", "core"), ("schedules", "v1"), ("schedules", "v2")]
DECLARED = yaml.safe_load((ROOT / "figures/banking/scaling.yaml").read_text(encoding="utf-8"))


def record(system: str) -> dict[str, Any]:
    """What a system's simulation recorded."""
    text = (ROOT / f"evidence/figures/{system}/scaling.json").read_text(encoding="utf-8")
    return json.loads(text)


def settings(spec: dict[str, Any]) -> dict[str, Any]:
    """What the simulation chooses, as the manifest has it."""
    (metric,) = spec["metrics"]
    return {
        "minReplicas": spec["minReplicas"],
        "maxReplicas": spec["maxReplicas"],
        "averageUtilization": metric["resource"]["target"]["averageUtilization"],
        "behavior": spec["behavior"],
    }


def autoscaler(system: str, file: str) -> dict[str, Any]:
    """The spec of the autoscaler in a file of a system's base."""
    documents = yaml.safe_load_all(
        (ROOT / f"kubernetes/{system}/base/{file}.yaml").read_text(encoding="utf-8")
    )
    return next(item["spec"] for item in documents if item["kind"] == "HorizontalPodAutoscaler")


@pytest.mark.parametrize("system", ["banking", "schedules"])
def test_the_record_is_what_the_simulation_gives(system: str):
    """Another run gives the same figures."""
    declared = yaml.safe_load((ROOT / f"figures/{system}/scaling.yaml").read_text(encoding="utf-8"))
    assert record(system) == json.loads(json.dumps(figures(declared)))


@pytest.mark.parametrize(("system", "file"), MANIFESTS)
def test_the_manifest_has_what_was_chosen(system: str, file: str):
    """Target, bounds and behaviour are those of the record."""
    assert record(system)["chosen"] == settings(autoscaler(system, file))


@pytest.mark.parametrize("path", [("minReplicas",), ("behavior", "scaleDown", "stabilizationWindowSeconds")])
def test_another_setting_is_seen(path: tuple[str, ...]):
    """A manifest that was changed by hand differs from the record."""
    changed = autoscaler("banking", "core")
    *above, last = path
    place = changed
    for key in above:
        place = place[key]
    place[last] += 1
    assert record("banking")["chosen"] != settings(changed)


def default(target: int, wait: int) -> Outcome:
    """What Kubernetes' own behaviour comes to, at a target and with a wait before a way down."""
    days = [demand(DECLARED["day"], seed) for seed in DECLARED["seeds"]]
    return outcome(plain(target, **DECLARED["bounds"], window=wait), days, **DECLARED["timing"])


def test_what_decides_is_the_target():
    """Banking's page says so: with its target, the default behaviour comes to the chosen one's figures."""
    recorded = record("banking")
    row = next(row for row in recorded["compared"] if row["setting"] == "chosen")
    found = default(recorded["chosen"]["averageUtilization"], 300)
    said = (row["changes_a_day"], row["pod_hours_a_day"], row["demand_without_a_free_pod"]["value"])
    assert said == (round(found.changes, 1), round(found.pod_hours, 1), round(found.unserved * 100, 4))


@pytest.mark.parametrize("target", [60, 65, 70])
def test_without_a_wait_pods_change_far_more_often(target: int):
    """At any target, more than twice as often as with the default's wait."""
    assert default(target, 0).changes > 2 * default(target, 300).changes


def against(row: dict[str, Any], best: dict[str, Any], calm: dict[str, Any], share: float) -> str:
    """What speaks against a setting, beside the chosen and the default one."""
    if row["demand_without_a_free_pod"]["value"] > share * 100:
        return "too much without a pod"
    if row["changes_a_day"] > calm["changes_a_day"]:
        return "too many changes"
    return "costs more" if row["pod_hours_a_day"] > best["pod_hours_a_day"] else ""


@pytest.mark.parametrize("system", ["banking", "schedules"])
def test_no_neighbour_is_better(system: str):
    """With one thing changed, a setting misses what is asked, or costs more: the pages say so."""
    recorded = record(system)
    share = yaml.safe_load((ROOT / f"figures/{system}/scaling.yaml").read_text(encoding="utf-8"))[
        "unserved_share"
    ]
    _, calm, best = recorded["compared"]
    found = {row["setting"]: against(row, best, calm, share) for row in recorded["around"]}
    assert "" not in found.values()
    if system == "schedules":
        assert {
            "target 60 %": "costs more",
            "target 70 %": "too much without a pod",
            "wait of 0 s on the way up": "costs more",
            "wait of 120 s on the way down": "too many changes",
            "wait of 600 s on the way down": "costs more",
        } == found
