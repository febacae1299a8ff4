"""Recording rules and burn-rate alerts of declared objectives.

Multiwindow, multi-burn-rate alerts: https://sre.google/workbook/alerting-on-slos/. What burns is counted in
requests, those of a window beside those that a usual window may have: the budget is one of the whole period.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from drills.slo.objectives import Declared, Objective, Window, seconds

_INTERVAL = "1m"  # the longest windows read many samples, and the shortest has ten minutes
_PACE = "10m"  # over which requests are counted before they are averaged
_HEAD = "# Made from slo.yaml: python -m drills.slo --write\n"


class _Block(str):
    """Text that YAML shows on lines of its own."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _show_block(dumper: yaml.SafeDumper, text: _Block) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")


_Dumper.add_representer(_Block, _show_block)


def text(declared: Declared) -> str:
    """The rule file of the objectives, as Prometheus reads it."""
    groups = [_group(declared, objective) for objective in declared.objectives]
    return _HEAD + yaml.dump({"groups": groups}, Dumper=_Dumper, sort_keys=False, width=200)


def burn_rate(declared: Declared, objective: Objective, window: str, usual: str) -> str:
    """Bad requests over `window`, as a multiple of those that the budget has in as much `usual` time.

    Where none was good, all were bad; without requests ever, it is nothing.
    """
    good, total = rate(declared, objective.good, window), rate(declared, objective.total, window)
    return f"({total} - ({good} or 0 * {total}))\n  / on (service) ({usual} > 0)\n  / {objective.budget:g}\n"


def usual_pace(declared: Declared, pace: str) -> str:
    """Requests a second on average over the period, or as much of it as has passed."""
    return f"avg_over_time({pace}[{declared.period_days}d:{_PACE}])"


def pace(declared: Declared, objective: Objective) -> str:
    """Requests a second."""
    return rate(declared, objective.total, _PACE)


def rate(declared: Declared, metric: str, window: str) -> str:
    """How many of a metric's events come in a second, over `window`."""
    return f"sum by (service) (rate({selected(metric, declared.selector)}[{window}]))"


def series(window: str) -> str:
    """The recorded burn rate of a window."""
    return f"slo:burn_rate:rate{window}"


def highest(burn_rate: str, pair: Window) -> str:
    """The highest value of a burn rate within an alert's long window."""
    return f"max_over_time({burn_rate}[{pair.long}:{_INTERVAL}])"


def selected(metric: str, selector: str) -> str:
    """A metric, with or without labels of its own, narrowed to `selector`."""
    name, _, own = metric.rstrip("}").partition("{")
    return f"{name}{{{','.join(filter(None, (selector, own)))}}}"


def _group(declared: Declared, objective: Objective) -> dict[str, Any]:
    """One group: its rules are evaluated in order, so that an alert reads what was just recorded."""
    windows = sorted({one for pair in declared.windows for one in (pair.long, pair.short)}, key=seconds)
    labels = _labels(declared, objective)
    usual = f"slo:requests:avg{declared.period_days}d"
    recorded = {
        f"slo:requests:rate{_PACE}": f"{pace(declared, objective)}\n",
        usual: f"{usual_pace(declared, f'slo:requests:rate{_PACE}{labels}')}\n",
        **{
            series(window): burn_rate(declared, objective, window, usual + labels)
            for window in (*windows, f"{declared.period_days}d")
        },
    }
    rules = [
        {"record": name, "expr": _Block(expression), "labels": {"slo": objective.name}}
        for name, expression in recorded.items()
    ]
    alerts = [_alert(declared, objective, pair) for pair in declared.windows]
    return {"name": f"{declared.service}-{objective.name}", "interval": _INTERVAL, "rules": rules + alerts}


def _labels(declared: Declared, objective: Objective) -> str:
    """Those by which recorded series are read."""
    return f'{{service="{declared.service}",slo="{objective.name}"}}'


def _conditions(pair: Window, labels: str) -> Iterator[str]:
    """What holds while an alert fires."""
    for window in (pair.long, pair.short):
        yield f"{series(window)}{labels} > {pair.burn:g}"
    if pair.peak is not None:
        yield f"{highest(series(pair.short) + labels, pair)} <= {pair.peak:g}"


def _alert(declared: Declared, objective: Objective, pair: Window) -> dict[str, Any]:
    return {
        "alert": pair.alert,
        "expr": _Block("\nand\n".join(_conditions(pair, _labels(declared, objective))) + "\n"),
        "labels": {
            "severity": pair.severity,
            "service": declared.service,
            "team": declared.team,
            "slo": objective.name,
        },
        "annotations": {
            "summary": f"{declared.service} spends its {objective.name} budget {_speed(pair.burn)}",
            "description": (
                f"Over {pair.long}, requests {objective.bad_means} {{{{ $value | humanize }}}} times as "
                f"often as {declared.period_days} days of usual traffic can bear."
            ),
            "runbook_url": f"{declared.runbooks}{pair.alert}/",
        },
    }


def _speed(burn: float) -> str:
    """A threshold in words: at one the budget just lasts for the period, and what is above it is too fast."""
    return "faster than it may" if burn == 1 else f"{burn:g} times too fast"
