"""The questions on reliability: every answer has its page, its mark, and something that makes it so."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/sre").glob("*.md"))
QUESTIONS = ("unreachable-database", "debugging", "prevention", "objectives", "following")
MARK = re.compile(r"\b(?:not )?executed\b|\bsimulated\b|\bschema-checked only\b", re.IGNORECASE)


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    table = re.findall(
        r"^\| (.+) \|$", text.partition(f"## {heading}\n")[2].partition("\n## ")[0], re.MULTILINE
    )
    return [[cell.strip() for cell in row.split(" | ")] for row in table[1:]]


def bare(text: str) -> list[str]:
    """Causes without a link to what prevents them, and without the words that nothing does."""
    found = rows(text, "What prevents it")
    return [cause for cause, what, _ in found if "](" not in what and "nothing here yet" not in what]


def test_every_question_has_its_answer():
    """And the first page leads to each."""
    index = (ROOT / "docs/sre/index.md").read_text(encoding="utf-8")
    assert [] == [page for page in QUESTIONS if f"({page}.md)" not in index]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_was_run(page: Path):
    """By one of the marks that the first page explains."""
    assert MARK.search(page.read_text(encoding="utf-8"))


def test_every_prevention_leads_to_what_does_it():
    """A line, a proof or a test; or the page admits that there is none."""
    text = (ROOT / "docs/sre/prevention.md").read_text(encoding="utf-8")
    assert len(rows(text, "What prevents it")) >= 10
    assert [] == bare(text)


@pytest.mark.parametrize(
    ("prevents", "expected"),
    [("[a line](line:x#y)", []), ("*nothing here yet*", []), ("people take care", ["it broke"])],
)
def test_a_promise_without_a_line_is_seen(prevents: str, expected: list[str]):
    """Care is no prevention."""
    table = f"| Because | What prevents it | Who |\n|---|---|---|\n| it broke | {prevents} | nobody |\n"
    assert expected == bare(f"## What prevents it\n\n{table}\n## Next\n")
