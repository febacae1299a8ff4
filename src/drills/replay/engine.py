"""A month through Prometheus: what every alert did, before and after."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from drills.replay.events import Event, events
from drills.replay.judge import Trouble, Verdict, judge, troubles
from drills.replay.month import month
from drills.replay.rules import Rule, fires, ratios, rules
from drills.replay.usual import knowing_usual
from drills.slo import Declared

RULES = Path("observability/schedules/rules")
BEFORE, AFTER, RATIOS = "before", "after", "ratios"
Key = tuple[str, str, str]
"""Which alert: the state it belongs to, its name, its objective."""
_AT_ONCE = 2  # months that are replayed side by side


@dataclass(frozen=True, slots=True)
class Replayed:
    """A month: what spent of each objective's budget, which of it matters, and the verdicts on its alerts."""

    seed: int
    events: tuple[Event, ...]
    happened: Mapping[str, Sequence[Trouble]]
    troubles: Mapping[str, Sequence[Trouble]]
    verdicts: Mapping[Key, Verdict]


def alerts(folder: Path, declared: Mapping[str, Any], promised: Declared) -> dict[Key, Rule]:
    """The alerts that are replayed: as they were, as they are, and the page as it is usually written.

    What was there before has no objective: it is that of the alert of the same name today.
    """
    steps = declared["steps"]
    after = rules(folder / "alerts.yaml", {}, steps) + rules(folder / "slo.yaml", {}, steps)
    before = rules(folder / "before.yaml", {one.alert: one.slo for one in after}, steps)
    states = {BEFORE: before, AFTER: after, RATIOS: ratios(promised)}
    return {(state, one.alert, one.slo): one for state, found in states.items() for one in found}


def replayed(declared: Mapping[str, Any], promised: Declared, found: Mapping[Key, Rule]) -> list[Replayed]:
    """The month of every declared seed. Raises UnusableInput where Prometheus does not start."""
    with ProcessPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(partial(replay, declared, promised, found), declared["seeds"]))


def replay(
    declared: Mapping[str, Any],
    promised: Declared,
    found: Mapping[Key, Rule],
    seed: int,
) -> Replayed:
    """One month."""
    made = month(declared, seed, events(declared, seed))
    with knowing_usual(made, promised) as query:
        fired = {key: fires(rule, query, made.minutes) for key, rule in found.items()}
    budgets = {one.name: one.budget for one in promised.objectives}
    happened = {name: troubles(made, name, budget, 0) for name, budget in budgets.items()}
    mattering = {
        name: [one for one in all_ if one.spent > declared["matters"]] for name, all_ in happened.items()
    }
    verdicts = {
        key: judge(made, intervals, mattering[key[2]], key[2], budgets[key[2]], declared["night"])
        for key, intervals in fired.items()
    }
    return Replayed(made.seed, made.events, happened, mattering, verdicts)
