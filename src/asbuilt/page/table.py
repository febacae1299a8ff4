"""Tables made from data, so that no figure in them is typed by hand."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure.source import Declaration, declarations
from asbuilt.page.recorded import recorded
from asbuilt.page.source import link
from asbuilt.page.value import text as words

_NUMBER = re.compile(r"[≤≥±-]? ?\d[\d,]*(\.\d+)?(\s\S+)?")
"""A number, which may have a unit."""
_NONE = ("", "-", "null")

ALLOWED_BY_ABSENCE = "allowed by absence"
"""The verdict `absent` in words: no network policy says anything, so what is drawn may pass."""


def table(name: str, text: str) -> ET.Element:
    """A list of mappings in a YAML or JSON file as a table: `path#key.key` names the list.

    The first mapping's keys are the columns; a cell is text, a number, a list, or a value with its unit.
    Raises UnusableInput where there is no such list.
    """
    rows = recorded(name)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise UnusableInput(f"{name} is no list of mappings", "name it as path#key")
    columns = list(rows[0])
    return grid(
        text, [_title(column.replace("_", " ")) for column in columns], [_cells(row, columns) for row in rows]
    )


def inputs(folder: Path, text: str) -> ET.Element:
    """The variables of a Terraform folder."""
    rows: list[list[str | ET.Element]] = [
        [
            _code(item, "var."),
            item.type,
            "required" if item.default is None else item.default,
            item.description,
        ]
        for item in declarations(folder, "variable")
    ]
    return grid(text, ["Name", "Type", "Default", "What it is"], rows)


def outputs(folder: Path, text: str) -> ET.Element:
    """The outputs of a Terraform folder."""
    rows: list[list[str | ET.Element]] = [
        [_code(item, "output."), item.description] for item in declarations(folder, "output")
    ]
    return grid(text, ["Name", "What it is"], rows)


def grid(caption: str, head: Sequence[str], rows: Iterable[Sequence[str | ET.Element]]) -> ET.Element:
    """A table element; a cell is text or an element. Columns of numbers are marked as such."""
    rows = list(rows)
    kinds = [_kind([row[index] for row in rows if index < len(row)]) for index in range(len(head))]
    block = ET.Element("table")
    ET.SubElement(block, "caption").text = caption
    line = ET.SubElement(ET.SubElement(block, "thead"), "tr")
    for title, kind in zip(head, kinds, strict=True):
        ET.SubElement(line, "th", {"scope": "col", **kind}).text = title
    body = ET.SubElement(block, "tbody")
    for row in rows:
        line = ET.SubElement(body, "tr")
        for cell, kind in zip(row, kinds, strict=False):
            place = ET.SubElement(line, "td", kind)
            if isinstance(cell, str):
                place.text = cell
            else:
                place.append(cell)
    return block


def _kind(cells: Sequence[str | ET.Element]) -> dict[str, str]:
    """The attributes of a column's cells."""
    told = [cell for cell in cells if not isinstance(cell, str) or cell not in _NONE]
    numbers = told and all(isinstance(cell, str) and _NUMBER.fullmatch(cell) for cell in told)
    return {"class": "asbuilt-amount"} if numbers else {}


def _title(words: str) -> str:
    """A heading with a capital letter, where it begins with a plain word: not `vCPUs`, not `p95`."""
    first = words.partition(" ")[0]
    return words[:1].upper() + words[1:] if first.rstrip(",").isalpha() and first.islower() else words


def anchored(text: str, file: str, line: int) -> ET.Element:
    """`text` as code, linked to where it is written when that is shown."""
    code = ET.Element("code")
    code.text = text
    target = link(file, line) if file else ""
    if not target:
        return code
    element = ET.Element("a", {"href": target})
    element.append(code)
    return element


def _code(item: Declaration, prefix: str) -> ET.Element:
    return anchored(item.name.removeprefix(prefix), item.location.file, item.location.line)


def _cells(row: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    return [_text(row.get(column, "")) for column in columns]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, Mapping):
        return words(value, "a cell")
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return f"{value:,}" if isinstance(value, int | float) else str(value)
