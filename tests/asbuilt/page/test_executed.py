"""The mark of an executed arrow beside its proof."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from asbuilt import evidence
from asbuilt.errors import UnusableInput
from asbuilt.page.executed import key, mark, tried

ARROW = {
    "diagram": "shop/view",
    "source": "shop/Deployment/api",
    "target": "aws_s3_bucket.uploads",
    "claim": "s3:PutObject",
    "allowed": True,
    "denied_without": ["aws_iam_role_policy.api#Put", "aws_iam_role_policy.api#UseKey"],
    "reason": "",
}


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes what a drill recorded, standing on one file."""
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text("")

    def write(*arrows: dict[str, object]) -> Path:
        body = {"inputs": evidence.fingerprints([Path("main.tf")]), "arrows": list(arrows)}
        Path("executed.json").write_text(json.dumps(body))
        return Path()

    return write


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {},
            "executed: allowed, and denied without aws_iam_role_policy.api#Put"
            " or without aws_iam_role_policy.api#UseKey",
        ),
        ({"allowed": None, "reason": "no database"}, "not executed: no database"),
        ({"reason": "without a it is allowed"}, "executed: without a it is allowed"),
        ({"allowed": False, "reason": "it is denied"}, "executed: it is denied"),
    ],
    ids=["both ways", "not tried", "not needed", "denied"],
)
def test_a_mark_says_what_happened(change, expected):
    """Only what was allowed and missed each statement is shown as proven."""
    element = mark(ARROW | change)
    assert expected == "".join(element.itertext())
    assert (change == {}) == ("asbuilt-verdict proven" in ET.tostring(element, "unicode"))


def test_arrows_are_found_by_their_diagram(record):
    """Another diagram's arrows are not this one's."""
    folder = record(ARROW, ARROW | {"diagram": "shop/other", "claim": "s3:GetObject"})
    assert ({key(ARROW): ARROW}, []) == tried(folder, "shop/view")


def test_nothing_recorded_shows_nothing(tmp_path: Path):
    """The drill needs Terraform, and a page does not."""
    assert ({}, []) == tried(tmp_path, "shop/view")


def test_a_changed_file_takes_the_marks_away(record):
    """What was executed was executed on other files."""
    folder = record(ARROW)
    Path("main.tf").write_text("changed")
    marks, doubts = tried(folder, "shop/view")
    assert ({}, ["what was executed is stale: main.tf changed since it was recorded"]) == (marks, doubts)


@pytest.mark.parametrize("content", ["[{", "[]", '{"arrows": [{}], "inputs": {}}'])
def test_a_broken_record_is_named(tmp_path: Path, content: str):
    """By its path, without a traceback."""
    (tmp_path / "executed.json").write_text(content)
    with pytest.raises(UnusableInput, match="what the drill recorded cannot be read"):
        tried(tmp_path, "shop/view")
