"""Studies of broken assumptions show what they say, in words that people read."""

import math

import pytest

from drills.capacity import Demand
from drills.capacity.beyond import minutes, studies, waits


@pytest.mark.parametrize(
    ("value", "words"), [(0.5, "30.0 s"), (1, "1.0 min"), (90.04, "90.0 min"), (math.inf, "without end")]
)
def test_times_are_told(value: float, words: str):
    """Seconds below a minute, and no number where there is none."""
    assert minutes(value) == words


def test_cold_slots_are_waited_for():
    """At a tenth of the load theory sees no wait, and the first sample waits for its instances."""
    cold = next(study for study in studies() if "cold" in study.name)
    outcome = cold.run(1)
    assert cold.expected < 1e-6 < 1 < outcome.mean_wait() < outcome.late(0.95) <= 3.0001


def test_what_is_too_much_waits_without_end(demand: Demand):
    """No simulation of a queue that only grows is told as a wait."""
    (row,) = waits(demand, [100_000], 1024)
    assert (row["theory"], row["simulated, in samples"]) == ("without end", "without end")


def test_a_free_slot_is_not_waited_for(demand: Demand):
    """Ten users on a thousand vCPUs."""
    (row,) = waits(demand, [10], 1024)
    assert (row["theory"], row["simulated, in samples"]) == ("0.0 s", "0.0 s")
