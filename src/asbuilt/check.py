"""Does the recorded evidence still fit, and is nothing in it wrong? Fast, offline, no Terraform."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from asbuilt import evidence
from asbuilt.scripts import scripts
from asbuilt.settings import Settings


def check(diagrams: Path, recorded: Path, settings: Settings) -> list[str]:
    """A line for everything that is wrong with the evidence in `recorded`; nothing where all is well.

    Raises UnusableInput where there is no diagram, or an evidence file that cannot be read.
    """
    names = {path.relative_to(diagrams).with_suffix("").as_posix() for path in scripts(diagrams)}
    found = {path.relative_to(recorded).with_suffix("").as_posix(): path for path in recorded.rglob("*.json")}
    ours = {name: path for name, path in found.items() if name in names or evidence.is_evidence(path)}
    missing = [f"{name}: there is no evidence for this diagram" for name in sorted(names - ours.keys())]
    if not any(_is_undrawn(name) for name in ours):
        missing.append(f"{evidence.UNDRAWN}: there is no evidence of what is not drawn")
    return missing + [
        f"{name}: {problem}"
        for name, path in sorted(ours.items())
        for problem in _problems(name, evidence.load(path), names, settings)
    ]


def _is_undrawn(name: str) -> bool:
    return Path(name).name == evidence.UNDRAWN


def _problems(name: str, body: Mapping[str, Any], names: set[str], settings: Settings) -> Iterator[str]:
    if not _is_undrawn(name) and name not in names:
        yield "this evidence has no diagram"
    if changed := evidence.stale(body):
        yield f"the evidence is stale: {', '.join(changed)} changed since it was recorded"
    for item in body.get("excused", []):
        if item["reason"] not in settings.undrawn.values():
            yield f"the evidence is stale: {item['address']} is no longer excused with this reason"
    yield from evidence.findings(body)
