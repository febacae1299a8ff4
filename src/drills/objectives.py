"""What objectives leave to spend: error budgets in minutes and in events.

`python -m drills.objectives biotech-x` reads `figures/<system>/objectives.yaml` and, where there are any, the
capacity's assumptions and the ceilings of what the provider promises, and records the budgets in
`evidence/figures/<system>/objectives.json`. The budget of a target is what it leaves to a hundred percent:
https://sre.google/workbook/implementing-slos/
"""

import argparse
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.errors import UnusableInput
from drills.capacity import Demand, usage

_DAY = 24 * 60
_SPACE = "\N{NO-BREAK SPACE}"


def record(
    declared: Mapping[str, Any], events: Mapping[str, float], ceilings: Mapping[str, float]
) -> dict[str, Any]:
    """Each objective with its budget.

    `events` says how many of each kind a month has, `ceilings` what can be promised at most, in percent.
    Raises UnusableInput for a target that leaves nothing to spend, or that promises more than its ceiling.
    """
    minutes = float(declared["period"]["value"]) * _DAY
    budgets = {
        name: _budget(name, one, minutes, events, ceilings) for name, one in declared["objectives"].items()
    }
    rows = [_row(one, budgets[name]) for name, one in declared["objectives"].items()]
    reasons = [
        {"objective": one["users do"], "why this target": one["why"], "counted from": one["measured"]}
        for one in declared["objectives"].values()
    ]
    return {"objectives": rows, "reasons": reasons, "budgets": budgets}


def _budget(
    name: str,
    one: Mapping[str, Any],
    minutes: float,
    events: Mapping[str, float],
    ceilings: Mapping[str, float],
) -> dict[str, Any]:
    target, ceiling = float(one["target"]), ceilings.get(one.get("ceiling", ""), 100.0)
    if not 0 < target < 100:
        raise UnusableInput(f"{name}: a target of {target} percent leaves nothing to spend", "aim lower")
    if target > ceiling:
        raise UnusableInput(
            f"{name}: a target of {target} percent is above the {ceiling} that can be promised",
            "aim lower, or need fewer services",
        )
    share = (100 - target) / 100
    budget: dict[str, Any] = {
        "target": {"value": one["target"], "unit": "%"},
        "minutes": {"value": _whole(minutes * share), "unit": "minutes"},
        "one_in": round(1 / share),
    }
    if kind := one.get("events"):
        budget["events"] = {"value": _whole(events[kind] * share), "unit": kind}
        budget["of"] = {"value": round(events[kind]), "unit": kind}
    return budget


def _whole(budget: float) -> int:
    """Whole minutes or events, never rounded up: one more would break the promise."""
    return math.floor(budget + 1e-6)  # what a float lost by its representation


def _row(one: Mapping[str, Any], budget: Mapping[str, Any]) -> dict[str, str]:
    minutes = budget["minutes"]["value"]
    fails = f"1 in {budget['one_in']:,}"
    if budget.get("events", {}).get("value"):
        fails = f"{budget['events']['value']:,} of {budget['of']['value']:,}{_SPACE}{budget['of']['unit']}"
    return {
        "users": one["users do"],
        "indicator": one["indicator"],
        "objective": f"{one['target']}{_SPACE}%",
        "may fail in a month": fails,
        "or all fail for": f"{minutes:,}{_SPACE}minutes" if minutes else "does not apply",
    }


def _events(system: str, declared: Mapping[str, Any]) -> dict[str, float]:
    """Events of a month; none where the system has no assumptions about its users."""
    path = Path(f"figures/{system}/capacity.yaml")
    if not path.exists():
        return {}
    month = usage(Demand.read(path), declared["users"])
    return {
        "requests": month.requests,
        "parts": month.parts,
        "samples": month.samples,
        "results": month.files,
    }


def _ceilings(system: str) -> dict[str, float]:
    path = Path(f"evidence/figures/{system}/availability.json")
    if not path.exists():
        return {}
    found = data.read(path)["ceilings"]
    return {name: ceiling["percent"]["value"] for name, ceiling in found.items()}


@ending
def main() -> int:
    """Record one system's budgets; returns 2 where an objective cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m drills.objectives", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("system", help="biotech-x or banking")
    system = parser.parse_args().system
    path = Path(f"figures/{system}/objectives.yaml")
    declared = data.read(path)
    events, ceilings = _events(system, declared), _ceilings(system)
    try:
        recorded = record(declared, events, ceilings)
    except UnusableInput as error:
        raise UnusableInput(error.message, error.hint, path.as_posix()) from None
    files.write(Path(f"evidence/figures/{system}/objectives.json"), data.as_json(recorded, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
