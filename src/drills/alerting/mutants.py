"""Rules, routes and dashboards broken on purpose, one change each: which of them do the checks notice?"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt.errors import UnusableInput
from drills.alerting.checks import BANKING_RULES, CHECKS, SCHEDULES
from drills.slo import of_schedules, text

_NEEDED = (Path("observability"), BANKING_RULES)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of a file: wherever it says `old`, it says `new`. `breaks` names what is then wrong."""

    file: str
    breaks: str
    old: str
    new: str


def mutants(document: Mapping[str, Sequence[Mapping[str, str]]]) -> list[Mutant]:
    """Those that a file declares: lists of changes by the file that they change."""
    return [Mutant(file, **change) for file, changes in document.items() for change in changes]


@contextmanager
def broken(mutant: Mutant, root: Path) -> Iterator[Path]:
    """A copy of what the checks read, with the change in it; what is made from objectives is made anew.

    Raises UnusableInput where the file does not say what the change replaces.
    """
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for path in _NEEDED:
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            copied = shutil.copytree if (root / path).is_dir() else shutil.copy
            copied(root / path, copy / path)
        file = copy / mutant.file
        before = file.read_text(encoding="utf-8")
        if mutant.old not in before:
            raise UnusableInput(f"nowhere: {mutant.old}", file=mutant.file)
        file.write_text(before.replace(mutant.old, mutant.new), encoding="utf-8")
        if file == copy / SCHEDULES / "slo.yaml":
            (copy / SCHEDULES / "rules/slo.yaml").write_text(text(of_schedules(copy)), encoding="utf-8")
        yield copy


def noticed(mutant: Mutant, root: Path) -> str:
    """The first thing that a check says against the change; nothing where it escapes."""
    with broken(mutant, root) as copy:
        return next(CHECKS[mutant.file](copy), "")


def figures(found: Sequence[Mutant], root: Path) -> dict[str, Any]:
    """How many were made and noticed, by file and by what they break, and those that escape."""
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda mutant: noticed(mutant, root), found))
    escaped = [mutant for mutant, complaint in zip(found, said, strict=True) if not complaint]
    return {
        "made": len(found),
        "noticed": len(found) - len(escaped),
        "files": _counted("file", [one.file for one in found], [one.file for one in escaped]),
        "breaks": _counted("what is broken", [one.breaks for one in found], [one.breaks for one in escaped]),
        "escaped": [f"{one.file}: {one.old} -> {one.new}" for one in escaped],
    }


def _counted(title: str, made: Sequence[str], escaped: Sequence[str]) -> list[dict[str, Any]]:
    missed = Counter(escaped)
    return [
        {title: name, "made": count, "noticed": count - missed[name]} for name, count in Counter(made).items()
    ]
