"""A month is the same each time, and an event changes nothing but what is counted while it lasts."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.replay import Event, Month, events, month, samples, spent
from drills.replay.month import users
from drills.replay.traffic import DAY, level

FILE = Path(__file__).parents[3] / "figures/schedules/replay.yaml"
DECLARED: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
WEEK = DECLARED | {"days": 7, "warm_up_days": 1, "noise": {}, "incidents": {}}
OUTAGE = Event("outage", 2000, 2060, 1, 0, ("v1", "v2"))


def made(*happening: Event) -> Month:
    """A short month with these events alone."""
    return month(WEEK, 1, happening)


def bad(one: Month) -> list[list[int]]:
    """The bad requests of each route of users, minute by minute."""
    return [
        [failed + slow for failed, slow in zip(route.failed, route.slow, strict=True)] for route in users(one)
    ]


def test_a_seed_gives_the_same_month_again():
    """And another seed another one."""
    assert events(DECLARED, 1) == events(DECLARED, 1) != events(DECLARED, 2)
    assert made(OUTAGE) == made(OUTAGE) != month(WEEK, 2, [OUTAGE])


def test_as_much_happens_as_is_declared():
    """Of each kind; incidents keep away from each other, and end before the month does."""
    found = events(DECLARED, 3)
    counts = {kind: one["count"] for kind, one in (DECLARED["incidents"] | DECLARED["noise"]).items()}
    assert counts == {kind: sum(one.name.rpartition(" ")[0] == kind for one in found) for kind in counts}
    incidents = sorted((one.start, one.end) for one in found if is_incident(one))
    assert all(after[0] >= before[1] + 60 * DECLARED["apart"] for before, after in pairwise(incidents))
    assert max(one.end for one in found) < DECLARED["days"] * DAY


def is_incident(event: Event) -> bool:
    """Whether it is declared as one."""
    return event.name.rpartition(" ")[0] in DECLARED["incidents"]


def test_an_event_that_is_taken_away_changes_nothing_else():
    """All minutes before and after it are the same, and those of it are not."""
    with_it, without = bad(made(OUTAGE)), bad(made())
    first = DAY + OUTAGE.start
    for one, other in zip(with_it, without, strict=True):
        changed = [minute for minute, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
        assert list(range(first, first + 60)) == changed


def test_an_outage_spends_the_requests_that_it_fails():
    """All the requests of an hour, of half a per cent of a week's."""
    one = made(OUTAGE)
    of = [route.requests for route in users(one)]
    failed = sum(sum(came[DAY + 2000 : DAY + 2060]) for came in of)
    allowed = 0.005 * sum(sum(came[DAY:]) for came in of)
    assert pytest.approx(failed / allowed) == spent(one, OUTAGE, 0.005, "availability")
    assert 0 == spent(one, OUTAGE, 0.01, "latency")
    assert spent(one, OUTAGE, 0.005, "availability", 2030) < failed / allowed


def test_an_outage_of_probes_spends_nothing():
    """Users do not call health points."""
    assert 0 == spent(made(), replace(OUTAGE, probes=True), 0.005, "availability")


def test_the_background_is_as_large_as_declared():
    """Over a week, to a tenth."""
    one = made()
    for name, share in (("failed", 0.0005), ("slow", 0.002)):
        counted = sum(sum(getattr(route, name)) for route in users(one))
        assert pytest.approx(share, rel=0.1) == counted / sum(sum(route.requests) for route in users(one))


def test_nights_and_weekends_are_quieter():
    """Noon on a weekday is the most."""
    noon, night, saturday = (level(DECLARED["traffic"], minute) for minute in (720, 180, 5 * DAY + 720))
    assert noon > saturday > night > 0


def test_samples_never_fall():
    """Each series is a counter, with a sample a minute from the warm-up to the end."""
    for text in samples(made(OUTAGE)):
        values = [int(line.split()[-2]) for line in text.splitlines()]
        assert (sorted(values), 8 * DAY + 1) == (values, len(values))
