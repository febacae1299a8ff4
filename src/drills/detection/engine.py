"""When a burn-rate alert starts and ends, by a real Prometheus, over requests that are written into it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from drills.detection.shapes import Shape
from drills.detection.theory import Fired
from drills.prometheus import running
from drills.slo import Declared, Objective, Window, burn_rate, highest, pace, usual_pace

_EPOCH = 1_760_000_040  # seconds; a whole minute, at which every outage starts
_CALM = 4400  # minutes before it, more than the longest window of an alert
_AFTER = 720  # minutes after the longest outage
_PACE = 6000  # requests a minute


def fired(declared: Declared, objective: Objective, shapes: Sequence[Shape]) -> dict[tuple[str, str], Fired]:
    """For each shape and alert, by their names, the minutes at which it first fires and first ends.

    Each shape is a service of its own, and the expressions are those of the rules, for every service. Raises
    UnusableInput where Prometheus does not start.
    """
    everyone = replace(declared, selector=declared.selector.partition(",")[2])
    end = max(shape.end for shape in shapes) + _AFTER
    last = _EPOCH + 60 * int(end)
    with running(_samples(shapes, end)) as query:
        return {
            (shape.name, window.alert): _first(points.get(str(index), []))
            for window in declared.windows
            for points in [_points(query(_expression(everyone, objective, window), _EPOCH, last, 60))]
            for index, shape in enumerate(shapes)
        }


def _samples(shapes: Sequence[Shape], end: float) -> Iterator[str]:
    """What the service would have counted, every minute."""
    minutes = range(-_CALM, int(end) + 1)
    yield "# TYPE http_requests counter\n"
    for index, shape in enumerate(shapes):
        labels = f'service="{index}",version="v1",route="/v1/appoints/available-schedule",method="GET"'
        for status in ("200", "500"):
            for minute in minutes:
                bad = _PACE * shape.bad(minute)
                count = bad if status == "500" else _PACE * (minute + _CALM) - bad
                at = _EPOCH + 60 * minute
                yield f'http_requests_total{{{labels},status="{status}"}} {count:.6f} {at}\n'


def _expression(declared: Declared, objective: Objective, window: Window) -> str:
    usual = usual_pace(declared, f"({pace(declared, objective)})")
    long, short = (f"({burn_rate(declared, objective, one, usual)})" for one in (window.long, window.short))
    both = f"{long} > {window.burn:g} and {short} > {window.burn:g}"
    return both if window.peak is None else f"{both} and {highest(short, window)} <= {window.peak:g}"


def _points(series: Sequence[dict[str, Any]]) -> dict[str, list[int]]:
    """The minutes at which the expression holds, by service."""
    return {one["metric"]["service"]: [(int(at) - _EPOCH) // 60 for at, _ in one["values"]] for one in series}


def _first(minutes: Sequence[int]) -> Fired:
    if not minutes:
        return Fired(None, None)
    held = {*minutes}
    end = minutes[0]
    while end in held:
        end += 1
    return Fired(minutes[0], end)
