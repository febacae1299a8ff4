"""Unit prices, each with where and when it was read; and which types of resource they price."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asbuilt import data
from asbuilt.errors import UnusableInput


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for one `unit`; `tiers` are (quantity a month, price above it), ascending.

    `estimate` says how a price that was not found was computed from one that was.
    """

    what: str
    usd: float
    unit: str
    region: str
    source: str
    date: str
    tiers: tuple[tuple[float, float], ...] = ()
    estimate: str = ""

    def cost(self, quantity: float) -> float:
        """What a month's quantity costs: each tier prices only what falls inside it."""
        bounds = [0.0, *(above for above, _ in self.tiers), float("inf")]
        rates = [self.usd, *(usd for _, usd in self.tiers)]
        spans = zip(bounds, bounds[1:], rates, strict=False)
        return sum((min(quantity, end) - start) * usd for start, end, usd in spans if quantity > start)

    def times(self, factor: float) -> "Price":
        """The same price, so many times as high."""
        tiers = tuple((above, usd * factor) for above, usd in self.tiers)
        return replace(self, usd=self.usd * factor, tiers=tiers)


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices by name, the names of those that price a type, and why other types are free."""

    prices: Mapping[str, Price]
    priced: Mapping[str, tuple[str, ...]]
    free: Mapping[str, str]

    def __getitem__(self, name: str) -> Price:
        if name not in self.prices:
            raise UnusableInput(f"there is no price {name}", "add it to prices.yaml with source and date")
        return self.prices[name]

    def unpriced(self, types: Iterable[str]) -> list[str]:
        """Types that are neither priced nor declared free."""
        return sorted(set(types) - set(self.priced) - set(self.free))

    def with_factor(self, prefix: str, factor: float) -> "PriceList":
        """The same list, with every price whose name begins with `prefix` so many times as high."""
        changed = {
            name: price.times(factor) if name.startswith(prefix) else price
            for name, price in self.prices.items()
        }
        return replace(self, prices=changed)


def read(path: Path) -> PriceList:
    """The price list in `path`. Raises UnusableInput for a price without source or date, or one not there."""
    document = data.read(path)
    prices = {name: _price(name, item) for name, item in document["prices"].items()}
    priced = {kind: tuple(names) for kind, names in document["priced"].items()}
    found = PriceList(prices, priced, document["free"])
    for names in priced.values():
        for name in names:
            found[name]
    return found


def _price(name: str, item: Mapping[str, Any]) -> Price:
    missing = [key for key in ("what", "price", "unit", "region", "source", "date") if key not in item]
    if missing or item.get("currency") != "USD":
        raise UnusableInput(
            f"price {name} lacks {', '.join(missing) or 'USD'}", "say where it was read, and when"
        )
    tiers = tuple((float(tier["above"]), float(tier["price"])) for tier in item.get("then", ()))
    unit, region, source, date = (str(item[key]) for key in ("unit", "region", "source", "date"))
    estimate = str(item.get("estimated_from", {}).get("why", ""))
    return Price(str(item["what"]), float(item["price"]), unit, region, source, date, tiers, estimate)
