"""What became of a mutant: caught, still true, beside what is drawn, beyond the files, or proven falsely."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from asbuilt.drawing import Drawing
from asbuilt.errors import UnusableInput
from asbuilt.prove import Proof
from drills.mutants.cloud import listed
from drills.mutants.mutant import Mutant
from drills.mutants.oracle import Drawn, Oracle, drawn
from drills.mutants.world import Judged, World, built, judge

_HOLDS = {"bound", "proven"}
_TEXTS = ("policy", "assume_role_policy")
_EXAMPLES = 3
_UNNOTICED = {"still true", "beside"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`verdict` is `caught`, `still true`, `beside`, `beyond` or `false proof`; `why` says what shows it.

    `made_false` tells whether the oracle calls anything drawn false; nobody asks it of unusable input.
    """

    family: str
    name: str
    verdict: str
    why: str
    made_false: bool = False


class Bench:
    """Judges mutants of one clean world."""

    def __init__(self, clean: World) -> None:
        self._clean = clean
        before = judge(clean)
        if before.proof is None:
            raise ValueError("; ".join(before.findings))
        self.findings = frozenset(before.findings)
        self.false = Oracle(clean.documents[-1], clean.manifests).false(before.drawings)
        self._drawn = _things(before.drawings)
        self._cited = _cited(before.proof) | _bound(before.drawings)

    def outcome(self, mutant: Mutant) -> Outcome:
        """What the proof and the oracle say of a mutant, and how the two compare."""
        try:
            world = built(mutant.world)
        except UnusableInput as error:
            return Outcome(mutant.family, mutant.name, "caught", str(error))
        after = judge(world)
        if after.proof is None:
            return Outcome(mutant.family, mutant.name, "caught", "unusable input")
        untrue = Oracle(world.documents[-1], world.manifests).false(after.drawings)
        verdict, why = self._compared(world, after, after.proof, untrue)
        if verdict in _UNNOTICED and mutant.beyond:
            verdict, why = "beyond", mutant.beyond
        return Outcome(mutant.family, mutant.name, verdict, why, bool(untrue))

    def _compared(self, world: World, after: Judged, proof: Proof, untrue: set[Drawn]) -> tuple[str, str]:
        new = sorted(set(after.findings) - self.findings)
        proven = _proven(proof)
        if wrong := sorted(untrue & proven if new else untrue):
            return "false proof", "; ".join(" → ".join(thing[1:]) for thing in wrong[:_EXAMPLES])
        if new:
            return "caught", new[0].partition("\n")[0]
        return self._unnoticed(world, after.drawings)

    def _unnoticed(self, world: World, drawings: tuple[Drawing, ...]) -> tuple[str, str]:
        if world.scripts is not self._clean.scripts:
            gone = sorted(self._drawn - _things(drawings))
            if gone:
                return "still true", "what is left is true, and everything that exists is still shown"
            return "still true", "every claim, node and box that is drawn now holds"
        touched = changed(self._clean, world)
        if touched and not touched & self._cited:
            return "beside", f"no drawn claim, node or box stands on {', '.join(sorted(touched))}"
        return "still true", "every drawn claim, node and box still holds"


def changed(clean: World, world: World) -> set[str]:
    """Addresses that differ between two worlds; where only a policy differs, its statements."""
    before, after = _by_address(clean), _by_address(world)
    differ = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return {part for name in differ for part in _parts(name, before.get(name), after.get(name))}


def _by_address(world: World) -> dict[str, Any]:
    items: dict[str, Any] = {item["address"]: item["values"] for item in world.resources()}
    return items | Oracle(world.documents[-1], world.manifests).objects()


def _parts(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[str]:
    if before is None or after is None:
        yield name
        yield from _statements(name, before or after or {})
        return
    for key in {key for key in {*before, *after} if before.get(key) != after.get(key)}:
        if key not in _TEXTS or not before.get(key) or not after.get(key):
            yield name
            continue
        old, new = _statements(name, before), _statements(name, after)
        yield from (one for one in {*old, *new} if old.get(one) != new.get(one))


def _statements(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    texts = [values[key] for key in _TEXTS if values.get(key)]
    found = [one for text in texts for one in listed(json.loads(text).get("Statement"))]
    return {f"{name}#{one.get('Sid', index)}": one for index, one in enumerate(found)}


def _things(drawings: tuple[Drawing, ...]) -> set[Drawn]:
    return {(drawing.name, *thing) for drawing in drawings for thing, _ in drawn(drawing)}


def _bound(drawings: tuple[Drawing, ...]) -> set[str]:
    nodes = {node.id for drawing in drawings for node in drawing.nodes}
    return nodes | {box.id for drawing in drawings for box in drawing.boxes}


def _cited(proof: Proof) -> set[str]:
    """Every address that a proven claim, a bound node or the member of a box stands on."""
    found = set()
    for diagram in proof.diagrams:
        findings = [one.finding for one in diagram.nodes] + [one.finding for one in diagram.arrows]
        findings += [finding for box in diagram.boxes for _, finding in box.members]
        found |= {evidence.address for finding in findings for evidence in finding.evidence}
    return found


def _proven(proof: Proof) -> set[Drawn]:
    """What the proof calls true."""
    found: set[Drawn] = set()
    for diagram in proof.diagrams:
        found |= {("node", one.id) for one in diagram.nodes if one.finding.verdict in _HOLDS}
        for box in diagram.boxes:
            found |= {("box", box.id, node) for node, one in box.members if one.verdict in _HOLDS}
        found |= {
            ("arrow", one.source, one.target, one.claim)
            for one in diagram.arrows
            if one.finding.verdict in _HOLDS
        }
    return found
