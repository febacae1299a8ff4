"""`make fire-alerts` and `make calm`: faults until somebody is paged, and none until it is resolved."""

import json

from asbuilt import files
from asbuilt.errors import UnusableInput
from lab import programs, web
from lab.places import Lab
from lab.receiver import Arrival
from lab.say import Tell, say
from lab.stage import Program
from lab.state import need, stage

FAULTS = {"error_rate": 0.5, "latency_seconds": 0.6}
"""Far beyond every threshold, so that both objectives are missed at once."""
PAGE_LIMIT = 45.0
"""Seconds within which a page must arrive, or be resolved."""
_OBJECTIVES = {"availability", "latency"}
_RATE = 50  # requests a second: without any there is no share of them that fails
_LIFE = 900  # seconds after which those end, if nobody calms the lab


def fire_alerts(lab: Lab, tell: Tell) -> str:
    """Put faults into both versions, with traffic, and wait until somebody is paged for each objective."""
    _need_all(lab)
    _start_traffic(lab)
    files.write(lab.flags, json.dumps(FAULTS))

    def paged() -> bool:
        _need_all(lab)
        need(lab, "traffic", "make fire-alerts")
        found = {line["slo"] for line in _pages(lab)}
        tell(f"half of the requests fail, all are slow; paged for: {', '.join(sorted(found))}")
        return found >= _OBJECTIVES

    if not web.until(paged, PAGE_LIMIT):
        hint = f"look at {web.prometheus_page(lab, '/alerts')}, then at {_known(lab)}"
        raise UnusableInput(f"no page arrived in {PAGE_LIMIT:.0f} s", hint)
    return say(
        "\n".join(["Half of the requests fail, all are slow, and a page arrived:", *map(_line, _pages(lab))]),
        {
            lab.url("receiver", "/"): "what arrived",
            f"{_known(lab)}?active=false": "the tickets that the page holds back",
        },
        "make calm",
    )


def calm(lab: Lab, tell: Tell) -> str:
    """Take the faults away, and wait until every page is resolved."""
    lab.flags.unlink(missing_ok=True)

    def resolved() -> bool:
        need(lab, "monitoring", "make up")
        left = _pages(lab)
        tell(f"no more faults; pages that are open: {len(left)}")
        return not left

    if not web.until(resolved, PAGE_LIMIT):
        hint = f"look at {web.prometheus_page(lab, '/alerts')}"
        raise UnusableInput(f"a page is still open after {PAGE_LIMIT:.0f} s", hint)
    stage(lab, "traffic").stop()
    tickets = sorted({line["alert"] for line in web.still_open(web.arrivals(lab), "tickets")})
    later = f"\nTickets stay open until their windows have passed: {', '.join(tickets)}." if tickets else ""
    return say(
        f"The faults are gone, and no page is open.{later}",
        {lab.url("receiver", "/"): "what was resolved, and the tickets that the page had held back"},
        "make down",
    )


def _need_all(lab: Lab) -> None:
    need(lab, "schedules", "make deploy")
    need(lab, "monitoring", "make up")


def _pages(lab: Lab) -> list[Arrival]:
    return web.still_open(web.arrivals(lab), "pager")


def _known(lab: Lab) -> str:
    return lab.url("alertmanager", "/api/v2/alerts")


def _start_traffic(lab: Lab) -> None:
    traffic = stage(lab, "traffic")
    if not traffic.alive():
        # Its thresholds are missed on purpose.
        command = programs.load(lab, _RATE, _LIFE, "--no-thresholds", "--no-summary")
        with traffic.starting([Program("k6", command)]):
            traffic.wait(lambda: bool(traffic.pids()), "k6")


def _line(line: Arrival) -> str:
    return f"  {line['receiver']}  {line['alert']} ({line['slo']})  {line['runbook']}"
