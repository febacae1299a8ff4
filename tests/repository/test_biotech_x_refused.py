"""What must not be possible in biotech-x is refuted today, as its pages say."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from asbuilt.inputs import Sources, read
from drills.refused import attempts, refused

ROOT = Path(__file__).parents[2]
DECLARED = yaml.safe_load((ROOT / "figures/biotech-x/refused.yaml").read_text(encoding="utf-8"))
RECORDED = ROOT / "evidence/figures/biotech-x/refused.json"
Documents = Callable[[str], dict[str, Any]]


def test_every_attempt_is_refused(terraform_plan: Documents, applied_state: Documents, tmp_path: Path):
    """A new plan and a new apply stop each of them, for the recorded reason."""
    documents = {"plan.json": terraform_plan("production"), "state.json": applied_state("production")}
    for name, document in documents.items():
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
    paths = [tmp_path / name for name in documents]
    found, _ = read(Sources([], paths, [ROOT / "kubernetes/biotech-x"]))
    tables, wrong = refused(DECLARED, found, "biotech-x")
    assert [] == wrong
    assert json.loads(RECORDED.read_text(encoding="utf-8")) == tables, "make prove"


def test_every_table_stands_on_a_page():
    """Nothing is refused that no page shows."""
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs/biotech-x").glob("*.md"))
    missing = {name for name, _ in attempts(DECLARED) if f"refused.json#{name})" not in pages}
    assert set() == missing
