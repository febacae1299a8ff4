"""The HorizontalPodAutoscaler's published algorithm, on a day of demand.

Rules: Kubernetes documentation, "Horizontal Pod Autoscaling", sections "Algorithm details" and "Configurable
scaling behavior"; where the text leaves the order open, the controller's code decides
(`normalizeDesiredReplicasWithBehaviors`): an event that is exactly one period old is outside the period.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

PERIOD = 15
"""Seconds between two decisions: the controller's default."""
_TOLERANCE = 0.1  # a ratio of usage to target within this of 1 changes nothing: the default


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `value` pods, or percent of the pods, within `seconds`."""

    kind: str
    value: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Rules:
    """How fast one direction may go: the safest recommendation of a window, and the widest policy."""

    window: int
    policies: tuple[Policy, ...]


@dataclass(frozen=True, slots=True)
class Behavior:
    """The settings of one autoscaler. `target` is a percentage of what a pod requests."""

    target: int
    least: int
    most: int
    up: Rules
    down: Rules


@dataclass(frozen=True, slots=True)
class Day:
    """What a day came to. `unserved` is the share of the demand that met no free pod."""

    replicas: tuple[int, ...]
    changes: int
    pod_hours: float
    unserved: float


def simulate(demand: Sequence[float], behavior: Behavior, start_seconds: int, lag_seconds: int) -> Day:
    """Run a day. `demand` is in pods that work at all they request, one value for every `PERIOD`.

    A pod that was added takes part after `start_seconds`; usage is seen `lag_seconds` after it was.
    A pod gives what it requests and no more: what more it may get from an idle node is not counted on.
    """
    autoscaler = _Autoscaler(behavior)
    delay, lag = start_seconds // PERIOD, lag_seconds // PERIOD
    replicas = [behavior.least] * (delay + 1)  # of the last periods: who was there then is ready now
    usage: deque[tuple[float, int]] = deque(maxlen=lag + 1)
    shown, unserved = [], 0.0
    for wanted in demand:
        ready = min(replicas[-delay - 1 :])
        served = min(wanted, float(ready))
        unserved += wanted - served
        usage.append((served, ready))
        replicas.append(autoscaler.decide(replicas[-1], *usage[0]))
        shown.append(replicas[-1])
    changes = sum(before != after for before, after in pairwise(shown))
    return Day(tuple(shown), changes, sum(shown) * PERIOD / 3600, unserved / sum(demand))


class _Autoscaler:
    """Remembers what the algorithm looks back on: recommendations, and what it did."""

    def __init__(self, behavior: Behavior) -> None:
        self._behavior = behavior
        self._recommended: deque[int] = deque(
            maxlen=max(behavior.up.window, behavior.down.window) // PERIOD + 1
        )
        longest = max(policy.seconds for rules in (behavior.up, behavior.down) for policy in rules.policies)
        self._changes: deque[int] = deque(maxlen=longest // PERIOD)

    def decide(self, current: int, used: float, ready: int) -> int:
        """How many pods there shall be, when `ready` of `current` pods use `used` pods' worth."""
        behavior = self._behavior
        self._recommended.append(recommendation(behavior.target / 100, current, used, ready))
        wanted = self._stabilized(current)
        wanted = min(max(wanted, behavior.least), behavior.most)
        if wanted > current:
            wanted = max(current, min(wanted, self._ceiling(current)))
        elif wanted < current:
            wanted = min(current, max(wanted, self._floor(current)))
        self._changes.append(wanted - current)
        return wanted

    def _stabilized(self, current: int) -> int:
        """The lowest of the window on the way up, the highest on the way down."""
        behavior, past = self._behavior, list(self._recommended)
        up = min(past[-max(1, behavior.up.window // PERIOD) :])
        down = max(past[-max(1, behavior.down.window // PERIOD) :])
        return min(max(current, up), down)

    def _ceiling(self, current: int) -> int:
        limits = []
        for policy in self._behavior.up.policies:
            start = current - sum(change for change in self._last(policy.seconds) if change > 0)
            grown = (
                start + policy.value if policy.kind == "Pods" else math.ceil(start * (1 + policy.value / 100))
            )
            limits.append(grown)
        return max(limits)

    def _floor(self, current: int) -> int:
        limits = []
        for policy in self._behavior.down.policies:
            start = current - sum(change for change in self._last(policy.seconds) if change < 0)
            share = int(start * (1 - policy.value / 100))
            limits.append(start - policy.value if policy.kind == "Pods" else share)
        return min(limits)

    def _last(self, seconds: int) -> list[int]:
        """What was done within a period; what was done exactly so long ago is outside."""
        count = seconds // PERIOD - 1
        return list(self._changes)[-count:] if count else []


def recommendation(target: float, current: int, used: float, ready: int) -> int:
    """The replicas that bring usage to `target`, a share of what a pod requests.

    Pods that are not ready yet count as idle where that dampens a way up, and change nothing where it would
    turn it round.
    """
    ratio = used / ready / target
    if abs(ratio - 1) <= _TOLERANCE:
        return current
    if ratio < 1 or ready == current:
        return math.ceil(round(ratio * ready, 9))
    dampened = used / current / target
    if dampened <= 1 + _TOLERANCE:
        return current
    return math.ceil(round(dampened * current, 9))
