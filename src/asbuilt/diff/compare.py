"""What one revision does to the architecture of another, sentence by sentence. Pure."""

from collections.abc import Iterator

from asbuilt.diff import pairs
from asbuilt.diff.declared import name_of
from asbuilt.diff.model import Box, Change, Diagram, Snapshot, Undrawn
from asbuilt.diff.verdicts import Names, basis, said, turned
from asbuilt.diff.words import number


def compare(before: Snapshot, after: Snapshot) -> list[Change]:
    """Every change, picture by picture; nothing where only lines, files or formatting moved."""
    deleted = before.declared - after.declared
    changes: list[Change] = []
    for old, new in pairs.diagrams(before.diagrams, after.diagrams):
        present = new or old
        assert present is not None  # noqa: S101 - a pair holds one at least
        changes += [Change(present.name, text) for text in _diagram(old, new, deleted)]
    for system in sorted(before.undrawn.keys() | after.undrawn.keys()):
        nothing = Undrawn({}, {})
        found = before.undrawn.get(system, nothing), after.undrawn.get(system, nothing)
        changes += [Change(system or "undrawn", text) for text in _undrawn(*found)]
    return changes


def _diagram(old: Diagram | None, new: Diagram | None, deleted: frozenset[str]) -> Iterator[str]:
    if not old or not new:
        diagram = new or old
        if diagram:
            yield f"{'adds' if new else 'removes'} the picture “{diagram.title}”: {_counted(diagram)}"
        return
    if old.name != new.name:
        yield f"renames the picture {old.name} to {new.name}"
    if old.title != new.title:
        yield f"titles the picture “{new.title}” instead of “{old.title}”"
    names = pairs.renamed(old, new)
    labels = {node.id: node.label for node in new.nodes} | {box.key: box.label for box in new.boxes}
    for gone, come in sorted(names.items()):
        yield f"lets “{labels[come]}” stand for {come} instead of {gone}"
    old = pairs.under(names, old)
    called = Names(old, new, deleted - {name_of(name) for name in names})
    yield from _nodes(old, new)
    yield from _boxes(old, new, called)
    yield from _arrows(old, new, called)
    yield from basis(old, new, called)


def _counted(diagram: Diagram) -> str:
    proven = sum(arrow.found.verdict == "proven" for arrow in diagram.arrows)
    nodes, arrows = number(len(diagram.nodes), "node"), number(len(diagram.arrows), "arrow")
    return f"{nodes}, {arrows} ({proven} proven)"


def _nodes(old: Diagram, new: Diagram) -> Iterator[str]:
    before, after = {node.id: node for node in old.nodes}, {node.id: node for node in new.nodes}
    for name, node in before.items():
        if name not in after:
            yield f"removes the node “{node.label}” ({name})"
    for name, node in after.items():
        if name not in before:
            doubt = "" if node.found.verdict in ("bound", "external") else f", which is {node.found.verdict}"
            yield f"adds the node “{node.label}” ({name}){doubt}"
            continue
        was = before[name]
        if was.label != node.label:
            yield f"labels {name} “{node.label}” instead of “{was.label}”"
        if was.found.verdict != node.found.verdict:
            yield f"makes the node “{node.label}” ({name}) {node.found.verdict}; it was {was.found.verdict}"


def _boxes(old: Diagram, new: Diagram, names: Names) -> Iterator[str]:
    before, after = {box.key: box for box in old.boxes}, {box.key: box for box in new.boxes}
    for key, box in before.items():
        if key not in after:
            yield f"removes the box “{box.label}”"
    for key, box in after.items():
        if key not in before:
            held = ", ".join(names.node(member) for member in box.members)
            yield f"adds the box “{box.label}” around {held}"
        elif before[key].label != box.label:
            yield f"labels the box “{box.label}” instead of “{before[key].label}”"
    yield from _members(before, after, names)
    for key in before.keys() & after.keys():
        for member, found in after[key].members.items():
            if was := before[key].members.get(member):
                subject = f"{names.node(member)} in “{after[key].label}”"
                yield from turned((subject, subject), was, found, names)


def _members(before: dict[str, Box], after: dict[str, Box], names: Names) -> Iterator[str]:
    """Nodes, on both pictures, that left a box or came into one; out of one and into another is a move."""
    left, came = _differing(before, after, names), _differing(after, before, names)
    for node in dict.fromkeys([*left, *came]):
        out = " and ".join(f"“{label}”" for label in left.get(node, ()))
        into = " and ".join(f"“{label}”" for label in came.get(node, ()))
        if out and into:
            yield f"moves {names.node(node)} from {out} to {into}"
        else:
            yield f"takes {names.node(node)} out of {out}" if out else f"puts {names.node(node)} into {into}"


def _differing(one: dict[str, Box], other: dict[str, Box], names: Names) -> dict[str, list[str]]:
    """By node, the labels of the boxes in `one` that hold it, and in `other` are there without it."""
    found: dict[str, list[str]] = {}
    for key in one.keys() & other.keys():
        for node in one[key].members.keys() - other[key].members.keys():
            if node in names.lasting:
                found.setdefault(node, []).append(one[key].label)
    return {node: sorted(labels) for node, labels in sorted(found.items())}


def _arrows(old: Diagram, new: Diagram, names: Names) -> Iterator[str]:
    matched, gone, come = pairs.arrows(old.arrows, new.arrows)
    for arrow in gone:
        proof = "the proven arrow" if arrow.found.verdict == "proven" else "the arrow"
        yield f"removes {proof} {names.arrow(arrow)}"
    for arrow in come:
        yield f"adds the arrow {names.arrow(arrow)}, {said(arrow.found)}"
    for was, arrow in matched:
        if (was.source, was.target) != (arrow.source, arrow.target):
            yield f"redraws {names.arrow(was)} as {names.ends(arrow)}"
        if was.label != arrow.label:
            yield f"labels {names.ends(arrow)} “{arrow.label}” instead of “{was.label}”"
        if was.claim != arrow.claim:
            now, then = arrow.claim or "nothing", was.claim or "nothing"
            yield f"claims “{now}” of {names.ends(arrow)} instead of “{then}”"
        yield from turned((names.arrow(was), names.arrow(arrow)), was.found, arrow.found, names)


def _undrawn(before: Undrawn, after: Undrawn) -> Iterator[str]:
    for address, place in after.found.items():
        if address not in before.found:
            yield f"leaves {address} ({place}) on no picture, without an excuse"
    for address in before.found:
        if address not in after.found:
            yield f"leaves {address} undrawn no longer"
    for address, reason in after.excused.items():
        if address not in before.excused:
            yield f"excuses {address} from being drawn: {reason}"
        elif before.excused[address] != reason:
            yield f"excuses {address} with another reason: {reason}"
    for address in before.excused:
        if address not in after.excused and address not in after.found:
            yield f"needs no excuse for {address} any longer"
