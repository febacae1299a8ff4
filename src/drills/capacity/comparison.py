"""Closed forms beside the simulation, where their assumptions hold."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from drills.capacity import theory
from drills.capacity.arrivals import Length, exponential, fixed, log_normal, steady
from drills.capacity.sessions import connected, passed
from drills.capacity.simulation import Arrival, Farm, Outcome, seeded, simulate

SEEDS = tuple(range(1, 11))
BOUND = 0.05
"""By how much of the expected value the mean of all seeds may differ from it."""

_PLENTY = 100_000  # slots, when nobody is to wait
_STUDENT = 2.262  # the 97.5 % point of Student's t with nine degrees of freedom


@dataclass(frozen=True, slots=True)
class Case:
    """One setting: what a closed form expects, and what one simulated run, with its seed, measures."""

    name: str
    formula: str
    unit: str
    expected: Callable[[], float]
    measured: Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Compared:
    """A case with its expected value, the mean of all seeds, and half of its 95 % interval."""

    case: Case
    expected: float
    mean: float
    half: float

    @property
    def difference(self) -> float:
        """How far the simulation's mean is from the expected value, as a share of that."""
        return self.mean / self.expected - 1


def compare(case: Case, seeds: Sequence[int] = SEEDS) -> Compared:
    """Run one case with every seed."""
    values = [case.measured(seed) for seed in seeds]
    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return Compared(case, case.expected(), mean, _STUDENT * math.sqrt(variance / len(values)))


def _queue(
    measure: Callable[[Outcome], float], rate: float, length: Length, farm: Farm, jobs: int, batch: int = 1
) -> Callable[[int], float]:
    def measured(seed: int) -> float:
        random = seeded(seed)
        seconds = jobs / rate / batch
        arrivals = steady(random, rate, seconds, length, batch)
        return measure(simulate(arrivals, farm, random, warm_up=seconds / 20))

    return measured


def _newcomer(
    fair: bool, large: int, small: int, service: float, slots: int, after: float
) -> Callable[[int], float]:
    def measured(seed: int) -> float:
        random = seeded(seed)
        draw, waits = exponential(service), []
        for _ in range(60):
            first = Arrival(0.0, tuple(draw(random) for _ in range(large)), "large")
            second = Arrival(after, tuple(draw(random) for _ in range(small)), "small")
            waits.append(simulate([first, second], Farm(slots, fair), random).mean_wait("small"))
        return math.fsum(waits) / len(waits)

    return measured


def _last(jobs: int, service: float) -> Callable[[int], float]:
    def measured(seed: int) -> float:
        random = seeded(seed)
        draw = exponential(service)
        samples = [Arrival(i * 1e6, tuple(draw(random) for _ in range(jobs))) for i in range(300)]
        outcome = simulate(samples, Farm(_PLENTY), random)
        last = dict(sorted(zip((job.arrived for job in outcome.jobs), outcome.ended, strict=True)))
        return math.fsum(end - begin for begin, end in last.items()) / len(last)

    return measured


def _sessions(users: int, stays: float, pauses: float, share: float) -> Callable[[int], float]:
    return lambda seed: passed(connected(users, stays, pauses, 300 * stays, seeded(seed)), share)


def cases() -> list[Case]:
    """Every setting: times in minutes for jobs, in milliseconds for requests."""
    return list(chain(_queues(), _sizes(), _samples(), _one_sample(), _connections(), _people()))


def _queues() -> list[Case]:
    wait, waited = Outcome.mean_wait, Outcome.waited
    return [
        Case(
            "Files one by one, 1 slot, 60 % busy",
            "M/M/1",
            "min",
            lambda: theory.wait_mmc(0.12, 5, 1),
            _queue(wait, 0.12, exponential(5), Farm(1), 40000),
        ),
        Case(
            "Files one by one, 8 slots, 70 % busy",
            "M/M/c",
            "min",
            lambda: theory.wait_mmc(1.12, 5, 8),
            _queue(wait, 1.12, exponential(5), Farm(8), 40000),
        ),
        Case(
            "Share of files that wait, 32 slots, 80 % busy",
            "Erlang C",
            "share",
            lambda: theory.erlang_c(32, 25.6),
            _queue(waited, 5.12, exponential(5), Farm(32), 40000),
        ),
    ]


