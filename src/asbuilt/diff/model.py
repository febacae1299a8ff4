"""The architecture at one revision, as its evidence tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, why, and the addresses that it stands on, each with its `file:line`."""

    verdict: str
    reason: str = ""
    links: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Verdict":
        """The verdict in an entry of an evidence file."""
        links = {item["address"]: f"{item['file']}:{item['line']}" for item in entry["evidence"]}
        return cls(entry["verdict"], entry["reason"], links)


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a picture."""

    id: str
    label: str
    found: Verdict


@dataclass(frozen=True, slots=True)
class Box:
    """One box, with what was found of each of its members by the node's id."""

    key: str
    label: str
    members: Mapping[str, Verdict]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One claim of one arrow, between two nodes by id."""

    source: str
    target: str
    label: str
    claim: str
    found: Verdict


@dataclass(frozen=True, slots=True)
class Diagram:
    """One picture: its name below the folder of evidence, its script, and everything in it."""

    name: str
    script: str
    title: str
    nodes: tuple[Node, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    @classmethod
    def of(cls, name: str, body: Mapping[str, Any]) -> "Diagram":
        """The picture that an evidence file tells of. Raises KeyError or TypeError where one is damaged."""
        nodes = (Node(item["id"], item["label"], Verdict.of(item)) for item in body["nodes"])
        boxes = (
            Box(
                item["id"] or item["label"],
                item["label"],
                {member["node"]: Verdict.of(member) for member in item["members"]},
            )
            for item in body["boxes"]
        )
        arrows = (
            Arrow(item["source"], item["target"], item["label"], item["claim"], Verdict.of(item))
            for item in body["arrows"]
        )
        return cls(name, body["script"], body["title"], tuple(nodes), tuple(boxes), tuple(arrows))


@dataclass(frozen=True, slots=True)
class Undrawn:
    """What no picture of a system shows: addresses with their place, and the excused with their reason."""

    found: Mapping[str, str]
    excused: Mapping[str, str]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Undrawn":
        """What an evidence file tells. Raises KeyError or TypeError where it is damaged."""
        return cls(
            {item["address"]: f"{item['file']}:{item['line']}" for item in body["undrawn"]},
            {item["address"]: item["reason"] for item in body["excused"]},
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything recorded at one revision, and the folder that holds its files.

    `declared` are the names that its files declare, `stale` the files, by picture, that changed since
    its evidence was recorded. `evidence` are the files that tell all this, and `others` the JSON files
    beside them that something else wrote.
    """

    name: str
    root: Path
    diagrams: Mapping[str, Diagram]
    undrawn: Mapping[str, Undrawn]
    declared: frozenset[str]
    stale: Mapping[str, tuple[str, ...]]
    evidence: frozenset[str]
    others: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a change does. `place` is the picture, or the system, that it is done to."""

    place: str
    text: str
