"""Run Terraform on a copy of a configuration, so that nothing is written where it lives.

Needs Terraform 1.9 or later, whose commands all tell their diagnostics in JSON
(https://developer.hashicorp.com/terraform/internals/machine-readable-ui).
"""

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import terraform_messages as messages
from asbuilt.errors import UnusableInput
from asbuilt.terraform_mirror import cli_configuration

TIME_LIMIT = 900.0
"""Seconds after which a Terraform command is told to stop."""
_GRACE = 10.0  # seconds Terraform has to stop by itself, before it is killed
_AT_ONCE = "-parallelism=60"  # nearly all of an apply is the provider's waiting
_OVERRIDE = "zz_asbuilt_override.tf"  # an override is merged last in the order of names
_LOCAL_BACKEND = 'terraform {\n  backend "local" {}\n}\n'
_LEFT_OUT = shutil.ignore_patterns(".terraform", ".git", "*.tfstate", "*.tfstate.*")
_NOT_PASSED_ON = ("TF_DATA_DIR", "TF_WORKSPACE", "TF_CLI_CONFIG_FILE")

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error of Terraform's: the resource it is about, and file and line, where it names them."""

    summary: str
    detail: str
    address: str
    file: str
    line: int


@dataclass
class TerraformFailed(UnusableInput):
    """Terraform refused a configuration, or could not carry it out; holds every error it named."""

    diagnostics: tuple[Diagnostic, ...] = ()


def find_terraform() -> str:
    """The path of the `terraform` program. Raises UnusableInput where there is none."""
    found = shutil.which("terraform")
    if not found:
        hint = "install it from https://developer.hashicorp.com/terraform/install, or give --plan FILE"
        raise UnusableInput("terraform is not installed", hint)
    return found


def plan_json(directory: Path) -> dict[str, Any]:
    """`terraform show -json` of a plan of `directory`, made with the caller's own environment.

    Raises UnusableInput where Terraform is missing or refuses the configuration.
    """
    with workspace(directory) as copy:
        copy.plan()
        return copy.show_plan()


@contextmanager
def workspace(
    directory: Path,
    environment: Mapping[str, str] | None = None,
    extra_files: Mapping[str, str] | None = None,
    var_file: str | None = None,
    progress: Progress = lambda _: None,
) -> Iterator["Workspace"]:
    """An initialised copy of `directory` in a temporary folder, gone on leaving.

    `environment` is added to the caller's, `extra_files` (text by file name) are laid beside the
    copy, `var_file` is a file of values in `directory`, and `progress` is told each line that Terraform
    says. A backend is replaced by a local one. Raises UnusableInput for what cannot be initialised.
    """
    if not any((*directory.glob("*.tf"), *directory.glob("*.tf.json"))):
        raise UnusableInput("no Terraform configuration here", "name a folder of *.tf", directory.as_posix())
    program = find_terraform()
    with tempfile.TemporaryDirectory(prefix="terraform-") as temporary:
        copy = Path(temporary) / "configuration"
        shutil.copytree(directory, copy, ignore=_LEFT_OUT)
        for name, text in {_OVERRIDE: _LOCAL_BACKEND, **(extra_files or {})}.items():
            (copy / name).write_text(text, encoding="utf-8")
        variables = _environment(Path(temporary), environment or {})
        here = Workspace(program, directory, copy, variables, var_file, progress)
        here.run("init")
        yield here


