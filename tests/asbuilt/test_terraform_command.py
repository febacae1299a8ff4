"""Terraform, run on a copy. These configurations need no provider but Terraform's own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.terraform_command import TerraformFailed, find_terraform, plan_json, workspace

VALID = """\
variable "environment" { type = string }

resource "terraform_data" "main" {
  input = var.environment
}
"""
BACKEND = """\
terraform {
  backend "s3" {
    encrypt = true
  }
}
"""
PROTECTED = """\
resource "terraform_data" "main" {
  lifecycle {
    prevent_destroy = true
  }
}
"""


@pytest.fixture
def configuration(tmp_path: Path, terraform: None) -> Callable[..., Path]:
    """Writes a configuration into a folder of its own."""

    def write(text: str = VALID, **files: str) -> Path:
        folder = tmp_path / "configuration"
        folder.mkdir()
        (folder / "main.tf").write_text(text)
        for name, content in files.items():
            (folder / name.replace("_", ".")).write_text(content)
        return folder

    return write


def test_a_configuration_is_planned_applied_and_destroyed(configuration):
    """The whole way: what is planned is in the state after the apply, and gone after the destroy."""
    with workspace(configuration(), {"TF_VAR_environment": "staging"}) as copy:
        copy.validate()
        changes, planned = copy.plan(), copy.show_plan()
        copy.apply()
        applied, again, addresses = copy.show(), copy.plan(), copy.addresses()
        copy.destroy()
        assert ({"terraform_data.main": "create"}, {}) == (changes, again)
        assert "staging" == planned["planned_values"]["root_module"]["resources"][0]["values"]["input"]
        assert addresses == [item["address"] for item in applied["values"]["root_module"]["resources"]]
        assert [] == copy.addresses()


def test_nothing_is_written_where_the_configuration_lives(configuration):
    """Terraform runs on a copy, which is gone afterwards."""
    folder = configuration()
    with workspace(folder, {"TF_VAR_environment": "staging"}) as copy:
        copy.plan()
        copy.apply()
    assert [folder / "main.tf"] == list(folder.iterdir())
    assert not copy.copy.exists()


def test_state_and_plugins_are_not_copied(configuration):
    """What a person's own Terraform left behind does not take part."""
    folder = configuration(terraform_tfstate="not a state")
    with workspace(folder, {"TF_VAR_environment": "staging"}) as copy:
        assert {"terraform_data.main": "create"} == copy.plan()


def test_values_come_from_a_file(configuration):
    """`var_file` names a file in the folder."""
    folder = configuration(staging_tfvars='environment = "staging"')
    with workspace(folder, var_file="staging.tfvars") as copy:
        copy.plan()
        assert "staging" == copy.show_plan()["variables"]["environment"]["value"]


def test_files_laid_beside_the_copy_override_it(configuration):
    """An override changes the copy, not the configuration."""
    override = 'resource "terraform_data" "main" {\n  input = "overridden"\n}\n'
    folder = configuration()
    with workspace(folder, {"TF_VAR_environment": "x"}, {"test_override.tf": override}) as copy:
        copy.plan()
        planned = copy.show_plan()["planned_values"]["root_module"]["resources"][0]
    assert "overridden" == planned["values"]["input"]


def test_a_backend_is_replaced(configuration):
    """A configuration whose state lives elsewhere is planned without that state."""
    with workspace(configuration(BACKEND)) as copy:
        assert {} == copy.plan()


def test_progress_is_told(configuration):
    """Each line that Terraform says is passed on."""
    told = []
    with workspace(configuration(), {"TF_VAR_environment": "x"}, progress=told.append) as copy:
        copy.plan()
    assert any(line.startswith("terraform_data.main: Plan to create") for line in told)


def test_a_change_is_planned(configuration):
    """A plan that would change something is told from one that would not."""
    with workspace(configuration(staging_tfvars='environment = "a"'), var_file="staging.tfvars") as copy:
        copy.plan()
        copy.apply()
        (copy.copy / "staging.tfvars").write_text('environment = "b"')
        assert {"terraform_data.main": "update"} == copy.plan()


def test_a_missing_terraform_is_said(configuration, monkeypatch):
    """Without the program there is one error, and what to do about it."""
    folder = configuration()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnusableInput) as caught:
        plan_json(folder)
    assert "error: terraform is not installed" == str(caught.value).splitlines()[0]
    assert "--plan FILE" in caught.value.hint


def test_a_folder_without_terraform_is_said(tmp_path):
    """An empty folder is no configuration."""
    with pytest.raises(UnusableInput) as caught:
        plan_json(tmp_path)
    assert (tmp_path.as_posix(), "no Terraform configuration here") == (
        caught.value.file,
        caught.value.message,
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (VALID.replace("input = ", "input "), 4, "Invalid block definition"),
        (PROTECTED.replace("true", "var.kept"), 3, "Variables not allowed"),
        (VALID.replace("terraform_data", "nothing_thing"), 0, "Failed to"),
        (VALID, 1, "No value for required variable"),
    ],
    ids=["syntax", "argument", "provider", "value"],
)
def test_a_refused_configuration_is_told_by_file_and_line(configuration, monkeypatch, text, line, message):
    """Terraform's own diagnostics say where; the path is the one the reader knows."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # no registry is asked
    folder = configuration(text)
    with pytest.raises(TerraformFailed) as caught:
        plan_json(folder)
    assert ((folder / "main.tf").as_posix() if line else "", line) == (caught.value.file, caught.value.line)
    assert caught.value.message.startswith(message)
    assert caught.value.hint


def test_what_may_not_be_destroyed_is_named(configuration):
    """A refusal says which resource Terraform refuses to destroy, and where it stands."""
    with workspace(configuration(PROTECTED)) as copy:
        copy.plan()
        copy.apply()
        with pytest.raises(TerraformFailed) as caught:
            copy.destroy()
    (error,) = caught.value.diagnostics
    assert ("Instance cannot be destroyed", 1) == (error.summary, error.line)
    assert "terraform_data.main" in error.detail


def test_terraform_is_found_on_the_path(tmp_path, monkeypatch):
    """The program of the PATH is taken."""
    program = tmp_path / "terraform"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program.as_posix() == find_terraform()


def test_a_program_that_only_says_nonsense_is_told(configuration, tmp_path, monkeypatch):
    """What Terraform says outside its JSON is not lost."""
    folder = configuration()
    program = tmp_path / "terraform"
    program.write_text("#!/bin/sh\necho out of order >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(TerraformFailed, match="terraform init failed: out of order"):
        plan_json(folder)
