"""What happens in a month, when and how badly, drawn from what is declared."""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drills.replay.traffic import DAY, level

_LAST = 720  # minutes before the month's end that nothing lasts into: alerts may end


@dataclass(frozen=True, slots=True)
class Event:
    """From minute `start` until minute `end` of a month, these shares of requests fail, or are slow.

    It strikes the `versions` that it names: their users, or, with `probes`, their health points alone.
    """

    name: str
    start: int
    end: int
    failed: float
    slow: float
    versions: tuple[str, ...]
    probes: bool = False


def events(declared: Mapping[str, Any], seed: int) -> list[Event]:
    """The incidents of a month, and then its noise; each kind draws from numbers of its own."""
    placed: list[Event] = []
    for event in _drawn(declared, declared["incidents"], seed, lambda one: _alone(one, placed, declared)):
        placed.append(event)
    return placed + list(_drawn(declared, declared["noise"], seed, lambda _: True))


def kinds(declared: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What may happen, by name: incidents, and then noise."""
    return {**declared["incidents"], **declared["noise"]}


def _alone(event: Event, others: Sequence[Event], declared: Mapping[str, Any]) -> bool:
    apart = 60 * declared["apart"]
    return all(event.start >= one.end + apart or one.start >= event.end + apart for one in others)


def _drawn(
    declared: Mapping[str, Any], kinds: Mapping[str, Any], seed: int, fits: Callable[[Event], bool]
) -> Iterator[Event]:
    for kind, shape in kinds.items():
        numbers = random.Random(f"{seed} {kind}")  # noqa: S311 - a simulation
        for index in range(shape["count"]):
            event = _event(declared, kind, index, numbers)
            while event.end > declared["days"] * DAY - _LAST or not fits(event):
                event = _event(declared, kind, index, numbers)
            yield event


def _event(declared: Mapping[str, Any], kind: str, index: int, numbers: random.Random) -> Event:
    shape = kinds(declared)[kind]
    start = _start(shape["when"], index, declared, numbers)
    sizes = {name: _between(shape.get(name), numbers) for name in ("minutes", "failed", "slow")}
    return Event(
        f"{kind} {index + 1}",
        start,
        start + round(sizes["minutes"]),
        sizes["failed"],
        sizes["slow"],
        tuple(shape.get("versions", declared["traffic"]["versions"])),
        shape.get("probes", False),
    )


def _between(bounds: Sequence[float] | None, numbers: random.Random) -> float:
    if bounds is None:
        return 0.0
    low, high = map(math.log, bounds)
    return math.exp(numbers.uniform(low, high))


def _start(when: str, index: int, declared: Mapping[str, Any], numbers: random.Random) -> int:
    """Raises ValueError for another word than those that are declared."""
    length = int(declared["days"] * DAY) - _LAST
    if when == "nightly":
        return index % (int(declared["days"]) - 1) * DAY + 150
    while True:
        minute = int(numbers.randrange(length))
        if when == "any" or (when == "office" and _office(minute)):
            return minute
        if when == "load" and numbers.random() < level(declared["traffic"], minute):
            return minute
        if when not in ("any", "office", "load"):
            raise ValueError(when)


def _office(minute: int) -> bool:
    return minute // DAY % 7 < 5 and 9 <= minute % DAY / 60 < 17
