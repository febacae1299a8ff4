"""The life of a file, day by day, as a bucket's lifecycle rules have it.

`python -m drills.retention build/biotech-x/plan.json --record evidence/figures/biotech-x/retention.json`
walks the days of each bucket's files through the planned rules, and records what a page shows of them.

What S3 does with a rule:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html (days are counted from an
object's creation, and S3 acts at the midnight, UTC, that follows) and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html (with
versioning an object is first hidden by a delete marker; its bytes and the marker go by rules of their own).
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import load

Rules = list[dict[str, Any]]

AT_HAND = ("STANDARD", "STANDARD_IA", "GLACIER_IR")
"""Classes that answer at once: no restore, in any case of any size."""
LAGS = (0, 1)
"""Days S3 adds: none to what is put at midnight, up to one to anything else."""
HIDDEN, MARKER, GONE = "hidden", "marker", "gone"

_BUCKETS = {"uploads": "Uploads", "results": "Results", "logs": "Access logs", "trail": "Audit trail"}
_HORIZON = 2000  # days, beyond the longest promise
_NEVER = float("inf")
_MEANING = {
    HIDDEN: "hidden by a delete marker: an administrator can bring it back",
    GONE: "gone",
}


@dataclass(frozen=True)
class Lifecycle:
    """What a bucket's rules do to every object in it, in days; infinite where they never do."""

    transitions: tuple[tuple[int, str], ...]
    expires: float
    bytes_go: float
    removes_marker: bool
    drops_parts: float


def lifecycle(rules: Rules, versioned: bool = True) -> Lifecycle:
    """The rules that are enabled and concern every object; what concerns only some is no promise.

    Without versions an object that expires is gone at once, and leaves no marker.
    """
    concerned = [rule for rule in rules if rule["status"] == "Enabled" and not selective(rule)]
    expirations = [item for rule in concerned for item in rule["expiration"]]
    versions = [item for rule in concerned for item in rule["noncurrent_version_expiration"]]
    parts = [item for rule in concerned for item in rule["abort_incomplete_multipart_upload"]]
    transitions = sorted(
        (item["days"], item["storage_class"]) for rule in concerned for item in rule["transition"]
    )
    return Lifecycle(
        transitions=tuple(transitions),
        expires=least(item.get("days") for item in expirations),
        bytes_go=least(item["noncurrent_days"] for item in versions) if versioned else 0,
        removes_marker=not versioned or any(item.get("expired_object_delete_marker") for item in expirations),
        drops_parts=least(item["days_after_initiation"] for item in parts),
    )


def selective(rule: Mapping[str, Any]) -> bool:
    """Whether a rule leaves some objects out, by name, size or tag."""
    return bool(rule.get("prefix")) or any(any(condition.values()) for condition in rule["filter"])


def least(days: Iterable[int | None]) -> float:
    """The first of several deadlines; infinite without any, and 0 is how a plan writes none."""
    return min(filter(None, days), default=_NEVER)


def condition(life: Lifecycle, age: int, lag: int) -> str:
    """The storage class in which an object can be read on the day it is `age` days old, or what is left."""
    hidden = life.expires + lag
    if age < hidden:
        return next((name for days, name in reversed(life.transitions) if days + lag <= age), "STANDARD")
    if not life.bytes_go:
        return GONE
    bytes_gone = hidden + life.bytes_go + lag
    if age < bytes_gone:
        return HIDDEN
    return GONE if life.removes_marker and age >= bytes_gone + lag else MARKER


def planned(plan: Mapping[str, Any], address: str) -> dict[str, Any]:
    """A resource's values, as `terraform show -json` of a plan tells them. Raises UnusableInput for none."""
    resources = plan["planned_values"]["root_module"]["resources"]
    found = [item["values"] for item in resources if item["address"] == address]
    if not found:
        raise UnusableInput(f"the plan has no {address}")
    return dict(found[0])


