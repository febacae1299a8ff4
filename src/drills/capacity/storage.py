"""How much is stored, month by month, when as much arrives in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drills.capacity.usage import Usage

MONTH_DAYS = 365 / 12


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days the bytes of an upload and of a result are stored."""

    uploads: int
    results: int

    @classmethod
    def of(cls, settings: Mapping[str, Any], retention: Mapping[str, Any]) -> "Kept":
        """The days until a file expires, and those for which a hidden one can still be brought back."""
        return cls(
            *(
                settings[f"{bucket}_expire"]["value"] + retention["undo"][bucket]["value"]
                for bucket in ("uploads", "results")
            )
        )


def stored(monthly_gb: float, kept_days: int, month: float) -> float:
    """GB at the end of a month, counted from the first, when so many arrive evenly in every month."""
    return monthly_gb / MONTH_DAYS * min(month * MONTH_DAYS, kept_days)


def stored_of(use: Usage, kept: Kept, month: float) -> tuple[float, float]:
    """GB of uploads and GB of results at the end of a month."""
    return stored(use.upload_gb, kept.uploads, month), stored(use.result_gb, kept.results, month)
