"""A change is made in a copy, and what no check notices is said to escape."""

from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills.alerting.checks import SCHEDULES
from drills.alerting.mutants import Mutant, broken, figures, mutants

ROOT = Path(__file__).parents[3]
ROUTES = str(SCHEDULES / "alertmanager.yaml")


def test_a_change_is_made_in_a_copy():
    """The repository's own file stays, and rules are made from changed objectives."""
    mutant = Mutant(str(SCHEDULES / "slo.yaml"), "threshold", "burn: 7.2", "burn: 9")
    rules = SCHEDULES / "rules/slo.yaml"
    with broken(mutant, ROOT) as copy:
        assert "} > 9\n" in (copy / rules).read_text(encoding="utf-8")
    assert "} > 9\n" not in (ROOT / rules).read_text(encoding="utf-8")


def test_a_change_of_nothing_is_refused():
    """What the file does not say cannot be replaced."""
    with (
        pytest.raises(UnusableInput, match="nowhere: no such"),
        broken(Mutant(ROUTES, "", "no such", ""), ROOT),
    ):
        pass


def test_what_nobody_notices_escapes(amtool: None):
    """A comment that says something else breaks nothing; a receiver that is another does."""
    declared = {
        ROUTES: [
            {"breaks": "comment", "old": "# Who is told what", "new": "# Who is told"},
            {"breaks": "receiver", "old": "receiver: pager", "new": "receiver: tickets"},
        ]
    }
    found = figures(mutants(declared), ROOT)
    assert (2, 1, [f"{ROUTES}: # Who is told what -> # Who is told"]) == (
        found["made"],
        found["noticed"],
        found["escaped"],
    )
