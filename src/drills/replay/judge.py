"""Which activations of an alert were right, and which troubles it noticed, in one month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from drills.replay.events import Event
from drills.replay.month import Month, requests, spent, total, users
from drills.replay.rules import Interval
from drills.replay.traffic import DAY

_LONG = 120  # minutes: the page's long window


@dataclass(frozen=True, slots=True)
class Trouble:
    """An event that alone spends the share `spent` of the month's budget of an objective.

    `highest` is the largest share of it that went in two hours, and `traffic` how busy it was meanwhile, as a
    multiple of the month's mean.
    """

    event: Event
    spent: float
    highest: float
    traffic: float


@dataclass(frozen=True, slots=True)
class Noticed:
    """Minutes until an alert fires, the share of the budget spent by then, and minutes to its reset."""

    minutes: int
    spent: float
    reset: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """An alert in a month: when it fired, when wrongly, how often at night, and what it noticed, by name."""

    activations: tuple[Interval, ...]
    wrong: tuple[Interval, ...]
    at_night: int
    noticed: Mapping[str, Noticed]


def troubles(month: Month, objective: str, budget: float, matters: float) -> list[Trouble]:
    """The events that spend more than the share `matters` of the month's budget of an objective."""
    shares = [(event, spent(month, event, budget, objective)) for event in month.events]
    bad = list(accumulate(_bad(month, objective), initial=0))
    all_ = budget * total(month)
    return [
        Trouble(event, share, _highest(month, event, bad) / all_, traffic(month, event))
        for event, share in shares
        if share > matters
    ]


def traffic(month: Month, event: Event) -> float:
    """How many requests came while an event lasted, as a multiple of the month's mean."""
    versions = [one.version for one in users(month)]
    came = requests(month, versions, event.start, event.end)
    return sum(came) / len(came) / (total(month) / month.minutes)


def judge(
    month: Month,
    activations: Sequence[Interval],
    found: Sequence[Trouble],
    objective: str,
    budget: float,
    night: Mapping[str, int],
) -> Verdict:
    """An activation is right when it overlaps a trouble, and a trouble is noticed when one does."""
    noticed = {}
    for trouble in found:
        during = [one for one in activations if _overlap(one, trouble.event)]
        if during:
            noticed[trouble.event.name] = _noticed(month, trouble.event, during, objective, budget)
    wrong = [one for one in activations if not any(_overlap(one, trouble.event) for trouble in found)]
    asleep = sum(_asleep(start, night) for start, _ in activations)
    return Verdict(tuple(activations), tuple(wrong), asleep, noticed)


def _overlap(activation: Interval, event: Event) -> bool:
    """The sample that holds an event's last minute is read at its end."""
    start, end = activation
    return start <= event.end and end > event.start


def _noticed(
    month: Month, event: Event, during: Sequence[Interval], objective: str, budget: float
) -> Noticed:
    at = max(event.start, during[0][0])
    reset = max(0, during[-1][1] - event.end)
    return Noticed(at - event.start, spent(month, event, budget, objective, at), reset)


def _asleep(minute: int, night: Mapping[str, int]) -> bool:
    hour = minute % DAY / 60
    return hour >= night["from"] or hour < night["to"]


def _bad(month: Month, objective: str) -> list[int]:
    """Bad requests of users in each minute."""
    lists = [one.failed if objective == "availability" else one.slow for one in users(month)]
    return [sum(minute) for minute in zip(*lists, strict=True)]


def _highest(month: Month, event: Event, bad: Sequence[int]) -> int:
    """The most bad requests in two hours that end while an event lasts; `bad` is counted from the start."""
    minutes = range(month.warm_up + event.start, month.warm_up + min(event.end, month.minutes))
    return max(bad[minute + 1] - bad[max(0, minute + 1 - _LONG)] for minute in minutes)
