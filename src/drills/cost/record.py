"""The cost of biotech-x as it is recorded: tables, charts and the single numbers that the page quotes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from drills.cost.analysis import analysis_cost
from drills.cost.bill import Line, bill, total
from drills.cost.charts import charts
from drills.cost.inputs import Inputs
from drills.cost.levers import levers
from drills.cost.prices import Price, PriceList

ENVIRONMENTS = ("production", "staging")


def record(inputs: Inputs) -> dict[str, Any]:
    """Everything that the page on cost shows."""
    bills = {name: bill(inputs.month(name)) for name in ENVIRONMENTS}
    return {
        "estates": {name: estate.as_recorded() for name, estate in inputs.estates.items()},
        **{name: _environment(inputs, name, bills[name]) for name in ENVIRONMENTS},
        "services": _services(bills),
        "lines": {name: _lines(bills[name]) for name in ENVIRONMENTS},
        "analysis": _analysis(inputs, bills["production"]),
        "sizes": _sizes(inputs),
        "levers": _levers(inputs),
        "prices": _prices(inputs.prices),
        "estimated": _estimated(inputs.prices),
        "assumed": _assumed(inputs.declared),
        "charts": charts(inputs),
    }


def _usd(amount: float, digits: int = 0) -> dict[str, Any]:
    rounded = round(amount, digits)
    return {"value": rounded if digits else int(rounded), "unit": "USD"}


def _environment(inputs: Inputs, name: str, lines: Sequence[Line]) -> dict[str, Any]:
    month, estate = total(list(lines)), inputs.estates[name]
    nobody = replace(inputs.month(name), month=0.0, usage=_nobody(inputs, name))
    return {
        "users": {"value": inputs.given["users"][name], "unit": "users"},
        "month": _usd(month),
        "idle": _usd(total(bill(nobody))),
        "user": _usd(month / inputs.given["users"][name], 2),
        "budget": _usd(estate.budget),
        "of_budget": {"value": round(100 * month / estate.budget), "unit": "%"},
    }


def _nobody(inputs: Inputs, name: str) -> Any:
    usage = inputs.month(name).usage
    used = [field for field in type(usage).__slots__ if field not in {"nodes", "api_pods"}]
    return replace(usage.times(0, *used), nodes=float(inputs.estates[name].nodes))


def _services(bills: Mapping[str, Sequence[Line]]) -> list[dict[str, Any]]:
    names = dict.fromkeys(line.service for line in bills["production"])
    rows = [
        {"Service": name} | {_column(key): _of(lines, name) for key, lines in bills.items()} for name in names
    ]
    sums = {_column(key): round(total(list(lines))) for key, lines in bills.items()}
    return [*rows, {"Service": "Total"} | sums]


def _column(environment: str) -> str:
    return f"{environment.capitalize()}, USD a month"


def _of(lines: Sequence[Line], service: str) -> int:
    return round(math.fsum(line.usd for line in lines if line.service == service))


def _lines(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {
            "Service": line.service,
            "Charged for": line.what,
            "Quantity": round(line.quantity, 1),
            "Unit": line.unit,
            "USD a month": round(line.usd, 2),
        }
        for line in lines
    ]


def _analysis(inputs: Inputs, lines: Sequence[Line]) -> dict[str, Any]:
    month = inputs.month("production")
    return {
        "more": _usd(analysis_cost(month), 3),
        "share": _usd(total(list(lines)) / month.usage.analyses, 2),
        "month": {"value": round(month.usage.analyses), "unit": "analyses"},
    }


def _sizes(inputs: Inputs) -> list[dict[str, Any]]:
    rows = []
    for users in inputs.given["sizes"]:
        month = inputs.month("production", users)
        usd = total(bill(month))
        rows.append(
            {
                "Users": users,
                "Analyses a month": round(month.usage.analyses),
                "Nodes": round(month.usage.nodes, 1),
                "USD a month": round(usd),
                "USD a user": round(usd / users, 2),
                "USD an analysis": round(usd / month.usage.analyses, 2),
            }
        )
    return rows


def _levers(inputs: Inputs) -> list[dict[str, Any]]:
    found = levers(inputs.month("production"), inputs.month("staging"))
    return [
        {
            "Choice": f"[{lever.name}](line:terraform/biotech-x#{lever.address})",
            "Environment": lever.environment,
            "Made": "yes" if lever.is_made else "no",
            "Saves, USD a month": round(lever.usd),
        }
        for lever in sorted(found, key=lambda lever: (not lever.is_made, -lever.usd))
    ]


def _named(price: Price) -> str:
    marks = [mark for mark, holds in (("first tier", price.tiers), ("estimated", price.estimate)) if holds]
    return f"{price.what} ({', '.join(marks)})" if marks else price.what


def _prices(prices: PriceList) -> list[dict[str, Any]]:
    return [
        {
            "For": _named(price),
            "USD": price.usd,
            "Per": price.unit,
            "Region": price.region,
            "Read in": f"[{'/'.join(price.source.split('/')[3:5])}]({price.source})",
            "Day": price.date,
        }
        for price in prices.prices.values()
    ]


def _estimated(prices: PriceList) -> list[dict[str, Any]]:
    found = [price for price in prices.prices.values() if price.estimate]
    return [
        {"Price of": price.what, "USD": price.usd, "Per": price.unit, "Computed from": price.estimate}
        for price in found
    ]


def _assumed(declared: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "Assumed": name.replace("_", " ").removesuffix(" gb").removesuffix(" kb"),
            "Value": {"value": item["value"], "unit": item["unit"]} if "unit" in item else item["value"],
            "Why": item["source"],
        }
        for name, item in declared.items()
        if "value" in item
    ]
