"""When a burn-rate alert starts and ends, by calculation.

https://sre.google/workbook/alerting-on-slos/ has the alerts. The formulas are for a steady pace of requests.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from drills.detection.shapes import Shape
from drills.slo import Window, seconds

_STEP = 0.5  # minutes; no shape fires or pauses for less
_AFTER = 720  # minutes after its end within which every alert on a shape is over


@dataclass(frozen=True, slots=True)
class Fired:
    """The minutes after an outage's start at which an alert first fires and first ends; None for never."""

    start: float | None
    end: float | None


def threshold(share: float, window: float, period: float) -> float:
    """The burn rate that spends the `share` of a period's budget in a window: B = c * period / W."""
    return share * period / window


def detection(share: float, period: float, budget: float, bad: float) -> float:
    """How long a steady outage lasts before it has spent `share` of the budget: t = c * period * budget / e.

    In the unit of `period`, for an outage of which the share `bad` of requests fail. The window cancels out.
    """
    return share * period * budget / bad


def reset(short: float, burn: float, budget: float, bad: float) -> float:
    """How long after an outage the short window is still above: s = w * (1 - B * budget / e).

    In the unit of `short`, for a steady outage that lasted longer than it.
    """
    return short * (1 - burn * budget / bad)


def fired(shape: Shape, window: Window, budget: float) -> Fired:
    """When both windows are first above the threshold, with no peak in the long one, and when that ends."""
    limit, (long, short) = window.burn * budget, (seconds(one) / 60 for one in (window.long, window.short))
    told, over = _peak(shape, window, budget)

    def above(minute: float) -> bool:
        calm = not told <= minute < over + long
        return calm and shape.mean(minute, long) > limit and shape.mean(minute, short) > limit

    start = _first(above, 0, shape.end + _AFTER)
    return Fired(start, None if start is None else _first(lambda t: not above(t), start, shape.end + _AFTER))


def _peak(shape: Shape, window: Window, budget: float) -> tuple[float, float]:
    """When the short window is first above the peak, and when it no longer is; infinity for never."""
    if window.peak is None:
        return inf, inf
    peak = fired(shape, replace(window, long=window.short, burn=window.peak, peak=None), budget)
    return inf if peak.start is None else peak.start, inf if peak.end is None else peak.end


def _first(holds: Callable[[float], bool], start: float, end: float) -> float | None:
    """The first minute at which a condition holds, found in steps and then halved to."""
    below = minute = start
    while not holds(minute):
        if minute >= end:
            return None
        below, minute = minute, minute + _STEP
    for _ in range(30):
        middle = (below + minute) / 2
        below, minute = (below, middle) if holds(middle) else (middle, minute)
    return minute
