"""Read Kubernetes manifests, each object with the line it starts on."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import yaml

from asbuilt import files
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure.model import Location, Manifest
from asbuilt.infrastructure.refusals import refused
from asbuilt.infrastructure.shapes import misshapen

_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBERS = {
    "int": r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)",
    "float": r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan",
}


class _Loader(_Safe):  # type: ignore[misc]
    """Reads numbers as kubectl does: `1e3` is one and `10:30`, a time, is none; `=` is a text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {
        first: [one for one in found if one[0].rpartition(":")[2] not in _NUMBERS]
        for first, found in _Safe.yaml_implicit_resolvers.items()
    }


for _tag, _pattern in _NUMBERS.items():
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), [*"-+.0123456789"]
    )
_Loader.add_constructor("tag:yaml.org,2002:value", _Safe.construct_yaml_str)
_ENDINGS = (".json", ".yaml", ".yml")  # of the files that `kubectl apply --filename` takes from a folder
_CLUSTER = {  # kinds without a namespace; their names start with `cluster/`
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "GatewayClass",
    "IngressClass",
    "Namespace",
    "PersistentVolume",
    "PriorityClass",
    "RuntimeClass",
    "StorageClass",
}


def manifests(folder: Path) -> tuple[Manifest, ...]:
    """Every object in the YAML and JSON files below `folder`, in the order of their files.

    Raises UnusableInput, with file and line, where a file is not YAML, a document is no object,
    or two objects have one name.
    """
    if not folder.is_dir():
        raise UnusableInput(f"{folder.as_posix()} is not a folder", "name one with --kubernetes DIR")
    return unique(manifest for path in files.below(folder, *_ENDINGS) for manifest in objects(path))


def unique(found: Iterable[Manifest]) -> tuple[Manifest, ...]:
    """The objects as they come. Raises UnusableInput where two of them have one name."""
    known: dict[str, Manifest] = {}
    for manifest in found:
        if manifest.name in known:
            first, place = known[manifest.name].location, manifest.location
            message = f"{manifest.name} is defined twice (first in {first.file}:{first.line})"
            raise UnusableInput(message, "remove or rename one", place.file, place.line)
        known[manifest.name] = manifest
    return tuple(known.values())


def objects(path: Path) -> Iterator[Manifest]:
    """The objects of one YAML file. Raises UnusableInput as `manifests` does."""
    for body, line in documents(path.read_bytes(), path):
        yield from _named(body, path, line)


def documents(content: bytes, path: Path) -> Iterator[tuple[Any, int]]:
    """The documents of a YAML text that hold anything, each with its line; `path` is named in errors."""
    loader = _Loader(content)
    try:
        while loader.check_node():
            node = loader.get_node()
            line = node.start_mark.line + 1
            _refuse_twice(node, path)
            body = loader.construct_document(node)
            if body is not None:
                yield body, line
    except (yaml.YAMLError, ValueError) as error:  # a ValueError is a date that is none, as 2026-13-01
        mark = getattr(error, "problem_mark", None)
        message = f"this is not YAML: {getattr(error, 'problem', None) or error}"
        line = mark.line + 1 if mark else 0
        raise UnusableInput(message, "correct the file", path.as_posix(), line) from None
    finally:
        loader.dispose()


def _refuse_twice(document: yaml.Node, path: Path) -> None:
    """Two keys of one name in a mapping: which one counts depends on who reads it (YAML 1.2.2, 3.2.1.3)."""
    waiting, seen = [document], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
            continue
        keys = set[str]()
        for key, value in node.value:
            waiting.append(value)
            if isinstance(key, yaml.ScalarNode) and key.value in keys:
                place = path.as_posix(), key.start_mark.line + 1
                raise UnusableInput(f"the key {key.value} is written twice", "keep one of them", *place)
            keys.add(key.value if isinstance(key, yaml.ScalarNode) else "")


def _named(body: Any, path: Path, line: int) -> Iterator[Manifest]:
    place = Location(path.as_posix(), line)
    if not isinstance(body, dict) or not isinstance(body.get("kind"), str):
        shape = "a list" if isinstance(body, list) else "no object with a kind"
        raise UnusableInput(f"this document is {shape}", "a manifest is a mapping", place.file, line)
    if body["kind"] == "List" or (body["kind"].endswith("List") and isinstance(body.get("items"), list)):
        items = body.get("items") or []
        if not isinstance(items, list):
            raise UnusableInput("items is no list", "list the objects", place.file, line)
        for item in items:
            yield from _named(item, path, line)
    elif body["kind"] != "Kustomization" and not _is_component(body):
        yield named(body, place)


def _is_component(body: dict[str, Any]) -> bool:
    """Whether this is a part of a kustomization, which creates nothing by itself."""
    return body["kind"] == "Component" and str(body.get("apiVersion")).startswith("kustomize.config.k8s.io/")


def named(body: dict[str, Any], place: Location) -> Manifest:
    """One object by its name. Raises UnusableInput where it has none, or where Kubernetes would refuse it."""
    metadata = body.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(metadata, dict) or not isinstance(name, str):
        raise UnusableInput("this object has no name", "give it metadata.name", place.file, place.line)
    if wrong := misshapen(body) or refused(body):
        raise UnusableInput(wrong, "Kubernetes would refuse it: correct it", place.file, place.line)
    kind = body["kind"]
    namespace = "cluster" if kind in _CLUSTER else metadata.get("namespace") or "default"
    return Manifest(f"{namespace}/{kind}/{name}", body, place)
