"""What a month's bill follows from, read from where it is declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import data
from drills.capacity import Demand, need, usage
from drills.cost.bill import Month
from drills.cost.estate import Estate
from drills.cost.prices import PriceList
from drills.cost.usage import Usage

_SHARED = ("instance_vcpus", "kms_requests", "spot_found")  # of the demand, what the bill asks for by name


@dataclass(frozen=True, slots=True)
class Inputs:
    """Estates by environment, prices, cost.yaml and its values by name, and the use of so many users."""

    estates: Mapping[str, Estate]
    prices: PriceList
    declared: Mapping[str, Any]
    given: Mapping[str, Any]
    usage_at: Callable[[float, int], Usage]

    def month(self, environment: str, users: float | None = None, month: float | None = None) -> Month:
        """A month of an environment; by default with its users, in the month that is declared."""
        estate = self.estates[environment]
        usage = self.usage_at(self.given["users"][environment] if users is None else users, estate.nodes)
        at = self.given["month"] if month is None else month
        return Month(estate, usage, self.prices, self.given, at)


def inputs(estates: Mapping[str, Estate], listed: PriceList, figures: Path) -> Inputs:
    """The inputs with what `figures` declares: cost.yaml, and capacity.yaml's demand."""
    declared = data.read(figures / "cost.yaml")
    demand = Demand.read(figures / "capacity.yaml")
    given = _values(declared) | {name: getattr(demand, name) for name in _SHARED}
    return Inputs(estates, listed, declared, given, lambda users, least: _usage(demand, users, least))


def _usage(demand: Demand, users: float, least: int) -> Usage:
    """A month of so many users, on the nodes that their busiest hour needs, and no fewer than `least`."""
    needed = need(demand, round(users))
    return Usage.billed(usage(demand, users), max(least, needed.nodes), needed.api_pods)


def _values(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Each declared value by its name, without unit and source."""
    return {
        name: item["value"] if "value" in item else _values(item)
        for name, item in declared.items()
        if isinstance(item, Mapping)
    }
