"""What is right, what is noticed, and when, on a month that is made by hand."""

from dataclasses import replace

import pytest

from drills.replay import Counted, Event, Month, Trouble, judge, troubles

BUDGET = 0.005
NIGHT = {"from": 22, "to": 7}
LARGE = Event("large", 600, 660, 0.5, 0, ("v1",))
SMALL = Event("small", 900, 901, 0.5, 0, ("v1",))


def made() -> Month:
    """Ten days, ten requests a minute: the budget is 720 of them. 300 fail in an hour, 5 in a minute."""
    failed = [0] * 14400
    failed[600:660] = [5] * 60
    failed[900] = 5
    nothing = [0] * 14400
    return Month(
        1, 0, 14400, (LARGE, SMALL), (Counted("v1", "/v1", False, [10] * 14400, failed, nothing, nothing),)
    )


FOUND = troubles(made(), "availability", BUDGET, 0.02)


def test_what_matters_is_what_spends_enough():
    """The large one spends 300 of 720 requests, all of them within two hours; the small one 5."""
    assert [Trouble(LARGE, pytest.approx(300 / 720), pytest.approx(300 / 720), 1.0)] == FOUND
    assert [] == troubles(made(), "latency", 0.01, 0.02)


def test_the_most_of_two_hours_is_found():
    """Of four hours at one request a minute, two."""
    month = made()
    leak = Event("leak", 1000, 1240, 0.1, 0, ("v1",))
    failed = [int(1000 <= minute < 1240) for minute in range(month.minutes)]
    leaking = replace(month, events=(leak,), counted=(replace(month.counted[0], failed=failed),))
    (found,) = troubles(leaking, "availability", BUDGET, 0.02)
    assert pytest.approx(120 / 720) == found.highest


def test_a_lower_bar_lets_the_small_one_matter():
    """Five of 720 are 0.7 per cent."""
    assert ["large", "small"] == [one.event.name for one in troubles(made(), "availability", BUDGET, 0.005)]


def test_an_activation_is_right_when_it_overlaps_what_matters():
    """One before, one during, one at the last sample, one for the small event, one at night."""
    activations = [(500, 550), (610, 620), (660, 700), (900, 905), (1400, 1401)]
    verdict = judge(made(), activations, FOUND, "availability", BUDGET, NIGHT)
    assert ((500, 550), (900, 905), (1400, 1401)) == verdict.wrong
    assert 1 == verdict.at_night
    (noticed,) = verdict.noticed.values()
    assert (10, pytest.approx(50 / 720), 40) == (noticed.minutes, noticed.spent, noticed.reset)


def test_what_fires_already_notices_at_once():
    """And what ends before the trouble does needs no reset."""
    verdict = judge(made(), [(590, 605)], FOUND, "availability", BUDGET, NIGHT)
    assert [(0, 0, 0)] == [(one.minutes, one.spent, one.reset) for one in verdict.noticed.values()]


def test_what_does_not_fire_notices_nothing():
    """No activation, none wrong, and the trouble is not among what was noticed."""
    verdict = judge(made(), [], FOUND, "availability", BUDGET, NIGHT)
    assert ((), {}) == (verdict.wrong, verdict.noticed)
