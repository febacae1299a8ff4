"""Faults on purpose: `schedules_api.faults`."""

import os
from pathlib import Path

import pytest
from schedules_api.faults import Faults, Injector, parse


@pytest.mark.parametrize("rate", [0, 0.05, 0.2, 0.5, 1])
def test_exactly_the_wanted_share_fails(rate: float):
    """Of a hundred requests as many fail as were asked for."""
    injector = Injector(Faults(rate))
    assert rate * 100 == pytest.approx(sum(injector.fails() for _ in range(100)), abs=1)


def test_failures_are_evenly_spread():
    """Every second one, and not the first half."""
    injector = Injector(Faults(0.5))
    assert [False, True, False, True] == [injector.fails() for _ in range(4)]


@pytest.mark.parametrize(
    "text",
    ['{"error_rate": 2}', '{"latency_seconds": -1}', '{"errors": 1}', "[]", '{"error_rate": "a"}', "{"],
)
def test_flags_that_cannot_be_are_refused(text: str):
    """A wrong number, a wrong name, and what is no JSON."""
    with pytest.raises(ValueError):
        parse(text)


def test_a_file_of_flags_is_followed(tmp_path: Path):
    """What the file says applies as long as it is there; then what the process started with."""
    flags = tmp_path / "flags.json"
    injector = Injector(Faults(0.1), flags)
    assert Faults(0.1) == injector.refresh()
    flags.write_text('{"error_rate": 0.2}')
    assert Faults(0.2) == injector.refresh()
    flags.unlink()
    assert Faults(0.1) == injector.refresh()


def test_flags_that_cannot_be_read_stop_faults_and_are_told_once(tmp_path: Path):
    """A slip of the pen must not keep a fault alive, nor fill the log."""
    flags = tmp_path / "flags.json"
    flags.write_text('{"error_rate": 0.2}')
    injector = Injector(Faults(), flags)
    assert Faults(0.2) == injector.refresh()
    flags.write_text("{")
    os.utime(flags, ns=(1, 1))
    with pytest.raises(ValueError):
        injector.refresh()
    assert Faults() == injector.refresh()
