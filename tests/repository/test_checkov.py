"""Checkov finds nothing in the Terraform, and what it was told to pass over has a reason."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_OPTIONS = ("--framework", "terraform", "--skip-download", "--compact", "--output", "json")
_NO_REASON = "No comment provided"  # what Checkov puts in a reason's place
_CARELESS = """\
resource "aws_security_group_rule" "open" {
  #checkov:skip=CKV_AWS_24
  type              = "ingress"
  security_group_id = "sg-1"
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["0.0.0.0/0"]
}
"""


def checked(folder: Path) -> dict[str, Any]:
    """What Checkov says of the Terraform in `folder`."""
    command = [sys.executable, "-m", "checkov.main", *_OPTIONS, "--directory", folder.as_posix()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    report: dict[str, Any] = json.loads(done.stdout)["results"]
    return report


def failed(report: dict[str, Any]) -> list[str]:
    """Each failed check, with the resource that it is about."""
    return [f"{check['check_id']} {check['resource']}" for check in report["failed_checks"]]


def without_reason(report: dict[str, Any]) -> list[str]:
    """Each check that was passed over without a sentence to say why."""
    return [
        f"{check['check_id']} {check['resource']}"
        for check in report["skipped_checks"]
        if check["check_result"]["suppress_comment"] == _NO_REASON
    ]


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> dict[str, Any]:
    """What Checkov says of biotech-x."""
    return checked(pytestconfig.rootpath / "terraform" / "biotech-x")


def test_no_check_fails(report: dict[str, Any]) -> None:
    """Of the hundreds of checks that concern biotech-x not one fails."""
    assert (True, []) == (len(report["passed_checks"]) > 500, failed(report))


def test_each_check_passed_over_has_its_reason(report: dict[str, Any]) -> None:
    """Whatever is passed over is passed over in the file, with a reason a reader can weigh."""
    assert [] == without_reason(report)


def test_a_failed_check_and_a_missing_reason_are_noticed(tmp_path: Path) -> None:
    """A rule without a description fails, and a check passed over in silence is named."""
    (tmp_path / "main.tf").write_text(_CARELESS)
    found = checked(tmp_path)
    assert ["CKV_AWS_23 aws_security_group_rule.open"] == failed(found)
    assert ["CKV_AWS_24 aws_security_group_rule.open"] == without_reason(found)
