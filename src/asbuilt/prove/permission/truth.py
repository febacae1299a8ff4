"""Three-valued logic: a policy applies, does not, or the files do not tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Never


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither true nor false; `why` says what is unresolved."""

    why: str

    def __bool__(self) -> Never:
        raise TypeError("compare with `is True` or `is False`: this may be neither")


Truth = bool | Unknown


def every(parts: Iterable[Truth]) -> Truth:
    """True when all parts are, false when one is false, else unknown."""
    unknown: Truth = True
    for part in parts:
        if part is False:
            return False
        if part is not True and unknown is True:
            unknown = part
    return unknown


def some(parts: Iterable[Truth]) -> Truth:
    """True when one part is, false when all are false, else unknown."""
    unknown: Truth = False
    for part in parts:
        if part is True:
            return True
        if part is not False and unknown is False:
            unknown = part
    return unknown


def negate(part: Truth) -> Truth:
    """The opposite; what is unknown stays so."""
    return part if isinstance(part, Unknown) else not part
