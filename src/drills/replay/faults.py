"""Where pages were wrong or did not come, row by row, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from drills.replay.engine import AFTER, Key, Replayed
from drills.replay.judge import Trouble
from drills.replay.rules import Interval, Rule
from drills.replay.traffic import moment

PAGE = "ErrorBudgetBurnPage"
"""The alert that the rows are about."""
_LONG = 120  # minutes that a page looks back
_SLOW = 360  # minutes that the ticket looks back: what lasts longer is not for a page


def missed(rules: Mapping[Key, Rule], found: Sequence[Replayed]) -> Iterator[dict[str, Any]]:
    """Troubles without a page, the most that two hours of each spent, and what was told of it instead."""
    for slo, trouble, one in _silent(rules, found):
        told = [
            alert
            for (state, alert, of), verdict in one.verdicts.items()
            if (state, of) == (AFTER, slo) and trouble.event.name in verdict.noticed
        ]
        yield {
            **_incident(one.seed, slo, trouble),
            "most of it in two hours": f"{100 * trouble.highest:.1f} %",
            "told by": ", ".join(f"`{alert}`" for alert in told) or "nobody",
        }


def counts(rules: Mapping[Key, Rule], found: Sequence[Replayed]) -> dict[str, dict[str, int]]:
    """How many troubles have no page, and how many of them take their time; and how many pages no trouble."""
    silent = [trouble.event for _, trouble, _ in _silent(rules, found)]
    return {
        "missed": {"all": len(silent), "slow": sum(one.end - one.start >= _SLOW for one in silent)},
        "wrong": {"all": len(list(wrong(rules, found)))},
    }


def wrong(rules: Mapping[Key, Rule], found: Sequence[Replayed]) -> Iterator[dict[str, Any]]:
    """Pages in which nothing that matters happened, and what did."""
    for one in found:
        for key in _pages(rules):
            for page in one.verdicts[key].wrong:
                yield {
                    "month": one.seed,
                    "objective": key[2],
                    "at": moment(page[0]),
                    "what happened, traffic of the mean, budget spent": "; ".join(
                        _happened(one.happened[key[2]], page)
                    ),
                }


def _pages(rules: Mapping[Key, Rule]) -> list[Key]:
    return [key for key in rules if key[:2] == (AFTER, PAGE)]


def _silent(rules: Mapping[Key, Rule], found: Sequence[Replayed]) -> Iterator[tuple[str, Trouble, Replayed]]:
    for one in found:
        for key in _pages(rules):
            for trouble in one.troubles[key[2]]:
                if trouble.event.name not in one.verdicts[key].noticed:
                    yield key[2], trouble, one


def _incident(seed: int, slo: str, trouble: Trouble) -> dict[str, Any]:
    event = trouble.event
    return {
        "month": seed,
        "incident": event.name,
        "objective": slo,
        "began": moment(event.start),
        "lasted": f"{event.end - event.start} minutes",
        "traffic, of the mean": f"{trouble.traffic:.1f} times",
        "budget spent": f"{100 * trouble.spent:.1f} %",
    }


def _happened(all_: Sequence[Trouble], page: Interval) -> Iterator[str]:
    for one in _around(all_, page):
        yield f"{one.event.name}, {one.traffic:.1f} times, {100 * one.spent:.1f} %"


def _around(all_: Sequence[Trouble], page: Interval) -> list[Trouble]:
    """What a page still sees when it begins, in the order in which it began."""
    seen = [one for one in all_ if one.event.start <= page[0] <= one.event.end + _LONG]
    return sorted(seen, key=lambda one: one.event.start)
