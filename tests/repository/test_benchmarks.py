"""What was measured is published whole, with the machine and the day."""

import datetime
import json
from pathlib import Path

RESULTS = Path(__file__).parents[2] / "benchmarks/results.json"


def test_every_row_tells_what_was_measured_against_which_limit():
    """A row has a figure, its limit, and whether it was met; `make bench` writes them."""
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]
    assert len(rows) >= 8
    for row in rows:
        assert list(row) == ["what", "measured", "limit", "met"]
        assert row["measured"][0].isdigit()
        assert row["met"] in ({"-"} if row["limit"] == "-" else {"yes", "no"})


def test_the_machine_and_the_day_are_told():
    """A figure means nothing without the machine it was measured on and the day."""
    (machine,) = json.loads(RESULTS.read_text(encoding="utf-8"))["measured"]
    assert list(machine) == ["date", "processor", "cores", "system", "Python"]
    assert datetime.date.fromisoformat(machine["date"]) >= datetime.date(2026, 1, 1)
    assert all(machine.values())
