"""A configuration applied to the emulator: a small one, with the same provider."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from asbuilt.errors import UnusableInput
from drills import apply
from drills.apply import Applied, applied, emulated, main

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
    return configured(tmp_path)


def configured(parent: Path) -> Path:
    """A folder with the configuration, and with the values of staging."""
    folder = parent / "configuration"
    folder.mkdir()
    (folder / "main.tf").write_text(CONFIGURATION)
    (folder / "staging.tfvars").write_text("days = 30\n")
    return folder


@dataclass(frozen=True)
class Run:
    """The command's exit code and the folder it wrote into, what it said, and what a second plan changes."""

    code: int
    written: Path
    said: str
    second: dict[str, str]

    def document(self, name: str) -> dict[str, Any]:
        """What it wrote under a name."""
        return json.loads((self.written / name).read_bytes())


@pytest.fixture(scope="module")
def run(terraform: None, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The command, with a second plan before the emulator ends."""
    parent, said = tmp_path_factory.mktemp("apply"), StringIO()
    written, seconds = parent / "out", []

    @contextmanager
    def planned_again(*given: Any) -> Iterator[Applied]:
        with applied(*given) as done:
            yield done
            seconds.append(done.workspace.plan())

    arguments = ["staging", "--plan", f"{written}/plan.json", "--state", f"{written}/state.json"]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        patch.setattr(apply, "override_file", dict)
        patch.setattr(apply, "applied", planned_again)
        code = main([str(configured(parent)), *arguments])
    return Run(code, written, said.getvalue(), *seconds)


@pytest.mark.xdist_group("apply")  # one apply serves both
def test_plan_and_state_are_those_of_the_environment(run: Run):
    """The state holds what only an apply can know, and a second plan finds all as it should be."""
    values = run.document("state.json")["values"]["root_module"]["resources"][0]["values"]
    planned = run.document("plan.json")["resource_changes"]
    assert [["create"]] == [item["change"]["actions"] for item in planned]
    assert (30, True) == (values["retention_in_days"], values["arn"].startswith("arn:aws:logs:"))
    assert {} == run.second


@pytest.mark.xdist_group("apply")
def test_the_command_writes_both_documents(run: Run):
    """It writes nothing else, and in a pipe it says nothing."""
    assert (0, "") == (run.code, run.said)
    assert {"plan.json", "state.json"} == {path.name for path in run.written.iterdir()}
    assert "planned_values" in run.document("plan.json")


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
