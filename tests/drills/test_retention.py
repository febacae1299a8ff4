"""A bucket's rules are walked day by day; what they promise is held in tests/repository."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from asbuilt.errors import UnusableInput
from drills.retention import changes, chart, days, lifecycle, lives, main, record, spans


def rule(**given: Any) -> dict[str, Any]:
    """A rule for every object that does nothing but what is given."""
    nothing: dict[str, Any] = {"transition": [], "expiration": [], "noncurrent_version_expiration": []}
    nothing |= {"abort_incomplete_multipart_upload": [{"days_after_initiation": 7}]}
    return {"status": "Enabled", "filter": [{"prefix": None}]} | nothing | given


EXPIRES = [{"days": 365}]
VERSIONED = lifecycle(
    [
        rule(
            transition=[{"days": 30, "storage_class": "STANDARD_IA"}],
            expiration=EXPIRES,
            noncurrent_version_expiration=[{"noncurrent_days": 2}],
        ),
        rule(expiration=[{"expired_object_delete_marker": True}]),
    ]
)
PLAIN = lifecycle([rule(expiration=EXPIRES)], versioned=False)


@pytest.mark.parametrize(
    ("lag", "walked"),
    [
        (0, [(0, "STANDARD"), (30, "STANDARD_IA"), (365, "hidden"), (367, "gone")]),
        (1, [(0, "STANDARD"), (31, "STANDARD_IA"), (366, "hidden"), (369, "marker"), (370, "gone")]),
    ],
)
def test_a_life_is_walked(lag: int, walked: list[tuple[int, str]]):
    """Every change has its day, one later for what is put after midnight."""
    assert walked == changes(VERSIONED, lag)


def test_without_versions_a_file_is_gone_at_once():
    """There is nothing to bring back, and no marker."""
    assert [(0, "STANDARD"), (365, "gone")] == changes(PLAIN, 0)


def test_days_are_told_for_both_ends_of_a_day():
    """A day that depends on the hour of upload is said as such, and a marker is no file."""
    assert ["0", "30 or 31", "365 or 366", "367 to 369"] == [row["from day"] for row in days(VERSIONED)]
    assert "gone" == days(VERSIONED)[-1]["the file is"]


def test_spans_are_what_is_certain():
    """The days that a file put at midnight has in each condition."""
    assert {"STANDARD": 30, "STANDARD_IA": 335, "hidden": 2} == spans(VERSIONED)


def test_a_chart_has_a_bar_a_bucket():
    """Parts that a bucket does not have are nothing, and parts add up to its life."""
    drawn = chart({"uploads": VERSIONED, "logs": PLAIN})
    assert ["Uploads", "Access logs"] == drawn["x"]["values"]
    assert [367, 365] == [
        sum(values) for values in zip(*(one["values"] for one in drawn["series"]), strict=True)
    ]


def plan(*names: str) -> dict[str, Any]:
    """A plan of buckets with one rule each; only uploads have versions."""
    made = [
        {
            "address": f"aws_s3_bucket_lifecycle_configuration.{name}",
            "type": "aws_s3_bucket_lifecycle_configuration",
            "name": name,
            "values": {
                "rule": [rule(expiration=EXPIRES, noncurrent_version_expiration=[{"noncurrent_days": 1}])]
            },
        }
        for name in names
    ]
    status = {"versioning_configuration": [{"status": "Enabled"}]}
    made.append({"address": "v", "type": "aws_s3_bucket_versioning", "name": "uploads", "values": status})
    return {"planned_values": {"root_module": {"resources": made}}}


def test_versions_are_read_from_the_plan():
    """Only a bucket that keeps versions has anything to bring back."""
    found = lives(plan("uploads", "results", "logs", "trail"))
    assert (1, 0) == (found["uploads"].bytes_go, found["results"].bytes_go)


def test_a_setting_leads_to_its_rule():
    """How long a mistake can be undone names the block that says so."""
    recorded = record(plan("uploads", "results", "logs", "trail"), "shop")
    assert {
        "uploads": {
            "value": 1,
            "unit": "day",
            "address": "aws_s3_bucket_lifecycle_configuration.uploads",
            "folder": "terraform/shop",
        }
    } == recorded["undo"]


def test_a_bucket_without_rules_is_refused():
    """Nobody is told that files live for ever by an empty table."""
    with pytest.raises(UnusableInput, match=r"no aws_s3_bucket_lifecycle_configuration\.trail"):
        lives(plan("uploads", "results", "logs"))


@pytest.mark.parametrize(
    ("names", "status", "said"),
    [(("uploads", "results", "logs", "trail"), 0, ""), (("uploads",), 2, "error: the plan has no aws_s3")],
)
def test_the_command_records_or_says_why_not(
    names: tuple[str, ...], status: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    """A plan without a bucket's rules is said, and nothing is written then."""
    out = tmp_path / "out.json"
    document = {"format_version": "1.2", "terraform_version": "1.11.4"} | plan(*names)
    (tmp_path / "plan.json").write_text(json.dumps(document))
    monkeypatch.setattr(sys, "argv", ["x", str(tmp_path / "plan.json"), "--record", str(out)])
    assert (status, status == 0) == (main(), out.exists())
    assert said in capsys.readouterr().err
