"""What the files of schedules declare, as pages show it.

`python -m drills.alerting.declared --record evidence/figures/schedules/declared.json`
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from drills.alerting.alerts import groups
from drills.alerting.checks import DEFAULT, RECEIVERS, SCHEDULES
from drills.alerting.logs import Burst, read
from drills.dashboard import panels
from drills.slo import Declared, of_schedules

_REWORKED = ("HighErrorRate", "HighLatencyP95")
_DAY = 1440  # minutes


def figures(root: Path) -> dict[str, Any]:
    """Objectives, alerts before and after, the log alert, routes and panels. Node reads the LogQL."""
    folder = root / SCHEDULES
    before, after, logs = (
        _rules(folder / name) for name in ("rules/before.yaml", "rules/alerts.yaml", "loki/rules.yaml")
    )
    promised = of_schedules(root)
    routes = data.read(folder / "alertmanager.yaml")["route"]
    return {
        "period": {"value": promised.period_days, "unit": "days"},
        "objectives": _objectives(promised),
        **{name: _compared(before[name], after[name], promised.selector) for name in _REWORKED},
        "LogsErrorBurst": _burst(read(logs["LogsErrorBurst"]["expr"])),
        "routes": _routes(routes),
        "panels": [
            {"row": one.row, "panel": one.title, "lines": ", ".join(f"`{legend}`" for legend in one.queries),
             "tells": one.tells} for one in panels(promised)
        ],
    }  # fmt: skip


def _rules(path: Path) -> dict[str, Mapping[str, Any]]:
    rules = (rule for group in groups(path) for rule in group["rules"])
    return {rule["alert"]: rule for rule in rules if "alert" in rule}


def _objectives(promised: Declared) -> dict[str, Any]:
    """Each objective's numbers by its name."""
    return {
        one.name: {
            "target": {"value": one.target, "unit": "%"},
            "budget": {"value": _short(one.budget * 100), "unit": "%"},
            "promise": one.promise,
            "outage": {"value": round(promised.period_days * _DAY * one.budget), "unit": "minutes"},
        }
        for one in promised.objectives
    }


def _short(number: float) -> float:
    """Without a decimal point where there is nothing behind it."""
    rounded = round(number, 4)
    return int(rounded) if rounded.is_integer() else rounded


def _compared(before: Mapping[str, Any], after: Mapping[str, Any], selector: str) -> list[dict[str, str]]:
    """A table: each part of an alert as it was and as it is; the objectives' selector is cut short."""
    rows: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "fires when": lambda rule: f"`{' '.join(rule['expr'].split()).replace(selector, '…')}`",
        "for": lambda rule: rule.get("for", "at once"),
        "stays": lambda rule: rule.get("keep_firing_for", "no longer"),
        "labels": lambda rule: ", ".join(f"`{name}: {value}`" for name, value in rule["labels"].items()),
        "says": lambda rule: f"`{rule['annotations']['summary']}`",
        "runbook": lambda rule: f"`{rule['annotations'].get('runbook_url', 'none')}`",
    }
    return [{"": name, "before": show(before), "after": show(after)} for name, show in rows.items()]


def _burst(burst: Burst) -> dict[str, Any]:
    return {
        "threshold": {"value": int(burst.threshold), "unit": "lines"},
        "window": {"value": burst.seconds // 60, "unit": "minutes"},
        "labels": ", ".join(f"`{name}`" for name in burst.by),
    }


def _routes(route: Mapping[str, Any]) -> list[dict[str, str]]:
    """Who is told of which severity, after how long, and how often again."""
    chosen = {one["receiver"]: {**route, **one} for one in route["routes"]}
    told = {**{severity: chosen[name] for severity, name in RECEIVERS.items()}, "anything else": route}
    return [
        {
            "severity": severity,
            "told to": f"`{one['receiver']}`" if one["receiver"] != DEFAULT else f"`{DEFAULT}`, the default",
            "first after": one["group_wait"],
            "more of the same after": one["group_interval"],
            "again after": one["repeat_interval"],
        }
        for severity, one in told.items()
    ]


@ending
def main() -> int:
    """Record them; 0."""
    parser = argparse.ArgumentParser(
        prog="python -m drills.alerting.declared", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--record", type=Path, required=True, help="where they are written")
    files.write(parser.parse_args().record, data.as_json(figures(Path())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
