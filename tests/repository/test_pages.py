"""The pages as they are written: complete, followed word by word, and without a figure typed by hand."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from asbuilt.cli import parser
from asbuilt.page import extension

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
DECISIONS = sorted((DOCS / "decisions").glob("0*.md"))
DIAGRAMS = sorted((ROOT / "diagrams").rglob("*.py"))
COMMANDS = parser()._subparsers._group_actions[0].choices

_FENCE = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FIGURE = re.compile(r"(?<![\w-])\d[\d.,]*\s?(?:%|ms\b|s\b|kB\b|MB\b|GB\b|USD\b|seconds\b|requests\b)")


def name(path: Path) -> str:
    """A page's or a script's path, for the name of a test."""
    return path.relative_to(ROOT).with_suffix("").as_posix()


def prose(text: str) -> str:
    """A page without its front matter and its code."""
    return re.sub(r"`[^`]+`", "", _FENCE.sub("", text.split("---\n", 2)[-1]))


def figures(text: str) -> list[str]:
    """Every measured figure in the prose of a page."""
    return _FIGURE.findall(prose(text))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_says_first_what_it_answers(page: Path):
    """A description, one title, and a sentence right after it."""
    text = page.read_text(encoding="utf-8")
    assert re.match(r"---\n(?:.+\n)*description: .+\.\n", text)
    assert 1 == len(re.findall(r"^# .+$", prose(text), re.MULTILINE))
    assert re.search(r"^# .+\n\n[A-Zb`][^\n]+", text.split("---\n", 2)[-1], re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_figure_is_typed_by_hand(page: Path):
    """What was measured stands in data, and comes onto a page from there."""
    assert [] == figures(page.read_text(encoding="utf-8"))


def test_a_figure_typed_by_hand_is_seen():
    """A measured figure in a sentence is found; one in code, and a date, are not."""
    text = "---\na: b\n---\n\nIt takes 344 ms, 12 % of `9 s`, since 2026.\n\n```text\n3 s\n```\n"
    assert ["344 ms", "12 %"] == figures(text)


@pytest.mark.parametrize("script", DIAGRAMS, ids=name)
def test_every_diagram_has_its_page(script: Path):
    """The page shows the picture, says how to read it and why it is so, and links to the script."""
    view = script.relative_to(ROOT / "diagrams").with_suffix("").as_posix()
    system, _, file = view.partition("/")
    text = (DOCS / f"{view}.md").read_text(encoding="utf-8")
    order = [f"](diagram:{view})", "## How to read it", "## Why it is so", "## Where it is written"]
    assert order == sorted(order, key=text.index)
    assert f"(../source/diagrams/{system}.md#{file}.py)" in text
    assert re.search(rf"\]\(line:(terraform|kubernetes)/{system}#", text)


def test_every_answer_is_a_link_or_says_that_there_is_none():
    """In the table of what was asked, each row leads somewhere or says that there is nothing yet."""
    table = (DOCS / "biotech-x/index.md").read_text(encoding="utf-8").partition("| What was asked |")[2]
    rows = [row.split("|")[1:3] for row in table.splitlines() if row.startswith("| ")]
    assert len(rows) > 25
    empty = [asked for asked, answer in rows if "](" not in answer and "ot yet" not in answer]
    assert all(asked.strip().startswith("**") for asked in empty), empty


@pytest.mark.parametrize("page", DECISIONS, ids=name)
def test_a_decision_is_complete_and_confirmed(page: Path):
    """Each decision has its five parts, and the tests it names exist."""
    text = page.read_text(encoding="utf-8")
    parts = ["Context", "Considered options", "Outcome", "Consequences", "Confirmation"]
    assert parts == re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert "because" in text.partition("## Outcome")[2].partition("## Consequences")[0]
    tests = re.findall(r"`(tests/[^`]+)`", text.partition("## Confirmation")[2])
    assert tests
    assert [] == [test for test in tests if not (ROOT / test).is_file()]


def test_every_decision_is_listed():
    """The index leads to each decision under its own title."""
    index = (DOCS / "decisions/index.md").read_text(encoding="utf-8")
    for page in DECISIONS:
        number, title = page.read_text(encoding="utf-8").partition("\n# ")[2].splitlines()[0].split(": ")
        assert f"| {number} | [{title}]({page.name}) |" in index


def test_terraform_is_one_file_without_modules():
    """Each system's platform is one `.tf` file of plain resources."""
    for folder in (ROOT / "terraform").iterdir():
        (file,) = folder.glob("*.tf")
        assert [] == re.findall(r"^\s*module\s", file.read_text(encoding="utf-8"), re.MULTILINE)


