"""Run the programs that read these files: promtool, amtool, node."""

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from asbuilt.errors import UnusableInput

ROOT = Path(__file__).parents[3]
_LONGEST = 120  # seconds


def find(*names: str) -> None:
    """Raises UnusableInput where a program is not on the PATH."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        raise UnusableInput(f"{', '.join(missing)}: not found", hint="make programs installs it on Debian")


def ran(command: Sequence[str | Path], folder: Path | None = None) -> tuple[int, str]:
    """The exit status of a program, and all that it printed."""
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=_LONGEST
    )
    return done.returncode, done.stdout


def complaints(commands: Iterable[tuple[str, Sequence[str | Path]]]) -> Iterable[str]:
    """What the programs that end with another status than 0 print, each under a name."""
    for name, command in commands:
        status, printed = ran(command)
        if status:
            yield f"{name}: {printed.strip()}"
