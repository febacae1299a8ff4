"""Where the lab keeps its files, and where its programs listen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asbuilt.errors import UnusableInput

FIRST_PORT = 9090
"""Prometheus's own port; the others follow in `OFFSETS`."""
OFFSETS = {"prometheus": 0, "alertmanager": 3, "receiver": 5, "v1": 11, "v2": 12}
"""Ports counted from the first one, by program."""
_CHOSEN = "port"


@dataclass(frozen=True, slots=True)
class Lab:
    """One lab: a folder below which all its files lie, and the first of its ports."""

    folder: Path
    first_port: int = FIRST_PORT

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> "Lab":
        """From `LAB_FOLDER` and `LAB_PORT`, or the port that `up` was given. Raises UnusableInput."""
        folder = Path(variables.get("LAB_FOLDER", "build/lab"))
        chosen = folder / _CHOSEN
        text = variables.get("LAB_PORT") or (chosen.read_text() if chosen.exists() else str(FIRST_PORT))
        if not text.isdecimal() or not 1024 <= int(text) <= 65_000:
            raise UnusableInput(f"LAB_PORT is {text}", "a number from 1024 to 65000")
        return cls(folder, int(text))

    def remember(self) -> None:
        """Let the commands after `up` find its ports."""
        (self.folder / _CHOSEN).write_text(str(self.first_port), encoding="utf-8")

    def forget(self) -> None:
        """The next lab may have other ports."""
        (self.folder / _CHOSEN).unlink(missing_ok=True)

    def port(self, program: str) -> int:
        """Where a program listens."""
        return self.first_port + OFFSETS[program]

    def url(self, program: str, path: str = "") -> str:
        """A program's address on loopback."""
        return f"http://127.0.0.1:{self.port(program)}{path}"

    @property
    def flags(self) -> Path:
        """The file of faults that both versions of the API read."""
        return self.folder / "flags.json"
