"""A mutant is caught, or it is shown to change nothing that is drawn."""

from dataclasses import replace
from pathlib import Path

import pytest

from drills.mutants.__main__ import main, report
from drills.mutants.mutant import Mutant
from drills.mutants.systems import SYSTEMS, judged
from drills.mutants.verdicts import Bench, Outcome
from drills.mutants.world import Judged, World, judge, remove

STEP = 25
RULE = "aws_vpc_security_group_egress_rule.node_to_database"
EXCUSED = "aws_vpc_security_group_egress_rule.cluster_to_kubelet"


@pytest.fixture(scope="module")
def bench(clean: World) -> Bench:
    """Judges mutants of the clean world."""
    return Bench(clean)


def test_the_clean_world_has_no_finding(bench: Bench):
    """What nobody has broken is proven, and the oracle agrees."""
    assert (frozenset(), set()) == (bench.findings, bench.false)


def test_a_sample_holds_no_false_proof(clean: World):
    """Every 25th mutant, proven anew: none is called true that is not."""
    outcomes = [outcome for _, outcome in judged(SYSTEMS["biotech-x"], clean, 0, STEP)]
    assert [] == [one for one in outcomes if one.verdict == "false proof"]
    assert {"caught", "beside"} <= {one.verdict for one in outcomes}


def test_there_are_enough_mutants(clean: World):
    """At least 300 of them."""
    assert 300 <= sum(1 for _ in SYSTEMS["biotech-x"].mutants(clean))


def test_without_a_state_it_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """`make prove` comes first."""
    monkeypatch.chdir(tmp_path)
    assert 2 == main()
    assert "make prove" in capsys.readouterr().err


def test_a_broken_rule_is_caught(clean: World, bench: Bench):
    """A finding that the clean world does not have."""
    assert "caught" == bench.outcome(Mutant("rule: deleted", RULE, remove(clean, RULE))).verdict


def test_an_excused_rule_is_beside_what_is_drawn(clean: World, bench: Bench):
    """Nothing that is drawn stands on it, and the reason names it."""
    found = bench.outcome(Mutant("rule: deleted", EXCUSED, remove(clean, EXCUSED)))
    assert ("beside", True) == (found.verdict, EXCUSED in found.why)


def test_a_file_that_cannot_be_read_is_caught(clean: World, bench: Bench):
    """Unusable input is an answer, not a proof."""
    broken = replace(clean, scripts={**clean.scripts, "upload.py": "with Diagram("})
    assert "caught" == bench.outcome(Mutant("syntax", "upload.py", broken)).verdict


def test_a_proof_that_notices_nothing_is_false(clean: World, bench: Bench, monkeypatch: pytest.MonkeyPatch):
    """A prover that says of a broken world what it said of the clean one is found out."""
    as_before = judge(clean)

    def blind(_: World) -> Judged:
        return as_before

    monkeypatch.setattr("drills.mutants.verdicts.judge", blind)
    found = bench.outcome(Mutant("rule: deleted", RULE, remove(clean, RULE)))
    assert ("false proof", True) == (found.verdict, "aws_db_instance.main → tcp/5432" in found.why)


def test_a_false_proof_beside_a_finding_still_counts(
    clean: World, bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    """Another finding does not make up for what is called true and is not."""
    noisy = replace(judge(clean), findings=("something else is wrong",))
    monkeypatch.setattr("drills.mutants.verdicts.judge", lambda _: noisy)
    assert "false proof" == bench.outcome(Mutant("rule: deleted", RULE, remove(clean, RULE))).verdict


def test_a_report_counts_by_system_and_family():
    """Each column is a verdict; a row's mutants are their sum, and what was made false is told beside."""
    outcomes = [
        Outcome("a", "1", "caught", "", made_false=True),
        Outcome("a", "2", "beside", "x"),
        Outcome("b", "3", "beyond", "y"),
    ]
    body = report({"shop": outcomes, "bank": []})
    assert [("a", 2, 1, 1, 1, 0), ("b", 1, 0, 0, 0, 1)] == [
        (
            row["change"],
            row["mutants"],
            row["made_false"],
            row["caught"],
            row["beside_what_is_drawn"],
            row["beyond_the_files"],
        )
        for row in body["families"]["shop"]
    ]
    assert [("shop", 3), ("bank", 0)] == [(row["system"], row["mutants"]) for row in body["totals"]]
    assert [("shop", "2"), ("shop", "3")] == [(one["system"], one["mutant"]) for one in body["uncaught"]]
