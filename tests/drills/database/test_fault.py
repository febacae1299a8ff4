"""The list of faults is whole: the code uses each, and each says what to do."""

import re
from pathlib import Path

import pytest

from drills.database import FAULTS, RUNBOOK, Fault
from drills.database.drill.catalog import scenarios

ROOT = Path(__file__).parents[3]
CODE = "".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "src/drills/database").glob("*.py"))
)
EACH = pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))


def test_at_least_25_faults_are_told_apart():
    """What was asked for."""
    assert len(FAULTS) >= 25


@EACH
def test_a_fault_says_what_to_do(fault: Fault):
    """Sentences for what was seen and what it means, and a first step."""
    assert fault.next
    assert [] == [line for line in (fault.saw, fault.means, *fault.next) if not line.endswith(".")]
    assert bool(fault.possible) == bool(fault.look), "what a client cannot tell, somebody else can"


@EACH
def test_the_command_can_find_each_fault(fault: Fault):
    """An id that no code mentions would never be found."""
    assert re.search(rf'"{fault.id}"', CODE)


def test_every_fault_is_drilled():
    """And nothing is drilled that is no fault."""
    assert set(FAULTS) | {""} == {one.fault for one in scenarios()}


def test_a_runbooks_section_is_there_for_every_fault():
    """Each step is one of its sections."""
    text = (ROOT / RUNBOOK).read_text(encoding="utf-8")
    anchors = set(re.findall(r"\{ ?#([\w-]+) ?\}", text))
    anchors |= {
        title.strip().lower().replace(" ", "-") for title in re.findall(r"^#+ ([^{\n]+)", text, re.MULTILINE)
    }
    assert set() == {fault.runbook.partition("#")[2] for fault in FAULTS.values()} - anchors
