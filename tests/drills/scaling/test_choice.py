"""The choice among settings."""

import pytest

from drills.scaling.choice import Outcome, around, candidates, chosen, plain
from drills.scaling.day import demand

SHAPE = {"night": 2.0, "noon": 11.0, "bursts": 2, "burst_share": 0.5, "burst_seconds": 600, "noise": 0.05}


def ran(unserved: float, changes: float, pod_hours: float) -> Outcome:
    """The outcome of some setting."""
    return Outcome(plain(60, 6, 30, 300), unserved, changes, pod_hours)


def test_the_cheapest_that_serves_and_does_not_flap_is_chosen():
    """What leaves too much unserved, or changes too often, is not taken for being cheap."""
    best = ran(0.01, 10, 200)
    assert best is chosen([ran(0.02, 5, 100), ran(0.0, 11, 100), best, ran(0.0, 1, 201)], 0.01, 10)


def test_between_equals_the_calmer_is_chosen():
    """Where two cost the same, the one that changes less."""
    calm = ran(0.0, 3, 200)
    assert calm is chosen([ran(0.0, 4, 200), calm], 0.01, 10)


def test_nothing_that_fits_is_an_error():
    """No setting is taken that does not keep the promise."""
    with pytest.raises(ValueError, match="empty"):
        chosen([ran(0.02, 5, 100)], 0.01, 10)


def test_every_candidate_is_tried_once():
    """No two candidates are the same."""
    tried = list(candidates(6, 30))
    assert len(set(tried)) == len(tried)


def test_what_is_around_a_setting_differs_in_one_thing():
    """The targets beside it and the other waits, each a candidate's value, and the rest as it was."""
    one = plain(65, 6, 30, 300)
    found = dict(around(one))
    assert [
        "target 60 %",
        "target 70 %",
        "wait of 30 s on the way up",
        "wait of 120 s on the way down",
        "wait of 600 s on the way down",
    ] == list(found)
    assert (60, one.up, one.down) == (found["target 60 %"].target, found["target 60 %"].up, one.down)
    assert plain(65, 6, 30, 600) == found["wait of 600 s on the way down"]


def test_a_day_has_the_shape_that_is_declared():
    """The nights are quiet, noon is not, bursts come on top, and a seed is one day."""
    calm = demand(SHAPE | {"noise": 0, "bursts": 0}, 1)
    assert calm[0] == pytest.approx(2.0, abs=0.1)
    assert max(calm) == pytest.approx(11.0, abs=0.2)
    assert max(demand(SHAPE | {"noise": 0}, 1)) > max(calm)
    assert demand(SHAPE, 1) == demand(SHAPE, 1) != demand(SHAPE, 2)
