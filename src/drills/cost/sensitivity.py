"""How far the month's bill moves when one input is a fifth lower or higher."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from drills.cost.bill import Month, bill, total
from drills.cost.usage import Usage

STEP = 0.2

_FILES = ("files", "parts", "upload_gb", "result_gb", "download_gb", "vcpu_hours")
_SIZE = ("parts", "upload_gb", "result_gb", "download_gb")


@dataclass(frozen=True, slots=True)
class Change:
    """An input, and the change of the month's bill with it lower and higher, in US dollars."""

    name: str
    lower: float
    higher: float


def sensitivity(month: Month, usage_at: Callable[[float], Usage]) -> list[Change]:
    """Each main input's effect, the largest first. `usage_at` gives the use of that many users."""
    now = total(bill(month))

    def at(vary: Callable[[Month, float], Month], factor: float) -> float:
        return total(bill(vary(month, factor))) - now

    inputs = _inputs(usage_at)
    changes = [Change(name, at(vary, 1 - STEP), at(vary, 1 + STEP)) for name, vary in inputs.items()]
    return sorted(changes, key=lambda change: change.lower - change.higher)


def _inputs(usage_at: Callable[[float], Usage]) -> Mapping[str, Callable[[Month, float], Month]]:
    return {
        "users": lambda month, by: replace(month, usage=usage_at(month.usage.users * by)),
        "files of a sample": lambda month, by: replace(month, usage=month.usage.times(by, *_FILES)),
        "size of a file": lambda month, by: replace(month, usage=month.usage.times(by, *_SIZE)),
        "time of an analysis": lambda month, by: replace(month, usage=month.usage.times(by, "vcpu_hours")),
        "requests": lambda month, by: replace(month, usage=month.usage.times(by, "requests", "page_gb")),
        "months since launch": lambda month, by: replace(month, month=month.month * by),
        "Spot price": lambda month, by: replace(month, prices=month.prices.with_factor("spot_", by)),
        "EC2 price": lambda month, by: replace(month, prices=month.prices.with_factor("ec2_", by)),
        "S3 prices": lambda month, by: replace(month, prices=month.prices.with_factor("s3_", by)),
        "database price": lambda month, by: replace(month, prices=month.prices.with_factor("rds_", by)),
        "log volume": lambda month, by: replace(month, given=_logs(month, by)),
    }


def _logs(month: Month, by: float) -> dict[str, object]:
    names = ("node_log_gb", "request_log_kb", "edge_log_kb", "job_log_kb")
    return {**month.given, **{name: month.given[name] * by for name in names}}
