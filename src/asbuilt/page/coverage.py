"""How much of a system is proven: counts from its evidence, and what is excused."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from asbuilt import evidence
from asbuilt.errors import UnusableInput
from asbuilt.page.table import ALLOWED_BY_ABSENCE, anchored, grid

_COLUMNS = ("bound", "external", "proven", "absent", "asserted", "unknown", "refuted", "missing")


def coverage(folder: Path, text: str) -> ET.Element:
    """Tables of a system's evidence: verdicts by diagram, and everything excused with its reason.

    Raises UnusableInput where the folder holds no evidence.
    """
    bodies = {path.stem: evidence.load(path) for path in sorted(folder.glob("*.json"))}
    rest = bodies.pop(evidence.UNDRAWN, {"undrawn": [], "excused": []})
    if not bodies:
        raise UnusableInput(f"{folder.as_posix()} holds no evidence", "prove first: make prove")
    counts = {name: _counts(body) for name, body in bodies.items()}
    counts["together"] = sum(counts.values(), Counter())
    columns = [name for name in _COLUMNS if any((kind, name) in counts["together"] for kind in _KINDS)]
    block = ET.Element("div", {"class": "asbuilt-coverage"})
    block.append(grid(text, ["Diagram", "What", *map(_heading, columns)], _rows(counts, columns)))
    if rest["undrawn"]:
        rows = [[_place(item), item["kind"]] for item in rest["undrawn"]]
        block.append(grid("Not drawn and not excused", ["Address", "Kind"], rows))
    if rest["excused"]:
        rows = [[_place(item), item["kind"], item["reason"]] for item in rest["excused"]]
        block.append(grid("Excused, and why", ["Address", "Kind", "Reason"], rows))
    return block


_KINDS = ("nodes", "box members", "arrows")


def _heading(verdict: str) -> str:
    return ALLOWED_BY_ABSENCE if verdict == "absent" else verdict


def _counts(body: Mapping[str, Any]) -> "Counter[tuple[str, str]]":
    members = [member for box in body["boxes"] for member in box["members"]]
    judged = zip(_KINDS, (body["nodes"], members, body["arrows"]), strict=True)
    return Counter((kind, item["verdict"]) for kind, items in judged for item in items)


def _rows(
    counts: Mapping[str, "Counter[tuple[str, str]]"], columns: Iterable[str]
) -> list[list[str | ET.Element]]:
    return [
        [name, kind, *(str(count[kind, column] or "-") for column in columns)]
        for name, count in counts.items()
        for kind in _KINDS
    ]


def _place(item: Mapping[str, Any]) -> str | ET.Element:
    return anchored(item["address"], item["file"], item["line"])
