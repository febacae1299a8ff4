"""One round of the drill, in a real PostgreSQL, and what was recorded of several."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from drills.database.drill.catalog import scenarios
from drills.database.drill.needs import missing
from drills.database.drill.rounds import Outcome, record

ROOT = Path(__file__).parents[4]
RECORDED = json.loads((ROOT / "evidence/figures/sre/database.json").read_text(encoding="utf-8"))
REPAIR = "run: make prove"


def test_a_round_names_every_fault_that_is_injected():
    """Every verdict is right, and every fault is gone with what had caused it."""
    if lacking := missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"it needs {', '.join(lacking)}")
    command = [sys.executable, "-m", "drills.database.drill"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    count = len(scenarios())
    assert (0, "", f"{count} of {count} verdicts are right\n") == (done.returncode, done.stderr, done.stdout)


def test_what_is_recorded_is_what_the_drill_would_record():
    """All of today's ways and faults are in it, and each verdict was right, in ten rounds at least."""
    rounds = RECORDED["rounds"]
    assert rounds >= 10, REPAIR
    ideal = [Outcome(one, one.fault or "healthy", "healthy") for one in scenarios() for _ in range(rounds)]
    assert record(ideal, rounds) == RECORDED, REPAIR
