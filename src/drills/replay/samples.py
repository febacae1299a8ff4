"""A month as Prometheus would have read it, every minute, in OpenMetrics' form."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from drills.replay.month import Counted, Month

EPOCH = 1_759_104_000
"""Seconds; minute 0 of every month: a Monday, midnight."""


def samples(month: Month) -> Iterator[str]:
    """Every series of every route, all its samples at a time."""
    times = [f" {EPOCH + 60 * minute}\n" for minute in range(-month.warm_up, month.minutes + 1)]
    for route in month.counted:
        for name, labels, counts in series(route):
            start = f"{name}{{{labels}}} "
            values = map(str, accumulate(counts, initial=0))
            yield "".join(start + value + time for value, time in zip(values, times, strict=True))


def series(route: Counted) -> Iterator[tuple[str, str, Sequence[int]]]:
    """Names, labels, and what is added in each minute: all that some rule reads, and no more.

    Of the histogram's buckets that is those that rules compare with, and one above: whether a quantile is
    above a bucket does not depend on the others. No rule asks how many probes take longer than half a second.
    """
    good = _without(route.requests, route.failed)
    labels = f'service="schedules",version="{route.version}",route="{route.route}",method="GET"'
    yield "http_requests_total", f'{labels},status="200"', good
    yield "http_requests_total", f'{labels},status="500"', route.failed
    buckets: dict[str, Sequence[int]] = {
        "0.3": _without(route.requests, route.slow),
        "0.5": _without(route.requests, route.slower),
    }
    if not route.probes:
        yield "http_request_duration_seconds_count", labels, route.requests
        buckets["5"] = route.requests
    for le, counts in {**buckets, "+Inf": route.requests}.items():
        yield "http_request_duration_seconds_bucket", f'{labels},le="{le}"', counts


def _without(requests: Sequence[int], bad: Sequence[int]) -> list[int]:
    return [all_ - some for all_, some in zip(requests, bad, strict=True)]
