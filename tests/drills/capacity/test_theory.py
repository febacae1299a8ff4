"""Closed forms give what textbooks give, and what can be counted by hand."""

import math
from itertools import pairwise

import pytest

from drills.capacity import theory


def test_little_multiplies():
    """Ten a second that stay for three are thirty."""
    assert theory.little(10, 3) == 30


@pytest.mark.parametrize(
    ("servers", "load", "share"), [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (3, 3.0, 1.0), (4, 9.0, 1.0)]
)
def test_erlang_c_is_what_is_counted_by_hand(servers: int, load: float, share: float):
    """One server is busy for its load; of two, half loaded, a third of arrivals find both busy."""
    assert theory.erlang_c(servers, load) == pytest.approx(share)


def test_one_exponential_server_waits_for_what_is_there():
    """M/M/1: load over what is free, in services."""
    assert theory.wait_mmc(0.8, 1, 1) == pytest.approx(4)


def test_more_than_all_servers_waits_without_end():
    """No finite wait is given where the queue grows for ever."""
    waits = (theory.wait_mmc(2, 1, 2), theory.wait_mgc(3, 1, 2, 0.5), theory.wait_batches(1, 1, 2))
    assert waits == (math.inf, math.inf, math.inf)


def test_one_server_with_fixed_services_waits_half_as_long():
    """Pollaczek and Khinchine, for services that do not differ."""
    assert theory.wait_mgc(0.8, 1, 1, 0) == pytest.approx(2)


def test_batches_of_one_are_single_arrivals():
    """M^X/M/1 with one in a batch is M/M/1."""
    assert theory.wait_batches(0.8, 1, 1) == pytest.approx(theory.wait_mmc(0.8, 1, 1))


def test_single_jobs_under_way_are_poisson():
    """Their deviation is the root of their mean, and their peak is Poisson's quantile."""
    below = math.fsum(math.exp(-4) * 4**count / math.factorial(count) for count in range(9))
    assert theory.deviation(4, 1) == 2
    assert (theory.peak(4, 1, below - 1e-9), theory.peak(4, 1, below + 1e-9)) == (8, 9)


def test_a_peak_of_a_large_load_is_found():
    """Weights are scaled before they overflow; the normal distribution is close by then."""
    normal = 50000 + 2.326 * theory.deviation(50000, 20)
    assert theory.peak(50000, 20, 0.99) == pytest.approx(normal, rel=0.001)


def test_a_peak_grows_with_load_and_with_batches():
    """More work, or the same in larger batches, asks for more."""
    loads = [theory.peak(load, 20, 0.99) for load in (1, 10, 100, 1000)]
    batches = [theory.peak(100, batch, 0.99) for batch in (1, 5, 20, 100)]
    assert all(less < more for less, more in [*pairwise(loads), *pairwise(batches)])


def test_a_binomial_peak_is_counted_by_hand():
    """Of two who are there half of the time, nobody is there for a quarter and both for a quarter."""
    assert [theory.binomial_peak(2, 0.5, share) for share in (0.2, 0.7, 0.8)] == [0, 1, 2]


def test_the_longest_of_two_takes_half_as_long_again():
    """The first of two exponentials ends at half of the mean, the second a mean later."""
    assert theory.longest(2, 10) == 15


def test_a_newcomer_waits_for_the_next_slots_to_end():
    """Of ten slots one ends in a tenth of a service; who comes first waits for all that are ahead."""
    assert (theory.fair_wait(1, 10, 10), theory.first_come_wait(1, 9, 10, 10)) == (1, 10)


def test_a_job_that_is_never_lost_takes_its_time():
    """And one that is lost takes longer."""
    assert theory.repeated(5, 0) == 5 < theory.repeated(5, 0.1) == pytest.approx(math.expm1(0.5) / 0.1)
