"""What exists and is not drawn."""

from collections.abc import Iterable, Mapping

from asbuilt.drawing import Drawing
from asbuilt.infrastructure import Infrastructure, block_of
from asbuilt.prove.belongs import owners
from asbuilt.prove.nodes import EXTERNAL
from asbuilt.prove.verdicts import Evidence, Undrawn


def undrawn(
    infrastructure: Infrastructure, drawings: Iterable[Drawing], excuses: Mapping[str, str]
) -> tuple[tuple[Undrawn, ...], tuple[Undrawn, ...]]:
    """What no drawing shows: the findings, and what is excused with a reason.

    Something is shown when a node or a box is bound to it, or when it belongs to something shown
    or excused (see `belongs`). Instances of one block are one entry.
    """
    shown = {item.id for drawing in drawings for items in (drawing.nodes, drawing.boxes) for item in items}
    shown |= _meant(infrastructure, shown)
    belongs = owners(infrastructure)
    everything = [(r.address, Evidence.of(r)) for r in infrastructure.of_type(*infrastructure.by_type)]
    everything += [(m.name, Evidence.of(m)) for m in infrastructure.manifests]
    excused = {name: reason for name, _ in everything if (reason := _excuse(name, excuses))}
    covered = _covered(everything, shown, excused, belongs)
    findings = {block_of(name): place for name, place in everything if name not in covered}
    forgiven = {block_of(name): (excused[name], place) for name, place in everything if name in excused}
    return (
        tuple(Undrawn(name, "resource", "", place) for name, place in findings.items()),
        tuple(Undrawn(name, "resource", reason, place) for name, (reason, place) in forgiven.items()),
    )


def _meant(infrastructure: Infrastructure, shown: Iterable[str]) -> set[str]:
    """What misspelt names mean, so that one mistake is one finding."""
    unknown = (name for name in shown if not name.startswith(EXTERNAL) and not infrastructure.find(name))
    return {infrastructure.nearest(name) for name in unknown if name}


def _covered(
    everything: Iterable[tuple[str, Evidence]],
    shown: set[str],
    excused: Mapping[str, str],
    belongs: Mapping[str, set[str]],
) -> set[str]:
    """Names that are shown, excused, or belong, over any number of steps, to one that is."""
    covered = {name for name, _ in everything if name in shown or block_of(name) in shown or name in excused}
    waiting = {name: owner for name, owner in belongs.items() if name not in covered}
    while reached := {name for name, owner in waiting.items() if owner & covered}:
        covered |= reached
        waiting = {name: owner for name, owner in waiting.items() if name not in reached}
    return covered


def _excuse(name: str, excuses: Mapping[str, str]) -> str:
    """The reason given for a name, by itself or by its block."""
    return excuses.get(name) or excuses.get(block_of(name), "")
