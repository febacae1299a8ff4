"""Fictitious free appointments, made up from a date: the same date gives the same appointments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

DAYS = 5
"""Days ahead that are shown, weekends among them."""
_HOURS = (9, 10, 11, 14, 15, 16)


class Specialty(StrEnum):
    """What a professional treats."""

    CARDIOLOGY = "cardiology"
    DERMATOLOGY = "dermatology"
    PAEDIATRICS = "paediatrics"


PROFESSIONALS = {
    "Dr. Example One": Specialty.CARDIOLOGY,
    "Dr. Example Two": Specialty.DERMATOLOGY,
    "Dr. Example Three": Specialty.PAEDIATRICS,
    "Dr. Example Four": Specialty.CARDIOLOGY,
}
"""Nobody: every name is invented."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One free appointment."""

    professional: str
    specialty: Specialty
    day: date
    starts: time


def free(today: date, specialty: Specialty | None = None) -> Iterator[Slot]:
    """Free appointments after `today`, by professional, day and hour; of one specialty if named."""
    for index, (name, treats) in enumerate(PROFESSIONALS.items()):
        if specialty in (None, treats):
            for ahead in range(1, DAYS + 1):
                day = today + timedelta(days=ahead)
                # Some hours are taken: which ones depends on the day and on the professional.
                hours = [hour for hour in _HOURS if (day.toordinal() + hour + index) % 3]
                yield from (Slot(name, treats, day, time(hour)) for hour in hours)
