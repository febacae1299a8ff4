"""The autoscaler's algorithm, against cases worked out by hand from Kubernetes' documentation."""

import pytest

from drills.scaling.hpa import PERIOD, Behavior, Policy, Rules, recommendation, simulate

AT_ONCE = Rules(0, (Policy("Percent", 1000, 15),))
DOWN_AT_ONCE = Rules(0, (Policy("Percent", 100, 15),))


def run(demand: list[float], up: Rules = AT_ONCE, down: Rules = DOWN_AT_ONCE, least: int = 1) -> list[int]:
    """The replicas of a short day in which pods start, and usage is seen, at once."""
    return list(simulate(demand, Behavior(50, least, 100, up, down), 0, 0).replicas)


@pytest.mark.parametrize(
    ("target", "current", "used", "ready", "wanted"),
    [
        (0.5, 1, 1.0, 1, 2),  # twice the target: twice the pods
        (0.5, 4, 1.0, 4, 2),  # half the target: half the pods
        (0.5, 3, 1.0, 3, 2),  # rounded up
        (0.5, 10, 5.4, 10, 10),  # within a tenth of the target: nothing
        (0.5, 10, 5.6, 10, 12),
        (0.5, 8, 4.0, 4, 8),  # four of eight not ready: counted as idle, the target is met
        (0.5, 6, 4.0, 4, 8),  # counted as idle, two more are still needed
    ],
)
def test_the_recommendation(target: float, current: int, used: float, ready: int, wanted: int):
    """Replicas follow the ratio of usage to target, and pods that still start dampen a way up."""
    assert wanted == recommendation(target, current, used, ready)


def test_without_a_window_every_moment_counts():
    """A full pod asks for a second one, and so on; what is not used goes at once."""
    assert [2, 4, 8, 2, 2] == run([4.0, 4.0, 4.0, 1.0, 1.0])


def test_the_way_down_waits_for_its_window():
    """The highest recommendation of the window holds: one low moment takes nobody away."""
    down = Rules(4 * PERIOD, (Policy("Percent", 100, 15),))
    assert [2, 4, 8, 8, 8, 8, 8, 8, 2, 2] == run([4.0] * 5 + [1.0] * 5, down=down)


def test_a_policy_bounds_the_way_up():
    """Four pods a minute, however much is asked for; the widest of several policies holds."""
    assert [2, 4, 5, 5, 6, 8, 9] == run([50.0] * 7, up=Rules(0, (Policy("Pods", 4, 60),)))
    both = Rules(0, (Policy("Pods", 1, 60), Policy("Percent", 200, 60)))
    assert [2, 3, 3, 3, 6] == run([50.0] * 5, up=both)


def test_a_policy_bounds_the_way_down():
    """A quarter a minute of those that were there when the minute began."""
    slow = Rules(0, (Policy("Percent", 25, 60),))
    assert [100, 75, 75, 75, 75, 56] == run([50.0] * 8 + [0.1] * 5, down=slow)[7:]


def test_bounds_hold():
    """Never fewer than the least, never more than the most."""
    assert [6, 6] == run([0.1, 0.1], least=6)
    assert max(run([500.0] * 20)) == 100


def test_demand_without_a_pod_is_counted():
    """What exceeds the ready pods is unserved, until those that were added are ready."""
    behavior = Behavior(50, 2, 100, AT_ONCE, DOWN_AT_ONCE)
    prompt = simulate([4.0] * 10, behavior, 0, 0)
    slow = simulate([4.0] * 10, behavior, 2 * PERIOD, 0)
    assert 0 < prompt.unserved < slow.unserved < 1
    assert prompt.pod_hours == pytest.approx(sum(prompt.replicas) * PERIOD / 3600)