def _environment(folder: Path, added: Mapping[str, str]) -> dict[str, str]:
    """The variables Terraform runs with; its CLI configuration is written into `folder`."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    configuration = cli_configuration(folder)
    chosen = {"TF_CLI_CONFIG_FILE": configuration.as_posix()} if configuration else {}
    return {**kept, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", **chosen, **added}


@dataclass(frozen=True, slots=True)
class Workspace:
    """A copy of `source` in the folder `copy`; made by `workspace`.

    Every method raises TerraformFailed with all of Terraform's errors where Terraform fails.
    """

    program: str
    source: Path
    copy: Path
    environment: Mapping[str, str]
    var_file: str | None
    progress: Progress

    def validate(self) -> None:
        """Check the configuration against the providers' schemas."""
        report = json.loads(self._output("validate", "-json"))
        self._raise_on([item for item in report["diagnostics"] if item["severity"] == "error"])

    def plan(self) -> dict[str, str]:
        """Plan, and keep the plan; gives what it would do, by address: nothing where all is in place."""
        lines = self.run("plan", *self._values(), "-out=plan.out")
        return dict(change for line in lines for change in messages.changes(line))

    def show_plan(self) -> dict[str, Any]:
        """`terraform show -json` of what `plan` planned last."""
        shown: dict[str, Any] = json.loads(self._output("show", "-json", "plan.out"))
        return shown

    def apply(self) -> None:
        """Carry out what `plan` planned last."""
        self.run("apply", _AT_ONCE, "plan.out")

    def destroy(self) -> None:
        """Destroy all that the state holds, without asking the provider again whether it is there."""
        self.run("apply", "-destroy", "-auto-approve", "-refresh=false", _AT_ONCE, *self._values())

    def show(self) -> dict[str, Any]:
        """`terraform show -json` of the state."""
        shown: dict[str, Any] = json.loads(self._output("show", "-json"))
        return shown

    def addresses(self) -> list[str]:
        """Addresses of the state's resources and data sources; much faster than `show`."""
        return self._output("state", "list").split()

    def run(self, command: str, *arguments: str) -> list[str]:
        """Run one of Terraform's commands that tell what they do line by line in JSON; gives the lines."""
        lines: list[str] = []
        process = self._start(command, "-json", "-input=false", "-no-color", *arguments)
        limit = threading.Timer(TIME_LIMIT, process.terminate)
        limit.start()
        try:
            for line in process.stdout or ():
                lines.append(line)
                self.progress(messages.text(line))
            process.wait(_GRACE)
        finally:
            limit.cancel()
            _stop(process)
        if process.returncode:
            self._raise_on([*filter(None, map(messages.error, lines))] or [_unexplained(command, lines)])
        return lines

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.program, *arguments],
            cwd=self.copy,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _output(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.program, *arguments],
            cwd=self.copy,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
        )
        if done.returncode and not done.stdout:
            self._raise_on([_unexplained(arguments[0], done.stderr.splitlines())])
        return done.stdout

    def _values(self) -> list[str]:
        return [f"-var-file={self.var_file}"] if self.var_file else []

    def _raise_on(self, errors: list[dict[str, Any]]) -> None:
        found = tuple(self._diagnostic(error) for error in errors)
        if found:
            first = found[0]
            text = ": ".join(filter(None, (first.summary, first.detail.partition("\n\n")[0])))
            raise TerraformFailed(text, self._hint(first), first.file, first.line, found)

    def _diagnostic(self, error: Mapping[str, Any]) -> Diagnostic:
        place = error.get("range") or {}
        path = self.source / place.get("filename", "")
        file, line = (path.as_posix(), place["start"]["line"]) if path.is_file() else ("", 0)
        return Diagnostic(error["summary"], error.get("detail", ""), error.get("address", ""), file, line)

    def _hint(self, error: Diagnostic) -> str:
        match error.summary:
            case "No value for required variable":
                return "name a file of values: TF_CLI_ARGS_plan=-var-file=FILE, or set TF_VAR_<name>"
            case "Failed to query available provider packages" | "Failed to install provider":
                return "without the registry, name a mirror that holds the provider: TF_PLUGIN_MIRROR=DIR"
            case "No valid credential sources found":
                return "give Terraform credentials to plan with, or give the engine --plan FILE"
        return f"see it whole: terraform -chdir={self.source.as_posix()} validate"


def _stop(process: subprocess.Popen[str]) -> None:
    """End a process that still runs because something failed here: Terraform first stops by itself."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _unexplained(command: str, lines: list[str]) -> dict[str, Any]:
    return {"summary": f"terraform {command} failed", "detail": " ".join(map(messages.text, lines[-5:]))}