def planned_rules(plan: Mapping[str, Any], bucket: str) -> Rules:
    """The planned rules of a bucket. Raises UnusableInput where it has none."""
    return list(planned(plan, f"aws_s3_bucket_lifecycle_configuration.{bucket}")["rule"])


def lives(plan: Mapping[str, Any]) -> dict[str, Lifecycle]:
    """What each bucket's rules do, by the bucket's name."""
    resources = plan["planned_values"]["root_module"]["resources"]
    versioned = {
        item["name"]
        for item in resources
        if item["type"] == "aws_s3_bucket_versioning"
        and item["values"]["versioning_configuration"][0]["status"] == "Enabled"
    }
    return {name: lifecycle(planned_rules(plan, name), name in versioned) for name in _BUCKETS}


def changes(life: Lifecycle, lag: int) -> list[tuple[int, str]]:
    """The days on which something happens to an object, each with its condition from then on."""
    walked = [condition(life, age, lag) for age in range(_HORIZON)]
    later = [(day, after) for day, (before, after) in enumerate(pairwise(walked), start=1) if before != after]
    return [(0, walked[0]), *later]


def days(life: Lifecycle) -> list[dict[str, str]]:
    """An object's life as rows: the first day of each condition, which depends on the hour of upload."""
    early, late = (_firsts(life, lag) for lag in LAGS)
    return [
        {
            "from day": _between(early[name], day),
            "the file is": _MEANING.get(name, f"in `{name}`, and answers at once"),
        }
        for name, day in sorted(late.items(), key=lambda step: step[1])
    ]


def _between(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first} or {last}" if last - first == 1 else f"{first} to {last}"


def _firsts(life: Lifecycle, lag: int) -> dict[str, int]:
    """The first day of each condition; what is left of a marker is no file."""
    steps = [(day, GONE if name == MARKER else name) for day, name in changes(life, lag)]
    return {name: day for day, name in reversed(steps)}


def spans(life: Lifecycle) -> dict[str, int]:
    """For how many days at least an object is in each condition that keeps its bytes."""
    steps = changes(life, 0)
    return {name: end - start for (start, name), (end, _) in pairwise(steps) if name in (*AT_HAND, HIDDEN)}


def chart(found: Mapping[str, Lifecycle]) -> dict[str, Any]:
    """The spans of every bucket as bars of days, one part a condition."""
    parts = {bucket: spans(life) for bucket, life in found.items()}
    series = [
        {"name": title, "values": [parts[bucket].get(name, 0) for bucket in found]}
        for name, title in [*((name, name) for name in AT_HAND), (HIDDEN, "hidden, can be brought back")]
    ]
    return {
        "kind": "bar",
        "stacked": True,
        "x": {"label": "files", "values": [_BUCKETS[bucket] for bucket in found]},
        "y": {"label": "days since upload", "unit": "days"},
        "series": series,
    }


def record(plan: Mapping[str, Any], system: str) -> dict[str, Any]:
    """All that the page shows: a chart, each bucket's days, and for how long a mistake can be undone."""
    found = lives(plan)
    return {
        "chart": chart(found),
        "days": {bucket: days(life) for bucket, life in found.items()},
        "undo": {
            name: _setting(life.bytes_go, name, system) for name, life in found.items() if life.bytes_go
        },
        "parts": {name: _setting(life.drops_parts, name, system) for name, life in found.items()},
    }


def _setting(number: float, bucket: str, system: str) -> dict[str, Any]:
    address = f"aws_s3_bucket_lifecycle_configuration.{bucket}"
    unit = "day" if number == 1 else "days"
    return {"value": int(number), "unit": unit, "address": address, "folder": f"terraform/{system}"}


@ending
def main() -> int:
    """Record what one plan's rules do; returns 2 where they cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m drills.retention", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("plan", type=Path, help="build/<system>/plan.json")
    parser.add_argument("--record", type=Path, required=True, help="where the days are written")
    arguments = parser.parse_args()
    recorded = record(load(arguments.plan), arguments.plan.parent.name)
    files.write(arguments.record, data.as_json(recorded))
    return 0


if __name__ == "__main__":
    sys.exit(main())
