"""What of before is what of after: renamed nodes and pictures, redrawn and relabelled arrows."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace

from asbuilt.diff.model import Arrow, Box, Diagram, Verdict

_WAYS: tuple[Callable[[Arrow], Hashable], ...] = (
    lambda arrow: (arrow.source, arrow.target, arrow.label, arrow.claim),
    lambda arrow: (arrow.source, arrow.target, arrow.claim),
    lambda arrow: (arrow.source, arrow.target, arrow.label),
    lambda arrow: (arrow.source, arrow.label, arrow.claim),
    lambda arrow: (arrow.target, arrow.label, arrow.claim),
    lambda arrow: (frozenset((arrow.source, arrow.target)), arrow.label),
)
"""From the closest likeness to the loosest; arrows that share none are different arrows."""


def arrows(
    before: Iterable[Arrow], after: Iterable[Arrow]
) -> tuple[list[tuple[Arrow, Arrow]], list[Arrow], list[Arrow]]:
    """Arrows that are the same in both, those that are gone, and those that are new."""
    pairs: list[tuple[Arrow, Arrow]] = []
    gone, new = list(before), list(after)
    for way in _WAYS:
        for arrow in list(gone):
            match = next((other for other in new if way(other) == way(arrow)), None)
            if match:
                pairs.append((arrow, match))
                gone.remove(arrow)
                new.remove(match)
    return pairs, gone, new


def renamed(before: Diagram, after: Diagram) -> dict[str, str]:
    """Nodes and boxes that stand for something else under the same label: the old name to the new one."""
    old, new = _labels(before), _labels(after)
    gone, come = _by_label(old, new), _by_label(new, old)
    return {
        gone[label][0]: come[label][0]
        for label in gone.keys() & come.keys()
        if len(gone[label]) == len(come[label]) == 1
    }


def _labels(diagram: Diagram) -> dict[str, str]:
    return {node.id: node.label for node in diagram.nodes} | {box.key: box.label for box in diagram.boxes}


def _by_label(labels: Mapping[str, str], others: Mapping[str, str]) -> dict[str, list[str]]:
    """Names by their label, of those that the other picture does not have."""
    found: dict[str, list[str]] = {}
    for name in labels.keys() - others.keys():
        found.setdefault(labels[name], []).append(name)
    return found


def under(names: Mapping[str, str], diagram: Diagram) -> Diagram:
    """The picture with its nodes, and what verdicts stand on, under their new names."""

    def called(address: str) -> str:
        return names.get(address, address)

    def found(verdict: Verdict) -> Verdict:
        return replace(verdict, links={called(key): place for key, place in verdict.links.items()})

    def box(item: Box) -> Box:
        members = {called(key): found(verdict) for key, verdict in item.members.items()}
        return replace(item, key=called(item.key), members=members)

    return replace(
        diagram,
        nodes=tuple(replace(item, id=called(item.id), found=found(item.found)) for item in diagram.nodes),
        boxes=tuple(box(item) for item in diagram.boxes),
        arrows=tuple(
            replace(item, source=called(item.source), target=called(item.target), found=found(item.found))
            for item in diagram.arrows
        ),
    )


def diagrams(
    before: Mapping[str, Diagram], after: Mapping[str, Diagram]
) -> list[tuple[Diagram | None, Diagram | None]]:
    """Pictures of both revisions side by side; a renamed one is told by its title or by its nodes."""
    new = [diagram for name, diagram in after.items() if name not in before]
    pairs: list[tuple[Diagram | None, Diagram | None]] = []
    for name, diagram in before.items():
        match = after.get(name) or next((other for other in new if _alike(diagram, other)), None)
        if match and match in new:
            new.remove(match)
        pairs.append((diagram, match))
    return pairs + [(None, diagram) for diagram in new]


def _alike(one: Diagram, other: Diagram) -> bool:
    if one.name.rpartition("/")[0] != other.name.rpartition("/")[0]:
        return False
    nodes = {node.id for node in one.nodes}
    return one.title == other.title or nodes == {node.id for node in other.nodes}
