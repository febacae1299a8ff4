"""A log alert, read by Grafana's own grammar and evaluated over log lines here: no Loki runs.

What the parts of a query do: https://grafana.com/docs/loki/latest/query/
"""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asbuilt.errors import UnusableInput
from drills.alerting.programs import ROOT

_GRAMMAR = ROOT / "node_modules/@grafana/lezer-logql/index.es.js"
_READER = ROOT / "src/drills/alerting/logql.mjs"
_UNITS = {"s": 1, "m": 60, "h": 3600}
Matcher = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log: when, in seconds, the labels of its stream, and its text."""

    time: float
    stream: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Burst:
    """`sum by (...) (count_over_time({...} |= ... | json ... | ... [range])) > threshold`, taken apart."""

    by: tuple[str, ...]
    matchers: tuple[Matcher, ...]
    contains: tuple[str, ...]
    extracted: Mapping[str, str]
    filters: tuple[Matcher, ...]
    seconds: int
    threshold: float


def grammar() -> None:
    """Raises UnusableInput where the grammar is not installed."""
    if not _GRAMMAR.exists():
        raise UnusableInput("LogQL's grammar is not there", hint="make test installs it with npm")


def read(query: str) -> Burst:
    """The parts of a query. Raises UnusableInput where it is no LogQL, Loki refuses it, or it is no burst."""
    found = _parsed(query)
    if found["faults"]:
        raise UnusableInput(f"not LogQL: {found['faults'][0]}")
    matchers = tuple((name, operator, value) for name, operator, value in found["matchers"])
    if all(matches(matcher, "") for matcher in matchers):
        raise UnusableInput("Loki refuses a selector of which every matcher matches the empty string")
    shape = [found.get(part) for part in ("aggregation", "function", "comparison")]
    if shape != ["sum", "count_over_time", ">"] or any(line[0] != "|=" for line in found["lines"]):
        raise UnusableInput("not a sum of count_over_time above a number")
    return Burst(
        by=tuple(found["by"]),
        matchers=matchers,
        contains=tuple(line[1] for line in found["lines"]),
        extracted=found["extracted"],
        filters=tuple((name, operator, value) for name, operator, value in found["filters"]),
        seconds=int(found["range"][:-1]) * _UNITS[found["range"][-1]],
        threshold=float(found["threshold"]),
    )


def firing(burst: Burst, lines: Iterable[Line], now: float) -> dict[tuple[str, ...], int]:
    """The groups, as values of `by`, that fire at `now`, each with its count."""
    counted: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        labels = _labels(burst, line) if now - burst.seconds < line.time <= now else None
        if labels is not None:
            counted[tuple(labels.get(name, "") for name in burst.by)] += 1
    return {group: count for group, count in counted.items() if count > burst.threshold}


def matches(matcher: Sequence[str], value: str) -> bool:
    """Whether a label's value fits a matcher: `=`, `!=`, `=~` or `!~`, the latter anchored."""
    _, operator, wanted = matcher
    equal = re.fullmatch(wanted, value) is not None if "~" in operator else value == wanted
    return equal != operator.startswith("!")


def unfit(query: str, wanted: Sequence[str]) -> Iterator[str]:
    """What stands against a log alert's query: it cannot be read, or lacks labels that it must carry."""
    try:
        burst = read(query)
    except UnusableInput as unusable:
        yield unusable.message
        return
    if set(burst.by) != set(wanted):
        yield f"it is counted by {', '.join(burst.by)}"


def _labels(burst: Burst, line: Line) -> dict[str, str] | None:
    """A line's labels; None where it is not counted. A label of the stream wins over one of the line."""
    if not all(matches(matcher, line.stream.get(matcher[0], "")) for matcher in burst.matchers):
        return None
    if not all(part in line.text for part in burst.contains):
        return None
    labels = {**_fields(burst, line.text), **line.stream}
    if not all(matches(matcher, labels.get(matcher[0], "")) for matcher in burst.filters):
        return None
    return labels


def _fields(burst: Burst, text: str) -> dict[str, str]:
    try:
        document = json.loads(text)
    except ValueError:
        return {}  # a line that is no JSON keeps only its stream's labels
    return {label: str(document[field]) for label, field in burst.extracted.items() if field in document}


def _parsed(query: str) -> dict[str, Any]:
    command = ["node", str(_READER), str(_GRAMMAR)]
    done = subprocess.run(command, input=query, capture_output=True, text=True, check=True, timeout=60)
    return dict(json.loads(done.stdout))
