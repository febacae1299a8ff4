"""Every sentence that asks something of a system has a row, and rows and pages agree on who answers it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ASKED = {
    file.parent.name: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted((ROOT / "figures").glob("*/asked.yaml"))
}

STACK = yaml.safe_load((ROOT / "figures/banking/stack.yaml").read_text(encoding="utf-8"))

_ROW = r"^\| \[\]\(value:figures/{system}/asked\.yaml#asked\.(\S+)\) {{ #asked-(\S+) }} \| (.*) \|$"
_PAGE = re.compile(r"\]\(([^):#]+\.md)")


@dataclass(frozen=True)
class Row:
    """What a row says: the sentence that it shows, its own anchor, the answer, and its system."""

    asked: str
    anchor: str
    answer: str
    system: str = "biotech-x"

    @property
    def pages(self) -> set[str]:
        """The pages that the answer leads to, from the documentation's root."""
        found = ((DOCS / self.system / link).resolve() for link in _PAGE.findall(self.answer))
        return {page.relative_to(DOCS).as_posix() for page in found}


def rows(text: str, system: str) -> list[Row]:
    """The rows of an overview."""
    return [Row(*found, system) for found in re.findall(_ROW.format(system=system), text, re.MULTILINE)]


def answers(page: Path) -> list[str]:
    """What a page says that it answers."""
    return yaml.safe_load(page.read_text(encoding="utf-8").split("---\n")[1]).get("answers", [])


def overview(system: str) -> list[Row]:
    """The rows of a system's overview."""
    return rows((DOCS / system / "index.md").read_text(encoding="utf-8"), system)


def answering(system: str) -> dict[str, list[str]]:
    """What each page of a system, but for its overview, says that it answers."""
    pages = (page for page in sorted((DOCS / system).glob("*.md")) if page.stem != "index")
    return {page.relative_to(DOCS).as_posix(): answers(page) for page in pages}


def faults(asked: dict[str, str], later: list[str], found: list[Row]) -> Iterator[str]:
    """Where the rows are not those of the data, or one gives no answer and is not declared to."""
    if [row.asked for row in found] != list(asked):
        yield f"rows: {sorted({row.asked for row in found} ^ set(asked)) or 'another order'}"
    for row in found:
        if row.anchor != row.asked:
            yield f"{row.asked}: its anchor is {row.anchor}"
        if ("ot yet" in row.answer) != (row.asked in later):
            yield f"{row.asked}: not yet, and not declared so, or the other way round"
        if "](" not in row.answer and row.asked not in later:
            yield f"{row.asked}: no link"
    yield from (f"{name}: is declared later, and not asked" for name in later if name not in asked)


def disagreements(found: list[Row], pages: dict[str, list[str]]) -> Iterator[str]:
    """Where a row leads to a page of the system that does not name it, or a page names it and has no link."""
    for row in found:
        saying = {page for page, named in pages.items() if row.asked in named}
        linked = {page for page in row.pages if page.startswith(f"{row.system}/")}
        yield from (f"{row.asked}: {page}" for page in sorted(saying ^ linked))
    known = {row.asked for row in found}
    for page, named in pages.items():
        yield from (f"{page}: nobody asked {name}" for name in named if name not in known)
        if not named:
            yield f"{page}: answers nothing"


@pytest.mark.parametrize("system", ASKED)
def test_every_sentence_that_asks_has_a_row(system: str):
    """The rows are those of the data, in its order, each with an answer or declared as not yet answered."""
    assert [] == list(faults(ASKED[system]["asked"], ASKED[system]["later"], overview(system)))


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        ([], "rows: ['upload']"),
        ([Row("upload", "upload", "[It](upload.md)")] * 2, "rows: another order"),
        ([Row("upload", "uploads", "[It](upload.md)")], "upload: its anchor is uploads"),
        ([Row("upload", "upload", "By hand")], "upload: no link"),
        (
            [Row("upload", "upload", "[It](a.md): not yet")],
            "upload: not yet, and not declared so, or the other way round",
        ),
    ],
)
def test_a_missing_or_empty_row_is_seen(found: list[Row], fault: str):
    """A row that is gone, doubled, misnamed or without an answer is found."""
    assert [fault] == list(faults({"upload": "Users upload files."}, [], found))


def test_what_is_put_off_is_asked():
    """Something declared for later that nobody asked is found."""
    assert ["more: is declared later, and not asked"] == list(faults({}, ["more"], []))


@pytest.mark.parametrize("system", ASKED)
def test_rows_and_pages_agree(system: str):
    """A row leads to the pages that say they answer it, and to no other page of the system."""
    assert [] == list(disagreements(overview(system), answering(system)))


@pytest.mark.parametrize(
    ("pages", "fault"),
    [
        ({"biotech-x/upload.md": ["upload", "cost"]}, "biotech-x/upload.md: nobody asked cost"),
        ({"biotech-x/upload.md": ["upload"], "biotech-x/a.md": ["upload"]}, "upload: biotech-x/a.md"),
        ({"biotech-x/upload.md": ["upload"], "biotech-x/a.md": []}, "biotech-x/a.md: answers nothing"),
        ({}, "upload: biotech-x/upload.md"),
    ],
)
def test_a_disagreement_is_seen(pages: dict[str, list[str]], fault: str):
    """A page that answers what nobody asked, or that its row does not lead to, is found, and the reverse."""
    assert [fault] == list(disagreements([Row("upload", "upload", "[It](upload.md)")], pages))


@pytest.mark.parametrize("system", ASKED)
def test_a_row_is_read(system: str):
    """A row's sentence, anchor and pages are taken from Markdown as it is written, for its own system."""
    data = f"figures/{system}/asked.yaml"
    text = f"| [](value:{data}#asked.a-b) {{ #asked-a-b }} | [It](cost.md#x), [why](../decisions/0001.md) |"
    (row,) = rows(text, system)
    assert ("a-b", "a-b", {f"{system}/cost.md", "decisions/0001.md"}) == (row.asked, row.anchor, row.pages)
    assert [] == rows(text, "another")


@pytest.mark.parametrize(
    ("quoted", "name"),
    [
        (ASKED["biotech-x"]["retention"]["uploads"], "uploads-at-hand"),
        (ASKED["biotech-x"]["retention"]["results"], "results-at-hand"),
        (ASKED["biotech-x"]["meeting"], "meeting"),
        (ASKED["biotech-x"]["talk"], "meeting"),
    ],
)
def test_a_number_is_that_of_its_sentence(quoted: dict[str, str | int], name: str):
    """What pages quote of the sentences stands in them."""
    assert f"{quoted['value']} {quoted['unit']}" in ASKED["biotech-x"]["asked"][name]


def alternatives(sentence: str) -> set[str]:
    """What a sentence names after "rather than"."""
    listed = sentence.rstrip(".").partition("rather than ")[2]
    return set(re.split(r", | or ", listed))


@pytest.mark.parametrize(
    ("category", "name"),
    list(
        zip(
            [key for key in STACK if key != "source"],
            [name for name, told in ASKED["banking"]["asked"].items() if "rather than" in told],
            strict=True,
        )
    ),
)
def test_every_alternative_that_was_named_is_weighed(category: str, name: str):
    """The stack's table of a category has the alternatives of its sentence, each once."""
    weighed = [row["alternative"] for row in STACK[category]]
    assert sorted(weighed) == sorted(alternatives(ASKED["banking"]["asked"][name]))


def test_a_forgotten_alternative_is_seen():
    """A sentence's alternatives are read one by one."""
    assert {"A", "B C", "D/E"} == alternatives("It is X, rather than A, B C or D/E.")
