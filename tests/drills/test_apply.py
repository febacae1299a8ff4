"""A configuration applied to the emulator: a small one, with the same provider."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills import apply
from drills.apply import applied, emulated, main

CONFIGURATION = """\
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "days" { type = number }

provider "aws" { region = "eu-central-1" }

resource "aws_cloudwatch_log_group" "main" {
  name              = "main"
  retention_in_days = var.days
}
"""


@pytest.fixture
def directory(tmp_path: Path, terraform: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration and the values of one environment; the limits are biotech-x's own."""
    monkeypatch.setattr(apply, "override_file", dict)
    folder = tmp_path / "configuration"
    folder.mkdir()
    (folder / "main.tf").write_text(CONFIGURATION)
    (folder / "staging.tfvars").write_text("days = 30\n")
    return folder


def test_plan_and_state_are_those_of_the_environment(directory: Path):
    """The state holds what only an apply can know, and a second plan finds all as it should be."""
    with applied(directory, "staging") as done:
        second = done.workspace.plan()
        values = done.state["values"]["root_module"]["resources"][0]["values"]
    assert [["create"]] == [item["change"]["actions"] for item in done.plan["resource_changes"]]
    assert (30, True) == (values["retention_in_days"], values["arn"].startswith("arn:aws:logs:"))
    assert {} == second


def test_the_command_writes_both_documents(directory: Path, tmp_path: Path, capsys):
    """It writes nothing else, and in a pipe it says nothing."""
    plan, state = tmp_path / "out/plan.json", tmp_path / "out/state.json"
    assert 0 == main([str(directory), "staging", "--plan", str(plan), "--state", str(state)])
    assert "planned_values" in json.loads(plan.read_bytes())
    assert "values" in json.loads(state.read_bytes())
    assert ("", "") == capsys.readouterr()


@pytest.mark.parametrize(
    ("break_it", "error"),
    [
        (lambda folder: (folder / "staging.tfvars").unlink(), "staging.tfvars: no such file of values"),
        (lambda folder: (folder / "main.tf").write_text("resource {\n"), "main.tf:1: "),
    ],
    ids=["values", "syntax"],
)
def test_a_failure_leaves_the_last_documents(
    directory: Path, tmp_path: Path, capsys, break_it: Callable[[Path], object], error: str
):
    """One error line, one hint line, exit 2; what was written before stays."""
    last = tmp_path / "last.json"
    last.write_text("last")
    break_it(directory)
    assert 2 == main([str(directory), "staging", "--plan", str(last), "--state", str(last)])
    said = capsys.readouterr().err.splitlines()
    assert [True, True] == [error in said[0], said[1].startswith("hint: ")]
    assert "last" == last.read_text()


def test_an_unknown_environment_names_the_known_ones(directory: Path):
    """The hint lists the files of values."""
    with pytest.raises(UnusableInput) as caught, emulated(directory, "stage"):
        pass
    assert "known environments: staging" == caught.value.hint
