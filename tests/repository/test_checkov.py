"""Checkov finds nothing in the Terraform and the manifests; what it was told to pass over has a reason."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("checkov")  # two tests look at each report
_OPTIONS = ("--skip-download", "--compact", "--output", "json")
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


_CARELESS_POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: careless
  namespace: biotech-x
  annotations:
    checkov.io/skip1: CKV_K8S_11
spec:
  hostNetwork: true
  containers:
    - name: careless
      image: busybox
"""


def checked(folder: Path, framework: str = "terraform") -> dict[str, Any]:
    """What Checkov says of the files in `folder`."""
    options = (*_OPTIONS, "--framework", framework, "--directory", folder.as_posix())
    command = [sys.executable, "-m", "checkov.main", *options]
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


@pytest.fixture(scope="session", params=["biotech-x", "banking", "schedules"])
def manifests(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Checkov says of a system's manifests as production applies them."""
    folder = tmp_path_factory.mktemp("manifests")
    overlay = request.config.rootpath / "kubernetes" / request.param / "production"
    built = subprocess.run(["kubectl", "kustomize", overlay], capture_output=True, check=True, timeout=60)
    (folder / "production.yaml").write_bytes(built.stdout)
    return checked(folder, "kubernetes")


def test_no_check_of_a_manifest_fails(manifests: dict[str, Any]) -> None:
    """None of the checks that concern the manifests fails."""
    assert (True, []) == (len(manifests["passed_checks"]) > 200, failed(manifests))


def test_each_check_of_a_manifest_passed_over_has_its_reason(manifests: dict[str, Any]) -> None:
    """The reason stands in the annotation that passes it over."""
    assert manifests["skipped_checks"]
    assert [] == without_reason(manifests)


def test_a_careless_pod_is_noticed(tmp_path: Path) -> None:
    """A pod on the node's network fails, and a check passed over in silence is named."""
    (tmp_path / "pod.yaml").write_text(_CARELESS_POD)
    found = checked(tmp_path, "kubernetes")
    assert "CKV_K8S_19 Pod.biotech-x.careless" in failed(found)
    assert ["CKV_K8S_11 Pod.biotech-x.careless"] == without_reason(found)
