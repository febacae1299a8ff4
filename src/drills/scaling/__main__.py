"""Simulate a day of a system's autoscaler, choose its settings, and record both.

`python -m drills.scaling banking` reads `figures/banking/scaling.yaml` and writes
`evidence/figures/banking/scaling.json`.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from drills.scaling.choice import Outcome, around, compare, outcome
from drills.scaling.day import demand
from drills.scaling.hpa import PERIOD, simulate

_EVERY = 20  # of the day's values one is drawn: one in five minutes


def figures(declared: Mapping[str, Any]) -> dict[str, Any]:
    """What the page quotes: the settings compared, the chosen one and those beside it, and one day."""
    days = [demand(declared["day"], seed) for seed in declared["seeds"]]
    found = compare(
        days, declared["bounds"], declared["timing"], declared["default_target"], declared["unserved_share"]
    )
    first = {
        name: simulate(days[0], one.behavior, **declared["timing"]).replicas for name, one in found.items()
    }
    return {
        "compared": [_row(name, one) for name, one in found.items()],
        "around": [
            _row(name, outcome(one, days, **declared["timing"]))
            for name, one in around(found["chosen"].behavior)
        ],
        "chosen": _settings(found["chosen"]),
        "day": _day(days[0], {name: first[name] for name in ("no stabilization", "chosen")}),
    }


def _row(name: str, one: Outcome) -> dict[str, Any]:
    return {
        "setting": name,
        "changes_a_day": round(one.changes, 1),
        "pod_hours_a_day": round(one.pod_hours, 1),
        "demand_without_a_free_pod": {"value": round(one.unserved * 100, 4), "unit": "%"},
    }


def _settings(one: Outcome) -> dict[str, Any]:
    """As the manifest writes them."""
    behavior = one.behavior
    directions = {"scaleUp": behavior.up, "scaleDown": behavior.down}
    return {
        "minReplicas": behavior.least,
        "maxReplicas": behavior.most,
        "averageUtilization": behavior.target,
        "behavior": {
            name: {
                "stabilizationWindowSeconds": rules.window,
                "policies": [
                    {"type": policy.kind, "value": policy.value, "periodSeconds": policy.seconds}
                    for policy in rules.policies
                ],
            }
            for name, rules in directions.items()
        },
    }


def _day(wanted: Sequence[float], replicas: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    hours = [round(index * PERIOD / 3600, 2) for index in range(0, len(wanted), _EVERY)]
    lines = {"demand": [round(value, 1) for value in wanted]} | dict(replicas)
    return {
        "kind": "step",
        "x": {"label": "hour of the day", "values": hours},
        "y": {"label": "pods"},
        "series": [{"name": name, "values": list(values[::_EVERY])} for name, values in lines.items()],
    }


@ending
def main() -> int:
    """Record the figures of one system."""
    parser = argparse.ArgumentParser(prog="python -m drills.scaling", description=__doc__.partition("\n")[0])
    parser.add_argument("system", help="banking or schedules")
    system = parser.parse_args().system
    declared = data.read(Path(f"figures/{system}/scaling.yaml"))
    files.write(Path(f"evidence/figures/{system}/scaling.json"), data.as_json(figures(declared)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
