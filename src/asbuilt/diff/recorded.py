"""The evidence in a folder, as plain data to compare."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asbuilt import evidence
from asbuilt.diff.declared import declared
from asbuilt.diff.model import Diagram, Snapshot, Undrawn
from asbuilt.errors import UnusableInput

_AGAIN = "prove again at that revision: make prove"


def snapshot(name: str, root: Path, recorded: Path) -> Snapshot:
    """Everything that the evidence in `recorded`, below `root`, tells; `name` is how a reader calls it.

    Raises UnusableInput where there is none, or where one of its files is damaged.
    """
    diagrams: dict[str, Diagram] = {}
    undrawn: dict[str, Undrawn] = {}
    inputs: set[str] = set()
    stale: dict[str, tuple[str, ...]] = {}
    read: dict[bool, set[str]] = {True: set(), False: set()}
    for path in sorted((root / recorded).rglob("*.json")):
        key = path.relative_to(root / recorded).with_suffix("").as_posix()
        place = f"{recorded.as_posix()}/{key}.json"
        try:
            body = _body(path)
            read[bool(body)].add(place)
            if not body:
                continue
            inputs |= body["inputs"].keys()
            if path.stem == evidence.UNDRAWN:
                undrawn[key.rpartition("/")[0]] = Undrawn.of(body)
            else:
                diagrams[key], stale[key] = Diagram.of(key, body), tuple(evidence.stale(body, root))
        except (UnusableInput, AttributeError, KeyError, TypeError):
            raise UnusableInput(f"this evidence cannot be read at {name}", _AGAIN, place) from None
    if not diagrams:
        message = f"there is no evidence in {recorded.as_posix()} at {name}"
        raise UnusableInput(message, "compare with a revision that was proven, or name --evidence DIR")
    found = frozenset(read[True]), frozenset(read[False])
    return Snapshot(name, root, diagrams, undrawn, declared(root, inputs), stale, *found)


def same_files(before: Snapshot, after: Snapshot) -> None:
    """Whether what is evidence in one is so in the other; a damaged header must not pass for a removal.

    Raises UnusableInput where a file is evidence in one, and something else in the other.
    """
    for one, other in ((before, after), (after, before)):
        if damaged := sorted(one.others & other.evidence):
            raise UnusableInput(f"this evidence cannot be read at {one.name}", _AGAIN, damaged[0])


def _body(path: Path) -> Mapping[str, Any]:
    """One evidence file; nothing where something else was measured and written there."""
    return {} if evidence.is_measured(path) else evidence.load(path)
