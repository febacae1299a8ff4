"""Changes to the kustomizations of an overlay: what is built is no longer what is drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from drills.mutants.mutant import Mutant, Mutants
from drills.mutants.world import Texts, World

_FILE = "kustomization.yaml"
_PATCHED = ("NetworkPolicy", "Service", "ServiceAccount", "Deployment", "KafkaNodePool")
_WIDE: dict[str, dict[str, Any]] = {  # settings of a kustomization that change every object
    "overlay: prefix to every name": {"namePrefix": "blue-"},
    "overlay: suffix to every name": {"nameSuffix": "-blue"},
    "overlay: everything in one namespace": {"namespace": "blue"},
    "overlay: label on every selector": {
        "labels": [{"pairs": {"release": "blue"}, "includeSelectors": True, "includeTemplates": True}]
    },
}


def overlay_mutants(clean: World, kubernetes: Path, overlay: str) -> Mutants:
    """The overlay dropped, broken, or told to build something else; `kubernetes` is the system's folder."""
    paths = [path for path in sorted(kubernetes.rglob("*")) if path.is_file()]
    files = {path.relative_to(kubernetes).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    for family, name, changed in _changes(files, overlay):
        world = replace(clean, manifests=changed, overlay=overlay)
        yield Mutant(family, name, world)


def _changes(files: Texts, overlay: str) -> Iterator[tuple[str, str, Texts]]:
    own, base = f"{overlay}/{_FILE}", f"base/{_FILE}"
    yield "overlay: dropped", own, {name: text for name, text in files.items() if name != own}
    yield "overlay: no longer YAML", own, {**files, own: "resources: [\n"}
    yield "overlay: base dropped", own, _put(files, own, {"resources": []})
    yield "overlay: base misspelt", own, _put(files, own, {"resources": ["../bases"]})
    for entry in _read(files, base)["resources"]:
        others = [one for one in _read(files, base)["resources"] if one != entry]
        yield "base: file left out", entry, _put(files, base, {"resources": others})
        yield "base: file misspelt", entry, _put(files, base, {"resources": [*others, f"x-{entry}"]})
        yield "base: file named twice", entry, _put(files, base, {"resources": [*others, entry, entry]})
    for family, setting in _WIDE.items():
        yield family, own, _put(files, own, setting)
    yield from _patches(files, overlay)


def _patches(files: Texts, overlay: str) -> Iterator[tuple[str, str, Texts]]:
    """Each patch of every other overlay, taken into this one; and a patch that deletes a kind."""
    own = f"{overlay}/{_FILE}"
    for other in sorted(name for name in files if name.endswith(f"/{_FILE}") and name != own):
        for index, patch in enumerate(_read(files, other).get("patches", ())):
            changed = _put(files, own, {"patches": [patch]})
            yield "overlay: patch of another", f"{other}, patch {index}", changed
    for kind in _PATCHED:
        gone = {"target": {"kind": kind}, "patch": f"$patch: delete\nkind: {kind}\nmetadata: {{name: any}}\n"}
        yield "overlay: a kind deleted", kind, _put(files, own, {"patches": [gone]})


def _put(files: Texts, name: str, settings: Mapping[str, Any]) -> Texts:
    return {**files, name: yaml.safe_dump({**_read(files, name), **settings})}


def _read(files: Texts, name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files[name])
    return found
