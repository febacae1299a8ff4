"""Whoever makes their first change as the page says sees what the page says."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/delivery/first-change.md"
_BLOCK = re.compile(r'^```console title="followed"\n(.*?)^```', re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*\n)((?:(?!\$ ).*\n)*)", re.MULTILINE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What would be cloned if all were committed, with this environment's programs."""
    if shutil.which("kubectl") is None and "CI" not in os.environ:
        pytest.skip("kubectl is not installed")
    folder = tmp_path / "as-built"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    run("git init -q && git add --all && git commit -qm 'chore: start'", folder)
    return folder


def run(command: str, folder: Path) -> str:
    """What a command prints, on both streams."""
    person = {
        f"GIT_{role}_{part}": "a@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=os.environ | person,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return done.stdout


def followed(text: str) -> list[tuple[str, str]]:
    """Every command that is to be followed, and what it prints."""
    return [pair for block in _BLOCK.findall(text) for pair in _COMMAND.findall(block)]


def test_the_first_change_works_word_by_word(copy: Path):
    """From the branch to the diff, in a copy of this repository."""
    steps = followed(PAGE.read_text(encoding="utf-8"))
    assert 7 == len(steps)
    for command, printed in steps:
        assert printed == run(command, copy), command


def test_commands_and_outputs_are_told_apart():
    """A continued command is one, and a block may hold several."""
    text = '```console title="followed"\n$ a \\\n  --b\nc\nd\n$ e\n```\n'
    assert [("a \\\n  --b\n", "c\nd\n"), ("e\n", "")] == followed(text)
