"""A command ends with a code and with words, whatever goes wrong in it."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from asbuilt.ending import ending
from asbuilt.errors import UnusableInput

ROOT = Path(__file__).parents[2]
OTHERWISE = {
    "src/drills/analysis_job.py",
    "src/drills/emulator/__main__.py",
    "src/drills/database/__main__.py",
}
"""The job of another system, a server, and a diagnosis, which never repeats what it was given."""


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UnusableInput("no such", "look again", "a.yaml", 3), 2, "error: a.yaml:3: no such\nhint: look"),
        (FileNotFoundError(errno.ENOENT, "Nothing", "a.yaml"), 2, "error: a.yaml: Nothing\nhint: check"),
        (OSError(errno.ENOSPC, "Full", "a.json"), 2, "error: a.json: Full\nhint: free some"),
        (KeyboardInterrupt(), 130, "error: interrupted\nhint: run it again"),
    ],
)
def test_what_stops_a_command_is_told(error: BaseException, code: int, words: str, capsys):
    """What and where, and what to do; no traceback."""

    @ending
    def main() -> int:
        raise error

    assert code == main()
    assert words in capsys.readouterr().err


def test_a_terminal_of_ascii_shows_what_it_can():
    """What it has no sign for is written out, in place of a traceback."""
    program = "from asbuilt.ending import ending; ending(lambda: print('Web → API') or 0)()"
    given = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run((sys.executable, "-c", program), env=given, capture_output=True, text=True)
    assert (0, "Web \\u2192 API\n", "") == (done.returncode, done.stdout, done.stderr)


def test_what_a_command_returns_stays():
    """Its arguments are its own, too."""
    assert 1 == ending(lambda code: code)(1)


def test_what_is_a_fault_of_ours_is_not_hidden():
    """Its traceback is wanted."""
    with pytest.raises(ZeroDivisionError):
        ending(lambda: 1 // 0)()


def test_every_command_ends_so():
    """Each `main` of what is run by hand."""
    modules = [
        path for folder in ("asbuilt", "drills", "lab") for path in (ROOT / "src" / folder).rglob("*.py")
    ]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in modules}
    bare = {
        name for name, text in texts.items() if re.search(r"(?<!@ending\n)^def main\(", text, re.MULTILINE)
    }
    assert OTHERWISE | {"src/lab/keeper.py", "src/lab/receiver.py"} == bare
