"""Closed forms of queueing theory. Times are in any unit, the same for all; a rate is in its inverse.

The simulation (`drills.capacity.simulation`) uses none of them: the two are compared.
"""

import math

_LARGE = 1e200  # weights of an unfinished distribution are scaled down before they overflow
_NEGLIGIBLE = 1e-12


def little(rate: float, time: float) -> float:
    """How many are under way, on average, when `rate` arrive and each stays `time`.

    Little's law: J. D. C. Little, "A Proof for the Queuing Formula L = λW", Operations Research 9 (1961).
    """
    return rate * time


def erlang_c(servers: int, load: float) -> float:
    """The share of arrivals that wait (M/M/c); `load` is in busy servers. 1 where it is not below `servers`.

    A. K. Erlang (1917); computed by the recursion of Erlang B, which neither overflows nor loses digits.
    """
    if load >= servers:
        return 1.0
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def wait_mmc(rate: float, service: float, servers: int) -> float:
    """Mean time in the queue: Poisson arrivals, exponential service. Infinite where that is too few.

    L. Kleinrock, Queueing Systems I (1975), section 3.5.
    """
    load = rate * service
    if load >= servers:
        return math.inf
    return erlang_c(servers, load) * service / (servers - load)


def wait_mgc(rate: float, service: float, servers: int, cv: float) -> float:
    """Mean time in the queue where service has any distribution; `cv` is its deviation over its mean.

    A. O. Allen and J. Cunneen: (1 + cv²)/2 of the wait of M/M/c (Allen, Probability, Statistics, and Queueing
    Theory, 2nd ed. 1990, section 5.3). Exact for one server (Pollaczek and Khinchine) and for cv 1.
    """
    return (1 + cv**2) / 2 * wait_mmc(rate, service, servers)


def wait_batches(rate: float, service: float, batch: int) -> float:
    """Mean time a job waits at one exponential server when `batch` come at once, at this `rate` of batches.

    M^X/M/1: D. Gross and C. M. Harris, Fundamentals of Queueing Theory, section 3.1.
    """
    load = rate * batch * service
    if load >= 1:
        return math.inf
    return load * (1 + batch) / (2 * (1 - load)) / (rate * batch) - service


def deviation(load: float, batch: int) -> float:
    """The standard deviation of exponential jobs under way when nobody waits and `batch` come at once.

    M^X/M/∞: the variance is load · (1 + (batch - 1)/2) (D. N. Shanbhag, "On infinite server queues with batch
    arrivals", Journal of Applied Probability 3, 1966; two such jobs run together for half of their mean).
    """
    return math.sqrt(load * (1 + (batch - 1) / 2))


def peak(load: float, batch: int, share: float) -> int:
    """The number of jobs under way that is not passed in this `share` of the time, in the same system.

    Of a batch, k jobs are left for 1/k of a job's mean time. So the number is a compound Poisson sum, whose
    distribution H. H. Panjer's recursion gives (ASTIN Bulletin 12, 1981):
    p(m) = a/m · (p(m-1) + … + p(m-batch)),
    where a is the load of batches, load/batch.
    """
    weights, largest = [1.0], 1.0
    while len(weights) <= load or weights[-1] > _NEGLIGIBLE * largest:
        weights.append(load / batch / len(weights) * math.fsum(weights[-batch:]))
        largest = max(largest, weights[-1])
        if largest > _LARGE:
            weights, largest = [weight / _LARGE for weight in weights], largest / _LARGE
    whole, below = math.fsum(weights), 0.0
    for count, weight in enumerate(weights):
        below += weight
        if below >= share * whole:
            return count
    return len(weights)


def binomial_peak(users: int, active: float, share: float) -> int:
    """The fewest that suffice in this `share` of the time for `users` who are each there with this chance.

    The quantile of a binomial distribution, summed from its smallest term on in logarithms.
    """
    below, count = 0.0, -1
    while below < share and count < users:
        count += 1
        chosen = math.lgamma(users + 1) - math.lgamma(count + 1) - math.lgamma(users - count + 1)
        below += math.exp(chosen + count * math.log(active) + (users - count) * math.log1p(-active))
    return count


def longest(jobs: int, service: float) -> float:
    """Mean time until the last of so many exponential jobs that start together has ended.

    The maximum of n exponentials: the n-th harmonic number of means (A. Rényi, 1953).
    """
    return service * math.fsum(1 / count for count in range(1, jobs + 1))


def fair_wait(jobs: int, service: float, servers: int) -> float:
    """Mean time that a newcomer's jobs wait behind a full queue when the newcomer is always served first.

    Of `servers` busy with exponential jobs one ends every service/servers: the k-th job takes the k-th.
    """
    return (jobs + 1) / 2 * service / servers


def first_come_wait(jobs: int, ahead: int, service: float, servers: int) -> float:
    """The same when all that are `ahead` in the queue, beside the running ones, are served before."""
    return fair_wait(jobs, service, servers) + ahead * service / servers


def repeated(length: float, lost: float) -> float:
    """Mean time until a job of fixed length ends, when it is interrupted at the rate `lost` and starts anew.

    W. Feller, An Introduction to Probability Theory I, on renewal: (e^(rs) - 1)/r.
    """
    return math.expm1(lost * length) / lost if lost else length
