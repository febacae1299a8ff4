"""The command records, and says what it cannot use."""

from pathlib import Path

import pytest

from drills.capacity import __main__ as command


def test_missing_inputs_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """No traceback, no record, and 2."""
    monkeypatch.setattr(command, "FIGURES", tmp_path)
    assert command.main(["--record", str(tmp_path / "out.json")]) == 2
    assert "capacity.yaml" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()