def _sizes() -> list[Case]:
    wait, stay = Outcome.mean_wait, Outcome.mean_stay
    return [
        Case(
            "Sizes differ more, 1 slot, 60 % busy",
            "M/G/1",
            "min",
            lambda: theory.wait_mgc(0.12, 5, 1, 1.5),
            _queue(wait, 0.12, log_normal(5, 1.5), Farm(1), 60000),
        ),
        Case(
            "Sizes differ less, 8 slots, 80 % busy",
            "M/G/c, Allen and Cunneen",
            "min",
            lambda: theory.wait_mgc(1.28, 5, 8, 0.5),
            _queue(wait, 1.28, log_normal(5, 0.5), Farm(8), 40000),
        ),
        Case(
            "Interrupted every other hour, an hour's job",
            "renewal",
            "min",
            lambda: theory.repeated(60, 1 / 120),
            _queue(stay, 0.1, fixed(60), Farm(_PLENTY, lost=1 / 120), 4000),
        ),
    ]


def _samples() -> list[Case]:
    rate = 47.6 / 20 / 5  # samples of 20 files a minute: a thousand users in their busiest hour
    plenty = Farm(_PLENTY)
    return [
        Case(
            "Samples of 20 files, 1 slot, 60 % busy",
            "M^X/M/1",
            "min",
            lambda: theory.wait_batches(0.006, 5, 20),
            _queue(Outcome.mean_wait, 0.006, exponential(5), Farm(1), 60000, 20),
        ),
        Case(
            "Jobs under way, samples of 20",
            "Little",
            "jobs",
            lambda: theory.little(rate * 20, 5),
            _queue(Outcome.mean_busy, rate, exponential(5), plenty, 30000, 20),
        ),
        Case(
            "Their standard deviation",
            "M^X/M/∞",
            "jobs",
            lambda: theory.deviation(47.6, 20),
            _queue(Outcome.deviation, rate, exponential(5), plenty, 30000, 20),
        ),
        Case(
            "Jobs not passed in 99 % of the time",
            "M^X/M/∞, Panjer",
            "jobs",
            lambda: theory.peak(47.6, 20, 0.99),
            _queue(lambda outcome: outcome.peak(0.99), rate, exponential(5), plenty, 30000, 20),
        ),
    ]


def _one_sample() -> list[Case]:
    return [
        Case(
            "Until the last of 20 files has ended",
            "harmonic number",
            "min",
            lambda: theory.longest(20, 5),
            _last(20, 5),
        ),
        Case(
            "3 files behind 1,000, first come, 32 slots",
            "first come",
            "min",
            lambda: theory.first_come_wait(3, 1000 - 32 - 64, 5, 32),
            _newcomer(False, 1000, 3, 5, 32, 10),
        ),
        Case(
            "3 files behind 1,000, fair shares, 32 slots",
            "fair share",
            "min",
            lambda: theory.fair_wait(3, 5, 32),
            _newcomer(True, 1000, 3, 5, 32, 10),
        ),
    ]


def _connections() -> list[Case]:
    busy = exponential(30)
    return [
        Case(
            "A query waits for one of 10 connections, 70 % busy",
            "M/M/c",
            "ms",
            lambda: theory.wait_mmc(7 / 30, 30, 10),
            _queue(Outcome.mean_wait, 7 / 30, busy, Farm(10), 40000),
        ),
        Case(
            "Share of queries that wait",
            "Erlang C",
            "share",
            lambda: theory.erlang_c(10, 7),
            _queue(Outcome.waited, 7 / 30, busy, Farm(10), 40000),
        ),
    ]


def _people() -> list[Case]:
    return [
        Case(
            "People connected, of 1,000, not passed in 99 % of the time",
            "binomial",
            "users",
            lambda: theory.binomial_peak(1000, 40 / 1333, 0.99),
            _sessions(1000, 40, 1293, 0.99),
        ),
    ]
