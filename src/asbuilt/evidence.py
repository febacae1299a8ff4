"""Evidence files: what a proof found, and the hashes of what it stood on. Committed, like a lock file."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import files, report
from asbuilt.errors import UnusableInput
from asbuilt.prove.verdicts import FINDINGS, DiagramProof, Proof

UNDRAWN = "undrawn"
"""The evidence file, beside those of the diagrams, that lists what no diagram shows."""
CREATING = (".tf", ".tfvars", ".yaml", ".yml")
"""Endings of the files that say what is created."""
_SCHEMA = 1
_AGAIN = "prove again: make prove"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a proof stood on: `plan` or `state` of which Terraform, and the files behind it."""

    documents: tuple[Mapping[str, str], ...]
    inputs: tuple[Path, ...]


def record(proof: Proof, basis: Basis, folder: Path) -> list[Path]:
    """Write one file a diagram and one for what is undrawn; files of diagrams that are gone go too.

    Returns the files that changed. Inputs are hashed as they are now.
    """
    shared = fingerprints(basis.inputs)
    documents = {diagram.name: _of_diagram(diagram, basis, shared) for diagram in proof.diagrams}
    if UNDRAWN in documents:
        raise UnusableInput(f"a diagram cannot be named {UNDRAWN}", "rename the script")
    documents[UNDRAWN] = _header(basis, shared) | report.undrawn(proof)
    texts = {folder / f"{name}.json": _text(body) for name, body in documents.items()}
    changed = [
        path for path, text in texts.items() if not path.is_file() or path.read_bytes() != text.encode()
    ]
    gone = [path for path in folder.rglob("*.json") if path not in texts and is_evidence(path)]
    for path in changed:
        files.write(path, texts[path])
    for path in gone:
        path.unlink()
    return sorted(changed + gone)


def load(path: Path) -> dict[str, Any]:
    """One evidence file. Raises UnusableInput where it is absent or was written by another engine."""
    try:
        body = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UnusableInput("there is no evidence for this diagram", _AGAIN, path.as_posix()) from None
    except (OSError, ValueError):
        raise UnusableInput("this evidence cannot be read", _AGAIN, path.as_posix()) from None
    if not isinstance(body, dict) or body.get("schema") != _SCHEMA:
        raise UnusableInput("this evidence was written by another version", _AGAIN, path.as_posix())
    return body


def stale(body: Mapping[str, Any], root: Path = Path()) -> list[str]:
    """The inputs that are no longer what the proof stood on."""
    recorded: Mapping[str, str] = body["inputs"]
    return [name for name, digest in recorded.items() if _fingerprint(root / name) != digest]


def findings(body: Mapping[str, Any]) -> list[str]:
    """A line for each thing in an evidence file that is missing, unbound, refuted, unknown or undrawn."""
    lines = [
        f"{node['id']} is {node['verdict']}" for node in body.get("nodes", []) if node["verdict"] in FINDINGS
    ]
    for box in body.get("boxes", []):
        for member in box["members"]:
            if member["verdict"] in FINDINGS:
                lines.append(f"{member['node']} in {box['id']} is {member['verdict']}: {member['reason']}")
    for arrow in body.get("arrows", []):
        if arrow["verdict"] in FINDINGS:
            ends = f"{arrow['source']} → {arrow['target']} ({arrow['claim']})"
            lines.append(f"{ends} is {arrow['verdict']}: {arrow['reason']}")
    return lines + [_undrawn(item) for item in body.get("undrawn", [])]


def _undrawn(item: Mapping[str, str]) -> str:
    says = "selects nothing" if item.get("kind") == "selector" else "is not drawn"
    return f"{item['address']} {says}"


def fingerprints(paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of each file, by its path as written; a folder's is that of the names of the files in it."""
    return {path.as_posix(): _fingerprint(path) for path in sorted(set(paths))}


def _fingerprint(path: Path) -> str:
    try:
        content = _names(path) if path.is_dir() else path.read_bytes()
    except OSError:
        return "absent"
    return hashlib.sha256(content).hexdigest()


def _names(folder: Path) -> bytes:
    """Another file in a folder of Terraform or of manifests changes what is created."""
    return "\n".join(path.relative_to(folder).as_posix() for path in files.below(folder, *CREATING)).encode()


def _of_diagram(diagram: DiagramProof, basis: Basis, shared: dict[str, str]) -> dict[str, Any]:
    inputs = fingerprints([Path(diagram.script)]) | shared
    return _header(basis, inputs) | {"title": diagram.title} | report.diagram(diagram)


def _header(basis: Basis, inputs: Mapping[str, str]) -> dict[str, Any]:
    return {"schema": _SCHEMA, "basis": list(basis.documents), "inputs": dict(sorted(inputs.items()))}


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def is_evidence(path: Path) -> bool:
    """Whether a JSON file is this module's, and not one that something else measured."""
    try:
        return bool({"schema", "basis", "inputs"} <= json.loads(path.read_bytes()).keys())
    except (OSError, ValueError, AttributeError):
        return False
