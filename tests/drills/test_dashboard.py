"""The dashboard is made from the objectives, and nothing on it lies on anything else."""

from itertools import combinations
from pathlib import Path

import yaml

from drills.dashboard import build, panels
from drills.slo import declared

FILE = Path(__file__).parents[2] / "observability/schedules/slo.yaml"
OBJECTIVES = declared(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def test_every_panel_is_shown_once_in_its_row():
    """Rows and panels in reading order."""
    shown = [one["title"] for one in build(OBJECTIVES)["panels"]]
    expected = list(dict.fromkeys(name for panel in panels(OBJECTIVES) for name in (panel.row, panel.title)))
    assert expected == shown


def test_no_panel_covers_another():
    """Each has a place of its own, in a width of 24."""
    places = [one["gridPos"] for one in build(OBJECTIVES)["panels"]]
    covered = [
        (one, other)
        for one, other in combinations(places, 2)
        if one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    ]
    assert ([], 24) == (covered, max(one["x"] + one["w"] for one in places))


def test_each_objective_has_its_burn_rates():
    """One panel each, with the long window of every alert."""
    burning = {one.title: list(one.queries) for one in panels(OBJECTIVES) if one.title.startswith("Burn")}
    windows = ["2h", "6h", "12h", "3d"]
    assert {f"Burn rate: {one.name}": windows for one in OBJECTIVES.objectives} == burning
