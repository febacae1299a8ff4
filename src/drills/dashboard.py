"""The dashboard of schedules, made from its objectives: `python -m drills.dashboard --write`.

Built for Grafana 10.1, the version of the SDK that is pinned; a later Grafana migrates it as it reads it.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import dashboard, prometheus, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DataSourceRef

from asbuilt.ending import ending
from drills.generated import generated
from drills.slo import Declared, of_schedules, seconds, selected, series

DASHBOARD = Path("observability/schedules/dashboards/app-latency.json")

_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
_WINDOW = "5m"  # twenty scrapes: a value that is lost shows, and a minute's trouble does too
_WIDTH, _HEIGHT = 12, 8


@dataclass(frozen=True, slots=True)
class Panel:
    """A graph: its row, title, unit, what it tells, and its queries by their legend."""

    row: str
    title: str
    unit: str
    tells: str
    queries: dict[str, str]


def panels(objectives: Declared) -> Iterator[Panel]:
    """Every graph, in reading order."""
    yield from _traffic(objectives.selector)
    yield from _latency(objectives.selector)
    yield from _budget(objectives)


def _requests(selector: str, by: str = "", kind: str = "") -> str:
    """The rate of requests, or of those with a kind of answer: zero, not nothing, where there are none."""
    every = f"sum{by} (rate({selected('http_requests_total', selector)}[{_WINDOW}]))"
    if not kind:
        return every
    metric = f'http_requests_total{{status=~"{kind}"}}'
    return f"(sum{by} (rate({selected(metric, selector)}[{_WINDOW}])) or 0 * {every})"


def _share(selector: str, kind: str, by: str = "") -> str:
    """The share of requests with a kind of answer."""
    return f"{_requests(selector, by, kind)} / {_requests(selector, by)}"


def _traffic(selector: str) -> Iterator[Panel]:
    yield Panel(
        "Traffic",
        "Requests a second",
        "reqps",
        "How much is asked of each version",
        {"{{version}}": _requests(selector, " by (version)")},
    )
    yield Panel(
        "Traffic",
        "4xx and 5xx",
        "percentunit",
        "The share of requests that end in an error of the caller (4xx), or in one of ours (5xx)",
        {"4xx": _share(selector, "4.."), "5xx": _share(selector, "5..")},
    )
    yield Panel(
        "Traffic",
        "Errors by route",
        "percentunit",
        "The share of each route's requests that end in a 5xx: which route of which version suffers",
        {"{{version}} {{route}}": _share(selector, "5..", " by (version, route)")},
    )


def _latency(selector: str) -> Iterator[Panel]:
    buckets = selected("http_request_duration_seconds_bucket", selector)
    by_route = f"sum by (route, le) (rate({buckets}[{_WINDOW}]))"
    yield Panel(
        "Latency",
        "p50, p90 and p95 by route",
        "s",
        "How long half, nine tenths and nineteen twentieths of a route's requests take at most",
        {
            f"p{share} {{{{route}}}}": f"histogram_quantile(0.{share}, {by_route})"
            for share in ("50", "90", "95")
        },
    )


def _budget(objectives: Declared) -> Iterator[Panel]:
    period = series(f"{objectives.period_days}d")
    where = f'service="{objectives.service}",slo='
    names = [one.name for one in objectives.objectives]
    windows = sorted((one.long for one in objectives.windows), key=seconds)
    yield Panel(
        "Error budget",
        "Error budget left",
        "percentunit",
        f"What is left of the errors that {objectives.period_days} days allow; below 0 the promise is broken",
        {name: f'1 - {period}{{{where}"{name}"}}' for name in names},
    )
    for name in names:
        yield Panel(
            "Error budget",
            f"Burn rate: {name}",
            "none",
            "How many times faster than allowed the budget is spent: "
            + ", ".join(f"{one.alert} above {one.burn:g} over {one.long}" for one in objectives.windows),
            {window: f'{series(window)}{{{where}"{name}"}}' for window in windows},
        )


def build(objectives: Declared) -> dict[str, Any]:
    """The dashboard, as Grafana imports it."""
    board = (
        dashboard.Dashboard(f"{objectives.service}: requests, latency, error budget")
        .uid(f"{objectives.service}-app-latency")
        .tags([objectives.service])
        .time("now-6h", "now")
        .refresh("30s")
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
    )
    row = ""
    for panel in panels(objectives):
        if panel.row != row:
            row = panel.row
            board.with_row(dashboard.Row(row))
        board.with_panel(_graph(panel))
    return dict(json.loads(json.dumps(board.build(), cls=JSONEncoder)))


def _graph(panel: Panel) -> timeseries.Panel:
    graph = timeseries.Panel().title(panel.title).description(panel.tells).unit(panel.unit)
    graph.datasource(_SOURCE).span(_WIDTH).height(_HEIGHT)
    for letter, (legend, expression) in zip("ABCDEF", panel.queries.items(), strict=False):
        query = prometheus.Dataquery().ref_id(letter).expr(expression).legend_format(legend)
        graph.with_target(query.datasource(_SOURCE))
    return graph


def text(objectives: Declared) -> str:
    """The dashboard's file."""
    return json.dumps(build(objectives), indent=2, sort_keys=True) + "\n"


@ending
def main() -> int:
    """Print the dashboard, or write it; 0."""
    return generated(DASHBOARD, text(of_schedules()), "drills.dashboard", __doc__.partition(":")[0])


if __name__ == "__main__":
    sys.exit(main())
