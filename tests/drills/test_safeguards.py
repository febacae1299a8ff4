"""Rows become tables for a page only after they were compared with the files."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import Infrastructure, Resource
from drills import safeguards
from drills.safeguards import main, tables, wrong

THREAT: dict[str, Any] = {
    "stride": "S",
    "threat": "Somebody.",
    "mitigation": "Something.",
    "implemented_by": {'aws_x.main["a"]': {"on": True}, 'aws_x.main["b"]': {"on": True}},
    "absent": ["aws_iam_user"],
    "checked_by": ["tests/a/test_b.py::test_it_is_so"],
    "remains": "Nothing known.",
}
FLOWS = {"flows": [{"id": "browser", "title": "Browser", "threats": [THREAT], "none": {"T": "No way."}}]}
FAILURE: dict[str, Any] = {"fails": "A pod", "sees": "Little.", "because": "There are more."}
FAILURE |= {"notices": "two do", "noticed_by": {"aws_cloudwatch_metric_alarm.pods": {}}}
FAILURE |= {"implemented_by": {"n/Deployment/api": {}}}
FOUND = Infrastructure(tuple(Resource(f'aws_x.main["{key}"]', "aws_x", {"on": True}) for key in "ab"))


def test_a_threat_is_shown_with_its_lines():
    """The kind in words, one link a block, what there is none of, and the tests in words."""
    assert {
        "browser": [
            {
                "threat": "**Spoofing.** Somebody.",
                "what stops it, and where": "Something.  \n"
                "[`aws_x.main`](line:terraform/shop#aws_x.main); no `aws_iam_user`  \n"
                "*it is so* (`test_b.py`)",
                "what remains": "Nothing known.",
            }
        ],
        "reasons": [{"flow": "Browser", "no row for": "Tampering", "because": "No way."}],
    } == tables(FLOWS, "shop")


def test_statements_of_a_policy_are_named():
    """Beside the policy that they are in, and the list of all names is none of them."""
    policy = {"policy": {"Statement": {"only": ["Read", "Write"], "Read": {"Effect": "Allow"}}}}
    row = THREAT | {"implemented_by": {"aws_y.main": policy}, "absent": [], "checked_by": []}
    (shown,) = tables({"flows": [{"id": "a", "title": "A", "threats": [row]}]}, "shop")["a"]
    linked = "[`aws_y.main`](line:terraform/shop#aws_y.main) `Read`"
    assert f"Something.  \n{linked}" == shown["what stops it, and where"]


def test_a_failure_is_shown_with_its_alarms():
    """An alarm goes by its own name; an object leads to the manifests."""
    assert {
        "cluster": [
            {
                "what fails": "A pod",
                "the user sees": "Little.",
                "because, and where": "There are more.  \n"
                "[`n/Deployment/api`](line:kubernetes/shop#n/Deployment/api)",
                "noticed by": "two do  \n[`pods`](line:terraform/shop#aws_cloudwatch_metric_alarm.pods)",
            }
        ]
    } == tables({"parts": [{"id": "cluster", "title": "Cluster", "failures": [FAILURE]}]}, "shop")


def test_a_fault_names_its_row():
    """The group and the row are said before what does not hold."""
    assert ["browser: Somebody.: there is no test tests/a/test_b.py::test_it_is_so"] == wrong(
        FLOWS, FOUND, Path()
    )


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command is run on a file with one row, in a system with two resources; where it writes."""
    declared = tmp_path / "figures/shop/failures.yaml"
    declared.parent.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(safeguards, "infrastructure", lambda system: FOUND)
    arguments = ["safeguards", str(declared), "--record", str(tmp_path / "out.json")]
    monkeypatch.setattr(sys, "argv", arguments)
    return declared


def text(address: str) -> str:
    """A file with one failure that stands on an address."""
    row = {"fails": "A", "sees": "B", "because": "C", "implemented_by": {address: {}}}
    return json.dumps({"parts": [{"id": "one", "title": "One", "failures": [row]}]})


def test_what_holds_is_recorded(recorded: Path):
    """The tables are written."""
    recorded.write_text(text("aws_x.main"))
    assert 0 == main()
    assert "because, and where" in (recorded.parents[2] / "out.json").read_text()


def test_what_does_not_hold_is_not_recorded(recorded: Path, capsys: pytest.CaptureFixture[str]):
    """The fault is said, and nothing is written."""
    recorded.write_text(text("aws_x.gone"))
    assert (1, "one: A: there is no aws_x.gone\n") == (main(), capsys.readouterr().err)
    assert not (recorded.parents[2] / "out.json").exists()


def test_a_missing_file_is_said(recorded: Path, capsys: pytest.CaptureFixture[str]):
    """No traceback."""
    assert 2 == main()
    assert "failures.yaml" in capsys.readouterr().err


def test_a_system_without_terraform_needs_no_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its manifests are read; as soon as it has Terraform, a plan has to be there."""
    monkeypatch.chdir(tmp_path)
    Path("kubernetes/shop").mkdir(parents=True)
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: n}\n"
    Path("kubernetes/shop/pod.yaml").write_text(pod)
    assert ["n/Pod/a"] == [item.name for item in safeguards.infrastructure("shop").manifests]
    Path("terraform/shop").mkdir(parents=True)
    with pytest.raises(UnusableInput, match=r"plan\.json"):
        safeguards.infrastructure("shop")
