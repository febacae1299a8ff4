"""What of a drill is recorded: claims that hold on every run, and no seconds, which differ."""

from pathlib import Path
from typing import Any

from drills.live.drill import LOAD_SECONDS, OBJECTIVES, Seen
from drills.live.logs import LABELS
from drills.live.sequence import PAGE, TICKET, told, without_runbook
from lab.alerts import FAULTS
from lab.configuration import SPEED, WAIT_SPEED
from lab.load import DURATION, RATE

PAGE_LIMIT = 60
"""Seconds from the first command to a page at the receiver."""


def claims(seen: Seen, runbooks: Path) -> dict[str, bool]:
    """Each thing that the drill is to show, and whether it was seen."""
    pages, tickets = ({(alert, slo) for slo in OBJECTIVES} for alert in (PAGE, TICKET))
    load = seen.load
    wanted = RATE * LOAD_SECONDS
    in_time = load["dropped"] <= wanted / 200 and abs(load["requests"] + load["dropped"] - wanted) <= 2
    return {
        f"from the first command to a page it takes at most {PAGE_LIMIT} s": seen.seconds_to_page
        <= PAGE_LIMIT,
        "for each objective somebody is paged, and for nothing else": pages
        == told(seen.arrived, "pager", "firing"),
        "meanwhile Alertmanager knows of a ticket for each objective, and holds it back": seen.held_back
        == set(OBJECTIVES),
        "no ticket arrives as long as the fault lasts": not told(seen.before_calm, "tickets", "firing"),
        "without the fault each page is resolved": pages <= told(seen.arrived, "pager", "resolved"),
        "then the tickets arrive that were held back": tickets <= told(seen.arrived, "tickets", "firing"),
        "every alert that arrives links to its own runbook, and the page exists": bool(seen.arrived)
        and not without_runbook(seen.arrived, runbooks),
        "errors in log lines are as many as Prometheus counts": bool(seen.errors_logged)
        and seen.errors_logged == seen.errors_counted,
        "for both versions they are more than LogsErrorBurst bears": {"v1", "v2"}
        == {dict(zip(LABELS, labels, strict=True))["version"] for labels in seen.bursts},
        f"{RATE} requests a second are held without an error": not load["failed"],
        "of them at most one in two hundred is not sent in time": in_time,
        "every panel of the dashboard has data under load": bool(seen.panels) and all(seen.panels.values()),
        "after the last command nothing is left running": not seen.left_running,
    }


def record(seen: Seen, runbooks: Path) -> dict[str, Any]:
    """The claims as a table, the names that were seen, and what both were tried with."""
    return {
        "claims": [
            {"what must be": text, "was seen": "yes" if held else "no"}
            for text, held in claims(seen, runbooks).items()
        ],
        "panels": sorted(title for title, has in seen.panels.items() if has),
        "bursts": [dict(zip(LABELS, labels, strict=True)) for labels in seen.bursts],
        "page_limit": {"value": PAGE_LIMIT, "unit": "seconds"},
        "load": {"value": RATE, "unit": "requests a second"},
        "load_seconds": {"value": LOAD_SECONDS, "unit": "seconds"},
        "make_load_seconds": {"value": DURATION, "unit": "seconds"},
        "fault_share": {"value": round(FAULTS["error_rate"] * 100), "unit": "%"},
        "fault_wait": {"value": FAULTS["latency_seconds"], "unit": "seconds"},
        "speed": {"value": SPEED, "unit": "times"},
        "wait_speed": WAIT_SPEED,
    }
