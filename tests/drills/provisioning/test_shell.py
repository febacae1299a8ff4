"""A shell that commands are typed into."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.provisioning.shell import Printed, Shell, open_shell


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell that waits a second for a step."""
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    with open_shell(tmp_path, environment, limit=1.0) as opened:
        yield opened


def test_directory_and_variables_last(shell: Shell):
    """A later step finds what an earlier one has set."""
    shell.type("mkdir inner\ncd inner\nNAME=value\nexport OTHER=seen\n")
    assert Printed("inner value seen\n") == shell.type('echo "${PWD##*/}" "$NAME" "$(printenv OTHER)"\n')


def test_both_streams_are_read_in_order(shell: Shell):
    """What a person sees in a terminal, an output without a line's end included."""
    assert Printed("out\nerr\nend") == shell.type("echo out\necho err >&2\nprintf end\n")


@pytest.mark.parametrize(
    ("commands", "failure"),
    [
        ("false\necho after\n", "exit status 1"),
        ('echo "$NOBODY_SET_THIS"\n', "exit status 1"),
        ("exit 0\n", "exit status 0"),
    ],
)
def test_a_command_that_fails_ends_the_shell(shell: Shell, commands: str, failure: str):
    """What comes after it is not run, and neither is the next step."""
    failed = shell.type(commands)
    assert (failure, False) == (failed.failure, "after" in failed.text)
    assert Printed("", "the shell had ended before") == shell.type("echo next\n")


def test_a_hanging_command_is_bounded(shell: Shell):
    """It is killed with all that it started, and what it had printed is kept."""
    began = time.monotonic()
    hung = shell.type("echo begun\nsleep 60 | sleep 60\n")
    assert Printed("begun\n", "it has not ended after 1 s") == hung
    assert time.monotonic() - began < 10


def test_a_command_cannot_wait_for_a_person(shell: Shell):
    """A question finds the end of its input at once."""
    assert Printed("no answer\n") == shell.type("read answer || echo no answer\n")


def test_no_other_variable_is_passed_on(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    """Nobody's credentials reach a command."""
    assert "AWS" not in shell.type("printenv\n").text


def test_leaving_ends_what_still_runs(tmp_path: Path):
    """A process in the background does not outlive the shell."""
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    with open_shell(tmp_path, environment, limit=5.0) as opened:
        number = int(opened.type("sleep 60 >/dev/null 2>&1 &\necho $!\n").text)
    time.sleep(0.2)
    status = Path(f"/proc/{number}/status")
    assert not status.exists() or "State:\tZ" in status.read_text()
