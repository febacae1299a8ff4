"""What the page on capacity draws."""

import math
from typing import Any

from drills.capacity import theory
from drills.capacity.arrivals import exponential, steady
from drills.capacity.comparison import SEEDS
from drills.capacity.inputs import Inputs
from drills.capacity.limits import breaks_at, grid
from drills.capacity.need import asked, need
from drills.capacity.simulation import Farm, seeded, simulate
from drills.capacity.storage import stored_of
from drills.capacity.usage import usage

_YEARS = 6
_USERS = 1000
_SLOTS = 10
_LOADS = (60, 70, 80, 90)  # per cent
_JOBS, _JOBS_IN_SAMPLES = 50_000, 15_000  # of one run: single files seldom wait, so it takes more of them


def charts(inputs: Inputs) -> dict[str, Any]:
    """Every chart by its name."""
    return {
        "storage": _storage(inputs),
        "vcpus": _vcpus(inputs),
        "wait": _wait(inputs),
        "breaks": _breaks(inputs),
    }


def _storage(inputs: Inputs) -> dict[str, Any]:
    months = list(range(0, 12 * _YEARS + 1, 2))
    use = usage(inputs.demand, _USERS)
    kept = [stored_of(use, inputs.kept, month) for month in months]
    return {
        "kind": "line",
        "x": {"label": "months since the first user", "values": months},
        "y": {"label": f"stored for {_USERS:,} users", "unit": "TB"},
        "series": [
            {"name": "uploads", "values": [round(uploads / 1000, 2) for uploads, _ in kept]},
            {"name": "results", "values": [round(results / 1000, 2) for _, results in kept]},
        ],
    }


def _vcpus(inputs: Inputs) -> dict[str, Any]:
    users = grid(max(inputs.sizes), 6)
    users = [number for number in users if number >= min(inputs.sizes)]
    needs = [need(inputs.demand, number) for number in users]
    bounds = {limit.name: limit.steps[0].value for limit in inputs.limits}
    return {
        "kind": "line",
        "x": {"label": "users", "scale": "log", "values": users},
        "y": {"label": "vCPUs of analyses in the busiest hour", "scale": "log"},
        "series": [
            {"name": "not passed in 99 % of it", "values": [one.vcpus for one in needs]},
            {"name": "mean", "values": [round(one.jobs_mean * inputs.demand.job_vcpus, 1) for one in needs]},
            {"name": "analysis_max_vcpus", "values": [bounds["batch_vcpus"]] * len(users)},
            {"name": "a new account's Spot quota", "values": [bounds["spot_vcpus"]] * len(users)},
        ],
    }


def _wait(inputs: Inputs) -> dict[str, Any]:
    service = inputs.demand.job_minutes
    return {
        "kind": "line",
        "x": {"label": f"share of {_SLOTS} slots that is busy", "unit": "%", "values": list(_LOADS)},
        "y": {"label": "mean wait of a file", "unit": "seconds", "scale": "log"},
        "series": [
            {"name": "theory, files one by one", "values": [_theory(load, service) for load in _LOADS]},
            {
                "name": "simulated, files one by one",
                "values": [_simulated(load, service, 1) for load in _LOADS],
            },
            {
                "name": f"simulated, samples of {inputs.demand.files}",
                "values": [_simulated(load, service, inputs.demand.files) for load in _LOADS],
            },
        ],
    }


def _theory(load: int, service: float) -> float:
    rate = load / 100 * _SLOTS / service
    return float(f"{60 * theory.wait_mmc(rate, service, _SLOTS):.3g}")


def _simulated(load: int, service: float, batch: int) -> float:
    rate = load / 100 * _SLOTS / service / batch
    seconds = (_JOBS if batch == 1 else _JOBS_IN_SAMPLES) / rate / batch
    waits = []
    for seed in SEEDS:
        random = seeded(seed)
        arrivals = steady(random, rate, seconds, exponential(service), batch)
        waits.append(simulate(arrivals, Farm(_SLOTS), random, seconds / 20).mean_wait())
    return float(f"{60 * math.fsum(waits) / len(waits):.3g}")


def _breaks(inputs: Inputs) -> dict[str, Any]:
    least = min(inputs.sizes)  # below, a limit stops the first apply: no bar of a logarithm shows it
    found = {name: users for name, users in breaking(inputs).items() if users >= least}
    broken = sorted(found.items(), key=lambda item: (item[1], item[0]))
    titles = {limit.name: limit.title for limit in inputs.limits}
    return {
        "kind": "bar",
        "x": {"label": "limit, as it stands today", "values": [titles[name] for name, _ in broken]},
        "y": {"label": "users from whom on it does not suffice", "scale": "log"},
        "series": [{"name": "users", "values": [users for _, users in broken]}],
    }


def breaking(inputs: Inputs) -> dict[str, int]:
    """From how many users on each limit of today does not suffice; without those that always do."""
    sizes = grid(max(inputs.sizes))
    wanted = {users: asked(inputs.demand, need(inputs.demand, users)) for users in sizes}
    found = {
        limit.name: breaks_at(limit, {users: amounts[limit.name] for users, amounts in wanted.items()})
        for limit in inputs.limits
    }
    return {name: users for name, users in found.items() if users is not None}
