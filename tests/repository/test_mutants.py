"""What the published table of mutants says."""

import json
from pathlib import Path

import pytest

BODY = json.loads((Path(__file__).parents[2] / "evidence/mutants.json").read_text(encoding="utf-8"))
VERDICTS = ("caught", "still_true", "beside_what_is_drawn", "false_proofs")


def test_there_are_many_mutants_and_no_false_proof():
    """At least 300 mutants, none of them proven falsely: make mutants."""
    total = BODY["totals"][0]
    assert 300 <= total["mutants"]
    assert 0 == total["false_proofs"]


@pytest.mark.parametrize(
    "row", [*BODY["families"], *BODY["totals"]], ids=lambda row: row.get("change", "all")
)
def test_every_mutant_is_counted_once(row: dict[str, int]):
    """A row's verdicts sum up to its mutants."""
    assert row["mutants"] == sum(row[name] for name in VERDICTS)


def test_what_is_not_caught_says_why():
    """Each mutant without a finding has a reason beside it, and all of them are listed."""
    total = BODY["totals"][0]
    assert total["mutants"] - total["caught"] == len(BODY["uncaught"])
    assert all(one["why"] for one in BODY["uncaught"])
