"""Assumptions are complete, known and above zero."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from asbuilt.errors import UnusableInput
from drills.capacity.demand import Demand

DECLARED = Path(__file__).parents[3] / "figures/biotech-x/capacity.yaml"


def declared() -> dict[str, Any]:
    """The demand of biotech-x, as it is written."""
    found: dict[str, Any] = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))["demand"]
    return found


def test_the_file_is_read():
    """Each number keeps its name."""
    assert Demand.read(DECLARED) == Demand.of(declared())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"samples": None}, "samples"),
        ({"wings": {"value": 2}}, "wings"),
        ({"files": {"value": 0}}, "files must"),
    ],
)
def test_a_wrong_declaration_is_refused(change: dict[str, Any], named: str):
    """A name that is missing or unknown, and a number that is not above zero."""
    wrong = {name: item for name, item in (declared() | change).items() if item}
    with pytest.raises(UnusableInput, match=f"demand: {named}"):
        Demand.of(wrong)
