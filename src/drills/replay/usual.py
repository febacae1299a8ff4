"""How much is usual at each minute of a month, recorded once.

The rule file records it too. It averages thirty days, and in production it is worked out once a minute; every
alert reads it twice, so that to work it out for each of them takes longer than all the rest.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from drills.prometheus import POINTS, Query, running
from drills.replay.month import Month
from drills.replay.samples import EPOCH, samples
from drills.slo import Declared, pace, usual_pace

_READ = ("http_requests_total", "http_request_duration_seconds_count")  # what the usual pace counts


@contextmanager
def knowing_usual(made: Month, promised: Declared) -> Iterator[Query]:
    """A Prometheus over a month; where an expression asks for the usual pace, it reads what was recorded.

    Raises UnusableInput where Prometheus does not start.
    """
    names = meanings(promised)
    counters = list(samples(made))
    with running(one for one in counters if one.startswith(_READ)) as query:
        usual = [line for name, asked in names.items() for line in _recorded(name, asked, query, made)]
    with running([*counters, *usual]) as query:
        yield lambda expression, *times: query(read(expression, names), *times)


def meanings(promised: Declared) -> dict[str, str]:
    """The usual pace of each objective as `rules` writes it, by the name that it is recorded under."""
    return {
        f'usual{{service="{promised.service}",slo="{one.name}"}}': usual_pace(
            promised, f"({pace(promised, one)})"
        )
        for one in promised.objectives
    }


def read(expression: str, names: Mapping[str, str]) -> str:
    """An expression with recorded names in the place of what they mean."""
    for name, meaning in names.items():
        expression = expression.replace(meaning, name)
    return expression


def _recorded(name: str, asked: str, query: Query, made: Month) -> Iterator[str]:
    """Samples of an expression's value at every minute, in OpenMetrics' form."""
    for first in range(-made.warm_up, made.minutes + 1, POINTS):
        last = min(first + POINTS - 1, made.minutes)
        for one in query(asked, EPOCH + 60 * first, EPOCH + 60 * last, 60):
            yield from (f"{name} {value} {at}\n" for at, value in one["values"])
