"""Capacity as it is recorded: the tables, the charts and the single numbers that the page quotes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from drills.capacity.beyond import Shown, fairness, given_up, minutes, show, studies, waits
from drills.capacity.charts import breaking, charts
from drills.capacity.comparison import BOUND, SEEDS, Compared, cases, compare
from drills.capacity.inputs import Inputs
from drills.capacity.limits import Broken, Limit, grid, standing
from drills.capacity.need import Need, asked, need
from drills.capacity.storage import stored_of
from drills.capacity.usage import usage


def record(inputs: Inputs) -> dict[str, Any]:
    """Everything that the page on capacity shows."""
    return paper(inputs) | simulated() | queue(inputs) | {"charts": charts(inputs)}


def paper(inputs: Inputs) -> dict[str, Any]:
    """What follows from the closed forms alone."""
    needs = {users: need(inputs.demand, users) for users in inputs.sizes}
    wanted = {users: asked(inputs.demand, needed) for users, needed in needs.items()}
    return {
        "assumptions": [_assumption(*item) for item in inputs.declared["demand"].items()],
        "sizes": [_size(inputs, users, needs[users]) for users in inputs.sizes],
        "users": {str(users): _numbers(inputs, users, needs[users]) for users in inputs.sizes},
        "breaks": list(_ladder(inputs, wanted)),
        "first": _first(inputs),
        "today": {
            limit.name: {"value": round(limit.steps[0].value), "unit": limit.unit} for limit in inputs.limits
        },
        "calm": {"value": round(100 * inputs.demand.calm), "unit": "%"},
        "limits": _limits(inputs.limits, breaking(inputs), wanted[max(inputs.sizes)]),
        "sample": _sample(inputs),
    }


def simulated() -> dict[str, Any]:
    """What the simulation measures, beside the closed forms."""
    compared = [compare(case) for case in cases()]
    shown = [show(study) for study in studies()]
    worst = max(abs(one.difference) for one in compared)
    return {
        "compared": [compared_row(one) for one in compared],
        "agreement": {
            "settings": {"value": len(compared), "unit": "settings"},
            "seeds": {"value": len(SEEDS), "unit": "seeds"},
            "worst": {"value": round(100 * worst, 1), "unit": "%"},
            "bound": {"value": round(100 * BOUND), "unit": "%"},
        },
        "beyond": [_beyond_row(one) for one in shown],
        "fairness": fairness(),
    }


def queue(inputs: Inputs) -> dict[str, Any]:
    """What our own settings come to in the simulation."""
    vcpus, attempts = (int(inputs.settings[name]["value"]) for name in ("analysis_max_vcpus", "job_attempts"))
    return {
        "waits": waits(inputs.demand, inputs.sizes, vcpus),
        "given_up": {"value": round(100 * given_up(attempts), 1), "unit": "%"},
    }


def compared_row(one: Compared) -> dict[str, str]:
    """One setting of the comparison, as the page shows it."""
    case = one.case
    return {
        "setting": case.name,
        "formula": case.formula,
        "theory": f"{_digits(one.expected)} {case.unit}",
        "simulation": f"{_digits(one.mean)} ± {_digits(one.half)} {case.unit}",
        "difference": f"{100 * one.difference:+.1f} %",
    }


def _beyond_row(one: Shown) -> dict[str, str]:
    return {
        "setting": one.study.name,
        "theory assumes that": one.study.broken,
        "theory's mean wait": minutes(one.study.expected),
        "simulated mean wait": minutes(one.mean),
        "one file in twenty waits longer than": minutes(one.late),
    }


def _digits(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 1 else f"{value:.2f}"


def _assumption(name: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": f"`{name}`",
        "value": {"value": item["value"], "unit": item["unit"]},
        "why": item["source"].removeprefix("assumption: "),
    }


def _size(inputs: Inputs, users: int, needed: Need) -> dict[str, Any]:
    year = sum(stored_of(usage(inputs.demand, users), inputs.kept, 12)) / 1000
    return {
        "users": users,
        "connected at once": needed.connected,
        "upload, Gbit/s": round(_gbits(inputs, needed), 3),
        "API requests a second": round(needed.requests, 2),
        "jobs at once, mean": round(needed.jobs_mean, 1),
        "jobs at once, peak": needed.jobs,
        "vCPUs": needed.vcpus,
        "nodes": needed.nodes,
        "database connections": needed.connections,
        "stored after a year, TB": round(year, 1),
    }


def _gbits(inputs: Inputs, needed: Need) -> float:
    return needed.files * inputs.demand.file_mb * 8 / 1000


def _numbers(inputs: Inputs, users: int, needed: Need) -> dict[str, Any]:
    year = sum(stored_of(usage(inputs.demand, users), inputs.kept, 12)) / 1000
    six = sum(stored_of(usage(inputs.demand, users), inputs.kept, 72)) / 1000
    return {
        "vcpus": {"value": needed.vcpus, "unit": "vCPUs"},
        "jobs_mean": {"value": round(needed.jobs_mean, 1), "unit": "jobs"},
        "jobs": {"value": needed.jobs, "unit": "jobs"},
        "connected": {"value": needed.connected, "unit": "users"},
        "requests": {"value": round(needed.requests, 1), "unit": "requests a second"},
        "upload": {"value": round(_gbits(inputs, needed), 2), "unit": "Gbit/s"},
        "connections": {"value": needed.connections, "unit": "connections"},
        "connections_busy": {"value": round(needed.connections_busy, 1), "unit": "connections"},
        "shares": {"value": int(asked(inputs.demand, needed)["batch_shares"]), "unit": "users"},
        "stored_year": {"value": round(year, 1), "unit": "TB"},
        "stored_six_years": {"value": round(six, 1), "unit": "TB"},
    }


def _ladder(inputs: Inputs, wanted: Mapping[int, Mapping[str, float]]) -> Iterator[dict[str, Any]]:
    before: Mapping[str, float] = {limit.name: 0.0 for limit in inputs.limits}
    for users, now in wanted.items():
        yield _rung(users, standing(inputs.limits, before, now))
        before = now


def _rung(users: int, found: Sequence[Broken]) -> dict[str, Any]:
    first, *others = found
    broken = first.headroom < 1
    also = [other.limit.title for other in others if other.headroom < 1]
    return {
        "users": users,
        "breaks first": first.limit.title if broken else f"nothing; the nearest is: {first.limit.title}",
        "asked": f"{first.asked:,.0f} {first.limit.unit}",
        "stands at": f"{first.allowed:,.0f}",
        "what one changes": first.change if broken else "nothing",
        "then breaks": also or "nothing",
    }


def _limits(
    limits: Sequence[Limit], broken: Mapping[str, int], most: Mapping[str, float]
) -> list[dict[str, Any]]:
    ordered = sorted(limits, key=lambda limit: (broken.get(limit.name, float("inf")), limit.title))
    return [
        {
            "limit": limit.title,
            "today": f"{limit.steps[0].value:,.0f} {limit.unit}",
            "suffices for": _suffices(broken.get(limit.name)),
            "asked by a million": f"{most[limit.name]:,.0f}",
            "source": _source(limit),
        }
        for limit in ordered
    ]


def _suffices(users: int | None) -> str:
    if users is None:
        return "more than a million users"
    return "nobody" if users == 1 else f"fewer than {users:,} users"


def _source(limit: Limit) -> str:
    if not limit.source.startswith("http"):
        folder = "terraform" if limit.source.startswith("aws_") else "kubernetes"
        return f"[`{limit.source}`](line:{folder}/biotech-x#{limit.source})"
    site = limit.source.split("/")[2].removeprefix("docs.")
    return ", ".join(part for part in (f"[{site}]({limit.source})", limit.note, limit.date) if part)


def _first(inputs: Inputs) -> dict[str, Any]:
    """The most users whose analyses the Spot environment bears, to two digits."""
    users = breaking(inputs)["batch_vcpus"]
    fitting = max(number for number in grid(max(inputs.sizes)) if number < users)
    connected = need(inputs.demand, fitting).connected
    return {"users": {"value": fitting, "unit": "users"}, "connected": {"value": connected, "unit": "users"}}


def _sample(inputs: Inputs) -> dict[str, Any]:
    at_once = int(inputs.settings["files_at_once"]["value"])
    rounds = inputs.demand.largest_files / at_once
    return {"largest": {"value": round(rounds * inputs.demand.job_minutes), "unit": "minutes"}}
