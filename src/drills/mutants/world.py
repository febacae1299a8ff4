"""What a proof is made from, held in memory so that it can be changed and judged many times."""

import copy
import functools
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from asbuilt import inputs
from asbuilt.capture import capture
from asbuilt.drawing import Drawing
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import Infrastructure, Manifest, kustomize, load, manifests
from asbuilt.infrastructure.manifests import unique
from asbuilt.prove import Proof
from asbuilt.prove.proof import prove
from asbuilt.report import problems
from asbuilt.scripts import scripts

Document = Mapping[str, Any]
Texts = Mapping[str, str]
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_NOTHING: Document = {"values": {"root_module": {"resources": []}}}  # the state of no Terraform at all


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Documents of `terraform show -json`; manifests and scripts as texts by file name; excuses.

    Where `overlay` is told, the manifests are the files that are still to be built, and it names the folder
    among them that is (see `built`).
    """

    documents: tuple[Document, ...]
    manifests: Texts
    scripts: Texts
    excuses: Mapping[str, str]
    read: "Read"
    overlay: str = ""

    def resources(self) -> list[dict[str, Any]]:
        """The resources of the last document, which is the state."""
        return list(self.documents[-1]["values"]["root_module"]["resources"])


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What the unchanged manifests and scripts hold, so that they are read once."""

    manifests: tuple[Manifest, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    texts: tuple[Texts, Texts] = field(default=({}, {}))


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What the proof says of a world: the findings, or why nothing could be read at all."""

    findings: tuple[str, ...]
    proof: Proof | None
    infrastructure: Infrastructure | None
    drawings: tuple[Drawing, ...]


def world(plans: Iterable[Path], kubernetes: Path, diagrams: Path, excuses: Mapping[str, str]) -> World:
    """Read a system's files as they are."""
    texts = _texts(kubernetes, "*.yaml"), _texts(diagrams, "*.py")
    start = World(tuple(map(load, plans)), *texts, excuses, Read())
    return replace(start, read=Read(_manifests(texts[0]), _drawings(texts[1]), texts))


def built(start: World) -> World:
    """The world with what its overlay builds, an object a file. Raises UnusableInput where it cannot."""
    if not start.overlay:
        return start
    with _written(start.manifests) as folder:
        place = folder / start.overlay
        found = kustomize.build(place) if kustomize.is_overlay(place) else manifests(place)
    dumped = {f"{one.name}.yaml": yaml.dump(one.body, Dumper=_DUMPER, sort_keys=False) for one in found}
    return replace(start, manifests=dumped, overlay="")


def cluster(kubernetes: Path, overlay: str, diagrams: Path, excuses: Mapping[str, str]) -> World:
    """A system of manifests alone, in a cluster that no file creates: what one of its overlays builds."""
    raw = World((_NOTHING,), _texts(kubernetes, "*.yaml"), _texts(diagrams, "*.py"), excuses, Read(), overlay)
    start = built(raw)
    read = Read(_manifests(start.manifests), _drawings(start.scripts), (start.manifests, start.scripts))
    return replace(start, read=read)


def judge(changed: World) -> Judged:
    """Prove a world as the command would."""
    read = changed.read
    try:
        objects = read.manifests if changed.manifests is read.texts[0] else _manifests(changed.manifests)
        drawings = read.drawings if changed.scripts is read.texts[1] else _drawings(changed.scripts)
    except UnusableInput as error:
        return Judged((str(error),), None, None, ())
    infrastructure = Infrastructure(tuple(inputs.merged(changed.documents, {})), objects)
    proof = prove(infrastructure, drawings, changed.excuses)
    return Judged(tuple(text for _, _, text in problems(proof)), proof, infrastructure, drawings)


def edit(start: World, address: str, change: Callable[[dict[str, Any]], None]) -> World:
    """Change the values of one resource, in the plan and in the state."""

    def changed(item: dict[str, Any]) -> dict[str, Any]:
        if item["address"] != address:
            return item
        item = item | {"values": copy.deepcopy(item.get("values", {}))}
        change(item["values"])
        return item

    return _mapped(start, lambda items: [changed(item) for item in items])


def remove(start: World, address: str) -> World:
    """Leave one resource out of the plan and the state."""
    return _mapped(start, lambda items: [item for item in items if item["address"] != address])


def add(start: World, type_: str, name: str, values: Mapping[str, Any]) -> World:
    """Put one more resource into the plan and the state, excused so that it is not caught for being there."""
    address = f"{type_}.{name}"
    item = {"address": address, "mode": "managed", "type": type_, "name": name, "values": values}
    excused = replace(start, excuses={**start.excuses, address: "The mutant's own"})
    return _mapped(excused, lambda items: [*items, item])


def _mapped(start: World, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> World:
    return replace(start, documents=tuple(_document(document, change) for document in start.documents))


def _document(document: Document, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Document:
    key = "planned_values" if "planned_values" in document else "values"
    root = document[key]["root_module"]
    items = {"resources": change(root["resources"])}
    return {**document, key: {**document[key], "root_module": {**root, **items}}}


def _texts(folder: Path, pattern: str) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob(pattern))}


def _manifests(texts: Texts) -> tuple[Manifest, ...]:
    return unique(one for item in texts.items() for one in _objects(*item))


@functools.cache
def _objects(file: str, text: str) -> tuple[Manifest, ...]:
    with _written({file: text}) as folder:
        return manifests(folder)


def _drawings(texts: Texts) -> tuple[Drawing, ...]:
    with _written(texts) as folder:
        return tuple(capture(script, folder) for script in scripts(folder))


@contextmanager
def _written(texts: Texts) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        for file, text in texts.items():
            path = Path(name, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        yield Path(name)
