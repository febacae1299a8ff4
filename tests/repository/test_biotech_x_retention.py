"""Uploads stay at hand for 365 days and are gone then; results can be read for five calendar years.

The rules come from a plan; the days are walked here. What S3 does with a rule:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html (days are counted from an
object's creation, and S3 acts at the midnight, UTC, that follows) and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html (with
versioning an object is first hidden by a delete marker; its bytes and the marker go by rules of their own).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

Rules = list[dict[str, Any]]
Plan = Callable[[str], dict[str, Any]]

AT_HAND = {"STANDARD", "STANDARD_IA", "GLACIER_IR"}  # answer at once: no restore, in any case of any size
LEAST_STAY = {"STANDARD_IA": 30, "GLACIER_IR": 90}  # days that are paid for in any case
LAGS = (0, 1)  # days S3 adds: none to what is put at midnight, up to one to anything else
HIDDEN, MARKER, GONE = "hidden", "marker", "gone"


@dataclass(frozen=True)
class Lifecycle:
    """What a bucket's rules do to every object in it, in days; infinite where they never do."""

    transitions: tuple[tuple[int, str], ...]
    expires: float
    bytes_go: float
    removes_marker: bool
    drops_parts: float


def lifecycle(rules: Rules) -> Lifecycle:
    """The rules that are enabled and concern every object; what concerns only some is no promise."""
    concerned = [rule for rule in rules if rule["status"] == "Enabled" and not selective(rule)]
    expirations = [item for rule in concerned for item in rule["expiration"]]
    return Lifecycle(
        transitions=tuple(
            sorted((item["days"], item["storage_class"]) for rule in concerned for item in rule["transition"])
        ),
        expires=least(item.get("days") for item in expirations),
        bytes_go=least(
            item["noncurrent_days"] for rule in concerned for item in rule["noncurrent_version_expiration"]
        ),
        removes_marker=any(item.get("expired_object_delete_marker") for item in expirations),
        drops_parts=least(
            item["days_after_initiation"]
            for rule in concerned
            for item in rule["abort_incomplete_multipart_upload"]
        ),
    )


def selective(rule: dict[str, Any]) -> bool:
    """Whether a rule leaves some objects out, by name, size or tag."""
    return bool(rule.get("prefix")) or any(any(condition.values()) for condition in rule["filter"])


def least(days: Any) -> float:
    """The first of several deadlines; infinite without any, and 0 is how a plan writes none."""
    return min(filter(None, days), default=float("inf"))


def condition(life: Lifecycle, age: int, lag: int) -> str:
    """The storage class in which an object can be read on the day it is `age` days old, or what is left."""
    hidden = life.expires + lag
    bytes_gone = hidden + life.bytes_go + lag
    if age < hidden:
        return next((name for days, name in reversed(life.transitions) if days + lag <= age), "STANDARD")
    if age < bytes_gone:
        return HIDDEN
    return GONE if life.removes_marker and age >= bytes_gone + lag else MARKER


def faults(life: Lifecycle) -> Iterator[str]:
    """What is wrong with any bucket's rules, whatever is promised of it."""
    if life.drops_parts > 7:
        yield "parts of an upload that was never completed stay for more than a week"
    ends = [*(days for days, _ in life.transitions), life.expires]
    for (days, name), end in zip(life.transitions, ends[1:], strict=True):
        if name not in AT_HAND:
            yield f"{name}, from day {days}, may need a restore"
        if end - days < LEAST_STAY.get(name, 0):
            yield f"{name}, from day {days}, is left before its least stay"
    if any(name == "STANDARD_IA" and days < 30 for days, name in life.transitions):
        yield "S3 refuses STANDARD_IA before day 30"


def upload_faults(rules: Rules) -> list[str]:
    """At hand on days 0 to 364, whatever the hour of upload; never after day 365; nothing left by day 369."""
    life = lifecycle(rules)
    found = list(faults(life))
    for lag in LAGS:
        walked = [condition(life, age, lag) for age in range(800)]
        found += [f"day {age}: {name}" for age, name in enumerate(walked[:365]) if name not in AT_HAND]
        found += [f"day {age}: {name}" for age, name in enumerate(walked) if age > 365 and name in AT_HAND]
        found += [f"day {age}: {name}" for age, name in enumerate(walked) if age >= 369 and name != GONE]
    return found


def result_faults(rules: Rules, starts: list[date]) -> list[str]:
    """Read at once on every day of the five calendar years that begin on each of `starts`."""
    life = lifecycle(rules)
    found = list(faults(life))
    for lag in LAGS:
        at_hand = [condition(life, age, lag) in AT_HAND for age in range(2000)]
        found += [
            f"put on {start}, lost on {start + timedelta(at_hand.index(False))}"
            for start in starts
            if not all(at_hand[: (five_years_after(start) - start).days])
        ]
    return found


def five_years_after(start: date) -> date:
    """The same date five years on; 1 March for a 29 February, as no fifth year after a leap year is one."""
    if (start.month, start.day) == (2, 29):
        return date(start.year + 5, 3, 1)
    return start.replace(year=start.year + 5)


STARTS = [date(2027, 1, 1) + timedelta(day) for day in range(2922)]  # eight years, leap years 2028 and 2032


def rule(**given: Any) -> dict[str, Any]:
    """A rule for every object that does nothing but what is given."""
    nothing: dict[str, Any] = {"transition": [], "expiration": [], "noncurrent_version_expiration": []}
    nothing |= {"abort_incomplete_multipart_upload": []}
    return {"status": "Enabled", "filter": [{"prefix": None}]} | nothing | given


