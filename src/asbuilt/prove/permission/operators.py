"""How one value of a request is compared with one value of a condition.

IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import base64
import binascii
import functools
import ipaddress
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from asbuilt.prove.permission.patterns import Glob, Wild, matches, samples
from asbuilt.prove.permission.requests import StartsWith
from asbuilt.prove.permission.truth import Truth, Unknown, every

Compare = Callable[[str, Glob, str | StartsWith], Truth]


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison: of the condition's text, of its pattern, and of the request's value.

    `variables` says whether the operator reads policy variables.
    """

    compare: Compare
    variables: bool = False


def covers(pattern: Glob, value: str | StartsWith) -> Truth:
    """Whether `pattern` matches `value`; unknown where that depends on its unknown end."""
    if isinstance(value, str):
        return matches(pattern, value)
    ways = samples((*value.prefix, Wild.MANY), [pattern])
    answers = {matches(pattern, text) for text in ways or ()}
    return answers.pop() if len(answers) == 1 else Unknown(f"only the beginning {value.prefix} is known")


@functools.lru_cache(maxsize=65536)
def segments(pattern: Glob) -> tuple[Glob, ...]:
    """The parts of an ARN's pattern: split at the first five colons that are written out."""
    parts: list[list[str | Wild]] = [[]]
    for symbol in pattern:
        if symbol == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(symbol)
    return tuple(tuple(part) for part in parts)


def _equals(want: str, pattern: Glob, value: str | StartsWith) -> Truth:
    return covers(_written(pattern), value)


def _equals_ignoring_case(want: str, pattern: Glob, value: str | StartsWith) -> Truth:
    lower = StartsWith(value.prefix.lower()) if isinstance(value, StartsWith) else value.lower()
    return covers(_lower(_written(pattern)), lower)


def _like(want: str, pattern: Glob, value: str | StartsWith) -> Truth:
    return covers(pattern, value)


def _arn(want: str, pattern: Glob, value: str | StartsWith) -> Truth:
    """Each of an ARN's six parts is compared by itself."""
    parts = segments(pattern)
    text = value.prefix if isinstance(value, StartsWith) else value
    given = text.split(":", 5)
    if len(parts) < 6 or (isinstance(value, StartsWith) and len(given) < 6):
        return Unknown(f"{want} is no whole ARN")
    if len(given) < 6:
        return False
    last = StartsWith(given[5]) if isinstance(value, StartsWith) else given[5]
    first = (matches(part, piece) for part, piece in zip(parts, given[:5], strict=False))
    return every([*first, covers(parts[5], last)])


def _bool(want: str, pattern: Glob, value: str | StartsWith) -> Truth:
    if isinstance(value, StartsWith) or want.lower() not in ("true", "false"):
        return Unknown(f"{want} is neither true nor false")
    return want.lower() == value.lower()


def _binary(want: str, pattern: Glob, value: str | StartsWith) -> Truth:
    try:
        expected = base64.b64decode(want, validate=True)
    except binascii.Error:
        return Unknown(f"{want} is not base64")
    return (
        Unknown("only its beginning is known")
        if isinstance(value, StartsWith)
        else expected == value.encode()
    )


def _address(want: str, pattern: Glob, value: str | StartsWith) -> Truth:
    try:
        return ipaddress.ip_address(str(value)) in ipaddress.ip_network(want, strict=False)
    except ValueError:
        return Unknown(f"{want} cannot be compared with an address")


def _number(compare: Callable[[float, float], bool]) -> Compare:
    def test(want: str, pattern: Glob, value: str | StartsWith) -> Truth:
        try:
            return compare(float(str(value)), float(want))
        except ValueError:
            return Unknown(f"{want} cannot be compared with a number")

    return test


def _date(compare: Callable[[float, float], bool]) -> Compare:
    def test(want: str, pattern: Glob, value: str | StartsWith) -> Truth:
        try:
            return compare(_seconds(str(value)), _seconds(want))
        except ValueError:
            return Unknown(f"{want} cannot be compared with a date")

    return test


def _seconds(text: str) -> float:
    """A date in ISO 8601 or in seconds since 1970."""
    if text.isdecimal() and len(text) > 4:
        return float(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _written(pattern: Glob) -> Glob:
    """The pattern with its wildcards taken as the characters they are written with."""
    return tuple(token.value if isinstance(token, Wild) else token for token in pattern)


def _lower(pattern: Glob) -> Glob:
    return tuple(token if isinstance(token, Wild) else token.lower() for token in pattern)


_ORDERS = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}

OPERATORS: dict[str, Test] = {
    "StringEquals": Test(_equals, variables=True),
    "StringEqualsIgnoreCase": Test(_equals_ignoring_case, variables=True),
    "StringLike": Test(_like, variables=True),
    "ArnEquals": Test(_arn, variables=True),
    "ArnLike": Test(_arn, variables=True),
    "Bool": Test(_bool),
    "BinaryEquals": Test(_binary),
    "IpAddress": Test(_address),
    **{f"Numeric{name}": Test(_number(order)) for name, order in _ORDERS.items()},
    **{f"Date{name}": Test(_date(order)) for name, order in _ORDERS.items()},
}
"""The operators without their negations (`NEGATIONS`) and without `Null`."""

NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
"""Operators that hold exactly where another, on a key that is there, does not."""
