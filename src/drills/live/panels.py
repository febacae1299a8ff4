"""Whether each panel of the dashboard has something to show, asked of Prometheus."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lab.configuration import expression

Query = Callable[[str], list[dict[str, Any]]]


def queries(dashboard: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Title and expression of each query, of panels in rows too."""
    for panel in dashboard["panels"]:
        yield from queries({"panels": panel.get("panels", [])})
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def filled(dashboard: Mapping[str, Any], query: Query) -> dict[str, bool]:
    """By panel, whether every query of it has a number to show; windows are divided as the rules' are."""
    found: dict[str, bool] = {}
    for title, asked in queries(dashboard):
        found[title] = found.get(title, True) and _has_number(query(expression(asked)))
    return found


def _has_number(answer: list[dict[str, Any]]) -> bool:
    return any(math.isfinite(float(line["value"][1])) for line in answer)
