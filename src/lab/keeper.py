"""Keeps the processes of one stage: starts them, notes who ended, and leaves none behind.

`python -m lab.keeper FOLDER STAGE LOCK` is started by `lab.stage` with its programs in `FOLDER/STAGE.json`.
Until it reads a word from standard input it is on trial: when the one who started it dies, it ends too. Every
process inherits the file descriptor LOCK, so the stage's lock is free only when the last of them has gone.
"""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PATIENCE = 5.0
"""Seconds that a process has to end by itself."""
_PERIOD = 0.1
_PR_SET_PDEATHSIG = 1  # prctl(2), Linux

Processes = dict[str, subprocess.Popen[bytes]]


def dies_with_its_parent() -> Callable[[], None] | None:
    """What a child does before its program starts; Linux only: elsewhere `down` finds it by its group."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return bind


def start(folder: Path, programs: list[Mapping[str, Any]], lock: int) -> Processes:
    """Start each program with its output in `FOLDER/<name>.log`."""
    started: Processes = {}
    for program in programs:
        with (folder / f"{program['name']}.log").open("wb") as log:
            started[program["name"]] = subprocess.Popen(
                program["command"],
                env=os.environ | program["environment"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[lock],
                preexec_fn=dies_with_its_parent(),
            )
    return started


def stop(processes: Processes) -> None:
    """Ask all to end, and make those that do not."""
    for process in processes.values():
        process.terminate()
    until = time.monotonic() + PATIENCE
    for process in processes.values():
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def keep(path: Path, processes: Processes) -> None:
    """Note in `path` what runs and how others ended: until a signal, a trial broken off, or nothing left."""
    asked = [False]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: asked.__setitem__(0, True))
    noted, on_trial = None, True
    while not asked[0]:
        state = {name: {"pid": one.pid, "ended": one.poll()} for name, one in processes.items()}
        if state != noted:
            _write(path, state)
            noted = state
        if not on_trial and all(one["ended"] is not None for one in state.values()):
            return
        if not on_trial:
            time.sleep(_PERIOD)
        elif select.select([sys.stdin], [], [], _PERIOD)[0]:
            asked[0], on_trial = not os.read(sys.stdin.fileno(), 16), False


def _write(path: Path, state: Mapping[str, Any]) -> None:
    """Whole or not at all: others read it at any time."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(state), encoding="utf-8")
    fresh.replace(path)


def main() -> int:
    """Keep a stage until it is to end."""
    folder, stage, lock = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    programs = json.loads((folder / f"{stage}.json").read_text(encoding="utf-8"))
    processes = start(folder, programs, lock)
    try:
        keep(folder / f"{stage}.state", processes)
    finally:
        stop(processes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
