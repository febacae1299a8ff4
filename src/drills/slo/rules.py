"""Recording rules and burn-rate alerts of declared objectives.

Multiwindow, multi-burn-rate alerts: https://sre.google/workbook/alerting-on-slos/
"""

from collections.abc import Iterator
from typing import Any

import yaml

from drills.slo.objectives import Declared, Objective, Window, seconds

_SLOW = 86400  # seconds; longer windows read many samples, and are evaluated more seldom
_SLOW_INTERVAL = "2m"  # below the five minutes after which Prometheus forgets a recorded value
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
    groups = [group for objective in declared.objectives for group in _groups(declared, objective)]
    return _HEAD + yaml.dump({"groups": groups}, Dumper=_Dumper, sort_keys=False, width=200)


def error_ratio(declared: Declared, objective: Objective, window: str) -> str:
    """The share of bad requests over `window`; nothing without requests, and 1 where none was good."""
    good = _rate(objective.good, declared.selector, window)
    total = _rate(objective.total, declared.selector, window)
    return f"1 - ({good} or 0 * {total})\n  / ({total} > 0)\n"


def series(window: str) -> str:
    """The recorded series of a window."""
    return f"slo:error_ratio:rate{window}"


def _rate(metric: str, selector: str, window: str) -> str:
    name, _, own = metric.rstrip("}").partition("{")
    labels = ",".join(filter(None, (selector, own)))
    return f"sum by (service) (rate({name}{{{labels}}}[{window}]))"


def _groups(declared: Declared, objective: Objective) -> Iterator[dict[str, Any]]:
    windows = sorted({w for pair in declared.windows for w in (pair.long, pair.short)}, key=seconds)
    windows.append(f"{declared.period_days}d")
    fast = [window for window in windows if seconds(window) <= _SLOW]
    slow = [window for window in windows if seconds(window) > _SLOW]
    name = f"{declared.service}-{objective.name}"
    yield {"name": name, "rules": _rules(declared, objective, fast)}
    yield {"name": f"{name}-slow", "interval": _SLOW_INTERVAL, "rules": _rules(declared, objective, slow)}


def _rules(declared: Declared, objective: Objective, windows: list[str]) -> list[dict[str, Any]]:
    recorded = [
        {
            "record": series(window),
            "expr": _Block(error_ratio(declared, objective, window)),
            "labels": {"slo": objective.name},
        }
        for window in windows
    ]
    alerts = [_alert(declared, objective, pair) for pair in declared.windows if pair.long in windows]
    return recorded + alerts


def _alert(declared: Declared, objective: Objective, pair: Window) -> dict[str, Any]:
    labels = f'{{service="{declared.service}",slo="{objective.name}"}}'
    above = f"> {pair.burn:g} * {objective.budget:g}"
    short, long = (f"{series(window)}{labels} {above}" for window in (pair.short, pair.long))
    return {
        "alert": pair.alert,
        "expr": _Block(f"{long}\nand\n{short}\n"),
        "labels": {
            "severity": pair.severity,
            "service": declared.service,
            "team": declared.team,
            "slo": objective.name,
        },
        "annotations": {
            "summary": f"{declared.service} spends its {objective.name} budget {pair.burn:g} times too fast",
            "description": (
                f"{{{{ $value | humanizePercentage }}}} of the requests of {pair.long} {objective.bad_means}; "
                f"{objective.budget * 100:g} % may, over {declared.period_days} days."
            ),
            "runbook_url": f"{declared.runbooks}{pair.alert}/",
        },
    }