def command_page() -> str:
    """The reference of the command."""
    return (DOCS / "reference/command.md").read_text(encoding="utf-8")


def section(command: str) -> str:
    """What the reference says about one command."""
    return command_page().partition(f"\n## asbuilt {command}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_on_the_page_is_the_commands_own(command: str, monkeypatch: pytest.MonkeyPatch):
    """What `--help` prints stands on the page, word for word."""
    monkeypatch.setenv("COLUMNS", "80")
    printed = COMMANDS[command].format_help() if command else parser().format_help()
    text = section(command) if command else command_page().partition("\n## ")[0]
    shown = next(body for kind, _, body in _FENCE.findall(text) if kind == "text")
    assert printed == shown, "write what it prints into docs/reference/command.md"


def options(command: argparse.ArgumentParser) -> list[str]:
    """Every way to write each option of a command."""
    actions = [action for action in command._actions if action.dest != "help"]
    named = [(action, option) for action in actions for option in action.option_strings]
    return [f"{option} {value}" for action, option in named for value in action.choices or [action.metavar]]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(command: str):
    """Each option, and each value that it takes, has a row of its own."""
    rows = re.findall(r"^\| `(--[^`]+)` \| .+\. \|$", section(command), re.MULTILINE)
    assert sorted(option.removesuffix(" None") for option in options(COMMANDS[command])) == sorted(rows)


def test_an_option_without_a_row_is_seen():
    """Options are taken from the parser, with the values they take."""
    invented = argparse.ArgumentParser()
    invented.add_argument("--kind", choices=["a", "b"])
    invented.add_argument("--all", action="store_true")
    assert ["--kind a", "--kind b", "--all None"] == options(invented)


def test_every_image_of_the_extension_is_explained():
    """Each kind of image and link that the extension knows stands in its reference."""
    kinds = set(re.findall(r"\]\((\w+):", extension.__doc__ or ""))
    images = {"diagram", "source", "table", "inputs", "outputs", "coverage", "chart", "workflow"}
    assert images | {"line", "value"} == kinds
    text = (DOCS / "reference/page.md").read_text(encoding="utf-8")
    assert kinds == set(re.findall(r"\]\((\w+):", text))


def test_the_how_to_works_word_by_word(tmp_path: Path):
    """Whoever follows it in an empty folder, file by file and command by command, sees what it says."""
    text = (DOCS / "how-to/document-your-system.md").read_text(encoding="utf-8")
    followed = 0
    for kind, title, body in _FENCE.findall(text):
        if kind == "console":
            followed += 1
            command, expected = split(body)
            assert expected == run(command, tmp_path), command
        elif "." in title:
            (tmp_path / title).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / title).write_text(body, encoding="utf-8")
        else:
            assert title in {"once", "where Terraform is"}, f"nobody follows this block: {body}"
    assert 5 == followed
    assert 'class="asbuilt"' in (tmp_path / "site/index.html").read_text(encoding="utf-8")


def split(console: str) -> tuple[str, str]:
    """A command, over as many lines as end in a backslash, and what it prints."""
    lines = console.removeprefix("$ ").splitlines(keepends=True)
    end = next(index for index, line in enumerate(lines) if not line.endswith("\\\n")) + 1
    return "".join(lines[:end]), "".join(lines[end:])


def run(command: str, folder: Path) -> str:
    """What a command prints, on both streams, with this environment's programs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=os.environ | {"PATH": path, "NO_MKDOCS_2_WARNING": "1", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return done.stdout


def test_a_command_over_two_lines_is_read_whole():
    """A continued command is one command, and what follows is its output."""
    assert ("a \\\n  --b\n", "c\nd\n") == split("$ a \\\n  --b\nc\nd\n")
