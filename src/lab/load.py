"""`make load`: a steady rate of requests, and whether the objectives held."""

import subprocess
import time
from collections.abc import Mapping
from typing import Any

from asbuilt import data
from asbuilt.errors import UnusableInput
from lab import programs, web
from lab.keeper import dies_with_its_parent
from lab.places import Lab
from lab.say import Tell, say
from lab.state import need

RATE, DURATION = 200, 30
"""Requests a second, and for how many seconds."""
_THRESHOLD_MISSED = 99  # k6's exit status
_GRAPH = "/graph?g0.tab=0&g0.expr=sum(rate(http_requests_total%5B5s%5D))"

Measured = dict[str, float]


def load(lab: Lab, tell: Tell) -> str:
    """Ask both versions at a steady rate. Raises UnusableInput where an objective is missed."""
    found = measure(lab, tell, RATE, DURATION)
    return say(_told(found), {web.prometheus_page(lab, _GRAPH): "requests a second"}, "make fire-alerts")


def measure(lab: Lab, tell: Tell, rate: int, duration: int) -> Measured:
    """What came of `rate` requests a second for `duration` seconds. Raises UnusableInput as `load` does."""
    need(lab, "schedules", "make deploy")
    summary = lab.folder / "load.json"
    summary.unlink(missing_ok=True)
    command = programs.load(lab, rate, duration, f"--summary-export={summary}")
    code = _watched(command, tell, duration)
    if code not in (0, _THRESHOLD_MISSED):
        raise UnusableInput(f"k6 ended with {code}", f"run it to see why: {' '.join(command)}")
    found = measured(data.read(summary)["metrics"])
    if code:
        need(lab, "schedules", "make deploy")  # the better reason, where it is one
        raise UnusableInput(
            f"an objective was missed: {_told(found)}",
            "make calm, if faults are on purpose; else see what else runs here",
        )
    return found


def measured(metrics: Mapping[str, Any]) -> Measured:
    """Of a summary of k6: requests, a second, failed, not sent in time, and the 95th percentile in ms."""
    requests, dropped = metrics["http_reqs"], metrics.get("dropped_iterations", {"count": 0})
    return {
        "requests": requests["count"],
        "rate": requests["rate"],
        "failed": metrics["http_req_failed"]["passes"],  # k6 counts what is true: that a request failed
        "dropped": dropped["count"],
        "p95": metrics["http_req_duration"]["p(95)"],
    }


def _told(found: Measured) -> str:
    return (
        f"{found['requests']:,} requests, {found['rate']:.0f} a second: {found['failed']} failed, "
        f"{found['dropped']} were not sent in time, 95 % were answered within {found['p95']:.0f} ms."
    )


def _watched(command: list[str], tell: Tell, duration: int) -> int:
    """Run k6 to its end, and tell how far it is. It ends with us."""
    started = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=dies_with_its_parent()
    ) as process:
        try:
            while process.poll() is None:
                tell(f"{min(time.monotonic() - started, duration):.0f} of {duration} s")
                time.sleep(0.2)
        finally:
            process.kill()
    return process.returncode
