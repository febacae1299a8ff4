"""A generated file is printed, or written."""

import sys
from pathlib import Path

import pytest

from drills.generated import generated


@pytest.mark.parametrize("words", [[], ["--write"]], ids=["printed", "written"])
def test_a_file_is_printed_or_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
):
    """To standard output, which then is all; or to its path, and nothing is said."""
    path = tmp_path / "rules/made.yaml"
    monkeypatch.setattr(sys, "argv", ["made", *words])
    assert 0 == generated(path, "groups: []\n", "drills.made", "What it makes")
    printed, written = capsys.readouterr().out, path.read_text() if path.exists() else ""
    assert (("", "groups: []\n") if words else ("groups: []\n", "")) == (printed, written)