LEAVE_NOTHING = rule(
    expiration=[{"expired_object_delete_marker": True}],
    abort_incomplete_multipart_upload=[{"days_after_initiation": 7}],
)
TO_COOLER = [{"days": 30, "storage_class": "STANDARD_IA"}]
BYTES_GO = [{"noncurrent_days": 1}]
RIGHT_UPLOADS: Rules = [
    rule(transition=TO_COOLER, expiration=[{"days": 365}], noncurrent_version_expiration=BYTES_GO),
    LEAVE_NOTHING,
]
RIGHT_RESULTS: Rules = [rule(transition=TO_COOLER, expiration=[{"days": 1827}]), LEAVE_NOTHING]


def changed(rules: Rules, **first: Any) -> Rules:
    """The rules, with the first one changed."""
    return [rules[0] | first, *rules[1:]]


def planned_rules(plan: dict[str, Any], bucket: str) -> Rules:
    """A bucket's rules, as `terraform show -json` of a plan tells them."""
    address = f"aws_s3_bucket_lifecycle_configuration.{bucket}"
    resources = plan["planned_values"]["root_module"]["resources"]
    return next(item["values"]["rule"] for item in resources if item["address"] == address)


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_uploads_are_at_hand_for_365_days_and_then_gone(terraform_plan: Plan, environment: str) -> None:
    """The planned rules keep every upload readable at once for 365 days, and leave nothing of it after."""
    assert [] == upload_faults(planned_rules(terraform_plan(environment), "uploads"))


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_results_are_readable_for_five_calendar_years(terraform_plan: Plan, environment: str) -> None:
    """The planned rules keep a result at hand on every day of five calendar years, whenever they begin."""
    assert [] == result_faults(planned_rules(terraform_plan(environment), "results"), STARTS)


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize("bucket", ["uploads", "results"])
def test_rules_meet_the_versioning_that_they_are_written_for(
    terraform_plan: Plan, environment: str, bucket: str
) -> None:
    """Both buckets keep versions, so that what the walk says of markers and noncurrent bytes holds."""
    resources = terraform_plan(environment)["planned_values"]["root_module"]["resources"]
    versioning = next(
        item["values"] for item in resources if item["address"] == f"aws_s3_bucket_versioning.{bucket}"
    )
    assert "Enabled" == versioning["versioning_configuration"][0]["status"]


def test_the_rules_that_the_wrong_ones_are_made_from_are_right() -> None:
    """The examples below are wrong in one thing each."""
    assert ([], []) == (upload_faults(RIGHT_UPLOADS), result_faults(RIGHT_RESULTS, STARTS))


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        pytest.param({"expiration": [{"days": 364}]}, "day 364: hidden", id="a day too short"),
        pytest.param({"expiration": [{"days": 366}]}, "day 366: STANDARD_IA", id="a day too long"),
        pytest.param({"expiration": []}, "day 799: STANDARD_IA", id="never expires"),
        pytest.param({"noncurrent_version_expiration": []}, "day 369: hidden", id="bytes stay"),
        pytest.param(
            {"noncurrent_version_expiration": [{"noncurrent_days": 30}]}, "day 369: hidden", id="bytes linger"
        ),
        pytest.param({"status": "Disabled"}, "day 366: STANDARD", id="disabled"),
        pytest.param({"filter": [{"prefix": "raw/"}]}, "day 366: STANDARD", id="only under a prefix"),
        pytest.param(
            {"transition": [{"days": 30, "storage_class": "GLACIER"}]},
            "GLACIER, from day 30, may need a restore",
            id="restore",
        ),
        pytest.param(
            {"transition": [{"days": 10, "storage_class": "STANDARD_IA"}]},
            "S3 refuses STANDARD_IA before day 30",
            id="refused by S3",
        ),
        pytest.param(
            {"transition": [{"days": 300, "storage_class": "GLACIER_IR"}]},
            "GLACIER_IR, from day 300, is left before its least stay",
            id="paid for longer than kept",
        ),
    ],
)
def test_wrong_rules_for_uploads_are_caught(wrong: dict[str, Any], fault: str) -> None:
    """Each way to break the promise about uploads is found, by the day on which it shows."""
    assert fault in upload_faults(changed(RIGHT_UPLOADS, **wrong))


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        pytest.param({"expiration": []}, "day 400: marker", id="the marker stays"),
        pytest.param(
            {"abort_incomplete_multipart_upload": []},
            "parts of an upload that was never completed stay for more than a week",
            id="parts stay",
        ),
    ],
)
def test_leftovers_are_caught(wrong: dict[str, Any], fault: str) -> None:
    """What versioning and multipart uploads leave behind is found where no rule takes it away."""
    assert fault in upload_faults([RIGHT_UPLOADS[0], RIGHT_UPLOADS[1] | wrong])


@pytest.mark.parametrize(
    ("days", "first"),
    [
        pytest.param(1825, "put on 2027-01-01, lost on 2031-12-31", id="no leap day counted"),
        pytest.param(1826, "put on 2027-03-01, lost on 2032-02-29", id="one leap day counted"),
    ],
)
def test_results_that_expire_too_soon_are_caught(days: int, first: str) -> None:
    """Five years counted without their leap days lose a result before its fifth anniversary."""
    found = result_faults(changed(RIGHT_RESULTS, expiration=[{"days": days}]), STARTS)
    assert first == found[0]


def test_an_archive_for_results_is_caught() -> None:
    """A class from which a result must first be restored is found on the first day in it."""
    wrong = changed(RIGHT_RESULTS, transition=[{"days": 365, "storage_class": "DEEP_ARCHIVE"}])
    assert "DEEP_ARCHIVE, from day 365, may need a restore" in result_faults(wrong, STARTS)


def test_five_calendar_years_are_at_most_1827_days() -> None:
    """No five years that begin within the eight hold more than two leap days, and some hold two."""
    assert 1827 == max((five_years_after(start) - start).days for start in STARTS)
