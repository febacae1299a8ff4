"""A workflow's YAML, and the lines of its keys."""

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.workflows.document import Document

TEXT = b"""\
on: push
jobs:
  build:
    needs: yes
  test: {needs: true}
"""


def test_words_stay_words():
    """`on` and `yes` are what GitHub reads, not YAML 1.1's booleans; `true` is one."""
    body = Document(TEXT, "a.yml").body
    assert {"on": "push", "jobs": {"build": {"needs": "yes"}, "test": {"needs": True}}} == body


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("on",), 1),
        (("jobs", "build", "needs"), 4),
        (("jobs", "test", "needs"), 5),
        (("jobs", "build", "uses"), 3),
        (("jobs", "none", "needs"), 2),
        (("none",), 1),
    ],
)
def test_a_key_has_its_line(path: tuple[str, ...], line: int):
    """A key that is absent has the line of the last one on the way to it."""
    assert line == Document(TEXT, "a.yml").line(*path)


def test_a_second_key_of_one_name_is_seen():
    """YAML's reader would keep the last and say nothing."""
    assert ("build", 4) == Document(b"jobs:\n  build:\n  test:\n  build:\n", "a.yml").twice("jobs")
    assert None is Document(TEXT, "a.yml").twice("jobs")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"on: [push\njobs:\n", 2),
        (b"on: push\njobs:\n  a: b: c\n", 3),
        (b"on: \xff\n", 0),
        (b"on: push\n---\non: push\n", 2),
        (b"on: 2026-13-01\n", 0),
        (b"? [a]\n: b\n", 0),
        (b"[" * 4000, 0),
    ],
)
def test_what_is_no_yaml_is_refused(content: bytes, line: int):
    """With the line where the reader stopped, if it stopped at one."""
    with pytest.raises(UnusableInput, match="this is not YAML") as caught:
        Document(content, "a.yml")
    assert ("a.yml", "correct the file") == (caught.value.file, caught.value.hint)
    assert line in (0, caught.value.line)
