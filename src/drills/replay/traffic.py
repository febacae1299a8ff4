"""How many requests come, minute by minute: weeks of days, with nights and weekends."""

import math
from collections.abc import Mapping
from typing import Any

DAY = 1440
"""Minutes of a day. Minute 0 of a month is Monday, midnight."""


def level(traffic: Mapping[str, Any], minute: int) -> float:
    """The share of a weekday's noon that comes at a minute: hills at noon and in the evening, on a plain."""
    hour, day = minute % DAY / 60, minute // DAY % 7
    hills = math.exp(-(((hour - 12) / 3.5) ** 2)) + 0.4 * math.exp(-(((hour - 19) / 2) ** 2))
    share = traffic["night"] + (1 - traffic["night"]) * min(1, hills)
    return float(share * (traffic["weekend"] if day >= 5 else 1))


def expected(declared: Mapping[str, Any]) -> float:
    """The requests of a month, without noise."""
    traffic = declared["traffic"]
    return float(traffic["noon"]) * sum(level(traffic, minute) for minute in range(declared["days"] * DAY))


def moment(minute: int) -> str:
    """A minute of a month as people say it: the day from 1, and the time."""
    return f"day {minute // DAY + 1}, {minute % DAY // 60:02}:{minute % 60:02}"
