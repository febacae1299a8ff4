"""People come and go as often, and stay as long, as they are told."""

import math

import pytest

from drills.capacity.sessions import connected, passed
from drills.capacity.simulation import seeded


def test_time_is_held_whole():
    """The seconds of all numbers of people are the time that was simulated, up to its last change."""
    assert math.fsum(connected(20, 10, 30, 1000, seeded(1))) == pytest.approx(1000, rel=0.01)


def test_people_are_there_for_their_share_of_time():
    """Ten of forty minutes are a quarter of twenty people."""
    held = connected(20, 10, 30, 20000, seeded(1))
    mean = sum(count * seconds for count, seconds in enumerate(held)) / sum(held)
    assert mean == pytest.approx(5, rel=0.05)


def test_what_is_not_passed_is_counted_from_below():
    """For half of the time nobody, for nine tenths at most one."""
    assert [passed([5, 4, 1], share) for share in (0.5, 0.9, 1)] == [0, 1, 2]
