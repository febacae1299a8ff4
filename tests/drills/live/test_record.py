"""What a drill must show: each claim fails alone when what it claims is not there."""

from dataclasses import replace
from pathlib import Path

import pytest

from drills.live.drill import Seen
from drills.live.record import claims, record

SITE = "https://as-built.example/runbooks/"
PAGE, TICKET = "ErrorBudgetBurnPage", "ErrorBudgetBurnTicket"
OBJECTIVES = ("availability", "latency")


def line(receiver: str, alert: str, slo: str, status: str = "firing") -> dict[str, str]:
    """One alert that arrived."""
    return {
        "receiver": receiver,
        "alert": alert,
        "slo": slo,
        "status": status,
        "runbook": f"{SITE}{alert}/",
    }


PAGED = [line("pager", PAGE, slo) for slo in OBJECTIVES]
RESOLVED = [line("pager", PAGE, slo, "resolved") for slo in OBJECTIVES]
TICKETS = [line("tickets", TICKET, slo) for slo in OBJECTIVES]
SEEN = Seen(
    seconds_to_page=20.0,
    before_calm=PAGED,
    arrived=PAGED + RESOLVED + TICKETS,
    held_back=set(OBJECTIVES),
    panels={"Requests": True, "Errors": True},
    load={"requests": 2001, "rate": 200.0, "failed": 0, "dropped": 0, "p95": 4.0},
    errors_logged={"v1": 30, "v2": 30},
    errors_counted={"v1": 30, "v2": 30},
    bursts=[("schedules", f"/{version}/a", "lab", version) for version in ("v1", "v2")],
    left_running=[],
)


@pytest.fixture
def runbooks(tmp_path: Path) -> Path:
    """A folder with the pages that alerts link to."""
    for alert in (PAGE, TICKET):
        (tmp_path / f"{alert}.md").touch()
    return tmp_path


def unseen(seen: Seen, runbooks: Path) -> list[int]:
    """Places of the claims that do not hold."""
    return [place for place, held in enumerate(claims(seen, runbooks).values()) if not held]


def test_a_drill_that_saw_everything_is_recorded(runbooks: Path):
    """Every claim holds, and the table says so."""
    assert [] == unseen(SEEN, runbooks)
    table = record(SEEN, runbooks)["claims"]
    assert {"yes"} == {row["was seen"] for row in table}


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (0, {"seconds_to_page": 60.1}),
        (1, {"arrived": PAGED[:1] + RESOLVED + TICKETS}),
        (1, {"arrived": [*SEEN.arrived, line("pager", TICKET, "latency")]}),
        (2, {"held_back": {"latency"}}),
        (3, {"before_calm": PAGED + TICKETS[:1]}),
        (4, {"arrived": PAGED + RESOLVED[1:] + TICKETS}),
        (5, {"arrived": PAGED + RESOLVED + TICKETS[1:]}),
        (6, {"arrived": [*SEEN.arrived, line("tickets", "HighErrorRate", "availability")]}),
        (7, {"errors_counted": {"v1": 30, "v2": 29}}),
        (7, {"errors_logged": {}, "errors_counted": {}}),
        (8, {"bursts": SEEN.bursts[:1]}),
        (9, {"load": SEEN.load | {"failed": 1}}),
        (10, {"load": SEEN.load | {"dropped": 11, "requests": 1989}}),
        (10, {"load": SEEN.load | {"requests": 1900}}),
        (11, {"panels": {"Requests": True, "Errors": False}}),
        (11, {"panels": {}}),
        (12, {"left_running": ["traffic"]}),
    ],
)
def test_each_claim_fails_alone(place: int, change: dict, runbooks: Path):
    """What was not seen is not recorded as seen, and spoils no other claim."""
    assert [place] == unseen(replace(SEEN, **change), runbooks)
