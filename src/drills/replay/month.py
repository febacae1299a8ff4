"""A month of requests: what each route counts in each minute, and what each event spends of the budgets."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from drills.replay.events import Event
from drills.replay.traffic import DAY, level

_PLAIN = 20  # expected requests above which the normal distribution stands for Poisson's
_CLASSES = ("failed", "slow", "slower")
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Counted:
    """What came to a route in each minute: all requests, and those that failed.

    `slow` took more than 0.3 seconds, `slower` of them more than 0.5.
    """

    version: str
    route: str
    probes: bool
    requests: Sequence[int]
    failed: Sequence[int]
    slow: Sequence[int]
    slower: Sequence[int]


@dataclass(frozen=True, slots=True)
class Month:
    """A month after its warm-up: the lists of `counted` begin `warm_up` minutes before minute 0."""

    seed: int
    warm_up: int
    minutes: int
    events: tuple[Event, ...]
    counted: tuple[Counted, ...]


def month(declared: Mapping[str, Any], seed: int, events: Sequence[Event]) -> Month:
    """The month of a seed, with these events.

    An event changes only what is counted while it lasts: every minute has random numbers of its own.
    """
    warm_up, minutes = declared["warm_up_days"] * DAY, declared["days"] * DAY
    counted = tuple(
        _counted(declared, seed, events, version, probes)
        for version in declared["traffic"]["versions"]
        for probes in (False, True)
    )
    return Month(seed, warm_up, minutes, tuple(events), counted)


def users(month: Month) -> list[Counted]:
    """The routes that users call: all but the health points."""
    return [one for one in month.counted if not one.probes]


def total(month: Month) -> int:
    """All the requests of users in a month."""
    return sum(sum(one.requests[month.warm_up :]) for one in users(month))


def requests(month: Month, versions: Sequence[str], start: int, end: int) -> list[int]:
    """How many requests of users these versions have in each minute."""
    lists = [
        one.requests[month.warm_up + start : month.warm_up + end]
        for one in users(month)
        if one.version in versions
    ]
    return [sum(minute) for minute in zip(*lists, strict=True)]


def spent(month: Month, event: Event, budget: float, objective: str, until: int | None = None) -> float:
    """The share of a month's budget that an event alone spends, all in all or up to a minute of the month.

    The budget is the share `budget` of all the requests that users send in the month.
    """
    share = {"availability": event.failed, "latency": event.slow}[objective]
    if event.probes or not share:
        return 0.0
    end = event.end if until is None else max(event.start, min(until, event.end))
    return share * sum(requests(month, event.versions, event.start, end)) / (budget * total(month))


def _counted(
    declared: Mapping[str, Any], seed: int, events: Sequence[Event], version: str, probes: bool
) -> Counted:
    prefix = "" if version == "v1" and probes else f"/{version}"
    route = f"{prefix}/healthz" if probes else f"{prefix}/appoints/available-schedule"
    traffic = declared["traffic"]
    span = range(-declared["warm_up_days"] * DAY, declared["days"] * DAY)
    if probes:
        came = [int(traffic["probes"])] * len(span)
    else:
        came = _came(traffic, f"{seed} {route}", traffic["versions"][version], span)
    happening = [one for one in events if version in one.versions and one.probes == probes]
    usual = {"failed": 0, "slow": 0} if probes else declared["background"]
    failed, slow, slower = (
        _bad(f"{seed} {route} {name}", came, _share(name, usual, happening, span)) for name in _CLASSES
    )
    late = [min(all_, one + other) for all_, one, other in zip(came, slow, slower, strict=True)]
    return Counted(version, route, probes, came, failed, late, slower)


def _came(traffic: Mapping[str, Any], seed: str, share: float, span: range) -> list[int]:
    numbers = random.Random(seed)  # noqa: S311 - a simulation
    noise = traffic["noise"]
    return [
        round(traffic["noon"] * share * level(traffic, minute) * max(0, 1 + noise * numbers.gauss()))
        for minute in span
    ]


def _share(name: str, usual: Mapping[str, float], events: Sequence[Event], span: range) -> list[float]:
    """The share of requests in each minute that is in one class; slow ones are half in each of two."""
    failing = name == "failed"
    shares = [float(usual["failed"]) if failing else usual["slow"] / 2] * len(span)
    for event in events:
        more = event.failed if failing else event.slow / 2
        for minute in range(event.start, event.end) if more else ():
            shares[minute - span.start] += more
    return shares


def _bad(seed: str, came: Sequence[int], shares: Sequence[float]) -> list[int]:
    numbers = random.Random(seed)  # noqa: S311 - a simulation
    return [
        min(all_, _poisson(all_ * share, numbers.random())) for all_, share in zip(came, shares, strict=True)
    ]


def _poisson(mean: float, quantile: float) -> int:
    """The number below which Poisson's distribution has `quantile`."""
    if mean > _PLAIN:
        return max(0, round(mean + math.sqrt(mean) * _NORMAL.inv_cdf(quantile or 0.5)))
    count, chance = 0, math.exp(-mean)
    total = chance
    while total < quantile and chance > 0:
        count += 1
        chance *= mean / count
        total += chance
    return count
