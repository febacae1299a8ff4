"""A dashboard's panels: is every query PromQL, does it read what exists, and does it show the right value?"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import promql_parser
import yaml

from asbuilt import data
from drills.alerting.alerts import groups
from drills.alerting.promtool import failing

METRICS = (
    "http_requests_total",
    "http_request_duration_seconds_bucket",
    "http_request_duration_seconds_count",
    "http_request_duration_seconds_sum",
)
"""What the service counts."""

_LEGEND = re.compile(r"\{\{(\w+)\}\}")
_MINUTE = 55  # of the made-up hour: every window but the longest is full, and none is over
Query = tuple[str, str, str]


def queries(dashboard: Mapping[str, Any]) -> list[Query]:
    """Every query: its panel's title, its legend, its expression."""
    return [
        (panel["title"], target["legendFormat"], target["expr"])
        for panel in dashboard["panels"]
        for target in panel.get("targets", ())
    ]


def wrong(dashboard: Path, rules: Path, expected: Path) -> Iterator[str]:
    """All that stands against a dashboard, given the rules that record for it and the values to show."""
    document = data.read(dashboard)
    known = {
        *METRICS,
        *(rule["record"] for group in groups(rules) for rule in group["rules"] if "record" in rule),
    }
    found = queries(document)
    faults = [
        f"{title}: {fault}" for title, legend, text in found for fault in _unreadable(legend, text, known)
    ]
    faults += _sourceless(document)
    yield from faults
    if not faults:
        yield from _misleading(found, expected)


def _unreadable(legend: str, text: str, known: set[str]) -> Iterator[str]:
    """What a query's types, metrics and labels do not bear."""
    try:
        tree = promql_parser.parse(text)
    except ValueError as error:
        yield f"not PromQL: {error}"
        return
    kept: set[str] = {"service", "slo"}
    read: list[str] = []

    def visit(node: Any) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            read.append(str(node.name))
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
            kept.update(node.modifier.labels)

    promql_parser.walk(tree, visit)
    yield from (f"nobody counts {name}" for name in read if name not in known)
    yield from (f"{name} is in its legend alone" for name in _LEGEND.findall(legend) if name not in kept)


def _sourceless(document: Mapping[str, Any]) -> Iterator[str]:
    """Panels and queries that name one Grafana's own data source, and not the variable."""
    variables = {
        f"${{{one['name']}}}" for one in document["templating"]["list"] if one["type"] == "datasource"
    }
    for panel in document["panels"]:
        sources = [one["datasource"] for one in (panel, *panel.get("targets", ())) if "datasource" in one]
        if panel["type"] != "row" and not sources:
            yield f"{panel['title']}: it has no data source"
        if any(source["uid"] not in variables for source in sources):
            yield f"{panel['title']}: its data source is that of one Grafana"


def _misleading(found: list[Query], expected: Path) -> Iterator[str]:
    """Panels that are missing or too many, and values that differ from those expected."""
    document = data.read(expected)
    wanted = {
        (title, legend): values for title, one in document["panels"].items() for legend, values in one.items()
    }
    for title, legend in sorted({(title, legend) for title, legend, _ in found} ^ {*wanted}):
        yield f"{title}: {legend}: shown and not expected, or the reverse"
    checks = [
        {
            "expr": f"round({text}, 0.001)",
            "eval_time": f"{_MINUTE}m",
            "exp_samples": [
                {"labels": labels, "value": value} for labels, value in wanted[title, legend].items()
            ],
        }
        for title, legend, text in found
        if (title, legend) in wanted
    ]
    test = {"interval": "1m", "input_series": document["input_series"], "promql_expr_test": checks}
    rules = [str((expected.parent / name).resolve()) for name in document["rule_files"]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panels.yaml"
        path.write_text(yaml.safe_dump({"rule_files": rules, "evaluation_interval": "1m", "tests": [test]}))
        yield from failing([path])
