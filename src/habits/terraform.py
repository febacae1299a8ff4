"""`python -m habits.terraform fmt|validate FILES`: Terraform's own checks, and Checkov's beside them.

Validating and Checkov take seconds each, so they run side by side.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from subprocess import run

from asbuilt.errors import UnusableInput
from asbuilt.terraform_command import TerraformFailed, find_terraform, workspace
from habits import checkov
from habits.report import report

_DOWNLOADED = Path(".cache/terraform")  # providers, for machines that have no mirror of them


def unformatted(files: list[str]) -> Iterator[str]:
    """The difference to what `terraform fmt` would write. Raises UnusableInput without Terraform."""
    done = run([_terraform(), "fmt", "-check", "-diff", *files], capture_output=True, text=True, timeout=60)
    if done.returncode:
        yield f"{done.stdout}{done.stderr}hint: terraform fmt {' '.join(files)}"


def invalid(files: list[str]) -> Iterator[str]:
    """What `terraform validate` and Checkov say of the folders that the files are in."""
    _terraform()
    with ThreadPoolExecutor() as pool:
        folders = sorted({Path(file).parent for file in files})
        refused = [pool.submit(_refusals, folder) for folder in folders]
        written = [path.as_posix() for folder in folders for path in sorted(folder.glob("*.tf"))]
        yield from checkov.findings("terraform", written)
        for folder in refused:
            yield from folder.result()


def _terraform() -> str:
    try:
        return find_terraform()
    except UnusableInput as error:
        hint = "install it: https://developer.hashicorp.com/terraform/install"
        raise replace(error, hint=hint) from None


def _refusals(folder: Path) -> list[str]:
    _DOWNLOADED.mkdir(parents=True, exist_ok=True)
    environment = {
        "TF_PLUGIN_CACHE_DIR": _DOWNLOADED.resolve().as_posix(),
        "GOGC": "400",  # the provider's schema is all live: collecting it again and again takes seconds
        "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "true",  # the copy's own, gone with it
    }
    try:
        with workspace(folder, environment) as copy:
            copy.validate()
    except TerraformFailed as failed:
        return [f"{one.file}:{one.line}: {one.summary}: {one.detail}" for one in failed.diagnostics]
    return []


if __name__ == "__main__":
    CHECKS = {"fmt": unformatted, "validate": invalid}
    sys.exit(report(CHECKS[sys.argv[1]](sys.argv[2:])))
