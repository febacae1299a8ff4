"""Findings as SARIF 2.1.0 (OASIS), the format that code scanning reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from asbuilt import data

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RULES = {
    "node": "A node stands for something that exists",
    "box": "A box contains what it shows",
    "arrow": "An arrow is let through",
    "undrawn": "What exists is drawn, or excused with a reason",
    "stale": "Evidence fits the files that it stands on",
    "evidence": "Each diagram has its evidence",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, counted from 1, and what stands there."""

    file: str
    line: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What is wrong, against which rule, where, and what else one should look at."""

    rule: str
    text: str
    place: Place | None
    related: tuple[Place, ...] = ()


def document(results: Iterable[Result]) -> str:
    """The results as one document, in the order given."""
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in _RULES.items()]
    run = {"tool": {"driver": {"name": "asbuilt", "rules": rules}}, "results": [*map(_result, results)]}
    body = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return data.as_json(body)


def _result(result: Result) -> dict[str, Any]:
    return {
        "ruleId": result.rule,
        "level": "error",
        "message": {"text": result.text},
        "locations": [_location(result.place)] if result.place else [],
    } | _related(result.related)


def _related(places: Sequence[Place]) -> dict[str, Any]:
    found = [_location(place) | {"message": {"text": place.text}} for place in places]
    return {"relatedLocations": found} if found else {}


def _location(place: Place) -> dict[str, Any]:
    artifact, region = {"uri": quote(place.file)}, {"startLine": max(place.line, 1)}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}
