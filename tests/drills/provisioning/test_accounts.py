"""Two empty accounts, each with a clone and a shell."""

import shutil
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills.provisioning import ENVIRONMENTS, accounts, find_programs

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository with what an account's clone needs."""
    for folder in ("terraform/biotech-x", "kubernetes/biotech-x"):
        (tmp_path / "root" / folder).mkdir(parents=True)
    shutil.copy(ROOT / "terraform/biotech-x/staging.tfvars", tmp_path / "root/terraform/biotech-x")
    return tmp_path / "root"


@pytest.mark.parametrize("missing", ["terraform", "jq", "kubectl"])
def test_a_missing_program_is_named(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Before anything is started."""
    for program in {"terraform", "bash", "jq", "kubectl"} - {missing}:
        (tmp_path / program).touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnusableInput) as caught:
        find_programs()
    assert f"{missing} is not installed" == caught.value.message


def test_each_profile_is_an_account_of_its_own(terraform: None, root: Path, monkeypatch: pytest.MonkeyPatch):
    """What one account makes, the other has not; nobody's own keys are used, and the clone is a copy."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    buckets = "aws s3api list-buckets --query 'Buckets[].Name' --output text\n"
    with accounts(root) as made:
        shells = [made[name].shell for name in ENVIRONMENTS]
        for shell, name in zip(shells, ENVIRONMENTS, strict=True):
            shell.type(f"export AWS_PROFILE=biotech-x-{name}\n")
        mine = shells[0].type("printenv | grep -c mine || true\nrm terraform/biotech-x/staging.tfvars\n")
        shells[0].type("aws s3 mb s3://made-in-staging\n")
        listed = [shell.type(buckets).text.strip() for shell in shells]
        clone = made["staging"].clone
    assert ("0\n", "") == (mine.text, mine.failure)
    assert ["made-in-staging", ""] == [text.replace("None", "") for text in listed]
    assert (root / "terraform/biotech-x/staging.tfvars").is_file()
    assert not clone.exists()
