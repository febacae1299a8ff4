"""Apply a configuration to the emulator, and write what Terraform shows of its plan and of its state.

`python -m drills.apply DIRECTORY ENVIRONMENT --plan FILE --state FILE` takes the values of an environment
from `<ENVIRONMENT>.tfvars` in the directory.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import files
from asbuilt.ending import ending
from asbuilt.errors import UnusableInput
from asbuilt.progress import progress
from asbuilt.terraform_command import Progress, Workspace, workspace
from drills.emulator import Emulator, override_file, running_emulator


@dataclass(frozen=True, slots=True)
class Applied:
    """A configuration applied to an emulator that still runs; plan and state as `terraform show -json`."""

    emulator: Emulator
    workspace: Workspace
    plan: dict[str, Any]
    state: dict[str, Any]


@contextmanager
def emulated(
    directory: Path, environment: str, progress: Progress = lambda _: None, job: Sequence[str] = ()
) -> Iterator[tuple[Emulator, Workspace]]:
    """An emulator, and a copy of `directory` that plans and applies against it; both gone on leaving.

    `progress` is told each line that Terraform says, `job` is the program that Batch's jobs run. Raises
    UnusableInput where Terraform, the values of the environment or the emulator are missing.
    """
    values = directory / f"{environment}.tfvars"
    if not values.is_file():
        known = ", ".join(sorted(path.stem for path in directory.glob("*.tfvars"))) or "none"
        raise UnusableInput("no such file of values", f"known environments: {known}", values.as_posix())
    with (
        running_emulator(job) as emulator,
        workspace(directory, emulator.environment, override_file(), values.name, progress) as copy,
    ):
        yield emulator, copy


@contextmanager
def applied(
    directory: Path, environment: str, progress: Progress = lambda _: None, job: Sequence[str] = ()
) -> Iterator[Applied]:
    """`directory` planned and applied; takes about two minutes, nearly all of it the provider's waiting."""
    with emulated(directory, environment, progress, job) as (emulator, copy):
        copy.plan()
        plan = copy.show_plan()
        copy.apply()
        yield Applied(emulator, copy, plan, copy.show())


@ending
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m drills.apply", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("environment")
    parser.add_argument("--plan", type=Path, required=True, metavar="FILE")
    parser.add_argument("--state", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        with applied(options.directory, options.environment, progress) as done:
            files.write(options.plan, json.dumps(done.plan))
            files.write(options.state, json.dumps(done.state))
    finally:
        progress("")
    return 0


if __name__ == "__main__":
    sys.exit(main())
