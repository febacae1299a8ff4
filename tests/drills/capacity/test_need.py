"""What the busiest hour needs follows from the month, and every limit is asked for something."""

from dataclasses import replace
from itertools import pairwise

import pytest

from drills.capacity import Demand, need, usage
from drills.capacity.inputs import Inputs
from drills.capacity.need import asked


def test_rates_of_the_busiest_hour_make_up_the_month(demand: Demand):
    """Its share of a day, on every working day, is the month."""
    needed, month = need(demand, 1000), usage(demand, 1000)
    hours = demand.working_days / demand.peak_hour * 3600
    assert (needed.files * hours, (needed.requests + needed.pages) * hours) == (
        pytest.approx(month.files),
        pytest.approx(month.requests),
    )


def test_jobs_are_never_fewer_than_a_sample(demand: Demand):
    """One user sends one sample, and its files run at once."""
    assert (need(demand, 1).jobs, need(demand, 1).vcpus) == (demand.files, demand.files * demand.job_vcpus)


def test_pods_that_are_left_carry_all(demand: Demand):
    """With one of three zones lost, two thirds of the pods are not wholly busy."""
    needed = need(demand, 1_000_000)
    busy = needed.requests * demand.api_cpu_ms / 1000 / demand.api_pod_vcpus
    aimed = demand.pod_busy / 100
    assert busy / needed.api_pods <= aimed < busy / (needed.api_pods - 1)
    assert busy / (needed.api_pods * 2 / 3) < 1


def test_a_few_users_get_the_least(demand: Demand):
    """A pod and a node a zone."""
    needed = need(demand, 10)
    assert (needed.api_pods, needed.web_pods, needed.nodes, needed.connections) == (3, 3, 3, 30)


def test_every_limit_is_asked_for(inputs: Inputs):
    """No limit stands in the file that nothing is compared with, and none is missing."""
    assert set(asked(inputs.demand, need(inputs.demand, 10))) == {limit.name for limit in inputs.limits}


def test_more_users_ask_for_no_less(demand: Demand):
    """Of nothing: so each limit breaks once and for all."""
    sizes = (10, 50, 1000, 30000, 1_000_000)
    amounts = [asked(demand, need(demand, users)) for users in sizes]
    assert [
        name for before, after in pairwise(amounts) for name in before if before[name] > after[name]
    ] == []


def test_limits_are_asked_in_their_units(demand: Demand):
    """A thousand users, by hand: four samples of twenty files, in 21 days of which an hour has 15 %."""
    hand = replace(demand, job_minutes=5, volume_gib=100, row_kb=2, kms_requests=4)
    amounts = asked(hand, need(hand, 1000))
    files = 1000 * 4 * 20 * 0.15 / 21 / 3600
    by_hand = {"batch_submit": files, "kms": files * 4, "s3_writes": files * 8, "database_storage": 9.6}
    assert {name: amounts[name] for name in by_hand} == pytest.approx(by_hand)
    assert amounts["volumes"] == 55 * 100 / 1024
    assert amounts["one_address_requests"] == pytest.approx(1000 * 1200 * 0.15 / 21 / 12 * 0.1)
