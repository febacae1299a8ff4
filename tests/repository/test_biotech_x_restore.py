"""The drill that brings a result back is executed as the page has it, on an emulator."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.emulator import Emulator, Session
from drills.provisioning import follow, problems, steps
from drills.provisioning.shell import Shell, open_shell

PAGE = "docs/biotech-x/data.md"
TEXT = (Path(__file__).parents[2] / PAGE).read_text(encoding="utf-8")
BUCKET = "biotech-x-production-results-123456789012"  # pragma: allowlist secret
REGION = "sa-east-1"


@pytest.fixture
def shell(emulator: Emulator, tmp_path: Path) -> Iterator[Shell]:
    """A shell that knows the page's profile, in an account with the one bucket, which keeps versions."""
    s3 = Session(emulator, REGION).client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    profile = {"region": REGION, "endpoint_url": emulator.url}
    profile |= dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "test")
    lines = ["[profile biotech-x-production]", *(f"{name} = {value}" for name, value in profile.items())]
    (tmp_path / "config").write_text("\n".join(lines) + "\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    known = {"PATH": path, "HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / "config")}
    known |= {"NO_PROXY": "127.0.0.1", "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"}
    with open_shell(tmp_path, known, limit=60) as opened:
        yield opened
    for kind in ("Versions", "DeleteMarkers"):
        for item in s3.list_object_versions(Bucket=BUCKET).get(kind, []):
            s3.delete_object(Bucket=BUCKET, Key=item["Key"], VersionId=item["VersionId"])
    s3.delete_bucket(Bucket=BUCKET)


def followed(text: str, shell: Shell) -> list[str]:
    """What is wrong when the page is followed."""
    return list(problems(follow(steps(PAGE, text, ["production"]), "production", shell)))


def test_the_drill_works_as_the_page_says(shell: Shell):
    """Every command succeeds, and prints what stands below it."""
    assert [] == followed(TEXT, shell)


def test_a_drill_that_does_not_bring_it_back_is_seen(shell: Shell):
    """Without the version of the marker, S3 only hides the file once more."""
    assert TEXT != (wrong := TEXT.replace('--version-id "$MARKER" ', ""))
    assert any("aws s3api delete-object" in fault for fault in followed(wrong, shell))


def test_what_is_not_executed_says_why():
    """The database's restore, and nothing else, is left out."""
    (left,) = (step for step in steps(PAGE, TEXT, ["production"]) if step.reason)
    assert "restore-db-instance-to-point-in-time" in left.commands
