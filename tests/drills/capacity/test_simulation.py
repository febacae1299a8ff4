"""The simulation does with a few jobs what can be followed by hand."""

from collections.abc import Sequence
from random import Random

import pytest

from drills.capacity.simulation import Arrival, Farm, Outcome, seeded, simulate


def run(farm: Farm, *arrivals: Arrival) -> Outcome:
    """Simulate these arrivals."""
    return simulate(arrivals, farm, seeded(1))


def begun(outcome: Outcome) -> Sequence[float]:
    """When each job began, in order."""
    return sorted(job.begun for job in outcome.jobs)


def test_jobs_wait_for_a_slot():
    """Three jobs of four on two slots: the third begins when the first ends."""
    outcome = run(Farm(2), Arrival(0, (4, 4, 4)))
    assert (begun(outcome), outcome.ended) == ([0, 0, 4], [4, 4, 8])
    assert (outcome.mean_wait(), outcome.waited()) == (pytest.approx(4 / 3), pytest.approx(1 / 3))


def test_stays_and_late_waits_are_measured():
    """A stay is the wait and the run; the latest of three waits is the one that all do not pass."""
    outcome = run(Farm(2), Arrival(0, (4, 4, 4)))
    assert (outcome.mean_stay(), outcome.late(1), outcome.late(0.5)) == (pytest.approx(16 / 3), 4, 0)


def test_busy_slots_are_held_for_their_time():
    """One slot for one minute, two for one, then one for two, until the last arrival."""
    outcome = run(Farm(5), Arrival(0, (2,)), Arrival(1, (3,)), Arrival(4, (1,)))
    assert outcome.busy == {1: 3, 2: 1, 0: 0} or outcome.busy == {1: 3, 2: 1}
    assert (outcome.mean_busy(), outcome.peak(0.7), outcome.peak(1)) == (1.25, 1, 2)
    assert outcome.deviation() == pytest.approx((3 / 16) ** 0.5)


def test_first_come_is_served_first():
    """Whoever comes later waits for all who came before."""
    outcome = run(Farm(1), Arrival(0, (3, 3), "large"), Arrival(1, (1,), "small"))
    assert outcome.mean_wait("small") == 5


def test_fair_shares_serve_whoever_used_least():
    """The small user's job is next, though it came later."""
    outcome = run(Farm(1, fair=True), Arrival(0, (3, 3), "large"), Arrival(1, (1,), "small"))
    assert (outcome.mean_wait("small"), outcome.mean_wait("large")) == (2, 2)


def test_an_interrupted_job_starts_anew():
    """It ends only when its whole length has passed without an interruption."""

    class Often(Random):
        """Interrupts after two, then never."""

        times = iter([2.0, 99.0])

        def expovariate(self, lambd: float = 1.0) -> float:
            return next(self.times)

    outcome = simulate([Arrival(0, (5,))], Farm(1, lost=1), Often())
    assert (outcome.ended, outcome.jobs[0].attempts, outcome.given_up(1), outcome.given_up(2)) == (
        [7],
        2,
        1,
        0,
    )


def test_a_cold_slot_starts_and_becomes_cold_again():
    """The first job waits for its slot, one soon after does not, one long after waits again."""
    farm = Farm(1, start=3, idle=10)
    outcome = run(farm, Arrival(0, (1,)), Arrival(5, (1,)), Arrival(50, (1,)))
    assert [job.begun - job.arrived for job in outcome.jobs] == [3, 0, 3]


def test_no_more_slots_start_than_there_are():
    """Five jobs on two cold slots run two at a time."""
    assert begun(run(Farm(2, start=3), Arrival(0, (1,) * 5))) == [3, 3, 4, 4, 5]


def test_the_warm_up_is_not_counted():
    """Neither jobs that came before it, nor slots that were busy."""
    outcome = simulate(
        [Arrival(0, (4,)), Arrival(10, (1,)), Arrival(12, (1,))], Farm(1), seeded(1), warm_up=8
    )
    assert (len(outcome.jobs), outcome.mean_busy()) == (2, 0.25)


def test_a_seed_gives_the_same_numbers():
    """Runs can be repeated, and seeds differ."""
    assert seeded(3).random() == seeded(3).random() != seeded(4).random()
