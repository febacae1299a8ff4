"""What the simulation shows where the closed forms' assumptions do not hold."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from drills.capacity import theory
from drills.capacity.arrivals import days, exponential, log_normal, pareto, steady
from drills.capacity.comparison import SEEDS
from drills.capacity.demand import Demand
from drills.capacity.need import need
from drills.capacity.simulation import Arrival, Farm, Outcome, seeded, simulate

SLOTS = 64
SERVICE = 5.0  # minutes
BATCH = 20

_SPOT = Farm(SLOTS, lost=1 / 30)  # a day on which every slot is taken back twice an hour


@dataclass(frozen=True, slots=True)
class Study:
    """A setting, what the nearest closed form says of the mean wait (minutes), and what one run measures."""

    name: str
    broken: str
    expected: float
    run: Callable[[int], Outcome]


@dataclass(frozen=True, slots=True)
class Shown:
    """Minutes, over all seeds: the mean wait, and the wait that one job in twenty passes."""

    study: Study
    mean: float
    late: float


def show(study: Study) -> Shown:
    """Run one study with every seed."""
    outcomes = [study.run(seed) for seed in SEEDS]
    mean = math.fsum(outcome.mean_wait() for outcome in outcomes) / len(outcomes)
    late = math.fsum(outcome.late(0.95) for outcome in outcomes) / len(outcomes)
    return Shown(study, mean, late)


def studies() -> list[Study]:
    """Each breaks one assumption."""
    return [*_arrivals(), *_sizes(), *_slots()]


def _arrivals() -> list[Study]:
    return [
        Study(
            "Samples of 20 files, 64 slots, 80 % busy",
            "files come one by one",
            _alone(0.8),
            _samples(Farm(SLOTS)),
        ),
        Study(
            "Half of the day's capacity, asked for in working hours",
            "the rate is the same all day",
            _alone(0.5),
            _working,
        ),
    ]


def _sizes() -> list[Study]:
    return [
        Study(
            "Sizes with deviation twice their mean, 8 slots, 80 % busy",
            "the approximation is for sizes that differ little",
            theory.wait_mgc(0.8 * 8 / SERVICE, SERVICE, 8, 2),
            _wide,
        ),
        Study(
            "Pareto sizes, exponent 1.5, 8 slots, 80 % busy", "sizes have a finite variance", math.inf, _heavy
        ),
    ]


def _slots() -> list[Study]:
    return [
        Study(
            "Spot taken back every half hour of a slot, 64 slots, 80 % busy",
            "no job runs twice",
            _alone(0.8),
            _samples(_SPOT),
        ),
        Study(
            "Instances that start cold in 3 minutes, 10 % busy",
            "a slot that is free is there",
            _alone(0.1),
            _samples(Farm(SLOTS, start=3, idle=5), 0.1),
        ),
    ]


def _alone(busy: float) -> float:
    """Minutes that files wait by theory which come one by one and keep so much of the slots busy."""
    return theory.wait_mmc(busy * SLOTS / SERVICE, SERVICE, SLOTS)


def fairness() -> list[dict[str, str]]:
    """Minutes that a small user's files wait, among equals, behind one who sends a thousand files at once."""
    rows = []
    for fair, name in ((False, "First come, first served"), (True, "Fair shares")):
        outcomes = [_unequal(seed, fair) for seed in SEEDS]
        waits = {
            user: math.fsum(outcome.mean_wait(user) for outcome in outcomes) / len(outcomes)
            for user in ("small", "large")
        }
        rows.append(
            {"order": name} | {f"the {user} user waits": f"{wait:.1f} min" for user, wait in waits.items()}
        )
    return rows


def waits(demand: Demand, users: Sequence[int], vcpus: int) -> list[dict[str, Any]]:
    """How long files wait in the busiest hour of so many users for as many slots as `vcpus` hold."""
    slots = vcpus // demand.job_vcpus
    return [_waits(demand, number, slots) for number in users]


def _waits(demand: Demand, users: int, slots: int) -> dict[str, Any]:
    load = need(demand, users).jobs_mean
    alone = theory.wait_mmc(load / demand.job_minutes, demand.job_minutes, slots)
    row: dict[str, Any] = {
        "users": users,
        "asked of the slots": {"value": round(100 * load / slots, 1), "unit": "%"},
    }
    if load >= slots:
        return row | {"theory": minutes(math.inf), "simulated, in samples": minutes(math.inf)}
    rate = load / demand.job_minutes / demand.files
    means = []
    for seed in SEEDS:
        random = seeded(seed)
        arrivals = steady(random, rate, 1500 / rate, exponential(demand.job_minutes), demand.files)
        means.append(simulate(arrivals, Farm(slots), random, 100 / rate).mean_wait())
    return row | {"theory": minutes(alone), "simulated, in samples": minutes(math.fsum(means) / len(means))}


def minutes(value: float) -> str:
    """A time, given in minutes, in words."""
    if value == math.inf:
        return "without end"
    return f"{60 * value:.1f} s" if value < 1 else f"{value:.1f} min"


def given_up(attempts: int) -> float:
    """The share of files that would be lost so often, in the study of Spot, that no attempt is left."""
    outcomes = [_samples(_SPOT)(seed) for seed in SEEDS]
    return math.fsum(outcome.given_up(attempts) for outcome in outcomes) / len(outcomes)


def _samples(farm: Farm, busy: float = 0.8) -> Callable[[int], Outcome]:
    def run(seed: int) -> Outcome:
        random = seeded(seed)
        rate = busy * farm.slots / SERVICE / BATCH
        return simulate(
            steady(random, rate, 700 / rate, exponential(SERVICE), BATCH), farm, random, 50 / rate
        )

    return run


def _working(seed: int) -> Outcome:
    """Ten hours hold the samples that would keep half of the slots busy for a day."""
    random = seeded(seed)
    samples = 0.5 * SLOTS / SERVICE / BATCH * 60 * 24  # a day
    hourly = [samples / 10 if 8 <= hour < 18 else 0.0 for hour in range(24)]
    return simulate(days(random, hourly, 2, exponential(SERVICE), BATCH), Farm(SLOTS), random)


def _wide(seed: int) -> Outcome:
    random = seeded(seed)
    return simulate(steady(random, 1.28, 15000, log_normal(SERVICE, 2), 1), Farm(8), random, 700)


def _heavy(seed: int) -> Outcome:
    random = seeded(seed)
    return simulate(steady(random, 1.28, 15000, pareto(SERVICE, 1.5), 1), Farm(8), random, 700)


def _unequal(seed: int, fair: bool) -> Outcome:
    random = seeded(seed)
    return simulate(sorted(_users(random), key=lambda arrival: arrival.time), Farm(SLOTS, fair), random)


def _users(random: Random) -> Iterator[Arrival]:
    draw = log_normal(SERVICE, 1)
    yield Arrival(0.0, tuple(draw(random) for _ in range(1000)), "large")
    for minute in range(5, 75, 5):
        yield Arrival(float(minute), tuple(draw(random) for _ in range(3)), "small")
