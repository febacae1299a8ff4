"""Faults on purpose, so that alerts can be tried: answers that fail, and answers that wait.

They are asked for in the environment when a process starts, or later in a file of flags:
`{"error_rate": 0.2, "latency_seconds": 0.4}`. A file and not a route: who cannot write the process's own
files cannot break it, and no network policy has to see to that.
"""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Faults:
    """The share of requests that fails, from 0 to 1, and the seconds that each waits. Raises ValueError."""

    error_rate: float = 0.0
    latency_seconds: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.error_rate <= 1:
            raise ValueError(f"error_rate is {self.error_rate}: it is a share, from 0 to 1")
        if not 0 <= self.latency_seconds <= 60:
            raise ValueError(f"latency_seconds is {self.latency_seconds}: from 0 to 60")


def parse(text: str) -> Faults:
    """The faults that a file of flags asks for. Raises ValueError where it asks for anything else."""
    try:
        return Faults(**json.loads(text))
    except TypeError as error:
        raise ValueError(f"flags are error_rate and latency_seconds: {error}") from None


class Injector:
    """Decides which requests fail: exactly the wanted share, evenly spread, so that a trial repeats."""

    def __init__(self, initial: Faults, flags: Path | None = None) -> None:
        self._initial, self._flags = initial, flags
        self._seen: tuple[int, int] | None = None
        self._current, self._debt = initial, 0.0

    def refresh(self) -> Faults:
        """What is wanted now: the file's flags where there is one, else what the process started with.

        Raises ValueError, once for each change of the file, where it cannot be read; no faults apply then.
        """
        if (stamp := self._stamp()) != self._seen:
            self._seen, self._current = stamp, self._initial
            if stamp and self._flags:
                self._current = Faults()
                self._current = parse(self._flags.read_text(encoding="utf-8"))
        return self._current

    def fails(self) -> bool:
        """Whether the next request is one of those that fail."""
        self._debt += self._current.error_rate
        failing = self._debt >= 1
        self._debt -= failing
        return failing

    def _stamp(self) -> tuple[int, int] | None:
        """What changes when the file is written again; None without one."""
        try:
            found = self._flags.stat() if self._flags else None
        except FileNotFoundError:
            return None
        return (found.st_mtime_ns, found.st_ino) if found else None
