"""Does the recorded evidence still fit, and is nothing in it wrong? Fast, offline, no Terraform."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import evidence
from asbuilt.scripts import scripts
from asbuilt.settings import Settings


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: with which evidence, how, and in which file.

    `rule` is the kind of thing, or `stale`, or `evidence` where that is missing or has no diagram; `found`
    is the finding in the evidence, where it is one.
    """

    name: str
    rule: str
    text: str
    file: str
    found: evidence.Recorded | None = None

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


def check(diagrams: Path, recorded: Path, settings: Settings) -> list[Problem]:
    """Everything that is wrong with the evidence in `recorded`; nothing where all is well.

    Raises UnusableInput where there is no diagram, or an evidence file that cannot be read.
    """
    names = {path.relative_to(diagrams).with_suffix("").as_posix(): path for path in scripts(diagrams)}
    found = {path.relative_to(recorded).with_suffix("").as_posix(): path for path in recorded.rglob("*.json")}
    ours = {name: path for name, path in found.items() if name in names or not evidence.is_measured(path)}
    absent = "there is no evidence for this diagram"
    missing = [
        Problem(name, "evidence", absent, names[name].as_posix())
        for name in sorted(names.keys() - ours.keys())
    ]
    if not any(_is_undrawn(name) for name in ours):
        text, first = "there is no evidence of what is not drawn", next(iter(names.values()))
        missing.append(Problem(evidence.UNDRAWN, "evidence", text, first.as_posix()))
    return missing + [
        problem
        for name, path in sorted(ours.items())
        for problem in _problems(name, path, names.keys(), settings)
    ]


def _is_undrawn(name: str) -> bool:
    return Path(name).name == evidence.UNDRAWN


def _problems(name: str, path: Path, names: Set[str], settings: Settings) -> Iterator[Problem]:
    body, file = evidence.load(path), path.as_posix()
    if not _is_undrawn(name) and name not in names:
        yield Problem(name, "evidence", "this evidence has no diagram", file)
    for text in _stale(body, settings):
        yield Problem(name, "stale", f"the evidence is stale: {text}", file)
    for found in evidence.findings(body):
        yield Problem(name, found.rule, found.text, body.get("script", file), found)


def _stale(body: Mapping[str, Any], settings: Settings) -> Iterator[str]:
    if changed := evidence.stale(body):
        yield f"{', '.join(changed)} changed since it was recorded"
    for item in body.get("excused", []):
        if item["reason"] not in settings.undrawn.values():
            yield f"{item['address']} is no longer excused with this reason"
