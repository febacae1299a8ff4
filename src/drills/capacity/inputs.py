"""What capacity is computed from, read from where it is declared or recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import data
from asbuilt.errors import UnusableInput
from drills.capacity.demand import Demand
from drills.capacity.limits import Limit
from drills.capacity.limits import read as read_limits
from drills.capacity.storage import Kept


@dataclass(frozen=True, slots=True)
class Inputs:
    """Assumptions with their reasons, sizes in users, limits, settings, and for how long files are kept."""

    declared: Mapping[str, Any]
    demand: Demand
    sizes: list[int]
    limits: list[Limit]
    settings: Mapping[str, Any]
    kept: Kept


def read(figures: Path, evidence: Path) -> Inputs:
    """Everything, for one system's `figures/<system>` and `evidence/figures/<system>`.

    Raises UnusableInput where an assumption says another number than the setting that it names.
    """
    declared = data.read(figures / "capacity.yaml")
    settings = data.read(evidence / "settings.json")
    retention = data.read(evidence / "retention.json")
    _as_set(declared["demand"], settings)
    return Inputs(
        declared,
        Demand.of(declared["demand"]),
        declared["sizes"]["value"],
        read_limits(declared["limits"], settings),
        settings,
        Kept.of(settings, retention),
    )


def _as_set(demand: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    for name, item in demand.items():
        if "setting" in item and _number(set_to := settings[item["setting"]]["value"]) != item["value"]:
            raise UnusableInput(
                f"demand: {name} is {item['value']}, and {item['setting']} is {set_to}",
                "say in figures what the system is set to",
            )


def _number(value: str | float) -> float:
    """A number, also where Kubernetes writes thousandths of a vCPU."""
    thousandths = isinstance(value, str) and value.endswith("m")
    return float(str(value).removesuffix("m")) / (1000 if thousandths else 1)
