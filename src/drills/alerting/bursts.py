"""Made-up log lines, each with the groups that have to fire: what a log alert is tried on. *Simulated.*"""

import json
from collections.abc import Iterator
from pathlib import Path

from drills.alerting.alerts import alerts
from drills.alerting.logs import Line, firing, read, unfit

LABELS = ("app", "route", "env", "version")
"""What a burst must name."""

_ROUTE = "/v2/appoints/available-schedule"
_GROUP = ("schedules", _ROUTE, "production", "v2")
Case = tuple[str, list[Line], set[tuple[str, ...]]]


def line(time: float, level: str = "error", status: int = 500, version: str = "v2", **other: str) -> Line:
    """A line of the service, in its own form; `other` replaces its stream's app, or its route."""
    route = other.get("route", _ROUTE)
    stream = {"app": other.get("app", "schedules"), "env": "production", "version": version}
    text = {"level": level, **stream, "route": route, "status": status, "message": "no error told"}
    return Line(time, stream, json.dumps(text))


def cases() -> Iterator[Case]:
    """What is tried: a name, lines up to second 600, and who fires then."""
    burst = [line(301 + 14 * index) for index in range(21)]
    yield "twenty-one errors in five minutes", burst, {_GROUP}
    yield "twenty errors", burst[:20], set()
    yield "twenty-one, of which one is older", [line(299), *burst[:20]], set()
    yield "errors of an earlier burst", [line(index) for index in range(100)], set()
    yield "lines that only speak of errors", [line(500, level="info", status=200)] * 100, set()
    yield "warnings", [line(500, level="warning", status=422)] * 100, set()
    yield "another app", [line(500, app="others")] * 100, set()
    spread = [line(500, version=version) for version in ("v1", "v2") for _ in range(15)]
    yield "fifteen in each of two versions", spread, set()
    yield "fifteen on each of two routes", [line(500, route=f"/v2/{n % 2}") for n in range(30)], set()
    yield "errors that were answered with 200", [line(500, status=200)] * 21, {_GROUP}
    yield "a line that is no JSON", [Line(500, {"app": "schedules"}, "error error")] * 100, set()


def wrong(rules: Path) -> Iterator[str]:
    """Where the burst alert of a file fires and should not, or the reverse; or cannot be read."""
    for alert in alerts([rules]):
        faults = list(unfit(alert.expression, LABELS))
        yield from (f"{alert.name}: {fault}" for fault in faults)
        if not faults:
            burst = read(alert.expression)
            for name, lines, expected in cases():
                found = set(firing(burst, lines, 600))
                named = {
                    tuple(dict(zip(burst.by, group, strict=True))[one] for one in LABELS) for group in found
                }
                if named != expected:
                    yield f"{alert.name}: {name}: fires for {len(named)} groups"
