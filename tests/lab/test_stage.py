"""A stage: its processes live together, and none is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from lab.stage import Program, Stage

SLEEPER = Program("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
OTHER = Program("other", SLEEPER.command)
# Outlives its parent, as every process does where the system cannot tell it that the parent died.
STRAY = "import ctypes, time; ctypes.CDLL(None).prctl(1, 0); print('ready', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('ready', flush=True); time.sleep(60)"
)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage that does not run yet."""
    made = Stage("trial", tmp_path)
    try:
        yield made
    finally:
        made.stop()


def soon(done: Callable[[], bool]) -> bool:
    """Whether it is done within ten seconds."""
    until = time.monotonic() + 10
    while not done() and time.monotonic() < until:
        time.sleep(0.02)
    return done()


def gone(pid: int) -> bool:
    """Whether no process has that id, or only what its parent has not yet taken note of."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def started(stage: Stage, *programs: Program) -> dict[str, int]:
    """Start programs to stay, and give their process ids."""
    with stage.starting(programs):
        stage.wait(lambda: len(stage.pids()) == len(programs), "the trial")
    return stage.pids()


def test_it_stays_until_it_is_stopped(stage: Stage):
    """It lives on when the one who started it is done, and then all of it ends."""
    pids = started(stage, SLEEPER, OTHER)
    assert stage.alive()
    assert ["sleeper", "other"] == list(pids)
    assert stage.stop()
    assert (False, [True, True]) == (stage.alive(), [gone(pid) for pid in pids.values()])
    assert not stage.stop()


def test_a_start_that_fails_leaves_nothing(stage: Stage):
    """What had been started ends with the block."""
    with pytest.raises(ZeroDivisionError), stage.starting([SLEEPER]):
        stage.wait(lambda: bool(stage.pids()), "the trial")
        pid = stage.pids()["sleeper"]
        _ = 1 / 0
    assert (False, True) == (stage.alive(), gone(pid))


def test_a_program_that_ends_at_once_is_quoted(stage: Stage):
    """The message has how it ended and its last words; the others do not stay."""
    broken = Program("broken", ["sh", "-c", "echo so it goes >&2; exit 3"])
    with (
        pytest.raises(UnusableInput, match="broken ended with 3: so it goes"),
        stage.starting([SLEEPER, broken]),
    ):
        stage.wait(lambda: False, "the trial")
    assert not stage.alive()


def test_it_ends_when_its_starter_is_killed(stage: Stage):
    """`make up` that is killed half-way leaves nothing behind."""
    code = f"""
import time
from pathlib import Path
from lab.stage import Program, Stage
stage = Stage("trial", Path({str(stage.folder)!r}))
with stage.starting([Program("sleeper", {SLEEPER.command!r})]):
    stage.wait(lambda: bool(stage.pids()), "the trial")
    print("started", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as starter:
        assert "started\n" == starter.stdout.readline()
        pid = stage.pids()["sleeper"]
        starter.kill()
    assert soon(lambda: not stage.alive())
    assert gone(pid)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent died"
)
def test_it_ends_when_its_keeper_is_killed(stage: Stage):
    """No process outlives the one that watches it."""
    pid = started(stage, SLEEPER)["sleeper"]
    os.kill(int((stage.folder / "trial.group").read_text()), signal.SIGKILL)
    assert soon(lambda: not stage.alive())
    assert gone(pid)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the stray is made with a call of Linux")
def test_what_outlives_its_keeper_is_found_and_stopped(stage: Stage):
    """After a crash `down` still ends everything, where the system did not."""
    pid = started(stage, Program("stray", [sys.executable, "-c", STRAY]))["stray"]
    assert soon(lambda: "ready" in stage.log("stray").read_text())
    os.kill(int((stage.folder / "trial.group").read_text()), signal.SIGKILL)
    assert not gone(pid)
    assert stage.alive()
    assert stage.stop()
    assert (False, True) == (stage.alive(), gone(pid))


def test_what_does_not_listen_is_killed(stage: Stage, monkeypatch):
    """A process that ignores the request to end is ended."""
    pid = started(stage, Program("stubborn", [sys.executable, "-c", STUBBORN]))["stubborn"]
    assert soon(lambda: "ready" in stage.log("stubborn").read_text())
    monkeypatch.setattr("lab.stage.PATIENCE", 0.2)  # the keeper has its own
    assert stage.stop()
    assert gone(pid)


def test_who_ended_is_known_while_the_others_run(stage: Stage):
    """A killed process is named, with what killed it."""
    os.kill(started(stage, SLEEPER, OTHER)["other"], signal.SIGKILL)
    assert soon(lambda: {"other": "was killed by SIGKILL"} == stage.ended())
    assert ["sleeper"] == list(stage.pids())


def test_it_ends_with_its_last_process(stage: Stage):
    """A keeper with nothing to keep goes."""
    os.kill(started(stage, SLEEPER)["sleeper"], signal.SIGKILL)
    assert soon(lambda: not stage.alive())


def test_it_is_not_started_twice(stage: Stage):
    """A second start says so, and does not touch the first."""
    pids = started(stage, SLEEPER)
    with pytest.raises(UnusableInput, match="trial runs already"), stage.starting([OTHER]):
        pass
    assert pids == stage.pids()
