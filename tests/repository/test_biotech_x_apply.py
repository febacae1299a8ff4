"""terraform/biotech-x on an emulator: planned, applied, planned again, destroyed or not."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asbuilt.terraform_command import find_terraform, workspace
from drills.emulator import limits
from drills.executed.calls import CALLS

ROOT = Path(__file__).parents[2]
DIRECTORY = ROOT / "terraform/biotech-x"
ENVIRONMENTS = sorted(path.stem for path in DIRECTORY.glob("*.tfvars"))
PROTECTED = {
    "aws_cognito_user_pool.main",
    "aws_db_instance.main",
    "aws_kms_key.data",
    "aws_s3_bucket.results",
    "aws_s3_bucket.trail",
    "aws_s3_bucket.uploads",
}

each_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)
Documents = Callable[[str], dict[str, Any]]


def addresses(document: dict[str, Any]) -> set[str]:
    """Addresses of what a plan creates or a state holds; data sources are neither."""
    values = document.get("planned_values") or document.get("values", {})
    found = values.get("root_module", {}).get("resources", [])
    return {item["address"] for item in found if item["mode"] == "managed"}


def test_the_file_is_formatted(terraform: None):
    """Terraform would format it no differently: terraform fmt terraform/biotech-x."""
    command = [find_terraform(), "fmt", "-check", "-diff", str(DIRECTORY)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ("", 0) == (done.stdout, done.returncode)


def test_there_are_two_environments():
    """Each has its file of values."""
    assert ["production", "staging"] == ENVIRONMENTS


def test_the_configuration_is_valid(terraform: None):
    """It fits the schemas of its providers."""
    with workspace(DIRECTORY) as copy:
        copy.validate()


@each_environment
def test_a_plan_creates_everything(terraform_plan: Documents, environment: str):
    """Nothing is changed or replaced on the way to a new environment."""
    planned = terraform_plan(environment)["resource_changes"]
    made = [item["address"] for item in planned if item["change"]["actions"] == ["create"]]
    assert addresses(terraform_plan(environment)) == set(made)
    assert len(made) > 200


@each_environment
def test_an_apply_creates_what_was_planned(terraform_plan: Documents, drill: Documents, environment: str):
    """Every planned resource is in the state, and nothing else."""
    assert addresses(terraform_plan(environment)) == addresses(drill(environment)["state"])


@each_environment
def test_a_sound_sample_is_analysed(drill: Documents, environment: str):
    """Every file has its result, and the queue tells of success; each step ran under its role."""
    done = drill(environment)["analyses"]["sound"]
    assert ("SUCCEEDED", "succeeded") == (done["status"], done["outcome"]["status"])
    assert {f"{name}.mzML": {"spectra": count} for count, name in enumerate("abc")} == done["results"]


@each_environment
def test_a_corrupt_file_fails_its_analysis(drill: Documents, environment: str):
    """The queue tells of failure, and no result stands for the corrupt file."""
    done = drill(environment)["analyses"]["one corrupt file"]
    assert ("FAILED", "failed") == (done["status"], done["outcome"]["status"])
    assert "b.mzML" not in done["results"]


@each_environment
def test_every_drawn_permission_is_executed(drill: Documents, environment: str):
    """Each is allowed under its node's role and denied without its statement, or says why it is not tried."""
    tried = drill(environment)["tried"]
    assert [] == [item for item in tried if item["wrong"]], "the emulator contradicts a proof"
    assert all(item["denied_without"] if item["allowed"] else item["reason"] for item in tried)
    assert {item["claim"] for item in tried if item["allowed"]} == set(CALLS)


def test_staging_can_be_destroyed(drill: Documents):
    """Everything goes."""
    assert ([], []) == (drill("staging")["destroying"], drill("staging")["left"])


@pytest.mark.parametrize("attempt", ["destroying", "replacing"])
def test_production_refuses(drill: Documents, attempt: str):
    """A plan that destroys or replaces what production protects fails, and points at what protects it."""
    (error,) = drill("production")[attempt]
    line = (ROOT / error["file"]).read_text(encoding="utf-8").splitlines()[error["line"] - 1]
    assert ("Instance cannot be destroyed", 'resource "terraform_data" "protected" {') == (
        error["summary"],
        line,
    )


def test_production_loses_nothing_in_a_refused_destroy(drill: Documents):
    """It is refused before it touches anything."""
    assert addresses(drill("production")["state"]) <= set(drill("production")["left"])


def test_production_protects_what_cannot_be_made_again(terraform_plan: Documents):
    """Keys, people, database, files and the audit trail are named where the refusal points."""
    blocks = terraform_plan("production")["configuration"]["root_module"]["resources"]
    (block,) = (item for item in blocks if item["address"] == "terraform_data.protected")
    references = block["expressions"]["triggers_replace"]["references"]
    assert PROTECTED == {name for name in references if name.count(".") == 1}


def test_only_production_is_protected(terraform_plan: Documents):
    """Staging has nothing that refuses."""
    found = {
        name for name in ENVIRONMENTS if "terraform_data.protected[0]" in addresses(terraform_plan(name))
    }
    assert {"production"} == found


def test_limits_name_what_the_file_creates(terraform_plan: Documents):
    """A limit that outlived its resource or its argument is taken out of limits.yaml."""
    planned = terraform_plan("production")["resource_changes"]
    known = {item["address"]: item["change"]["after"] | item["change"]["after_unknown"] for item in planned}
    types = {item["type"] for item in planned}
    assert set() == {item.type for item in limits().not_emulated} - types
    named = [(item.address, name) for item in limits().not_echoed for name in item.attributes]
    named += [(item.address, item.argument) for item in limits().not_waited]
    assert [] == [(address, name) for address, name in named if name not in known[address]]
