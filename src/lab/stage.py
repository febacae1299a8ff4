"""A stage of the lab: processes that are started together, watched together and ended together."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from asbuilt.errors import UnusableInput
from lab.keeper import PATIENCE

START_LIMIT = 20.0
"""Seconds within which everything must answer that has been started."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is started: a name, its arguments, and variables beside those of the environment."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """The processes of one name in one folder."""

    name: str
    folder: Path

    def alive(self) -> bool:
        """Whether anything of it runs: the keeper or any of its processes."""
        with self._file("lock").open("a") as lock:
            return not _taken(lock)

    def ended(self) -> dict[str, str]:
        """Programs of a living stage that no longer run, and how they ended."""
        return {name: _how(one["ended"]) for name, one in self._state().items() if one["ended"] is not None}

    def pids(self) -> dict[str, int]:
        """Process ids of what runs, by program."""
        return {name: one["pid"] or 0 for name, one in self._state().items() if one["ended"] is None}

    @contextmanager
    def starting(self, programs: Sequence[Program]) -> Iterator[None]:
        """Start programs. They stay when the block ends well, and end when it fails or this process dies."""
        with self._file("lock").open("a") as lock:
            if not _taken(lock):
                raise UnusableInput(f"{self.name} runs already", "make down ends it")
            self._file("json").write_text(json.dumps([asdict(one) for one in programs]), encoding="utf-8")
            self._file("state").unlink(missing_ok=True)
            keeper = self._keeper(lock.fileno())
        self._file("group").write_text(str(keeper.pid), encoding="utf-8")
        try:
            yield
            _tell(keeper)
        finally:
            if keeper.stdin and not keeper.stdin.closed:  # not told: the keeper's trial ends here
                keeper.stdin.close()
                keeper.wait(2 * PATIENCE)

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        """Wait until `ready`. Raises UnusableInput where a program ends before, or it takes too long."""
        until = time.monotonic() + START_LIMIT
        while not ready():
            for name, how in self.ended().items():
                raise UnusableInput(
                    f"{name} {how}: {self.last_words(name)}", f"all it said: {self.log(name)}"
                )
            if time.monotonic() > until:
                raise UnusableInput(
                    f"{what} does not answer in {START_LIMIT:.0f} s", f"see {self.folder}/*.log"
                )
            time.sleep(0.1)

    def stop(self) -> bool:
        """End all of it, also what a crash left behind; whether there was anything to end."""
        if not self.alive():
            return False
        # The lock is held, so some process of this group lives, and its number is nobody else's.
        group = int(self._file("group").read_text(encoding="utf-8"))
        for number, patience in ((signal.SIGTERM, 2 * PATIENCE), (signal.SIGKILL, PATIENCE)):
            os.killpg(group, number)
            until = time.monotonic() + patience
            while time.monotonic() < until:
                if not self.alive():
                    return True
                time.sleep(0.05)
        raise UnusableInput(f"{self.name} does not end", f"its process group is {group}")

    def log(self, name: str) -> Path:
        """Where a program's output goes."""
        return self.folder / f"{name}.log"

    def last_words(self, name: str) -> str:
        """The last line that a program wrote."""
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def _keeper(self, lock: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "lab.keeper", str(self.folder), self.name, str(lock)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._file("keeper.log").open("wb"),
            pass_fds=[lock],
            start_new_session=True,
        )

    def _state(self) -> dict[str, dict[str, int | None]]:
        path = self._file("state")
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}

    def _file(self, suffix: str) -> Path:
        return self.folder / f"{self.name}.{suffix}"


def _taken(lock: IO[str]) -> bool:
    """Whether the lock could be taken, which it is until the file is closed."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _tell(keeper: subprocess.Popen[bytes]) -> None:
    """All went well: the trial is over."""
    if keeper.stdin:
        keeper.stdin.write(b"keep")
        keeper.stdin.close()


def _how(code: int | None) -> str:
    number = code or 0
    return f"was killed by {signal.Signals(-number).name}" if number < 0 else f"ended with {number}"
