"""Every alarm of a system as a table: what it says, and when it goes off.

`python -m drills.alarms biotech-x` reads what the last `make prove` applied, and records the table in
`evidence/figures/<system>/alarms.json`.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.infrastructure import Infrastructure
from drills.safeguards import infrastructure

_TYPE = "aws_cloudwatch_metric_alarm"
_SIGNS = {
    "GreaterThanOrEqualToThreshold": "≥",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "≤",
    "LessThanThreshold": "<",
}
_MISSING = {"breaching": "alarm", "ignore": "as before", "missing": "untold", "notBreaching": "calm"}
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def alarms(found: Infrastructure, system: str) -> list[dict[str, str]]:
    """A row an alarm, in the order of their names; cells are Markdown."""
    listed = sorted(found.of_type(_TYPE), key=lambda one: one.address)
    return [
        {
            "alarm": f"[`{one.address.partition('.')[2]}`](line:terraform/{system}#{one.address})",
            "it says": _text(one.values["alarm_description"]),
            "when": _when(one.values),
            "no data means": _MISSING[one.values["treat_missing_data"]],
        }
        for one in listed
    ]


def _text(description: str) -> str:
    """What the alarm says; the address of its runbook becomes a link to the page of this site."""
    said, _, address = description.partition(" Runbook: ")
    name = address.rstrip("/").rpartition("/")[2]
    return f"{said} [What to do](../runbooks/{name}.md)" if name else said


def _when(values: Mapping[str, Any]) -> str:
    """What is compared, with what, and for how long."""
    queries = values.get("metric_query") or ()
    metric = next((query["metric"][0] for query in queries if query.get("metric")), values)
    named = next((query["label"] for query in queries if query.get("expression")), values["metric_name"])
    compared = f"{_SIGNS[values['comparison_operator']]} {values['threshold']:,.0f}"
    times = f"{int(values['evaluation_periods'])} times " if values["evaluation_periods"] > 1 else ""
    return f"`{metric['namespace']}` {named} {compared} for {times}{_lasting(int(metric['period']))}"


def _lasting(seconds: int) -> str:
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size} {unit}"


@ending
def main() -> int:
    """Record one system's alarms; returns 2 where they cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m drills.alarms", description=__doc__.partition("\n")[0])
    parser.add_argument("system", help="biotech-x")
    system = parser.parse_args().system
    rows = alarms(infrastructure(system), system)
    files.write(Path(f"evidence/figures/{system}/alarms.json"), data.as_json({"alarms": rows}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
