"""Programs that judge rules and routes: without one its tests skip, and in CI they fail."""

import os
from collections.abc import Callable

import pytest

from asbuilt.errors import UnusableInput
from drills.alerting import load, logs
from drills.alerting.programs import find


def needed(*checks: Callable[[], None]) -> None:
    """Skip, or in CI fail, where something is not installed."""
    try:
        for check in checks:
            check()
    except UnusableInput as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing.message)


@pytest.fixture(scope="session")
def promtool() -> None:
    """Prometheus' own judge."""
    needed(lambda: find("promtool"))


@pytest.fixture(scope="session")
def amtool() -> None:
    """Alertmanager's."""
    needed(lambda: find("amtool"))


@pytest.fixture(scope="session")
def logql() -> None:
    """LogQL's grammar, and node to run it."""
    needed(lambda: find("node"), logs.grammar)


@pytest.fixture(scope="session")
def tsc() -> None:
    """TypeScript's compiler."""
    needed(lambda: find("node"), load.compiler)
