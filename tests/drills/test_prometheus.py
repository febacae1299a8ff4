"""Prometheus over written samples answers, or says why not, and nothing of it is left."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills import prometheus
from drills.alerting.programs import find
from drills.prometheus import running

SAMPLES = [f"up {minute} {1_760_000_040 + 60 * minute}\n" for minute in range(10)]


@pytest.fixture(autouse=True)
def programs() -> None:
    """Both programs are there."""
    try:
        find("promtool", "prometheus")
    except UnusableInput as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing.message)


def processes() -> Iterator[str]:
    """The command lines of this process's children."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = path.read_text().rpartition(")")[2].split()[1]
            if parent == str(os.getpid()):
                yield path.with_name("cmdline").read_text()
        except OSError:
            continue


def test_it_answers_in_steps():
    """Every other minute of ten, and it has ended afterwards."""
    with running(SAMPLES) as query:
        (series,) = query("up", 1_760_000_040, 1_760_000_040 + 540, 120)
    assert ["0", "2", "4", "6", "8"] == [value for _, value in series["values"]]
    assert [] == [one for one in processes() if "prometheus" in one]


def test_it_ends_also_when_what_is_done_with_it_fails():
    """The error is that of the block."""
    with pytest.raises(ZeroDivisionError), running(SAMPLES):
        raise ZeroDivisionError
    assert [] == [one for one in processes() if "prometheus" in one]


def test_samples_that_are_none_are_refused():
    """With what promtool says of them."""
    with pytest.raises(UnusableInput, match="promtool refuses"), running(["not a sample\n"]):
        pass


@pytest.mark.parametrize("body", ["exit 1", "trap '' TERM; exec sleep 60"])
def test_one_that_does_not_start_leaves_nothing(body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It ends by itself, or hangs and would not end: error, hint, and no process of it."""
    fake = tmp_path / "prometheus"
    fake.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    fake.chmod(0o755)
    (tmp_path / "promtool").symlink_to(str(shutil.which("promtool")))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(prometheus, "_READY", 1)
    monkeypatch.setattr(prometheus, "_ENDING", 1)
    with pytest.raises(UnusableInput) as raised, running(SAMPLES):
        pass
    assert ("error: Prometheus does not start", True) == (
        str(raised.value).splitlines()[0],
        "hint: " in str(raised.value),
    )
    assert [] == [one for one in processes() if "sleep" in one or "prometheus" in one]
