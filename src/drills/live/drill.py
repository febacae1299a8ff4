"""Runs the lab's own commands in a lab of its own, and notes what was seen."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import data
from asbuilt.errors import UnusableInput
from drills.live import logs, panels
from drills.live.sequence import TICKET, told
from lab import web
from lab.alerts import calm, fire_alerts
from lab.commands import deploy, down, up
from lab.configuration import SOURCE
from lab.load import RATE, Measured, measure
from lab.places import OFFSETS, Lab
from lab.programs import need_ports
from lab.receiver import Arrival
from lab.say import Tell
from lab.state import STAGES, stage

OBJECTIVES = ("availability", "latency")
LOAD_SECONDS = 10
"""How long the load is held."""
_PATIENCE = 15.0  # seconds until what follows from a notification is there
_HOLD = 5.0  # seconds: longer than a ticket waits for its group, so that it would have been sent
_TRIES = 3
_FIRST_PORTS = range(19_090, 20_090, 50)
_ERRORS = 'sum by (version) (http_requests_total{service="schedules",status=~"5.."})'


@dataclass(frozen=True, slots=True)
class Seen:
    """What one drill saw.

    Seconds are from the first command to the page at the receiver. `arrived` begins with `before_calm`, which
    came as long as the fault lasted.
    """

    seconds_to_page: float
    before_calm: list[Arrival]
    arrived: list[Arrival]
    held_back: set[str]
    panels: dict[str, bool]
    load: Measured
    errors_logged: dict[str, int]
    errors_counted: dict[str, int]
    bursts: list[tuple[str, ...]]
    left_running: list[str]


def drill(folder: Path, tell: Tell) -> Seen:
    """Up, deploy, a fault, a page, calm, load, down. Raises UnusableInput where a step cannot be done."""
    with _lab(folder) as lab:
        seconds = _page(lab, tell)
        held_back = _held_back(lab)
        time.sleep(_HOLD)
        before_calm = web.arrivals(lab)
        calm(lab, tell)
        web.until(lambda: _tickets(lab) >= set(OBJECTIVES), _PATIENCE)
        logged = _logged(lab)
        counted = _counted(lab, logged.total())
        load, filled = _under_load(lab, tell)
        arrived = web.arrivals(lab)
    return Seen(
        seconds_to_page=seconds,
        before_calm=before_calm,
        arrived=arrived,
        held_back=held_back,
        panels=filled,
        load=load,
        errors_logged=logs.by_version(logged),
        errors_counted=counted,
        bursts=logs.bursts(logged, _log_rule()),
        left_running=[name for name in STAGES if stage(lab, name).alive()],
    )


def _page(lab: Lab, tell: Tell) -> float:
    """Seconds from nothing to a page."""
    started = time.monotonic()
    up(lab, tell)
    deploy(lab, tell)
    fire_alerts(lab, tell)
    return time.monotonic() - started


@contextmanager
def _lab(folder: Path) -> Iterator[Lab]:
    """A lab on free ports, which is down before and after."""
    lab = Lab(folder, _free())
    folder.mkdir(parents=True, exist_ok=True)
    down(lab, lambda _: None)
    try:
        yield lab
    finally:
        down(lab, lambda _: None)


def _free() -> int:
    for first in _FIRST_PORTS:
        try:
            need_ports(Lab(Path(), first), OFFSETS)
        except UnusableInput:
            continue
        return first
    raise UnusableInput("no ports are free for the drill", f"{_FIRST_PORTS} were tried")


def _held_back(lab: Lab) -> set[str]:
    """Objectives whose ticket Alertmanager knows and holds back."""

    def found() -> set[str]:
        known = web.get(lab.url("alertmanager", "/api/v2/alerts")) or []
        inhibited = [one["labels"] for one in known if one["status"]["inhibitedBy"]]
        return {labels["slo"] for labels in inhibited if labels["alertname"] == TICKET}

    web.until(lambda: found() >= set(OBJECTIVES), _PATIENCE)
    return found()


def _tickets(lab: Lab) -> set[str]:
    return {slo for alert, slo in told(web.arrivals(lab), "tickets", "firing") if alert == TICKET}


def _logged(lab: Lab) -> Counter[tuple[str, ...]]:
    lines = [line for version in ("v1", "v2") for line in stage(lab, "schedules").log(version).open()]
    return logs.errors(lines)


def _log_rule() -> dict[str, Any]:
    groups = data.read(SOURCE / "loki/rules.yaml")["groups"]
    return next(rule for group in groups for rule in group["rules"] if rule.get("alert") == "LogsErrorBurst")


def _counted(lab: Lab, expected: int) -> dict[str, int]:
    """5xx that Prometheus has counted, by version, once it has scraped the last of them."""

    def found() -> dict[str, int]:
        return {one["metric"]["version"]: int(one["value"][1]) for one in web.query(lab, _ERRORS)}

    web.until(lambda: sum(found().values()) >= expected, _PATIENCE)
    return found()


def _under_load(lab: Lab, tell: Tell) -> tuple[Measured, dict[str, bool]]:
    """The load as k6 measured it, and the panels in the middle of it.

    A machine that does other things too pauses now and then, so one of three tries has to hold.
    """
    for _ in range(_TRIES - 1):
        with suppress(UnusableInput):
            return _loaded(lab, tell)
    return _loaded(lab, tell)


def _loaded(lab: Lab, tell: Tell) -> tuple[Measured, dict[str, bool]]:
    dashboard = data.read(SOURCE / "dashboards/app-latency.json")
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(measure, lab, tell, RATE, LOAD_SECONDS)
        time.sleep(LOAD_SECONDS * 0.7)
        filled = panels.filled(dashboard, lambda asked: web.query(lab, asked))
        return loading.result(), filled
