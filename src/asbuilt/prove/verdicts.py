"""What the provers found: plain data, written as evidence and shown on a page."""

from dataclasses import dataclass

from asbuilt.infrastructure import Location, Manifest, Resource

FINDINGS = frozenset({"missing", "unbound", "refuted", "unknown"})
"""Verdicts that are a finding: the command exits with 1 and a check refuses the evidence."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing a verdict stands on: its address and where it is written (no line is 0)."""

    address: str
    file: str = ""
    line: int = 0

    @classmethod
    def of(cls, thing: Resource | Manifest) -> "Evidence":
        """The evidence that `thing` gives."""
        name = thing.address if isinstance(thing, Resource) else thing.name
        place = thing.location or Location("", 0)
        return cls(name, place.file, place.line)


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, why it is so, what it stands on, and what the author may do about it."""

    verdict: str
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class NodeProof:
    """A node is `bound`, `missing`, `external` or `unbound`."""

    id: str
    label: str
    line: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class BoxProof:
    """A box with each of its members (by node id) and whether it really is inside."""

    id: str
    label: str
    line: int
    members: tuple[tuple[str, Finding], ...]


@dataclass(frozen=True, slots=True)
class ArrowProof:
    """One claim of one arrow; an arrow with two claims is two of these."""

    source: str
    target: str
    label: str
    claim: str
    line: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class DiagramProof:
    """Everything found about one diagram."""

    name: str
    script: str
    title: str
    nodes: tuple[NodeProof, ...]
    boxes: tuple[BoxProof, ...]
    arrows: tuple[ArrowProof, ...]


@dataclass(frozen=True, slots=True)
class Undrawn:
    """Something that exists and that no diagram shows; `excuse` is the reason given for it, if any."""

    address: str
    kind: str
    excuse: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything found about one set of diagrams and the files they stand beside."""

    diagrams: tuple[DiagramProof, ...]
    undrawn: tuple[Undrawn, ...]
    excused: tuple[Undrawn, ...]
