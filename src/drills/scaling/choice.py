"""Which settings to take: the cheapest of those that serve the day and do not flap."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from drills.scaling.hpa import Behavior, Day, Policy, Rules, simulate

_TARGETS, _UP, _DOWN = (50, 55, 60, 65, 70), (0, 30), (120, 300, 600)  # percent, and seconds of waiting
_DEFAULT_UP = Rules(0, (Policy("Percent", 100, 15), Policy("Pods", 4, 15)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The days of one setting together: the worst share unserved, mean changes and mean pod-hours a day."""

    behavior: Behavior
    unserved: float
    changes: float
    pod_hours: float


def plain(target: int, least: int, most: int, window: int) -> Behavior:
    """Kubernetes' own behaviour, but for the stabilization window of the way down (its default is 300)."""
    return Behavior(target, least, most, _DEFAULT_UP, Rules(window, (Policy("Percent", 100, 15),)))


def candidates(least: int, most: int) -> Iterator[Behavior]:
    """Every setting that is tried: target, growth, and how long and how fast it shrinks."""
    tried = product(_TARGETS, (50, 100), _UP, _DOWN, (10, 25, 100))
    for target, grow, up, down, shrink in tried:
        rising = Rules(up, (Policy("Percent", grow, 15), Policy("Pods", 4, 15)))
        yield Behavior(target, least, most, rising, Rules(down, (Policy("Percent", shrink, 60),)))


def around(behavior: Behavior) -> Iterator[tuple[str, Behavior]]:
    """The setting with its target or one of its waits changed to another that is tried, and how."""
    for target in _TARGETS:
        if abs(target - behavior.target) == 5:
            yield f"target {target} %", replace(behavior, target=target)
    for seconds in _UP:
        if seconds != behavior.up.window:
            changed = replace(behavior.up, window=seconds)
            yield f"wait of {seconds} s on the way up", replace(behavior, up=changed)
    for seconds in _DOWN:
        if seconds != behavior.down.window:
            changed = replace(behavior.down, window=seconds)
            yield f"wait of {seconds} s on the way down", replace(behavior, down=changed)


def outcome(
    behavior: Behavior, days: Sequence[Sequence[float]], start_seconds: int, lag_seconds: int
) -> Outcome:
    """What a setting comes to over several days."""
    ran: list[Day] = [simulate(day, behavior, start_seconds, lag_seconds) for day in days]
    changes, hours = sum(day.changes for day in ran), sum(day.pod_hours for day in ran)
    return Outcome(behavior, max(day.unserved for day in ran), changes / len(ran), hours / len(ran))


def chosen(outcomes: Sequence[Outcome], unserved: float, changes: float) -> Outcome:
    """The cheapest that leaves at most the share `unserved` on the worst day, with at most so many `changes`.

    Raises ValueError where there is none.
    """
    fitting = [one for one in outcomes if one.unserved <= unserved and one.changes <= changes]
    return min(fitting, key=lambda one: (one.pod_hours, one.changes))


def compare(
    days: Sequence[Sequence[float]],
    bounds: Mapping[str, int],
    timing: Mapping[str, int],
    target: int,
    unserved: float,
) -> dict[str, Outcome]:
    """No stabilization, Kubernetes' default, and the setting to take, which is no less calm.

    `bounds` are the `least` and `most` replicas, `timing` the seconds that `simulate` takes.
    """
    none, default = (outcome(plain(target, **bounds, window=window), days, **timing) for window in (0, 300))
    tried = [outcome(behavior, days, **timing) for behavior in candidates(**bounds)]
    return {
        "no stabilization": none,
        "Kubernetes' default": default,
        "chosen": chosen([default, *tried], unserved, default.changes),
    }
