"""One thing that was measured, and the limit it is held to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`limit` is the most that may be measured, or the least where `is_least`; None holds it to nothing."""

    what: str
    measured: float
    limit: float | None
    unit: str
    is_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the limit holds."""
        if self.limit is None:
            return True
        return self.measured >= self.limit if self.is_least else self.measured <= self.limit

    def as_table(self) -> dict[str, str]:
        """The row as a table shows it."""
        sign = "≥" if self.is_least else "≤"
        limit = "-" if self.limit is None else f"{sign} {_said(self.limit, self.unit)}"
        met = "-" if self.limit is None else "yes" if self.is_met else "no"
        return {"what": self.what, "measured": _said(self.measured, self.unit), "limit": limit, "met": met}


def _said(number: float, unit: str) -> str:
    """Three digits that count, and the unit."""
    return f"{number:.3g} {unit}" if abs(number) < 100 else f"{number:.0f} {unit}"
