"""Evidence files: what a proof found, and the hashes of what it stood on. Committed, like a lock file.

Each is sealed by a hash of itself: what is changed by hand, or by joining two branches, is no evidence.
Anybody can make another seal; only proving again shows that the proof gives this very file.
"""

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import data, files, report
from asbuilt.errors import UnusableInput
from asbuilt.prove.verdicts import FINDINGS, DiagramProof, Proof

UNDRAWN = "undrawn"
"""The evidence file, beside those of the diagrams, that lists what no diagram shows."""
CREATING = (".tf", ".tfvars", ".yaml", ".yml")
"""Endings of the files that say what is created."""
_SCHEMA = 2
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
    texts = {folder / f"{name}.json": _text(body | {"seal": _seal(body)}) for name, body in documents.items()}
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
        body = _parsed(path.read_bytes())
    except FileNotFoundError:
        raise UnusableInput("there is no evidence for this diagram", _AGAIN, path.as_posix()) from None
    except (OSError, ValueError, RecursionError):
        raise UnusableInput("this evidence cannot be read", _AGAIN, path.as_posix()) from None
    if not isinstance(body, dict) or body.get("schema") != _SCHEMA:
        raise UnusableInput("this evidence was written by another version", _AGAIN, path.as_posix())
    if not body.get("seal"):
        raise UnusableInput("this evidence was changed after it was recorded", _AGAIN, path.as_posix())
    return body


@functools.lru_cache(maxsize=64)
def _parsed(content: bytes) -> Any:
    """Read once for all pages; whoever asks gets the same body, and changes nothing in it.

    Where the seal is not that of the body, it is taken off.
    """
    body = json.loads(content)
    if isinstance(body, dict) and body.get("seal") != _seal(body):
        body["seal"] = ""
    return body


def _seal(body: Mapping[str, Any]) -> str:
    """SHA-256 of a body without its seal, however it is written down."""
    open_ = {key: value for key, value in body.items() if key != "seal"}
    return hashlib.sha256(json.dumps(open_, sort_keys=True).encode()).hexdigest()


def stale(body: Mapping[str, Any], root: Path = Path()) -> list[str]:
    """The inputs that are no longer what the proof stood on."""
    recorded: Mapping[str, str] = body["inputs"]
    return [name for name, digest in recorded.items() if _fingerprint(root / name) != digest]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A finding in an evidence file: which kind of thing it is about, by which names, and where it stands.

    `subject` names a node, a box, or an arrow (tail, head and label); `places` are what it stands on.
    """

    rule: str
    subject: tuple[str, ...]
    text: str
    places: tuple[Mapping[str, Any], ...] = ()


def findings(body: Mapping[str, Any]) -> list[Recorded]:
    """Each thing in an evidence file that is missing, unbound, refuted, unknown or undrawn."""
    found = [
        _recorded("node", (node["id"],), node, f"{node['id']} is {node['verdict']}")
        for node in body.get("nodes", [])
    ]
    for box in body.get("boxes", []):
        for member in box["members"]:
            text = f"{member['node']} in {box['id']} is {member['verdict']}: {member.get('reason', '')}"
            found.append(_recorded("box", (box["id"] or box["label"],), member, text))
    for arrow in body.get("arrows", []):
        ends = f"{arrow['source']} → {arrow['target']} ({arrow['claim']})"
        subject = arrow["source"], arrow["target"], arrow.get("label", "")
        found.append(
            _recorded("arrow", subject, arrow, f"{ends} is {arrow['verdict']}: {arrow.get('reason', '')}")
        )
    wrong = [item for verdict, item in found if verdict in FINDINGS]
    return wrong + [Recorded("undrawn", (), _undrawn(item), (item,)) for item in body.get("undrawn", [])]


def _recorded(
    rule: str, subject: tuple[str, ...], entry: Mapping[str, Any], text: str
) -> tuple[str, Recorded]:
    return entry["verdict"], Recorded(rule, subject, text, tuple(entry.get("evidence", ())))


def _undrawn(item: Mapping[str, str]) -> str:
    says = "selects nothing" if item.get("kind") == "selector" else "is not drawn"
    return f"{item['address']} {says}"


def fingerprints(paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of each file, by its path as written; a folder's is that of the names of the files in it."""
    return {path.as_posix(): _fingerprint(path) for path in sorted(set(paths))}


def _fingerprint(path: Path) -> str:
    try:
        content = path.read_bytes()
    except IsADirectoryError:
        content = _names(path)
    except OSError:
        return "absent"
    return hashlib.sha256(content).hexdigest()


def _names(folder: Path) -> bytes:
    """Another file in a folder of Terraform or of manifests changes what is created."""
    start = f"{folder.as_posix()}/"
    return "\n".join(name.removeprefix(start) for name in files.names(folder, *CREATING)).encode()


def _of_diagram(diagram: DiagramProof, basis: Basis, shared: dict[str, str]) -> dict[str, Any]:
    inputs = fingerprints([Path(diagram.script)]) | shared
    return _header(basis, inputs) | {"title": diagram.title} | report.diagram(diagram)


def _header(basis: Basis, inputs: Mapping[str, str]) -> dict[str, Any]:
    return {"schema": _SCHEMA, "basis": list(basis.documents), "inputs": dict(sorted(inputs.items()))}


def _text(body: Mapping[str, Any]) -> str:
    return data.as_json(body, indent=1)


def is_evidence(path: Path) -> bool:
    """Whether a JSON file is this module's, and not one that something else measured."""
    try:
        return bool({"schema", "basis", "inputs"} <= json.loads(path.read_bytes()).keys())
    except (OSError, ValueError, AttributeError, RecursionError):
        return False


def is_measured(path: Path) -> bool:
    """Whether a JSON file beside evidence is something else's: a mapping without any part of a header.

    What carries a part of one is evidence too, though a damaged one; and what is no JSON may have been.
    """
    try:
        return not {"schema", "basis"} & json.loads(path.read_bytes()).keys()
    except (OSError, ValueError, AttributeError, RecursionError):
        return False
