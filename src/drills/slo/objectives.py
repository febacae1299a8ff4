"""Objectives as a file declares them, and what follows from their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import data

DECLARED = Path("observability/schedules/slo.yaml")
"""What schedules promises, from the repository's root."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
"""The length of each unit of a duration."""


@dataclass(frozen=True, slots=True)
class Window:
    """An alert's two windows: it fires while both burn at more than `burn` times the budget's pace.

    Unless the short one was above `peak` times that pace within the long one: then another alert has told it.
    """

    alert: str
    severity: str
    long: str
    short: str
    burn: float
    peak: float | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    """A promise: `target` per cent of the requests that `total` counts are among those that `good` counts."""

    name: str
    target: float
    promise: str
    good: str
    total: str
    bad_means: str

    @property
    def budget(self) -> float:
        """The share of requests that may be bad."""
        return round(1 - self.target / 100, 9)


@dataclass(frozen=True, slots=True)
class Declared:
    """All that a service promises."""

    service: str
    team: str
    period_days: int
    runbooks: str
    selector: str
    objectives: tuple[Objective, ...]
    windows: tuple[Window, ...]


def declared(document: Mapping[str, Any]) -> Declared:
    """The objectives of a parsed file. Raises TypeError for a field that is missing or unknown."""
    parts = {
        "objectives": tuple(Objective(**one) for one in document["objectives"]),
        "windows": tuple(Window(**one) for one in document["windows"]),
    }
    return Declared(**{**document, **parts})


def of_schedules(root: Path = Path()) -> Declared:
    """What schedules promises, in the repository at `root`."""
    return declared(data.read(root / DECLARED))


def seconds(duration: str) -> int:
    """A duration such as `2h` in seconds. Raises KeyError for an unknown unit."""
    return int(duration[:-1]) * SECONDS[duration[-1]]


def budget_share(window: Window, period_days: int) -> float:
    """The share of the budget that is spent when `window` fires at its threshold: c = B * W / period."""
    return window.burn * seconds(window.long) / (period_days * SECONDS["d"])
