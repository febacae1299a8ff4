"""No number on the page of a system is typed by hand: it comes from a declared source or from a record."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SYSTEMS = ("biotech-x", "banking", "schedules", "comments")
PAGES = sorted(page for system in SYSTEMS for page in (ROOT / "docs" / system).rglob("*.md"))
DECLARED = sorted((ROOT / "figures").rglob("*.yaml"))
RECORDED = sorted((ROOT / "evidence/figures").rglob("*.json"))

_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_TARGET = re.compile(r"\]\([^)]*\)")
_UNITS = (
    r"%|ms|s|sec|seconds|min|minutes|h|hours|days|weeks|months|years|k?B|[KMGTP]i?B|USD|cents|requests|users|"
    r"vCPUs?|"
    r"cores|instances|nodes|pods|replicas|zones|files|samples|jobs|connections|proteins|alarms|messages|"
    r"attempts|retries|times|x"
)
_FIGURE = re.compile(rf"[$€]\s?\d[\d.,]*|(?<![\w.#/-])\d[\d.,]*[\s\u00a0-]?(?:{_UNITS})(?!\w)")
_QUOTED = re.compile(r"\((?:value|table|chart):([^)#]+)(?:#[^)]*)?\)")


def name(path: Path) -> str:
    """A file's path, for the name of a test."""
    return path.relative_to(ROOT).as_posix()


def figures(text: str) -> list[str]:
    """Every number with a unit in a page's words; code, addresses and front matter are not words."""
    words = text.split("---\n", 2)[-1] if text.startswith("---\n") else text
    return [found.group() for found in _FIGURE.finditer(_TARGET.sub("]", _CODE.sub("", words)))]


def empty(data: Any) -> Iterator[str]:
    """Keys without a value: in YAML, what follows a comma that should have stood between quotes."""
    if isinstance(data, dict):
        yield from (str(key) for key, value in data.items() if value is None)
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else []:
        yield from empty(value)


@pytest.mark.parametrize("file", DECLARED, ids=name)
def test_no_declared_text_is_cut_at_a_comma(file: Path):
    """Every key of a declared source has a value, so no table shows half a sentence."""
    assert [] == list(empty(yaml.safe_load(file.read_text(encoding="utf-8"))))


def test_a_cut_text_is_seen():
    """Half of a sentence that became a key is found, and nothing where it stands between quotes."""
    assert ["and late"] == list(empty(yaml.safe_load("rows: [{why: it is slow, and late}]")))
    assert [] == list(empty(yaml.safe_load('rows: [{why: "it is slow, and late"}]')))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_number_with_a_unit_is_typed(page: Path):
    """Values, tables and charts bring the numbers onto the page."""
    assert [] == figures(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It stays for 365 days.", ["365 days"]),
        ("It costs $ 1,200 or 40 USD, 5% more.", ["$ 1,200", "40 USD", "5%"]),
        ("3 zones, a 30-minute wait and 10\u00a0GB", ["3 zones", "10\u00a0GB"]),
        ("| p95 | 250 ms |", ["250 ms"]),
        ("Version 1.35, step 3, `5 GB`, [it](a-3-zones.md), RFC 9110, port 5432.", []),
        ("[](value:evidence/a.json#users.1000.cost) a month", []),
        ("---\ntitle: 3 days\n---\nText", []),
    ],
)
def test_a_number_typed_by_hand_is_seen(text: str, found: list[str]):
    """Numbers with units are found in sentences and cells; names, ports and code are not such numbers."""
    assert found == figures(text)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_quoted_number_is_declared_or_recorded(page: Path):
    """What a page quotes stands among the declared figures, the evidence, or data that code reads too."""
    quoted = _QUOTED.findall(page.read_text(encoding="utf-8"))
    assert [] == [path for path in quoted if path.split("/")[0] not in {"figures", "evidence", "src"}]


def unsourced(data: Any, path: str = "", known: bool = False) -> Iterator[str]:
    """Where a number stands that neither its mapping nor one around it gives a source for."""
    if isinstance(data, dict):
        known = known or "source" in data
        for key, value in data.items():
            yield from unsourced(value, f"{path}.{key}", known)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from unsourced(value, f"{path}.{index}", known)
    elif isinstance(data, int | float) and not isinstance(data, bool) and not known:
        yield path


@pytest.mark.parametrize("file", [file for file in DECLARED if file.stem != "settings"], ids=name)
def test_a_declared_number_has_a_source(file: Path):
    """A price, an assumption or a quota says where it is from."""
    assert [] == list(unsourced(yaml.safe_load(file.read_text(encoding="utf-8"))))


def test_a_number_without_a_source_is_seen():
    """A source covers what lies below it, and nothing beside it."""
    assert [".a.b"] == list(unsourced({"a": {"b": 3}, "c": {"source": "x", "d": {"e": [4]}}}))


@pytest.mark.parametrize("file", RECORDED, ids=name)
def test_a_record_has_the_command_that_writes_it(file: Path):
    """Every record is written by `make prove`, or by `make walk`, and by nobody's hand."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    system, topic = file.parent.name, file.stem
    ways = (name(file), f"drills.{topic} {system}", f"drills.{topic} --write")
    assert any(way in makefile for way in ways), "no command writes it"
    assert json.loads(file.read_text(encoding="utf-8"))
