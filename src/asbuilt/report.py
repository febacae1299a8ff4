"""A proof as text for people, JSON for programs, SARIF for code scanning."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from asbuilt import data, sarif
from asbuilt.prove.verdicts import FINDINGS, DiagramProof, Evidence, Finding, Proof, Undrawn

_UNSHOWN = {
    "resource": "exists but no diagram shows it",
    "path": "lets something through that no proven arrow shows",
    "selector": "selects nothing that these files create\nhint: correct its selector, or excuse it",
}


def as_json(proof: Proof) -> str:
    """The proof as one JSON document."""
    body = {"diagrams": [diagram(item) for item in proof.diagrams]} | undrawn(proof)
    return data.as_json(body)


def diagram(proof: DiagramProof) -> dict[str, Any]:
    """One diagram's part of the JSON; one arrow entry a claim."""
    return {
        "name": proof.name,
        "script": proof.script,
        "nodes": [
            {"id": node.id, "label": _line(node.label)} | _finding(node.finding) for node in proof.nodes
        ],
        "boxes": [
            {
                "id": box.id,
                "label": box.label,
                "members": [{"node": node} | _finding(finding) for node, finding in box.members],
            }
            for box in proof.boxes
        ],
        "arrows": [
            {"source": arrow.source, "target": arrow.target, "label": arrow.label, "claim": arrow.claim}
            | _finding(arrow.finding)
            for arrow in proof.arrows
        ],
    }


def undrawn(proof: Proof) -> dict[str, Any]:
    """What no diagram shows, and what is excused."""
    return {
        "undrawn": [_undrawn(item) for item in proof.undrawn],
        "excused": [_undrawn(item) | {"reason": item.excuse} for item in proof.excused],
    }


def as_text(proof: Proof) -> str:
    """A line for every finding, with its hint if there is one, then a line that counts."""
    lines = [f"error: {place}: {text}" for _, place, text in problems(proof)]
    counts = Counter(finding.verdict for item in proof.diagrams for _, finding in _all(item))
    said = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items()))
    lines.append(f"{len(proof.diagrams)} diagrams: {said}; {len(proof.undrawn)} undrawn")
    return "\n".join(lines) + "\n"


def problems(proof: Proof) -> Iterator[tuple[str, str, str]]:
    """Each finding as (rule, `file:line`, what is wrong)."""
    for item in proof.diagrams:
        for node in item.nodes:
            if node.finding.verdict in FINDINGS:
                yield "node", f"{item.script}:{node.line}", f"{item.name}: {_said(node.finding)}"
        for box in item.boxes:
            for member, finding in box.members:
                if finding.verdict in FINDINGS:
                    text = f"{item.name}: {member} in {box.label} is {finding.verdict}: {_said(finding)}"
                    yield "box", f"{item.script}:{box.line}", text
        for arrow in item.arrows:
            if arrow.finding.verdict in FINDINGS:
                ends = f"{arrow.source} → {arrow.target} ({arrow.claim or 'no claim'})"
                text = f"{item.name}: {ends} is {arrow.finding.verdict}: {_said(arrow.finding)}"
                yield "arrow", f"{item.script}:{arrow.line}", text
    for undrawn in proof.undrawn:
        place = undrawn.evidence or Evidence("")
        where = f"{place.file}:{place.line}" if place.file else undrawn.address
        yield "undrawn", where, f"{undrawn.address} {_UNSHOWN[undrawn.kind]}"


def as_sarif(proof: Proof) -> str:
    """The findings as SARIF 2.1.0 (OASIS), one result each."""
    return sarif.document(_result(*problem) for problem in problems(proof))


def _result(rule: str, place: str, text: str) -> sarif.Result:
    file, _, line = place.rpartition(":")
    return sarif.Result(rule, text, sarif.Place(file, int(line)) if line.isdigit() else None)


def _all(item: DiagramProof) -> Iterator[tuple[str, Finding]]:
    yield from (("node", node.finding) for node in item.nodes)
    yield from (("box", finding) for box in item.boxes for _, finding in box.members)
    yield from (("arrow", arrow.finding) for arrow in item.arrows)


def _said(finding: Finding) -> str:
    return finding.reason + (f"\nhint: {finding.hint}" if finding.hint else "")


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "verdict": finding.verdict,
        "reason": "; ".join(filter(None, (finding.reason, finding.hint))),
        "evidence": [
            {"address": item.address, "file": item.file, "line": item.line}
            for item in sorted(finding.evidence, key=_place)
        ],
    }


def _place(item: Evidence) -> tuple[str, int, str]:
    """In the order they are written: ids, which differ from apply to apply, decide nothing."""
    return item.file, item.line, item.address


def _undrawn(item: Undrawn) -> dict[str, Any]:
    place = item.evidence or Evidence(item.address)
    return {"address": item.address, "kind": item.kind, "file": place.file, "line": place.line}


def _line(text: str) -> str:
    return " ".join(text.split())
