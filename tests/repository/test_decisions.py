"""Each decision on a system was one among several options, and names the test that would notice a breach."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/decisions").glob("0*.md"))[6:]  # those before are on this repository itself
TESTS = sorted((ROOT / "tests/repository").glob("test_*_decisions.py"))


def faults(number: str, text: str) -> Iterator[str]:
    """What a decision's page lacks: other options, or a test of its own number in the file that it names."""
    options, confirmed = (section(text, title) for title in ("Considered options", "Confirmation"))
    if len(re.findall(r"^\d\. ", options, re.MULTILINE)) < 3:
        yield "fewer than two alternatives"
    named = re.findall(rf"`(tests/repository/test_\w+_decisions\.py)`,\s+`(test_{number}_\w+)`", confirmed)
    if len(named) != 1:
        yield "no test of its number"
    yield from (f"no {test} in {file}" for file, test in named if test not in written(ROOT / file))


def section(text: str, title: str) -> str:
    """What stands under a heading."""
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def written(file: Path) -> list[str]:
    """The tests of decisions in a file."""
    return re.findall(r"^def (test_\d{4}_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_is_one_of_several_and_tested(page: Path):
    """At least two other options were considered, and the named test exists."""
    assert [] == list(faults(page.name[:4], page.read_text(encoding="utf-8")))


def test_every_test_of_a_decision_has_its_page():
    """No test stays behind when a decision goes, and no decision has two."""
    tested = sorted(test[5:9] for file in TESTS for test in written(file))
    assert [page.name[:4] for page in PAGES] == tested


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("\n3. ", "\n   ", "fewer than two alternatives"),
        ("`test_0012_", "`test_0013_", "no test of its number"),
        (
            "_and_answer_at_once`",
            "`",
            "no test_0012_files_move_by_age in tests/repository/test_biotech_x_decisions.py",
        ),
    ],
)
def test_a_decision_without_alternatives_or_test_is_seen(old: str, new: str, fault: str):
    """An option struck out, another decision's test, and a test that does not exist are found."""
    text = next(page for page in PAGES if page.name[:4] == "0012").read_text(encoding="utf-8")
    assert old in text
    wrong = text.replace("\n4. ", "\n   ").replace(old, new)
    assert fault in list(faults("0012", wrong))
