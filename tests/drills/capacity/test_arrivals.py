"""Arrivals come at the rate, in the batches and with the lengths that are asked for."""

import math
from itertools import pairwise
from statistics import fmean, pstdev

import pytest

from drills.capacity.arrivals import Length, days, exponential, fixed, log_normal, pareto, steady
from drills.capacity.simulation import seeded


@pytest.mark.parametrize(
    ("length", "deviation"),
    [(fixed(5), 0), (exponential(5), 5), (log_normal(5, 0.5), 2.5), (log_normal(5, 1), 5)],
)
def test_lengths_have_their_mean_and_deviation(length: Length, deviation: float):
    """Over many draws."""
    random = seeded(1)
    drawn = [length(random) for _ in range(40000)]
    assert (fmean(drawn), pstdev(drawn)) == (pytest.approx(5, rel=0.03), pytest.approx(deviation, rel=0.1))


def test_pareto_has_a_least_and_a_heavy_tail():
    """None is shorter than a third of the mean, and a few are far longer."""
    random = seeded(1)
    drawn = [pareto(6, 1.5)(random) for _ in range(20000)]
    assert min(drawn) >= 2
    assert sum(length > 60 for length in drawn) == pytest.approx(20000 * (2 / 60) ** 1.5, rel=0.2)


def test_steady_arrivals_keep_rate_batch_and_order():
    """A thousand units at two a unit are about two thousand samples of three."""
    found = list(steady(seeded(1), 2, 1000, fixed(1), 3))
    assert len(found) == pytest.approx(2000, rel=0.05)
    assert all(arrival.lengths == (1, 1, 1) for arrival in found)
    assert all(before.time <= after.time < 1000 for before, after in pairwise(found))


def test_a_day_follows_its_hours():
    """Nothing comes in an hour without arrivals, of the first day and of the second."""
    hourly = [0.0] * 24
    hourly[9] = 600.0
    hours = {math.floor(arrival.time / 60) for arrival in days(seeded(1), hourly, 2, fixed(1), 1)}
    assert hours == {9, 33}
