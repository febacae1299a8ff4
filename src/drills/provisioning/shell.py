"""One shell in which commands are typed one after the other, as in a terminal that stays open."""

import os
import selectors
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TIME_LIMIT = 400.0
"""Seconds within which the commands of one step must end; an apply of everything takes about a hundred."""
_STRICT = "set -eu\n"  # a command that fails, or a variable that nobody has set, ends the shell


@dataclass(frozen=True, slots=True)
class Printed:
    """What commands printed on both streams, and why they failed: empty where they did not."""

    text: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """A running shell; made by `open_shell`. Directory and variables last from one step to the next."""

    process: subprocess.Popen[bytes]
    home: Path
    limit: float

    def type(self, commands: str) -> Printed:
        """Run the commands, which cannot read from the terminal; after a failure nothing runs any more."""
        mark = uuid.uuid4().hex
        script = self.home / ".step.sh"
        script.write_text(commands, encoding="utf-8")
        line = f". '{script}' </dev/null; printf %s {mark}\n"
        try:
            os.write(_file(self.process.stdin), line.encode())
        except BrokenPipeError:
            return Printed("", "the shell had ended before")
        return self._read(mark.encode())

    def _read(self, mark: bytes) -> Printed:
        deadline, text = time.monotonic() + self.limit, b""
        with selectors.DefaultSelector() as selector:
            selector.register(_file(self.process.stdout), selectors.EVENT_READ)
            while not text.endswith(mark):
                if not selector.select(deadline - time.monotonic()):
                    self.end()
                    return Printed(_decoded(text), f"it has not ended after {self.limit:.0f} s")
                part = os.read(_file(self.process.stdout), 65536)
                if not part:
                    return Printed(_decoded(text), f"exit status {self.process.wait()}")
                text += part
        return Printed(_decoded(text.removesuffix(mark)))

    def end(self) -> None:
        """Kill the shell and all that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def open_shell(directory: Path, environment: Mapping[str, str], limit: float = TIME_LIMIT) -> Iterator[Shell]:
    """A shell in `directory` with no variables but these, HOME among them; it and its children are gone on
    leaving."""
    process = subprocess.Popen(
        ["bash", "--noprofile", "--norc"],
        cwd=directory,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        bufsize=0,
    )
    shell = Shell(process, Path(environment["HOME"]), limit)
    os.write(_file(process.stdin), _STRICT.encode())
    try:
        yield shell
    finally:
        shell.end()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()


def _file(stream: object) -> int:
    number: int = stream.fileno()  # type: ignore[attr-defined]
    return number


def _decoded(text: bytes) -> str:
    return text.decode(errors="replace")
