"""Uploads stay at hand for 365 days and are gone then; results can be read for five calendar years.

The rules come from a plan, and the days are walked as `drills.retention` does.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.retention import (
    AT_HAND,
    GONE,
    LAGS,
    Lifecycle,
    Rules,
    condition,
    lifecycle,
    planned_rules,
    record,
)

Plan = Callable[[str], dict[str, Any]]

LEAST_STAY = {"STANDARD_IA": 30, "GLACIER_IR": 90}  # days that are paid for in any case
RECORD = Path(__file__).parents[2] / "evidence/figures/biotech-x/retention.json"


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


def test_the_recorded_days_are_those_of_the_plan(terraform_plan: Plan) -> None:
    """What the page shows is what the planned rules of production do."""
    again = record(terraform_plan("production"), "biotech-x")
    assert again == json.loads(RECORD.read_bytes()), "make prove"
