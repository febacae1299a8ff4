"""The page's charts, as the site draws them: see `asbuilt.page.chart`."""

from collections.abc import Sequence
from typing import Any

from drills.cost.bill import bill, total
from drills.cost.inputs import Inputs
from drills.cost.sensitivity import sensitivity

_USERS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
_MONTHS = (1, 3, 6, 9, 12, 18, 24, 36, 48, 61)


def charts(inputs: Inputs) -> dict[str, Any]:
    """The cost of a user and an analysis by size, the bill by month, and what moves it most."""
    return {"users": _by_users(inputs), "months": _by_months(inputs), "tornado": _tornado(inputs)}


def _by_users(inputs: Inputs) -> dict[str, Any]:
    bills = [total(bill(inputs.month("production", users))) for users in _USERS]
    analyses = [inputs.month("production", users).usage.analyses for users in _USERS]
    x = {"label": "users", "unit": "", "scale": "log", "values": list(_USERS)}
    y = {"label": "cost", "unit": "USD", "scale": "log"}
    series = [
        {"name": "a user and month", "values": _shares(bills, _USERS)},
        {"name": "an analysis", "values": _shares(bills, analyses)},
    ]
    return {"kind": "line", "stacked": False, "x": x, "y": y, "series": series}


def _shares(bills: Sequence[float], counts: Sequence[float]) -> list[float]:
    return [round(usd / count, 2) for usd, count in zip(bills, counts, strict=True)]


def _by_months(inputs: Inputs) -> dict[str, Any]:
    bills = [bill(inputs.month("production", month=month)) for month in _MONTHS]
    x = {"label": "months since launch", "unit": "", "scale": "linear", "values": list(_MONTHS)}
    y = {"label": "bill", "unit": "USD a month", "scale": "linear"}
    series = [
        {"name": "whole bill", "values": [round(total(lines)) for lines in bills]},
        {
            "name": "storage",
            "values": [
                round(total([line for line in lines if line.service == "Storage"])) for lines in bills
            ],
        },
    ]
    return {"kind": "line", "stacked": False, "x": x, "y": y, "series": series}


def _tornado(inputs: Inputs) -> dict[str, Any]:
    month, nodes = inputs.month("production"), inputs.estates["production"].nodes
    changes = sensitivity(month, lambda users: inputs.usage_at(users, nodes))
    x = {"label": "input", "unit": "", "scale": "linear", "values": [change.name for change in changes]}
    y = {"label": "change of the bill", "unit": "USD a month", "scale": "linear"}
    series = [
        {"name": "a fifth lower", "values": [round(change.lower) for change in changes]},
        {"name": "a fifth higher", "values": [round(change.higher) for change in changes]},
    ]
    return {"kind": "bar", "stacked": False, "x": x, "y": y, "series": series}
