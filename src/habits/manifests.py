"""`python -m habits.manifests FILES`: are the manifests of these files valid, strictly, and sound?

A changed file is judged in every overlay of its system, as it would be applied. Objects of Kubernetes' own
kinds are held to Kubernetes' schemas of the version that the system's namespaces name, closed to unknown
fields; custom resources to `custom_resources.yaml`; all of them to Checkov.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate  # type: ignore[import-untyped]
import yaml

from asbuilt.infrastructure import Manifest, kustomize, manifests
from habits import checkov
from habits.report import report

_VERSION = "pod-security.kubernetes.io/enforce-version"
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def findings(files: Iterable[str]) -> Iterator[str]:
    """Each fault of an object as `file:line: object: fault`, then Checkov's of everything that is applied."""
    built = [_objects(folder) for folder in sorted({*_folders(files)})]
    yield from dict.fromkeys(_invalid(built))
    yield from _unsound(built)


def faults(body: Mapping[str, Any], version: str) -> list[str]:
    """What an object's schema refuses; `version` is that of Kubernetes, as `1.35`."""
    known = schemas().get(f"{body.get('apiVersion')} {body['kind']}")
    if known:
        return [one.message for one in jsonschema.Draft7Validator(known).iter_errors(body.get("spec"))]
    try:
        kubernetes_validate.validate(body, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [error.message]
    except (kubernetes_validate.SchemaNotFoundError, KeyError):
        return [f"nobody serves {body.get('apiVersion')} {body['kind']}"]
    return []


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each custom resource's spec, by version and kind."""
    text = Path(__file__).with_name("custom_resources.yaml").read_text(encoding="utf-8")
    return {key: _schema(said) for key, said in yaml.safe_load(text).items()}


def _schema(said: Any) -> dict[str, Any]:
    """The JSON schema of a reduced one, closed to unknown fields."""
    if isinstance(said, dict):
        return {
            "type": "object",
            "properties": {key.rstrip("!"): _schema(value) for key, value in said.items()},
            "required": [key.rstrip("!") for key in said if key.endswith("!")],
            "additionalProperties": False,
        }
    if isinstance(said, list):
        return {"type": "array", "items": _schema(said[0])}
    if said == "any":
        return {}
    return {"type": said} if said in {"string", "integer", "boolean"} else {"enum": said.split("|")}


def _folders(files: Iterable[str]) -> Iterator[Path]:
    """What is applied of the systems that the files belong to: overlays, or a folder that has none."""
    for file in map(Path, files):
        system = Path(*file.parts[:2]) if len(file.parts) > 2 else file.parent
        overlays = [path for path in system.glob("*") if path.name != "base" and kustomize.is_overlay(path)]
        yield from overlays or [system]


def _objects(folder: Path) -> tuple[Manifest, ...]:
    return kustomize.build(folder) if kustomize.is_overlay(folder) else manifests(folder)


def _version(objects: Iterable[Manifest]) -> str:
    """The version of Kubernetes that a namespace's pod security names, or the newest that is known."""
    named = (str(one.body["metadata"].get("labels", {}).get(_VERSION, "")) for one in objects)
    found = (match[1] for name in named if (match := re.fullmatch(r"v(\d+\.\d+)", name)))
    return next(found, ".".join(kubernetes_validate.latest_version().split(".")[:2]))


def _invalid(built: Iterable[tuple[Manifest, ...]]) -> Iterator[str]:
    """What the schemas refuse, with the place; an object that two overlays share is judged once."""
    judged = set()
    for objects in built:
        version = _version(objects)
        for one in objects:
            text = json.dumps([version, one.body], default=str)
            if text not in judged:
                judged.add(text)
                place = f"{one.location.file}:{one.location.line}: {one.name}"
                yield from (f"{place}: {fault}" for fault in faults(one.body, version))


def _unsound(built: Iterable[Iterable[Manifest]]) -> Iterator[str]:
    """Checkov's findings, each once and without the place: that is one in a file that is gone by then."""
    with tempfile.TemporaryDirectory() as folder:
        files = [_write(Path(folder, f"{number}.yaml"), objects) for number, objects in enumerate(built)]
        found = (finding.partition(": ")[2] for finding in checkov.findings("kubernetes", files))
        yield from dict.fromkeys(found)


def _write(path: Path, objects: Iterable[Manifest]) -> str:
    text = yaml.dump_all([one.body for one in objects], Dumper=_DUMPER, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    return path.as_posix()


if __name__ == "__main__":
    sys.exit(report(findings(sys.argv[1:])))
