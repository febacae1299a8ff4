"""The command."""

from pathlib import Path

import pytest

from drills.cost.__main__ import main


def test_a_missing_plan_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Without production's plan nothing is recorded, and the error says which file is missing."""
    monkeypatch.chdir(tmp_path)
    assert 2 == main(["--record", "cost.json"])
    assert "build/biotech-x/plan.json" in capsys.readouterr().err
    assert not Path("cost.json").exists()
