"""The declared assumptions and limits of biotech-x, for every test here."""

from pathlib import Path

import pytest

from drills.capacity.demand import Demand
from drills.capacity.inputs import Inputs, read

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def inputs() -> Inputs:
    """Everything that capacity is computed from."""
    return read(ROOT / "figures/biotech-x", ROOT / "evidence/figures/biotech-x")


@pytest.fixture(scope="session")
def demand(inputs: Inputs) -> Demand:
    """The assumed demand."""
    return inputs.demand
