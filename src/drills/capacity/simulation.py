"""A discrete-event simulation: samples arrive, their jobs queue, run on slots, are interrupted, and end.

A slot is what runs one job: a job's share of an instance, or a connection of a pool that carries requests.
Times are in any unit, the same for all; a rate is in its inverse.
"""

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True)
class Arrival:
    """Jobs that come at once, with the user they count for, and how long each runs."""

    time: float
    lengths: tuple[float, ...]
    user: str = ""


@dataclass(frozen=True, slots=True)
class Farm:
    """What runs jobs. `fair`: next is whoever has used least; otherwise whoever came first.

    `lost` interruptions in a unit of running make a job start anew. A cold slot takes `start` until its
    first job, and becomes cold after `idle` without one.
    """

    slots: int
    fair: bool = False
    lost: float = 0.0
    start: float = 0.0
    idle: float = math.inf


@dataclass(slots=True)
class Job:
    """One job on its way."""

    arrived: float
    user: str
    length: float
    begun: float = -1.0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Jobs that ended, of those that came after the warm-up, and for how long how many slots were busy."""

    jobs: list[Job]
    ended: list[float]
    busy: dict[int, float]

    def mean_wait(self, user: str | None = None) -> float:
        """Mean time from arrival to the first start, of all jobs or of one user's."""
        waits = [job.begun - job.arrived for job in self.jobs if user in (None, job.user)]
        return math.fsum(waits) / len(waits)

    def waited(self) -> float:
        """The share of jobs that did not start at once."""
        return sum(job.begun > job.arrived for job in self.jobs) / len(self.jobs)

    def mean_stay(self) -> float:
        """Mean time from arrival to end."""
        stays = [end - job.arrived for job, end in zip(self.jobs, self.ended, strict=True)]
        return math.fsum(stays) / len(stays)

    def given_up(self, attempts: int) -> float:
        """The share of jobs that needed more than so many attempts."""
        return sum(job.attempts > attempts for job in self.jobs) / len(self.jobs)

    def late(self, share: float) -> float:
        """The wait that this share of jobs does not pass."""
        waits = sorted(job.begun - job.arrived for job in self.jobs)
        return waits[min(len(waits) - 1, math.ceil(share * len(waits)) - 1)]

    def mean_busy(self) -> float:
        """Mean number of busy slots."""
        return sum(count * held for count, held in self.busy.items()) / sum(self.busy.values())

    def deviation(self) -> float:
        """Standard deviation of the number of busy slots."""
        mean = self.mean_busy()
        squares = sum((count - mean) ** 2 * held for count, held in self.busy.items())
        return math.sqrt(squares / sum(self.busy.values()))

    def peak(self, share: float) -> int:
        """The number of busy slots that is not passed in this share of the time."""
        whole, below = sum(self.busy.values()), 0.0
        for count in sorted(self.busy):
            below += self.busy[count]
            if below >= share * whole:
                return count
        return max(self.busy)


def seeded(seed: int) -> Random:
    """A source of numbers that gives the same ones every time."""
    return Random(seed)  # noqa: S311 - a simulation


def simulate(arrivals: Iterable[Arrival], farm: Farm, random: Random, warm_up: float = 0.0) -> Outcome:
    """Run all that arrives, in order of time, to its end. What comes before `warm_up` is not counted."""
    run = _Run(farm, random, warm_up)
    for arrival in arrivals:
        run.until(arrival.time)
        run.arrive(arrival)
    busy = dict(run.busy)
    run.until(math.inf)
    return Outcome(run.done, run.ended, busy)


@dataclass(slots=True)
class _Run:
    farm: Farm
    random: Random
    warm_up: float
    now: float = 0.0
    events: list[tuple[float, int, Job | None]] = field(default_factory=list)
    waiting: "_Queue" = field(init=False)
    running: int = 0
    starting: int = 0
    warm: deque[float] = field(default_factory=deque)  # since when each started slot without a job is idle
    number: int = 0
    done: list[Job] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    busy: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def __post_init__(self) -> None:
        self.waiting = _Queue(self.farm.fair)
        if not self.farm.start:
            self.warm.extend([0.0] * self.farm.slots)

    def until(self, time: float) -> None:
        while self.events and self.events[0][0] <= time:
            moment, _, job = heapq.heappop(self.events)
            self._pass(moment)
            if job is None:
                self.starting -= 1
            else:
                self._end(job)
            self.warm.append(moment)
            self._begin()
        if time < math.inf:
            self._pass(time)

    def arrive(self, arrival: Arrival) -> None:
        for length in arrival.lengths:
            self.waiting.put(Job(arrival.time, arrival.user, length))
        self._begin()

    def _pass(self, time: float) -> None:
        if time > self.warm_up:
            self.busy[self.running] += time - max(self.now, self.warm_up)
        self.now = time

    def _at(self, time: float, job: Job | None) -> None:
        self.number += 1
        heapq.heappush(self.events, (time, self.number, job))

    def _begin(self) -> None:
        while self.warm and self.warm[0] + self.farm.idle < self.now:
            self.warm.popleft()
        while self.waiting.size and self.warm:
            self.warm.pop()
            self._run(self.waiting.take())
        cold = self.farm.slots - self.running - self.starting - len(self.warm)
        for _ in range(min(cold, self.waiting.size - self.starting)):
            self.starting += 1
            self._at(self.now + self.farm.start, None)

    def _run(self, job: Job) -> None:
        job.attempts += 1
        if job.attempts == 1:
            job.begun = self.now
        self.running += 1
        lasts = job.length
        if self.farm.lost:
            lasts = min(lasts, self.random.expovariate(self.farm.lost))
        self._at(self.now + lasts, job if lasts == job.length else _Interrupted(job))

    def _end(self, job: Job) -> None:
        self.running -= 1
        if isinstance(job, _Interrupted):
            self.waiting.put(job.job)
        elif job.arrived >= self.warm_up:
            self.done.append(job)
            self.ended.append(self.now)


class _Interrupted(Job):
    """A job whose slot was taken away."""

    def __init__(self, job: Job) -> None:
        self.job = job


class _Queue:
    def __init__(self, fair: bool) -> None:
        self.fair, self.size = fair, 0
        self.jobs: dict[str, deque[Job]] = defaultdict(deque)
        self.used: dict[str, float] = defaultdict(float)

    def put(self, job: Job) -> None:
        self.size += 1
        self.jobs[job.user if self.fair else ""].append(job)

    def take(self) -> Job:
        self.size -= 1
        user = min((name for name, jobs in self.jobs.items() if jobs), key=self._rank) if self.fair else ""
        job = self.jobs[user].popleft()
        self.used[user] += job.length
        return job

    def _rank(self, user: str) -> float:
        return self.used[user]
