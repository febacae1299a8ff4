"""Each check says what is missing where its program is, and what it finds where it is there."""

import subprocess
import sys
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from habits import actionlint, checkov
from habits.report import report
from habits.terraform import invalid

CARELESS = """\
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


def test_findings_decide_the_exit_code(capsys: pytest.CaptureFixture[str]):
    """Nothing is 0, a finding is 1."""
    assert (0, 1) == (report([]), report(["a", "b"]))
    assert "a\nb\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("terraform", "fmt", "a.tf"), "error: terraform is not installed\nhint: install it: https://"),
        (("terraform", "validate", "a.tf"), "error: terraform is not installed\nhint: install it: https://"),
        (("actionlint", "a.yml"), "error: node, which runs actionlint, is not installed\nhint: install Node"),
    ],
)
def test_a_missing_program_is_named(tmp_path: Path, command: tuple[str, ...], said: str):
    """One error, one hint, no traceback, and no commit."""
    name, *arguments = command
    done = subprocess.run(
        (sys.executable, "-m", f"habits.{name}", *arguments),
        cwd=tmp_path,
        env={"PATH": tmp_path.as_posix()},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (2, said, "") == (done.returncode, done.stdout[: len(said)], done.stderr)


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Node.js seems to be there, and we are in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(actionlint.shutil, "which", lambda _: sys.executable)


def test_actionlint_that_is_not_installed_is_named(node: None):
    """The hint is the command that installs it."""
    with pytest.raises(UnusableInput, match=r"actionlint is not installed\nhint: .*make hooks"):
        list(actionlint.findings(["a.yml"]))


def test_what_actionlint_is_too_old_for_is_no_finding(monkeypatch: pytest.MonkeyPatch):
    """Only the messages that are excepted pass; the same message about another label does not."""
    messages = ('label "ubuntu-24.04" is unknown. available', 'label "ubuntu-25.04" is unknown. available')
    said = [{"file": "a.yml", "line": 2, "message": one, "kind": "runner-label"} for one in messages]
    monkeypatch.setattr(actionlint, "_lint", lambda _: said)
    assert [f"a.yml:2: {messages[1]} (runner-label)"] == list(actionlint.findings(["a.yml"]))


def test_a_failed_check_and_a_missing_reason_are_findings(tmp_path: Path):
    """A rule without a description fails, and a check passed over in silence is named."""
    (tmp_path / "main.tf").write_text(CARELESS, encoding="utf-8")
    found = checkov.findings("terraform", [(tmp_path / "main.tf").as_posix()])
    assert ["CKV_AWS_23 aws_security_group_rule.open", "CKV_AWS_24 aws_security_group_rule.open"] == [
        one.split(": ")[1] for one in found
    ]


@pytest.mark.usefixtures("terraform")
def test_all_that_terraform_refuses_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Every error with its file and line, not the first alone."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text('output "a" { value = var.a }\noutput "b" { value = var.b }\n')
    found = sorted(one.partition(": Ref")[0] for one in invalid(["main.tf"]))
    assert ["main.tf:1", "main.tf:2"] == found
