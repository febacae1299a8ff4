"""Workflows that call others."""

from collections.abc import Callable
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import Location
from asbuilt.workflows import FOLDER, load, places

CALLED = "on: workflow_call\njobs: {a: {runs-on: x}}\n"


@pytest.fixture
def write(project: Path) -> Callable[..., str]:
    """Writes a workflow of one job, which calls another where it is named; returns its path."""

    def write(name: str, calls: str = "", on: str = "workflow_call") -> str:
        path = Path(FOLDER) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        job = f"uses: {calls}" if calls else "runs-on: x"
        path.write_text(f"on: {on}\njobs:\n  a:\n    {job}\n")
        return path.as_posix()

    return write


def test_all_that_is_called_is_read(write: Callable[..., str]):
    """Calls of calls too; a workflow of another repository is not looked up."""
    third = write("c.yml", "other/shop/.github/workflows/c.yml@v1")
    second = write("b.yml", f"./{third}")
    first = write("a.yml", f"./{second}", on="push")
    assert [first, second, third] == list(load(first))


@pytest.mark.parametrize(
    ("calls", "message", "hint"),
    [
        (
            "./.github/workflows/none.yml",
            "a calls .github/workflows/none.yml, and there is no such file",
            "there are",
        ),
        ("./elsewhere/b.yml", "a calls elsewhere/b.yml, and there is no such file", "a workflow that can be"),
        (
            "./.github/workflows/closed.yml",
            "a calls .github/workflows/closed.yml, which accepts no call",
            "add work",
        ),
        (
            "./.github/workflows/b.yml",
            "a calls in a circle: .github/workflows/a.yml → .github/workflows/b.yml",
            "rem",
        ),
        (
            "./.github/workflows/a.yml",
            "a calls in a circle: .github/workflows/a.yml → .github/workflows/a.yml",
            "rem",
        ),
    ],
)
def test_a_call_that_leads_nowhere_is_refused(write: Callable[..., str], calls: str, message: str, hint: str):
    """At the line of the job that calls."""
    write("closed.yml", on="push")
    write("b.yml", "./.github/workflows/a.yml")
    with pytest.raises(UnusableInput) as caught:
        load(write("a.yml", calls))
    assert caught.value.message.startswith(message)
    assert caught.value.hint.startswith(hint)
    assert caught.value.line == 3


def test_a_workflow_that_is_not_there_is_refused(project: Path):
    """By its name."""
    with pytest.raises(UnusableInput, match=r"none\.yml: there is no such workflow"):
        load(f"{FOLDER}/none.yml")


def test_workflows_and_jobs_have_their_places(write: Callable[..., str]):
    """A page links to them by name."""
    file = write("a.yml")
    assert {"a": Location(file, 1), "a/a": Location(file, 3)} == places(Path(FOLDER))
