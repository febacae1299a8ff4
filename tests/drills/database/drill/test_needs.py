"""What is not here is said, and nothing is recorded of a drill that is not whole."""

import os
from pathlib import Path

import pytest

from drills.database.drill import __main__ as drill
from drills.database.drill import needs


def run(monkeypatch: pytest.MonkeyPatch, path: Path) -> int:
    """The drill's exit code, on a machine on which nothing is installed."""
    monkeypatch.setattr(needs.shutil, "which", lambda name: None)
    monkeypatch.setattr(needs, "programs", lambda: (_ for _ in ()).throw(needs.UnusableInput("none")))
    monkeypatch.setattr("sys.argv", ["drill", "--record", str(path)])
    return drill.main()


def test_without_postgresql_the_drill_is_skipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """It says what it lacks, and leaves the record alone."""
    monkeypatch.delenv("CI", raising=False)
    assert 0 == run(monkeypatch, tmp_path / "record.json")
    assert "skipped, and not recorded: what needs PostgreSQL\n" == capsys.readouterr().out
    assert [] == list(tmp_path.iterdir())


def test_in_ci_nothing_is_skipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """There it fails, with a hint."""
    monkeypatch.setenv("CI", "true")
    assert 2 == run(monkeypatch, tmp_path / "record.json")
    assert "hint: " in capsys.readouterr().err


def test_whoever_is_not_root_gets_no_network(monkeypatch: pytest.MonkeyPatch):
    """And is told so."""
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(needs, "programs", lambda: Path("/usr/lib/postgresql/15/bin"))
    assert "root" in needs.missing()
    assert not needs.own_network()
