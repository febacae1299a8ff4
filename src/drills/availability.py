"""The most that a system can promise, from what its provider promises of each service.

`python -m drills.availability figures/biotech-x/sla.yaml --record
evidence/figures/biotech-x/availability.json` multiplies the availabilities of the services that a request
needs all at once. It is a ceiling: https://docs.aws.amazon.com/whitepapers/latest/
availability-and-beyond-improving-resilience/availability-with-dependencies.html
"""

import argparse
import math
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.errors import UnusableInput

MONTH = 30 * 24 * 60
"""Minutes of a month of thirty days."""

_NARROW = "\N{NO-BREAK SPACE}"


def serial(percents: Iterable[float]) -> float:
    """The availability, in percent, of what needs every one of its parts, each failing by itself.

    Raises ValueError for an availability that is none.
    """
    shares = [percent / 100 for percent in percents]
    if any(not 0 <= share <= 1 for share in shares):
        raise ValueError("an availability lies between 0 and 100 percent")
    return math.prod(shares) * 100


def outage(percent: float, minutes: float = MONTH) -> float:
    """For how many of `minutes` something of this availability may be away."""
    return minutes * (1 - percent / 100)


def record(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Services as they are declared, and each path with its ceiling and its weakest service."""
    services = declared["services"]
    return {
        "services": [
            {
                "service": service["name"],
                "promised": f"{service['percent']}{_NARROW}%",
                "changed": str(service["date"]),
                "source": service["source"],
            }
            for service in services.values()
        ],
        "paths": [
            _path(path["what"], [services[key] for key in path["services"]]) for path in declared["paths"]
        ],
        "ceilings": {path["id"]: _ceiling(path, services) for path in declared["paths"]},
    }


def _path(what: str, needed: list[Mapping[str, Any]]) -> dict[str, Any]:
    percent = serial(service["percent"] for service in needed)
    weakest = min(needed, key=lambda service: float(service["percent"]))
    return {
        "what a person does": what,
        "at most": f"{percent:.2f}{_NARROW}%",
        "may be away in a month": f"{outage(percent):.0f}{_NARROW}minutes",
        "passes": ", ".join(service["name"] for service in needed),
        "weakest": weakest["name"],
    }


def _ceiling(path: Mapping[str, Any], services: Mapping[str, Any]) -> dict[str, Any]:
    percent = serial(services[key]["percent"] for key in path["services"])
    return {
        "percent": {"value": round(percent, 2), "unit": "%"},
        "outage": {"value": round(outage(percent)), "unit": "minutes"},
    }


@ending
def main() -> int:
    """Record the ceilings of one system; returns 2 where the file cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m drills.availability", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("declared", type=Path, help="figures/<system>/sla.yaml")
    parser.add_argument("--record", type=Path, required=True, help="where the ceilings are written")
    arguments = parser.parse_args()
    try:
        declared = data.read(arguments.declared)
        recorded = record(declared or {})
    except KeyError as error:
        hint = "it has services, and paths that name them"
        raise UnusableInput(f"it does not say {error}", hint, str(arguments.declared)) from None
    files.write(arguments.record, data.as_json(recorded))
    return 0


if __name__ == "__main__":
    sys.exit(main())
