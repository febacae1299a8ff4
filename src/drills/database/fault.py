"""The faults as data: what a client sees of each, what it means, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asbuilt import data

RUNBOOK = "docs/runbooks/DatabaseUnreachable.md"
"""The runbook; a fault's step is the section of it."""
_FILE = Path(__file__).with_name("faults.yaml")


@dataclass(frozen=True)
class Fault:
    """One fault. `possible` and `look` are empty where its symptom belongs to it alone."""

    id: str
    step: str
    saw: str
    means: str
    next: tuple[str, ...]
    possible: tuple[str, ...] = ()
    look: str = ""

    @property
    def runbook(self) -> str:
        """The runbook's section, as a path with an anchor."""
        return f"{RUNBOOK}#{self.step.lower()}"


def _read() -> Mapping[str, Fault]:
    rows = data.read(_FILE)
    lists = ("next", "possible")
    faults = [Fault(**row | {name: tuple(row.get(name, ())) for name in lists}) for row in rows]
    return {fault.id: fault for fault in faults}


FAULTS = _read()
"""Every fault by its id, in the order in which they are asked for."""


@dataclass(frozen=True)
class Finding:
    """A fault that was seen, and in `detail` what exactly was seen of it."""

    fault: Fault
    detail: str = ""


class Found(Exception):
    """A step met a fault that hides every later one."""

    def __init__(self, fault: str, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.finding = Finding(FAULTS[fault], detail)
