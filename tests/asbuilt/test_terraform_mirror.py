"""Where a mirror of Terraform's providers is looked for."""

from pathlib import Path

import pytest

from asbuilt import terraform_mirror
from asbuilt.errors import UnusableInput
from asbuilt.terraform_mirror import cli_configuration

PROVIDER = "registry.terraform.io/hashicorp/aws"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a home and a place for software, and no mirror."""
    for name in ("TF_PLUGIN_MIRROR", "TF_CLI_CONFIG_FILE", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "share"))
    monkeypatch.setattr(terraform_mirror, "_SOFTWARE", (str(tmp_path / "opt"),))
    (tmp_path / "home").mkdir()
    (tmp_path / "written").mkdir()
    return tmp_path


def written(machine: Path) -> str:
    """The CLI configuration that Terraform would be given, or nothing."""
    path = cli_configuration(machine / "written")
    return path.read_text() if path else ""


@pytest.mark.parametrize(
    "place",
    [
        "home/.terraform.d/plugins",
        "home/.local/share/terraform/plugins",
        "share/terraform/plugins",
        "opt/any",
    ],
)
def test_a_mirror_is_found(machine, place):
    """A mirror in Terraform's own folders, or among the machine's software, serves what it holds."""
    (machine / place / PROVIDER).mkdir(parents=True)
    assert f'path    = "{machine / place}"\n    include = ["{PROVIDER}"]' in written(machine)


def test_a_named_mirror_comes_first(machine, monkeypatch):
    """The variable decides, whatever else is there."""
    for place in ("opt/any", "named"):
        (machine / place / PROVIDER).mkdir(parents=True)
    monkeypatch.setenv("TF_PLUGIN_MIRROR", str(machine / "named"))
    assert f'"{machine / "named"}"' in written(machine)


def test_a_persons_own_configuration_is_kept(machine, monkeypatch):
    """Terraform is not led away from what somebody has set up."""
    (machine / "opt/any" / PROVIDER).mkdir(parents=True)
    (machine / "home/.terraformrc").write_text("# own")
    assert "# own" == written(machine)


def test_a_configuration_that_does_not_exist_is_passed_over(machine, monkeypatch):
    """A variable may name a file that nobody wrote."""
    (machine / "opt/any" / PROVIDER).mkdir(parents=True)
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(machine / "absent"))
    assert "filesystem_mirror" in written(machine)


def test_without_a_mirror_terraform_is_left_to_its_registry(machine):
    """Nothing is written where nothing is found."""
    assert "" == written(machine)


def test_a_named_folder_without_a_provider_is_said(machine, monkeypatch):
    """A wrong variable is an error, not a silent download."""
    (machine / "empty").mkdir()
    monkeypatch.setenv("TF_PLUGIN_MIRROR", str(machine / "empty"))
    with pytest.raises(UnusableInput, match="TF_PLUGIN_MIRROR names no mirror") as caught:
        cli_configuration(machine / "written")
    assert str(machine / "empty") == caught.value.file
