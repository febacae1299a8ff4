"""What a person sees of a command: `lab.__main__`."""

import sys

import pytest

from asbuilt.errors import UnusableInput
from lab import __main__ as program


def command(_, tell) -> str:
    """Tells of progress, and then what is now."""
    tell("starting something")
    return "It runs."


def broken(*_) -> str:
    """Cannot do its work."""
    raise UnusableInput("port 1 is taken", "take another")


def interrupted(*_) -> str:
    """Ends with Ctrl+C."""
    raise KeyboardInterrupt


@pytest.fixture
def typed(monkeypatch, capsys):
    """Run a command in the place of `up`, on a terminal or in a pipe."""

    def run(body, terminal: bool) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lab", "up"])
        monkeypatch.setitem(program.COMMANDS, "up", body)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
        code = program.main()
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_pipe_gets_what_is_now_and_a_terminal_progress_too(typed):
    """The line of progress is wiped out before the rest is written."""
    assert (0, "It runs.\n", "") == typed(command, terminal=False)
    assert (0, "It runs.\n", "\r\033[Kstarting something\r\r\033[K\r") == typed(command, terminal=True)


def test_what_is_wrong_is_one_error_and_one_hint(typed):
    """On standard error, with a status that `make` sees."""
    assert (2, "", "error: port 1 is taken\nhint: take another\n") == typed(broken, terminal=False)


def test_a_command_may_be_interrupted(typed):
    """No traceback follows Ctrl+C, and it says how what goes on is ended: faults outlive `fire-alerts`."""
    code, said, complained = typed(interrupted, terminal=False)
    assert (130, "") == (code, said)
    hint = "hint: what ran goes on, faults too: make calm takes them away, make down ends it all"
    assert ["", "error: interrupted", hint] == complained.splitlines()


def test_every_command_of_the_requirement_is_there():
    """By its own name."""
    assert ["up", "deploy", "load", "fire-alerts", "calm", "down"] == list(program.COMMANDS)
