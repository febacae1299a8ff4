"""The infrastructure workflow, run with a Terraform that only notes how it was called."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ACCOUNTS = {"STAGING_ACCOUNT": "111111111111", "PRODUCTION_ACCOUNT": "222222222222"}
CALLER = """\
on: push
jobs:
  infrastructure:
    uses: ./.github/workflows/infrastructure.yml
"""
TARGET = """echo '{"TargetHealthDescriptions": [{"TargetHealth": {"State": "STATE"}}]}'"""
# Each plan is another one, an apply says which it was given, and `show -json` what is in it.
ANSWERS = {
    '"terraform plan -var-file=staging"*': "date +%s%N > staging.tfplan",
    '"terraform plan -lock=false -var-file=production"*': "date +%s%N > production.tfplan; "
    "echo lock > .terraform.lock.hcl",
    '"terraform apply "*': 'echo "applied $(cat "$2")" >> "$SHARED/calls"',
    '*"show -json "*': 'cat "$SHARED/plan.json"',
    '*" target_group_arns"': """echo '{"api": "arn:api"}'""",
    '"aws elbv2 "*': TARGET.replace("STATE", "healthy"),
}
SECRET = {
    "address": "aws_db_instance.main",
    "values": {"password": "x"},
    "sensitive_values": {"password": True},
}
IN_ORDER = [
    "Apply to staging",
    "Smoke checks of staging",
    "Plan production",
    "Apply to production, as approved",
    "Smoke checks of production",
]


def plan(*resources: dict) -> str:
    """A plan as Terraform prints it, with these resources."""
    return json.dumps({"planned_values": {"root_module": {"resources": resources}}, "prior_state": {}})


@pytest.fixture
def merge(repository, run: Callable) -> Callable:
    """Runs the workflow as after a merge, where programs answer so and the plan of production holds so."""
    repository.write(".github/workflows/caller.yml", CALLER)
    repository.commit("ci: call it")

    def merged(answers: dict[str, str] | None = None, planned: str = plan()):
        first = answers or {}
        repository.answer(first | ANSWERS | first)  # the first pattern that fits answers
        (repository.shared / "plan.json").write_text(planned)
        return run("caller", "push", {"ref": "refs/heads/main"}, **ACCOUNTS)

    return merged


def names(done) -> dict[str, str]:
    """How each job ended, without the name of the job that called it, in the order in which they ended."""
    return {name.removeprefix("infrastructure/"): result for name, result in done.jobs.items()}


def test_what_was_approved_is_applied(merge: Callable, repository):
    """Staging, its smoke checks, and the plan of production come first; what is applied is that very plan."""
    done = merge()
    assert dict.fromkeys(IN_ORDER, "success") == names(done), done.log
    assert IN_ORDER == list(names(done))
    kept = (repository.shared / "artifacts/production-plan/production.tfplan").read_text().strip()
    staged, produced = done.called("applied")
    assert (f"applied {kept}", True) == (produced, staged != produced)
    planned = [
        call for call in done.called("terraform plan") if "production" in call and "detailed" not in call
    ]
    assert ["terraform plan -lock=false -var-file=production.tfvars -out=production.tfplan"] == planned


@pytest.mark.parametrize(
    "answers",
    [
        {'"terraform plan -lock=false -detailed-exitcode"*staging*': "exit 2"},
        {'"aws elbv2 "*': """echo '{"TargetHealthDescriptions": []}'"""},
        {'"aws elbv2 "*': TARGET.replace("STATE", "draining")},
        {'"curl "*': "exit 22"},
        {'*" target_group_arns"': "exit 1"},
    ],
    ids=["something is left to change", "no target", "a target drains", "no answer", "no output"],
)
def test_a_failed_smoke_check_keeps_production_as_it_is(merge: Callable, answers: dict[str, str]):
    """Production is not even planned."""
    done = merge(answers)
    assert {"Apply to staging": "success", "Smoke checks of staging": "failure"} == names(done), done.log


def test_a_plan_with_a_secret_is_neither_kept_nor_applied(merge: Callable, repository):
    """The address is named, the value is not; and nobody can fetch the plan."""
    done = merge(planned=plan(SECRET))
    assert ("failure", IN_ORDER[:3]) == (names(done)["Plan production"], list(names(done))), done.log
    assert "aws_db_instance.main: password" in done.log
    assert not (repository.shared / "artifacts").exists()


def test_a_plan_that_cannot_be_read_is_not_kept(merge: Callable, repository):
    """What Terraform does not show has not been looked at."""
    done = merge({'*"show -json "*': "exit 1"})
    assert ("failure", IN_ORDER[:3]) == (names(done)["Plan production"], list(names(done))), done.log
    assert not (repository.shared / "artifacts").exists()


HELD = {
    "an output": {"planned_values": {"outputs": {"key": {"sensitive": True, "value": "x"}}}},
    "an output of before": {"prior_state": {"values": {"outputs": {"key": {"sensitive": True, "value": 1}}}}},
    "a variable": {
        "variables": {"key": {"value": "x"}},
        "configuration": {"root_module": {"variables": {"key": {"sensitive": True}}}},
    },
    "a resource in a module": {
        "planned_values": {"root_module": {"child_modules": [{"resources": [SECRET | {"address": "key"}]}]}}
    },
}


@pytest.mark.parametrize("part", HELD.values(), ids=HELD)
def test_wherever_a_plan_holds_a_secret_it_is_refused(part: dict):
    """A plan keeps outputs and the values of variables as well as resources."""
    whole = {"planned_values": {}} | part
    command = ("bash", ROOT / ".ci/no-secrets")
    done = subprocess.run(command, input=json.dumps(whole), capture_output=True, text=True, timeout=60)
    assert (1, True) == (done.returncode, "key" in done.stderr), done.stderr


def test_what_is_no_secret_may_be_kept():
    """Outputs and variables that nobody calls sensitive, and sensitive ones that are empty."""
    said = {"open": {"value": "x"}, "empty": {"sensitive": True, "value": None}}
    declared = {"root_module": {"variables": {"empty": {"sensitive": True}}}}
    whole = {"planned_values": {"outputs": said}, "variables": said, "configuration": declared}
    command = ("bash", ROOT / ".ci/no-secrets")
    assert 0 == subprocess.run(command, input=json.dumps(whole), text=True, timeout=60).returncode


@pytest.mark.parametrize("text", ["", "{}", "not JSON"])
def test_only_a_plan_can_be_without_secrets(text: str):
    """Nothing, or something else, is refused."""
    done = subprocess.run(("bash", ROOT / ".ci/no-secrets"), input=text, text=True, timeout=60, check=False)
    assert 0 != done.returncode


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_no_plan_of_biotech_x_holds_a_secret(
    terraform_plan: Callable, applied_state: Callable, environment: str
):
    """Neither before anything exists nor when all of it does."""
    held = terraform_plan(environment) | {"prior_state": {"values": applied_state(environment)["values"]}}
    command = ("bash", ROOT / ".ci/no-secrets")
    assert 0 == subprocess.run(command, input=json.dumps(held), text=True, timeout=60).returncode


def test_a_pull_request_only_plans(repository, run: Callable):
    """Both are planned without a lock, and nothing is applied; without an account nothing is done."""
    repository.answer(ANSWERS)
    head = {"number": 7, "pull_request": {"number": 7, "head": {"repo": {"full_name": "shop/shop"}}}}
    assert {} == run("infrastructure", "pull_request", head).jobs
    done = run("infrastructure", "pull_request", head, **ACCOUNTS)
    planned = {
        f"terraform plan -lock=false -var-file={one}.tfvars -out={one}.tfplan"
        for one in ("staging", "production")
    }
    assert planned == set(done.called("terraform plan")), done.log
    assert [] == done.called("terraform apply")


def test_a_fork_does_not_plan(repository, run: Callable):
    """Its runs would get no token that AWS trusts, so they do not try."""
    head = {"number": 7, "pull_request": {"number": 7, "head": {"repo": {"full_name": "fork/shop"}}}}
    assert {} == run("infrastructure", "pull_request", head, **ACCOUNTS).jobs
