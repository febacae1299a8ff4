"""Alerts of rule files, and when each of them fires over what an expression gave.

`for` and `keep_firing_for`: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drills.alerting.alerts import groups
from drills.prometheus import POINTS, Query
from drills.replay.samples import EPOCH
from drills.slo import Declared, Objective, Window, rate, seconds

Interval = tuple[int, int]
"""From a minute until before another."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert of one objective; `wait` and `keep` are its `for` and `keep_firing_for`, in minutes.

    It is evaluated every `step` minutes.
    """

    alert: str
    slo: str
    severity: str
    expression: str
    wait: int
    keep: int
    step: int = 1


def rules(path: Path, objectives: Mapping[str, str], steps: Mapping[str, int]) -> list[Rule]:
    """The alerts of a file, with what it records in the place of the recorded names.

    `objectives` says which objective an alert is about that has no label for it, `steps` which alerts are not
    evaluated every minute.
    """
    found = [rule for group in groups(path) for rule in group["rules"]]
    recorded = {_reads(rule): f"({rule['expr'].strip()})" for rule in found if "record" in rule}
    inlined = dict(reversed(recorded.items()))  # what is recorded reads only what stands before it
    return [_rule(rule, inlined, objectives, steps) for rule in found if "alert" in rule]


def fires(rule: Rule, query: Query, minutes: int) -> list[Interval]:
    """When any of a rule's alerts fires, in a month of so many minutes."""
    held: dict[str, list[int]] = {}
    at_once = POINTS * rule.step
    for first in range(0, minutes, at_once):
        last = min(first + at_once, minutes) - 1
        for series in query(rule.expression, EPOCH + 60 * first, EPOCH + 60 * last, 60 * rule.step):
            points = held.setdefault(str(sorted(series["metric"].items())), [])
            points += [(int(at) - EPOCH) // 60 for at, _ in series["values"]]
    return merged(one for points in held.values() for one in fired(points, rule))


def fired(held: Sequence[int], rule: Rule) -> Iterator[Interval]:
    """When one alert of a rule fires, whose expression holds at these minutes."""
    current: Interval | None = None
    for start, end in merged((minute, minute + rule.step) for minute in held):
        if current and start <= current[1]:
            current = current[0], end + rule.keep
        elif end - rule.step - start >= rule.wait:
            if current:
                yield current
            current = start + rule.wait, end + rule.keep
    if current:
        yield current


def ratios(declared: Declared) -> list[Rule]:
    """The page as it is usually written: it compares the shares of requests that come at the time."""
    window = next(one for one in declared.windows if one.severity == "page")
    return [
        Rule(window.alert, one.name, window.severity, _ratios(declared, one, window), 0, 0)
        for one in declared.objectives
    ]


def merged(intervals: Iterator[Interval]) -> list[Interval]:
    """Intervals in order, those that touch made one."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _ratios(declared: Declared, objective: Objective, window: Window) -> str:
    """Where the share of bad requests is above the burn rate times the budget, over both windows."""
    return " and ".join(
        f"1 - ({rate(declared, objective.good, one)} or 0 * {total}) / ({total} > 0)"
        f" > {window.burn} * {objective.budget}"
        for one in (window.long, window.short)
        for total in [rate(declared, objective.total, one)]
    )


def _reads(rule: Mapping[str, Any]) -> str:
    """How an alert names what a rule records."""
    return f'{rule["record"]}{{service="schedules",slo="{rule["labels"]["slo"]}"}}'


def _rule(
    rule: Mapping[str, Any],
    recorded: Mapping[str, str],
    objectives: Mapping[str, str],
    steps: Mapping[str, int],
) -> Rule:
    expression = rule["expr"]
    for name, meaning in recorded.items():
        expression = expression.replace(name, meaning)
    labels = rule["labels"]
    slo = labels.get("slo") or objectives[rule["alert"]]
    wait, keep = (seconds(rule.get(key, "0m")) // 60 for key in ("for", "keep_firing_for"))
    return Rule(rule["alert"], slo, labels["severity"], expression, wait, keep, steps.get(rule["alert"], 1))
