"""biotech-x as it is, applied to the emulator, and banking, as its overlay of production builds it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asbuilt.settings import Settings
from drills.mutants.world import World, cluster, world

ROOT = Path(__file__).parents[3]
Shown = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def clean(terraform_plan: Shown, applied_state: Shown, tmp_path_factory: pytest.TempPathFactory) -> World:
    """What nobody has broken."""
    folder = tmp_path_factory.mktemp("shown")
    documents = {"plan.json": terraform_plan("production"), "state.json": applied_state("production")}
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document))
    excuses = Settings.read(ROOT).undrawn
    paths = [folder / name for name in documents]
    return world(paths, ROOT / "kubernetes/biotech-x", ROOT / "diagrams/biotech-x", excuses)


@pytest.fixture(scope="session")
def platform() -> World:
    """Banking, which nobody has broken: manifests alone."""
    excuses = Settings.read(ROOT).undrawn
    return cluster(ROOT / "kubernetes/banking", "production", ROOT / "diagrams/banking", excuses)
