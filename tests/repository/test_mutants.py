"""What the published tables of mutants say."""

import json
from pathlib import Path

import pytest

BODY = json.loads((Path(__file__).parents[2] / "evidence/mutants.json").read_text(encoding="utf-8"))
VERDICTS = ("caught", "still_true", "beside_what_is_drawn", "beyond_the_files", "false_proofs")
LEAST = {"biotech-x": 300, "banking": 150}
ROWS = [*BODY["totals"], *(row for rows in BODY["families"].values() for row in rows)]


@pytest.mark.parametrize("total", BODY["totals"], ids=lambda row: row["system"])
def test_there_are_many_mutants_and_no_false_proof(total: dict[str, int]):
    """At least 300 mutants of biotech-x and 150 of banking, none of them proven falsely: make mutants."""
    assert LEAST[total["system"]] <= total["mutants"]
    assert 0 == total["false_proofs"]


def test_both_systems_are_told():
    """Totals, families and reasons name the same two."""
    assert [*LEAST] == [row["system"] for row in BODY["totals"]] == [*BODY["families"]]
    assert {*LEAST} == {one["system"] for one in BODY["uncaught"]}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.get("change") or row["system"])
def test_every_mutant_is_counted_once(row: dict[str, int]):
    """A row's verdicts sum up to its mutants, and what is made false is caught."""
    assert row["mutants"] == sum(row[name] for name in VERDICTS)
    assert row["made_false"] <= row["caught"]


def test_the_totals_are_those_of_the_families():
    """Nothing is counted in one place only."""
    for total in BODY["totals"]:
        rows = BODY["families"][total["system"]]
        sums = {name: sum(row[name] for row in rows) for name in ("mutants", "made_false", *VERDICTS)}
        assert {"system": total["system"], **sums} == total


def test_banking_is_broken_in_every_way_that_matters():
    """What is asked: a label, a selector, a policy, a port, an account, a probe, an overlay."""
    families = {row["change"] for row in BODY["families"]["banking"]}
    asked = {
        "pods: label changed",
        "policy: selector widened",
        "NetworkPolicy: left out",
        "container: port renamed",
        "pods: service account swapped",
        "probe: other path",
        "overlay: dropped",
    }
    assert set() == asked - families


def test_what_is_not_caught_says_why():
    """Each mutant without a finding has a reason beside it, and all of them are listed."""
    missed = sum(total["mutants"] - total["caught"] for total in BODY["totals"])
    assert missed == len(BODY["uncaught"])
    assert all(one["why"] for one in BODY["uncaught"])
