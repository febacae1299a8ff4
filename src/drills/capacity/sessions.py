"""A simulation of people who come and go: a finite number of them, each at times connected."""

import heapq
from random import Random


def connected(users: int, stays: float, pauses: float, seconds: float, random: Random) -> list[float]:
    """For how many seconds each number of `users` was connected at once.

    Each stays and pauses for exponential times with these means, and starts where the means put them.
    """
    here = [random.random() < stays / (stays + pauses) for _ in range(users)]
    changes = [
        (random.expovariate(1 / (stays if there else pauses)), user) for user, there in enumerate(here)
    ]
    heapq.heapify(changes)
    held, count, now = [0.0] * (users + 1), sum(here), 0.0
    while changes[0][0] < seconds:
        time, user = changes[0]
        held[count] += time - now
        now, here[user] = time, not here[user]
        count += 1 if here[user] else -1
        heapq.heapreplace(changes, (time + random.expovariate(1 / (stays if here[user] else pauses)), user))
    return held


def passed(held: list[float], share: float) -> int:
    """The number that is not passed in this share of the time."""
    whole, below = sum(held), 0.0
    for count, seconds in enumerate(held):
        below += seconds
        if below >= share * whole:
            return count
    return len(held) - 1
