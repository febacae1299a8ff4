"""What a Kustomize overlay builds, each object with the line of the file that it comes from.

`kubectl kustomize` builds it, offline: what is proven is what `kubectl apply -k` would send. Asked for
`buildMetadata: [originAnnotations]`, it tells of each object which file brought it (Kubernetes SIG CLI,
"Kustomize: buildMetadata").
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure.manifests import documents, named, objects, unique
from asbuilt.infrastructure.model import Location, Manifest

_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_ORIGIN = "config.kubernetes.io/origin"
_GENERATORS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Root:
    """A folder with a kustomization, and what that says."""

    folder: Path
    file: Path
    body: Mapping[str, Any]

    def entries(self, *keys: str) -> list[str]:
        """What the kustomization lists under some keys."""
        return [str(entry) for key in keys for entry in self.body.get(key) or ()]

    def path(self, entry: str) -> Path:
        """An entry as a path, written as the reader would type it."""
        return Path(os.path.normpath(self.folder / entry))


def is_overlay(folder: Path) -> bool:
    """Whether a folder has a kustomization."""
    return any((folder / name).is_file() for name in _NAMES)


def build(folder: Path) -> tuple[Manifest, ...]:
    """The objects that the overlay in `folder` builds, in the order they are built.

    Raises UnusableInput, with file and line, where a file it names cannot be read, where it does not
    build, and where neither kubectl nor kustomize is there.
    """
    roots = list(_roots(folder))
    written = {path.resolve(): tuple(objects(path)) for root in roots for path in _files(root)}
    for root in roots:
        unique(item for path in _files(root) for item in written[path.resolve()])
    with tempfile.TemporaryDirectory() as name:
        around = Path(name).resolve()
        wrapped = {
            "resources": [os.path.relpath(folder.resolve(), around)],
            "buildMetadata": ["originAnnotations"],
        }
        (around / _NAMES[0]).write_text(yaml.safe_dump(wrapped), encoding="utf-8")
        built = list(documents(_run(around, roots), roots[0].file))
    return unique(_placed(body, around, roots, written) for body, _ in built)


def sources(folder: Path) -> tuple[Path, ...]:
    """Every folder that an overlay is built from, and every file that a kustomization names."""
    roots = list(_roots(folder))
    paths = [
        path
        for root in roots
        for text in _texts(root.body)
        if (path := root.path(text.rpartition("=")[2])).is_file()
    ]
    return tuple(dict.fromkeys([*(path for root in roots for path in (root.folder, root.file)), *paths]))


def _roots(folder: Path) -> Iterator[_Root]:
    """The folder's own kustomization and all that it stands on, each once."""
    waiting, seen = [folder], set[Path]()
    while waiting:
        here = waiting.pop(0)
        if here.resolve() in seen:
            continue
        seen.add(here.resolve())
        root = _root(here)
        yield root
        for entry in root.entries("resources", "bases", "components"):
            path = root.path(entry)
            if not path.exists():
                hint = "what is proven is built from files that are here: correct the name"
                raise UnusableInput(
                    f"{entry} is not there", hint, root.file.as_posix(), _line(root.file, [entry])
                )
            if path.is_dir():
                waiting.append(path)


def _root(folder: Path) -> _Root:
    file = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
    if file is None:
        raise UnusableInput(f"{folder.as_posix()} has no kustomization.yaml", "add one, or name its files")
    found = [body for body, _ in documents(file.read_bytes(), file)]
    if len(found) != 1 or not isinstance(found[0], dict):
        raise UnusableInput("this is no kustomization", "it is one mapping", file.as_posix(), 1)
    for key in ("resources", "bases", "components"):
        if not isinstance(found[0].get(key) or [], list):
            line = _line(file, [f"{key}:"])
            raise UnusableInput(f"{key} is no list", "list files and folders", file.as_posix(), line)
    return _Root(folder, file, found[0])


def _files(root: _Root) -> list[Path]:
    paths = (root.path(entry) for entry in root.entries("resources"))
    return [path for path in paths if path.is_file()]


def _texts(body: Any) -> Iterator[str]:
    if isinstance(body, str) and "\n" not in body:
        yield body
    parts: Iterable[Any] = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    for part in parts:
        yield from _texts(part)


def _run(around: Path, roots: list[_Root]) -> bytes:
    place = roots[0].file.as_posix()
    programs = {"kubectl": "kustomize", "kustomize": "build"}
    program = next((name for name in programs if shutil.which(name)), None)
    if program is None:
        hint = "install kubectl or kustomize, or name a folder without a kustomization"
        raise UnusableInput("kubectl, which builds this, is not installed", hint, place)
    try:
        command = [program, programs[program], str(around)]
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        hint = "does it ask for something that is not here?"
        raise UnusableInput(f"{program} did not build this in {_SECONDS} s", hint, place) from None
    if done.returncode:
        raise _failure(done.stderr.decode(errors="replace"), roots, program)
    return done.stdout


def _failure(said: str, roots: list[_Root], program: str) -> UnusableInput:
    """What the program said of the innermost kustomization, at the line that it seems to speak of."""
    said = said.strip().rpartition('err="')[2].removeprefix("Error: ").removeprefix("error: ").rstrip('"')
    inner = [root for root in roots if f"'{root.folder.resolve()}'" in said]
    root = max(inner, key=lambda one: said.rfind(f"'{one.folder.resolve()}'"), default=roots[0])
    message = said.rpartition(f"'{root.folder.resolve()}': ")[2].replace(f"{Path.cwd().resolve()}/", "")
    words = sorted(re.findall(r"[\w./-]{3,}", message), key=len, reverse=True)
    hint = f"see: {program} {'kustomize' if program == 'kubectl' else 'build'} {root.folder.as_posix()}"
    return UnusableInput(
        f"this does not build: {message}", hint, root.file.as_posix(), _line(root.file, words)
    )


def _line(file: Path, words: Iterable[str]) -> int:
    """The first line that holds the first of the words that is there; none is 0."""
    lines = file.read_text(encoding="utf-8").splitlines()
    numbers = (number for word in words for number, line in enumerate(lines, 1) if word in line)
    return next(numbers, 0)


def _placed(
    body: dict[str, Any], around: Path, roots: list[_Root], written: Mapping[Path, tuple[Manifest, ...]]
) -> Manifest:
    """A built object at the line where its source begins, or where what generates it is written."""
    metadata = body["metadata"]
    origin = yaml.safe_load(metadata.get("annotations", {}).pop(_ORIGIN, "")) or {}
    if not metadata.get("annotations", True):
        del metadata["annotations"]
    file = (around / str(origin.get("path") or origin.get("configuredIn") or "")).resolve()
    if place := _source(body, written.get(file, ())):
        return named(body, place)
    root = next((one for one in roots if one.file.resolve() == file), roots[0])
    wanted = _GENERATORS.get(str(body.get("kind")), "resources")
    return named(body, Location(root.file.as_posix(), _line(root.file, [f"{wanted}:"]) or 1))


def _source(body: Mapping[str, Any], candidates: Iterable[Manifest]) -> Location | None:
    """Where an object is written: the same kind and name, else the longest name that a prefix was put to."""
    name = str(body["metadata"].get("name"))
    same = [one for one in candidates if one.kind == body.get("kind")]
    here = [one for one in same if one.namespace == (body["metadata"].get("namespace") or "default")]
    same = here if any(one.name.rpartition("/")[2] in name for one in here) else same
    known = {one.name.rpartition("/")[2]: one.location for one in same}
    fitting = [own for own in known if own in name]
    return known[max(fitting, key=len)] if fitting else None
