"""Every alert of every system, as its runbook quotes it, and the index of the runbooks.

`python -m drills.runbooks --record evidence/figures/runbooks/alerts.json` reads the rules of banking and of
schedules, what `drills.alarms` and `drills.settings` recorded, and `figures/runbooks/drills.yaml`.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.errors import UnusableInput
from drills.alerting.alerts import groups
from drills.alerting.checks import BANKING_RULES, SCHEDULES
from drills.slo import of_schedules

DRILLS = Path("figures/runbooks/drills.yaml")
BUDGET = "BudgetMonthly"
_ALARMS = Path("evidence/figures/biotech-x/alarms.json")
_SETTINGS = Path("evidence/figures/biotech-x/settings.json")
_RULES = ("rules/slo.yaml", "rules/alerts.yaml", "loki/rules.yaml")
_PAYMENTS = "[`{}`](line:kubernetes/banking#banking/PrometheusRule/payments)"
_LINK = re.compile(r" \[What to do\]\(\.\./runbooks/(\w+)\.md\)$")
_LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")


@dataclass(frozen=True, slots=True)
class Called:
    """One alert: what it says, whom it tells, and its parts as its file declares them. Texts are Markdown."""

    name: str
    says: str
    told: str
    parts: Mapping[str, str]


def systems(root: Path) -> dict[str, list[Called]]:
    """Every alert by its system, sorted by name. Raises UnusableInput for an alarm without a runbook."""
    alarms = _alarms(data.read(root / _ALARMS)["alarms"])
    found = {
        "biotech-x": [*alarms, _budget(data.read(root / _SETTINGS))],
        "banking": list(_rules(root, [BANKING_RULES], _PAYMENTS)),
        "schedules": list(_rules(root, [SCHEDULES / name for name in _RULES], "`{}`")),
    }
    return {system: sorted(called, key=lambda one: one.name) for system, called in found.items()}


def figures(root: Path) -> dict[str, Any]:
    """A table for each runbook, and an index for each system."""
    drills = data.read(root / DRILLS)
    found = systems(root)
    return {
        "alerts": {one.name: _table(one) for called in found.values() for one in called},
        "index": {system: [_row(one, system, drills) for one in called] for system, called in found.items()},
    }


def _alarms(rows: list[dict[str, str]]) -> Iterator[Called]:
    for row in rows:
        if not (link := _LINK.search(row["it says"])):
            raise UnusableInput(f"{row['alarm']} names no runbook", "end its description with the address")
        says = row["it says"][: link.start()]
        parts = {"fires when": row["when"], "no data means": row["no data means"], "set in": row["alarm"]}
        yield Called(link[1], says, "e-mail", parts)


def _budget(settings: Mapping[str, Any]) -> Called:
    limit, spent, forecast = (
        f"{settings[name]['value']} {settings[name]['unit']}"
        for name in ("budget_month", "budget_spent", "budget_forecast")
    )
    parts = {
        "fires when": f"{spent} of {limit} are spent, or {forecast} of them are forecast",
        "set in": "[`monthly`](line:terraform/biotech-x#aws_budgets_budget.monthly)",
    }
    return Called(BUDGET, "The month costs more than was planned, or will.", "e-mail", parts)


def _rules(root: Path, paths: list[Path], place: str) -> Iterator[Called]:
    """Alerts of rule files; those of one name, which differ by their objective, are one."""
    named: dict[str, list[tuple[Path, Mapping[str, Any]]]] = {}
    for path in paths:
        for rule in (rule for group in groups(root / path) for rule in group["rules"] if "alert" in rule):
            named.setdefault(rule["alert"], []).append((path, rule))
    selector = of_schedules(root).selector
    for name, rules in named.items():
        path, first = rules[0]
        says = "; ".join(_LABEL.sub(r"*\1*", rule["annotations"]["summary"]) for _, rule in rules)
        whens = {_when(rule, len(rules) > 1): _expression(rule, selector) for _, rule in rules}
        parts = whens | {"for": first.get("for", "at once"), "set in": place.format(path)}
        yield Called(name, says, first["labels"]["severity"], parts)


def _when(rule: Mapping[str, Any], several: bool) -> str:
    return f"fires when ({rule['labels']['slo']})" if several else "fires when"


def _expression(rule: Mapping[str, Any], selector: str) -> str:
    return f"`{' '.join(rule['expr'].split()).replace(selector, '…')}`"


def _table(one: Called) -> list[dict[str, str]]:
    parts = {"says": one.says, **one.parts, "tells by": one.told}
    return [{"": name, "as it is set": text} for name, text in parts.items()]


def _row(one: Called, system: str, drills: Mapping[str, Any]) -> dict[str, str]:
    drilled = drills["drilled"].get(one.name, {}).get("date")
    mark = drilled or drills["not drilled"].get(one.name) or drills["not drilled"][system]
    return {
        "alert": f"[{one.name}]({one.name}.md)",
        "severity": one.told,
        "it says": one.says,
        "last drilled": mark,
    }


@ending
def main() -> int:
    """Record the alerts of all systems; returns 2 where they cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m drills.runbooks", description=__doc__.partition("\n")[0])
    parser.add_argument("--record", type=Path, required=True, metavar="FILE", help="JSON to write")
    target = parser.parse_args().record
    files.write(target, data.as_json(figures(Path()), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
