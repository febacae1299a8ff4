"""The pages as prose: short, spelled right, and readable without their pictures."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
WORDS = [*PAGES, *ROOT.glob("*.md"), *(ROOT / "figures").rglob("*.yaml")]
LONGEST = 1500  # words

_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]]*)\]\((diagram|chart):[^)]+\)")
_VALUE = re.compile(r"\[\]\(value:[^)]+\)")
_TARGET = re.compile(r"\]\([^)]+\)")
_ANCHOR = re.compile(r"\{ #[\w-]+ \}")


def name(path: Path) -> str:
    """A page's path, for the name of a test."""
    return path.relative_to(ROOT).as_posix()


def words(text: str) -> int:
    """How many words a reader meets: a value is one, and where a link leads or may lead to is none."""
    body = text.split("---\n", 2)[-1] if text.startswith("---\n") else text
    body = _ANCHOR.sub("", _TARGET.sub("]", _VALUE.sub("value", body)))
    return len(re.findall(r"\w[\w'./:-]*", body))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_page_is_too_long(page: Path):
    """Who needs more than this has two questions, and gets two pages."""
    assert words(page.read_text(encoding="utf-8")) <= LONGEST


def test_words_are_counted_as_they_are_read():
    """Front matter, addresses and anchors do not count, code and cells do."""
    assert 6 == words(
        "---\na: b\n---\nOne [two](three/four.md), [](value:a.json#b), `aws_lb.main` | five { #c } |\n\nsix"
    )


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_picture_says_what_it_shows(page: Path):
    """Its words are a sentence's worth, not a title's: they stand for the picture where it is not seen."""
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    alternatives = [found[0] for found in _IMAGE.findall(text)]
    assert [] == [words for words in alternatives if len(words.split()) < 4]


def misspelt(*files: Path) -> str:
    """What the spelling checker says of the files; nothing where all is well."""
    command = [sys.executable, "-m", "codespell_lib", "--ignore-words-list", "aks,crate", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout


def test_words_are_spelt_right():
    """No known misspelling on a page, in the files beside them, or in the data that pages quote."""
    assert "" == misspelt(*WORDS)


def test_a_misspelling_is_seen(tmp_path: Path):
    """The checker names a wrong word with its line."""
    page = tmp_path / "page.md"
    page.write_text("All is recieved.\n")
    assert "page.md:1: recieved ==> received" in misspelt(page)
