"""A synthetic day: quiet nights, a hill at noon, a lower one in the evening, bursts, and noise."""

import math
import random
from collections.abc import Mapping

from drills.scaling.hpa import PERIOD

_DAY = 24 * 3600


def demand(shape: Mapping[str, float], seed: int) -> list[float]:
    """The demand of a day in pods' worth, one value for every `PERIOD` seconds.

    `shape` gives `night` and `noon` (pods' worth), `bursts` (how many a day), `burst_share` (of the demand
    below them), `burst_seconds`, and `noise` (standard deviation, a share).
    """
    random_ = random.Random(seed)  # noqa: S311 - a simulation
    bursts = [random_.uniform(8 * 3600, 20 * 3600) for _ in range(int(shape["bursts"]))]
    values, noise = [], 0.0
    for tick in range(_DAY // PERIOD):
        second = tick * PERIOD
        noise = 0.8 * noise + 0.6 * random_.gauss(0, shape["noise"])  # neighbours are alike
        level = _level(shape, second / 3600)
        level *= 1 + sum(_burst(shape, second - start) for start in bursts)
        values.append(max(0.1, level * (1 + noise)))
    return values


def _level(shape: Mapping[str, float], hour: float) -> float:
    """Two hills on a plain: noon, and a lower one in the early evening."""
    hills = math.exp(-(((hour - 12) / 2.6) ** 2)) + 0.6 * math.exp(-(((hour - 18.5) / 1.8) ** 2))
    return shape["night"] + (shape["noon"] - shape["night"]) * hills


def _burst(shape: Mapping[str, float], since: float) -> float:
    """What a burst adds: up within half a minute, gone after its time."""
    if not 0 <= since < shape["burst_seconds"]:
        return 0.0
    return shape["burst_share"] * min(1.0, since / 30)
