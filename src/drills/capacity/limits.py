"""Limits and quotas, and which of them breaks first."""

import ipaddress
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from asbuilt.errors import UnusableInput

_RESERVED = 5  # addresses that AWS keeps of each subnet


@dataclass(frozen=True, slots=True)
class Step:
    """A bound, and what one does to get there; the first step is what stands today."""

    value: float
    change: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit by its name in `capacity.yaml`; `source` is a page, or the address that sets it."""

    name: str
    title: str
    unit: str
    source: str
    note: str
    date: str
    steps: tuple[Step, ...]

    def step_for(self, asked: float) -> int:
        """The first step that suffices. Raises UnusableInput where none does."""
        for number, step in enumerate(self.steps):
            if asked <= step.value:
                return number
        raise UnusableInput(f"{self.name}: nothing bears {asked:,.0f} {self.unit}", "declare a further step")


@dataclass(frozen=True, slots=True)
class Broken:
    """A limit beside what is asked of it: `headroom` below one means that it breaks."""

    limit: Limit
    asked: float
    allowed: float
    change: str

    @property
    def headroom(self) -> float:
        """How many times what is asked fits."""
        return self.allowed / self.asked


def read(declared: Mapping[str, Any], settings: Mapping[str, Any]) -> list[Limit]:
    """The limits, with our own settings filled in.

    Raises UnusableInput for a limit without a source, or whose steps do not grow.
    """
    return [_limit(name, item, settings) for name, item in declared.items()]


def _limit(name: str, item: Mapping[str, Any], settings: Mapping[str, Any]) -> Limit:
    if not item.get("source"):
        raise UnusableInput(f"{name} has no source", "say where the limit was looked up")
    first = item["steps"][0]
    ours = "setting" in first and "times" not in first
    source = settings[first["setting"]]["address"] if ours else item["source"]
    for setting, value in item.get("when", {}).items():
        if settings[setting]["value"] != value:
            raise UnusableInput(
                f"{name} is true of {value}, and {setting} is {settings[setting]['value']}", "look it up"
            )
    steps = tuple(Step(_bound(step, settings), step.get("change", "")) for step in item["steps"])
    if any(after.value <= before.value or not after.change for before, after in pairwise(steps)):
        raise UnusableInput(f"{name}: a step must bear more, and say what one does", "look at its steps")
    return Limit(
        name, item["title"], item["unit"], source, item.get("note", ""), str(item.get("date", "")), steps
    )


def _bound(step: Mapping[str, Any], settings: Mapping[str, Any]) -> float:
    if "ranges" in step:
        ranges = [ipaddress.ip_network(settings[name]["value"]) for name in step["ranges"]]
        return float(sum(network.num_addresses - _RESERVED for network in ranges))
    value = settings[step["setting"]]["value"] if "setting" in step else step["value"]
    return float(value) * float(step.get("times", 1))


def standing(limits: Sequence[Limit], before: Mapping[str, float], now: Mapping[str, float]) -> list[Broken]:
    """Every limit, the least headroom first, when all that `before` asked for has been changed already.

    What one changes is named where the limit breaks.
    """
    found = []
    for limit in limits:
        stands, reaches = limit.step_for(before[limit.name]), limit.step_for(now[limit.name])
        change = " ".join(step.change for step in limit.steps[stands + 1 : reaches + 1])
        found.append(Broken(limit, now[limit.name], limit.steps[stands].value, change))
    return sorted(found, key=lambda broken: (broken.headroom, broken.limit.name))


def breaks_at(limit: Limit, asked: Mapping[int, float]) -> int | None:
    """The first of some numbers of users, in growing order, for whom today's bound does not suffice."""
    return next((users for users, amount in asked.items() if amount > limit.steps[0].value), None)


def grid(most: int, steps: int = 40) -> list[int]:
    """Numbers of users from one to `most`, so many to a factor of ten, rounded to two digits."""
    count = math.ceil(math.log10(most) * steps)
    raw = (10 ** (number / steps) for number in range(count + 1))
    return sorted({min(most, _two_digits(value)) for value in raw})


def _two_digits(value: float) -> int:
    scale = math.pow(10, max(0, int(math.log10(value)) - 1))
    return int(round(value / scale) * scale)
