"""What is going on, on a terminal."""

import sys

import pytest

from asbuilt.progress import progress


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("drawing a", "\r\033[Kdrawing a\r"),
        ("one\ntwo", "\r\033[Kone\r"),
        ("a" * 200, f"\r\033[K{'a' * 100}\r"),
        ("", "\r\033[K\r"),
    ],
    ids=["a line", "the first line", "no more than fits", "taken back"],
)
def test_a_terminal_shows_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, shown: str
):
    """In place of the last one, and beside what the command prints."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    progress(text)
    assert ("", shown) == tuple(capsys.readouterr())


def test_a_file_gets_nothing(capsys: pytest.CaptureFixture[str]):
    """A log holds what happened, not what was going on."""
    progress("drawing a")
    assert ("", "") == tuple(capsys.readouterr())
