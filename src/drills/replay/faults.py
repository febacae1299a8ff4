"""Where pages were wrong or did not come, row by row, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from drills.replay.engine import AFTER, Key, Replayed
from drills.replay.judge import Trouble
from drills.replay.rules import Rule
from drills.replay.traffic import moment

_FAST = "ErrorBudgetBurnPage"
_LONG = {_FAST: 120, "ErrorBudgetBurnLeak": 720}  # minutes that a page looks back


def pages(rules: Mapping[Key, Rule]) -> list[Key]:
    """The alerts that wake somebody today."""
    return [key for key, rule in rules.items() if key[0] == AFTER and rule.severity == "page"]


def missed(rules: Mapping[Key, Rule], found: Sequence[Replayed]) -> Iterator[dict[str, Any]]:
    """Troubles that the fast page missed, the most that two hours of each spent, and what told it instead."""
    fast = [key for key in pages(rules) if key[1] == _FAST]
    for slo, trouble, one in _untold(fast, found):
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


def counts(rules: Mapping[Key, Rule], found: Sequence[Replayed]) -> dict[str, int]:
    """How many troubles have no page, and how many pages no trouble."""
    return {"missed": len(list(_untold(pages(rules), found))), "wrong": len(list(wrong(rules, found)))}


def wrong(rules: Mapping[Key, Rule], found: Sequence[Replayed]) -> Iterator[dict[str, Any]]:
    """Pages in which nothing that matters happened, and what did."""
    for one in found:
        for key in pages(rules):
            for page in one.verdicts[key].wrong:
                yield {
                    "month": one.seed,
                    "alert": f"`{key[1]}`",
                    "objective": key[2],
                    "at": moment(page[0]),
                    "what happened, traffic of the mean, budget spent": "; ".join(
                        _happened(one.happened[key[2]], page[0], _LONG[key[1]])
                    ),
                }


def _untold(keys: Sequence[Key], found: Sequence[Replayed]) -> Iterator[tuple[str, Trouble, Replayed]]:
    """Troubles that none of these alerts noticed."""
    for one in found:
        for slo, troubles in one.troubles.items():
            told = {name for key in keys if key[2] == slo for name in one.verdicts[key].noticed}
            yield from ((slo, trouble, one) for trouble in troubles if trouble.event.name not in told)


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


def _happened(all_: Sequence[Trouble], begins: int, long: int) -> Iterator[str]:
    """What began before a page, and ended no more than `long` minutes earlier; in the order of beginnings."""
    seen = [one for one in all_ if one.event.start <= begins <= one.event.end + long]
    for one in sorted(seen, key=lambda one: one.event.start):
        yield f"{one.event.name}, {one.traffic:.1f} times, {100 * one.spent:.1f} %"
