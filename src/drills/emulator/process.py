"""Start the emulator as a process of its own, and be sure that it ends."""

import os
import selectors
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from asbuilt.errors import UnusableInput

JOB_COMMAND = "DRILL_JOB_COMMAND"
"""Variable with the program, and its arguments, that stands for a job's image."""
READY_LIMIT = 60.0
"""Seconds within which the emulator must answer; importing moto takes about two."""
_COMMAND = (sys.executable, "-m", "drills.emulator")


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator, at `url` on loopback; `settings` is an AWS configuration file that sets nothing."""

    url: str
    settings: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables that lead Terraform and boto3 to the emulator, and to no account of anybody's."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_SESSION_TOKEN": "",
            "AWS_PROFILE": "default",
            "AWS_CONFIG_FILE": self.settings.as_posix(),
            "AWS_SHARED_CREDENTIALS_FILE": self.settings.as_posix(),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "2",
            "NO_PROXY": "127.0.0.1",
        }


@contextmanager
def running_emulator(job: Sequence[str] = ()) -> Iterator[Emulator]:
    """An emulator on a free port of loopback, killed on leaving; `job` is the program that its jobs run.

    Raises UnusableInput where it dies early or does not answer in time, with the last line it said.
    """
    with tempfile.TemporaryDirectory(prefix="emulator-") as folder:
        settings, said = Path(folder) / "config", Path(folder) / "log"
        settings.write_text("[default]\n", encoding="utf-8")
        with said.open("w") as log:
            process = subprocess.Popen(
                _COMMAND,
                env={**os.environ, JOB_COMMAND: shlex.join(job)} if job else None,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            yield Emulator(_url(process, said), settings)
        finally:
            process.kill()
            process.communicate()


def _url(process: subprocess.Popen[str], said: Path) -> str:
    """The URL that the process prints once it answers."""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout or 0, selectors.EVENT_READ)
        url = process.stdout.readline().strip() if selector.select(READY_LIMIT) and process.stdout else ""
    if not url:
        last = (said.read_text(errors="replace").strip().splitlines() or ["no answer in time"])[-1]
        raise UnusableInput(f"the emulator does not start: {last}", "try it: python -m drills.emulator")
    return url
