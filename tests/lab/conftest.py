"""A lab of a test's own: on free ports, in a folder of its own, and down afterwards whatever happens."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from lab.commands import down
from lab.places import OFFSETS, Lab
from lab.programs import NAMES, find, need_ports

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A lab that does not run yet."""
    made = Lab(tmp_path / "lab", _free_ports())
    try:
        yield made
    finally:
        down(made, lambda _: None)


@pytest.fixture
def run(lab: Lab) -> Run:
    """Run one command of the lab, as `make` would in a pipe."""

    def command(name: str, **variables: str) -> subprocess.CompletedProcess:
        settings = {"LAB_FOLDER": str(lab.folder), "LAB_PORT": str(lab.first_port)}
        return subprocess.run(
            [sys.executable, "-m", "lab", name],
            cwd=ROOT,
            env=os.environ | settings | variables,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return command


@pytest.fixture(scope="session")
def installed() -> None:
    """Every program of the lab is there. Without one the tests are skipped, and in CI they fail."""
    try:
        for name in NAMES:
            find(name)
    except UnusableInput as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(error.message)


def _free_ports() -> int:
    # Workers of a parallel run look at different ranges.
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    for first in range(21_000 + 1000 * worker, 21_900 + 1000 * worker, 20):
        try:
            need_ports(Lab(Path(), first), OFFSETS)
        except UnusableInput:
            continue
        return first
    raise AssertionError("no free ports")
