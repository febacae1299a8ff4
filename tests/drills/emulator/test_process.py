"""The emulator as a process of its own."""

import os
import socket
import subprocess
import sys
import time
from contextlib import closing

import pytest

from asbuilt.errors import UnusableInput
from drills.emulator import Emulator, process, running_emulator

PROGRAM = (sys.executable, "-m", "drills.emulator")


def answers(url: str) -> bool:
    """Whether something listens at `url`."""
    host, port = url.removeprefix("http://").split(":")
    with closing(socket.socket()) as connection:
        return connection.connect_ex((host, int(port))) == 0


def test_it_answers_while_it_is_needed_and_not_afterwards():
    """It listens on loopback once it is handed over, and is gone on leaving."""
    with running_emulator() as emulator:
        assert emulator.url.startswith("http://127.0.0.1:")
        assert answers(emulator.url)
    assert not answers(emulator.url)


def test_it_is_gone_after_a_failure():
    """A test that fails leaves no process behind."""
    with pytest.raises(ZeroDivisionError), running_emulator() as emulator:
        _ = 1 / 0
    assert not answers(emulator.url)


def test_two_do_not_meet(emulator: Emulator):
    """Each takes a port of its own."""
    with running_emulator() as other:
        assert emulator.url != other.url


def test_it_leads_to_nobody_s_account(emulator: Emulator):
    """The environment holds dummy keys and hides a person's own settings."""
    given = emulator.environment
    assert emulator.url == given["AWS_ENDPOINT_URL"]
    assert given["AWS_CONFIG_FILE"] == given["AWS_SHARED_CREDENTIALS_FILE"]
    assert "[default]\n" == emulator.settings.read_text()


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import sys; sys.exit('out of order')", "out of order"),
        ("import time; time.sleep(60)", "no answer in time"),
    ],
    ids=["dies", "hangs"],
)
def test_one_that_does_not_start_is_said(monkeypatch, program, message):
    """A process that dies early or never answers is an error with its last words, within a bounded time."""
    monkeypatch.setattr(process, "_COMMAND", (sys.executable, "-c", program))
    monkeypatch.setattr(process, "READY_LIMIT", 5 if "exit" in program else 0.5)
    started = time.monotonic()
    with pytest.raises(UnusableInput, match=f"the emulator does not start: {message}"), running_emulator():
        pass
    assert time.monotonic() - started < 10


def test_it_ends_with_the_process_that_started_it():
    """Whoever starts it holds its standard input: when that closes, it ends."""
    with subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert answers(running.stdout.readline().strip())
        running.stdin.close()
        assert 0 == running.wait(timeout=10)


@pytest.mark.parametrize("port", ["taken", "letters", "70000"])
def test_a_port_that_cannot_be_used_is_said(port):
    """One error line, one hint, exit 2, no traceback."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        name = str(taken.getsockname()[1]) if port == "taken" else port
        done = subprocess.run([*PROGRAM, name], capture_output=True, text=True, timeout=60, env=os.environ)
    lines = done.stderr.splitlines()
    assert (2, "", 2) == (done.returncode, done.stdout, len(lines))
    assert lines[0].startswith("error: ")
    assert lines[1].startswith("hint: ")
