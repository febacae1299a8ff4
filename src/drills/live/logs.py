"""Errors counted in log lines, independently of Prometheus and in the place of Loki."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

LABELS = ("app", "route", "env", "version")
"""What the log alert groups by."""


def errors(lines: Iterable[str]) -> Counter[tuple[str, ...]]:
    """Lines of level error, by the values of `LABELS`."""
    read = (json.loads(line) for line in lines if line.startswith("{"))
    return Counter(tuple(one[name] for name in LABELS) for one in read if one["level"] == "error")


def bursts(counted: Counter[tuple[str, ...]], rule: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """For which labels there are more errors than the log alert bears; all lines are within its window."""
    threshold = re.search(r">\s*(\d+)\s*$", rule["expr"])
    if not threshold:
        raise ValueError(f"the rule compares with no number: {rule['expr']}")
    return sorted(labels for labels, count in counted.items() if count > int(threshold[1]))


def by_version(counted: Counter[tuple[str, ...]]) -> dict[str, int]:
    """The same, by version alone."""
    found: Counter[str] = Counter()
    for labels, count in counted.items():
        found[labels[LABELS.index("version")]] += count
    return dict(found)
