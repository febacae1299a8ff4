"""Theory beside engine, as a page shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from drills.detection.shapes import Shape
from drills.detection.theory import Fired, detection, fired
from drills.slo import Declared, Objective, Window, budget_share

_SHARES = (0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.036, 0.05, 0.1, 0.2, 0.5, 1)  # of requests that are bad
_DAY = 1440  # minutes


@dataclass(frozen=True, slots=True)
class Compared:
    """What formula and engine say of one alert on one outage; `spent` is the budget's share at detection."""

    shape: Shape
    window: Window
    theory: Fired
    engine: Fired
    spent: float

    @property
    def apart(self) -> float:
        """Minutes between formula and engine; infinite where only one of them says that it fires."""
        pairs = ((self.theory.start, self.engine.start), (self.theory.end, self.engine.end))
        return max(_apart(*pair) for pair in pairs)


def compared(
    declared: Declared,
    objective: Objective,
    shapes: Sequence[Shape],
    engine: Mapping[tuple[str, str], Fired],
) -> Iterator[Compared]:
    """Each shape with each alert."""
    budget = declared.period_days * _DAY * objective.budget
    for shape in shapes:
        for window in declared.windows:
            theory = fired(shape, window, objective.budget)
            spent = shape.bad(shape.end if theory.start is None else theory.start) / budget
            yield Compared(shape, window, theory, engine[shape.name, window.alert], spent)


def figures(declared: Declared, objective: Objective, found: Sequence[Compared]) -> dict[str, Any]:
    """What the page shows."""
    firing = [one for one in found if one.theory.start is not None]
    return {
        "shapes": len({one.shape.name for one in found}),
        "compared": len(found),
        "agree": sum(one.apart <= 1 for one in found),
        "apart": {"value": round(max(one.apart for one in found), 2), "unit": "minutes"},
        "alerts": [_alert(window, declared, objective) for window in declared.windows],
        "table": [_row(one) for one in firing],
        "unnoticed": list(_unnoticed(found)),
        "chart": _chart(declared, objective),
    }


def _apart(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 0 if one is other else float("inf")
    return abs(one - other)


def _alert(window: Window, declared: Declared, objective: Objective) -> dict[str, Any]:
    share, total = budget_share(window, declared.period_days), _hours(window, 1, declared, objective)
    return {
        "alert": f"`{window.alert}`",
        "told": window.severity,
        "windows": f"{window.long} and {window.short}",
        "burn rate above": window.burn,
        "errors above": f"{window.burn * objective.budget * 100:.2g} %",
        "budget spent by then": f"{share * 100:.2g} %",
        "a total outage is told after": "by another alert" if total is None else f"{60 * total:.1f} minutes",
    }


def _row(one: Compared) -> dict[str, Any]:
    return {
        "outage": one.shape.name,
        "alert": f"`{one.window.alert}`",
        "starts, formula": _minute(one.theory.start),
        "starts, Prometheus": one.engine.start,
        "ends, formula": _minute(one.theory.end),
        "ends, Prometheus": one.engine.end,
        "budget spent by then": f"{one.spent * 100:.1f} %",
    }


def _minute(minute: float | None) -> float | None:
    return None if minute is None else round(minute, 1)


def _unnoticed(found: Sequence[Compared]) -> Iterator[dict[str, str]]:
    """Outages on which no alert fires, and what each cost."""
    for name in dict.fromkeys(one.shape.name for one in found):
        of = [one for one in found if one.shape.name == name]
        if all(one.theory.start is None for one in of):
            yield {"outage": name, "budget spent": f"{of[0].spent * 100:.1f} %"}


def _chart(declared: Declared, objective: Objective) -> dict[str, Any]:
    return {
        "kind": "line",
        "x": {
            "label": "requests that fail",
            "unit": "%",
            "scale": "log",
            "values": [round(share * 100, 2) for share in _SHARES],
        },
        "y": {"label": "told after", "unit": "hours", "scale": "log"},
        "series": [
            {
                "name": window.alert,
                "values": [_hours(window, share, declared, objective) for share in _SHARES],
            }
            for window in declared.windows
        ],
    }


def _hours(window: Window, bad: float, declared: Declared, objective: Objective) -> float | None:
    """Hours until an outage that stays is told; None where it never is."""
    highest = inf if window.peak is None else window.peak
    if not window.burn < bad / objective.budget <= highest:
        return None
    share, period = budget_share(window, declared.period_days), declared.period_days * 24
    return round(detection(share, period, objective.budget, bad), 3)
