"""How each version of the API shows free appointments."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from schedules_api.slots import Slot, Specialty, free

Answer = dict[str, Any]


def v1(slots: Iterable[Slot]) -> Answer:
    """A flat list."""
    return {"version": "v1", "available": [_flat(slot) for slot in slots]}


def v2(slots: Iterable[Slot]) -> Answer:
    """By professional, with the times of each day."""
    grouped = groupby(slots, key=lambda slot: (slot.professional, slot.specialty))
    return {
        "version": "v2",
        "professionals": [
            {"name": name, "specialty": specialty, "days": _days(own)} for (name, specialty), own in grouped
        ],
    }


ANSWERS: Mapping[str, Callable[[Iterable[Slot]], Answer]] = {"v1": v1, "v2": v2}
"""What shows the appointments, by version."""


@lru_cache
def body(version: str, today: date, specialty: Specialty | None = None) -> bytes:
    """A version's answer as JSON. It is made once a day for each specialty, for nothing else changes it."""
    return json.dumps(ANSWERS[version](free(today, specialty))).encode()


def _flat(slot: Slot) -> dict[str, str]:
    return {
        "professional": slot.professional,
        "specialty": slot.specialty,
        "starts": f"{slot.day}T{slot.starts:%H:%M}",
    }


def _days(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    by_day = groupby(slots, key=lambda slot: slot.day)
    return [
        {"day": day.isoformat(), "times": [f"{slot.starts:%H:%M}" for slot in own]} for day, own in by_day
    ]
