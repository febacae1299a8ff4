"""The committed evidence is what the engine says today."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asbuilt import evidence
from asbuilt.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def proven(
    terraform_plan: Callable[[str], dict[str, Any]],
    applied_state: Callable[[str], dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Evidence recorded now, from a plan and an apply of this run."""
    folder = tmp_path_factory.mktemp("proven")
    documents = {"plan.json": terraform_plan("production"), "state.json": applied_state("production")}
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        plans = (word for name in documents for word in ("--plan", str(folder / name)))
        main(
            [
                "prove",
                "--diagrams",
                "diagrams/biotech-x",
                "--terraform",
                "terraform/biotech-x",
                *plans,
                "--kubernetes",
                "kubernetes/biotech-x",
                "--record",
                str(folder / "evidence"),
            ]
        )
    return folder / "evidence"


@pytest.fixture(scope="module", params=["banking", "schedules"])
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evidence of a system recorded now, from production's manifests alone."""
    if not shutil.which("kubectl"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("kubectl is not installed")
    folder = tmp_path_factory.mktemp("cluster") / request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        manifests = f"kubernetes/{request.param}/production"
        sources = ["--diagrams", f"diagrams/{request.param}", "--kubernetes", manifests]
        main(["prove", *sources, "--record", str(folder)])
    return folder


def test_proving_again_finds_what_is_recorded(proven: Path):
    """A new plan and a new apply, whose every id differs, give the committed evidence to the letter."""
    recorded = {path.name: path.read_text() for path in (ROOT / "evidence/biotech-x").glob("*.json")}
    assert recorded == {path.name: path.read_text() for path in proven.glob("*.json")}, "make prove"


def test_nothing_recorded_is_wrong(proven: Path):
    """No node, box or arrow of biotech-x is missing, refuted or unknown, and nothing is undrawn."""
    bodies = [json.loads(path.read_text()) for path in proven.glob("*.json")]
    arrows = [arrow["verdict"] for body in bodies for arrow in body.get("arrows", ())]
    boxes = [
        member["verdict"] for body in bodies for box in body.get("boxes", ()) for member in box["members"]
    ]
    nodes = [node["verdict"] for body in bodies for node in body.get("nodes", ())]
    assert ({"proven", "asserted"}, {"proven"}, {"bound", "external"}) == (
        set(arrows),
        set(boxes),
        set(nodes),
    )
    assert [] == [item for body in bodies for item in body.get("undrawn", ())]


def test_proving_a_cluster_again_finds_what_is_recorded(cluster: Path):
    """The manifests give the committed evidence to the letter, and nothing in it is wrong."""
    recorded = {path.name: path.read_text() for path in (ROOT / "evidence" / cluster.name).glob("*.json")}
    assert recorded == {path.name: path.read_text() for path in cluster.glob("*.json")}, "make prove"
    assert [] == [line for text in recorded.values() for line in evidence.findings(json.loads(text))]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "evidence").glob("*/*.json")), ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_a_proven_claim_cites_what_it_stands_on(path: Path):
    """Every proven arrow names at least one address with its file and line."""
    for arrow in json.loads(path.read_text()).get("arrows", ()):
        if arrow["verdict"] == "proven":
            assert any(place["address"] and place["file"] and place["line"] for place in arrow["evidence"]), (
                arrow
            )
