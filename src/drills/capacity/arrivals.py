"""What arrives at a simulated farm: when, how many jobs at once, and how long each runs.

Times are in any unit, the same for all; `days` takes minutes.
"""

import math
from collections.abc import Callable, Iterator
from random import Random

from drills.capacity.simulation import Arrival

Length = Callable[[Random], float]
"""Draws how long one job runs."""


def fixed(seconds: float) -> Length:
    """Every job runs as long."""
    return lambda random: seconds


def exponential(mean: float) -> Length:
    """Exponential, with this mean."""
    return lambda random: random.expovariate(1 / mean)


def log_normal(mean: float, cv: float) -> Length:
    """Log-normal, with this mean and this deviation over mean."""
    sigma = math.sqrt(math.log(1 + cv**2))
    return lambda random: random.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)


def pareto(mean: float, alpha: float) -> Length:
    """Pareto: few jobs take most of the time. Its variance is infinite for an `alpha` of two and less."""
    least = mean * (alpha - 1) / alpha
    return lambda random: least * random.paretovariate(alpha)


def steady(random: Random, rate: float, seconds: float, length: Length, batch: int = 1) -> Iterator[Arrival]:
    """Poisson arrivals of `batch` jobs at once, `rate` arrivals a unit of time."""
    time = random.expovariate(rate)
    while time < seconds:
        yield Arrival(time, tuple(length(random) for _ in range(batch)))
        time += random.expovariate(rate)


def days(random: Random, hourly: list[float], count: int, length: Length, batch: int) -> Iterator[Arrival]:
    """So many days of arrivals whose rate follows the hour; `hourly` has the arrivals of each of 24."""
    for hour in range(24 * count):
        if rate := hourly[hour % 24] / 60:
            for arrival in steady(random, rate, 60.0, length, batch):
                yield Arrival(hour * 60.0 + arrival.time, arrival.lengths)
