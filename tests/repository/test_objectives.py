"""The budgets on the pages are those of the declared objectives."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("system", ["biotech-x", "banking"])
def test_computing_again_changes_nothing(system: str, tmp_path: Path):
    """To the letter."""
    record = Path(f"evidence/figures/{system}/objectives.json")
    shutil.copytree(ROOT / "figures", tmp_path / "figures")
    shutil.copytree(ROOT / "evidence/figures", tmp_path / "evidence/figures")
    (tmp_path / record).unlink()
    done = subprocess.run([sys.executable, "-m", "drills.objectives", system], cwd=tmp_path, check=False)
    assert 0 == done.returncode
    assert (ROOT / record).read_bytes() == (tmp_path / record).read_bytes()
