"""The recorded capacity of biotech-x is what the code gives, and theory and simulation agree."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drills.capacity import theory
from drills.capacity.comparison import BOUND, Compared, cases, compare
from drills.capacity.inputs import read
from drills.capacity.record import compared_row, paper

ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / "evidence/figures/biotech-x"
RECORDED: dict[str, Any] = json.loads((EVIDENCE / "capacity.json").read_text(encoding="utf-8"))
REPAIR = "run: python -m drills.capacity --record evidence/figures/biotech-x/capacity.json"

# Those that are simulated in under a second each; `make prove` runs them all.
QUICK = {
    "Interrupted every other hour, an hour's job",
    "Jobs under way, samples of 20",
    "Jobs not passed in 99 % of the time",
    "Until the last of 20 files has ended",
    "3 files behind 1,000, first come, 32 slots",
    "People connected, of 1,000, not passed in 99 % of the time",
}
FORMULAS = [
    "little", "erlang_c", "wait_mmc", "wait_mgc", "wait_batches", "deviation", "peak", "binomial_peak",
    "longest", "fair_wait", "first_come_wait", "repeated",
]  # fmt: skip


def recorded(name: str) -> dict[str, str]:
    """The recorded row of one setting."""
    found: dict[str, str] = next(row for row in RECORDED["compared"] if row["setting"] == name)
    return found


def measured(row: dict[str, str]) -> float:
    """The simulation's mean, as it is recorded."""
    return float(row["simulation"].split(" ")[0])


def apart(row: dict[str, str], expected: float) -> bool:
    """Whether a recorded mean is further from what is expected than the bound."""
    return abs(measured(row) / expected - 1) > BOUND


def test_what_is_computed_is_recorded():
    """To the letter: tables, limits and single numbers of the closed forms."""
    found = json.loads(json.dumps(paper(read(ROOT / "figures/biotech-x", EVIDENCE))))
    assert found == {name: RECORDED[name] for name in found}, REPAIR


@pytest.mark.parametrize("name", sorted(QUICK))
def test_what_is_simulated_is_recorded(name: str):
    """To the letter, with the same seeds."""
    case = next(case for case in cases() if case.name == name)
    assert compared_row(compare(case)) == recorded(name), REPAIR


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_theory_and_simulation_agree(case: Any):
    """Within five hundredths of what theory expects, and with the expectation that is recorded."""
    row = recorded(case.name)
    assert compared_row(Compared(case, case.expected(), 0, 0))["theory"] == row["theory"], REPAIR
    assert not apart(row, case.expected())


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_wrong_formula_is_noticed(monkeypatch: pytest.MonkeyPatch, formula: str, factor: float):
    """A tenth more or less than it should be, and a setting is further apart than the bound."""
    right: Callable[..., float] = getattr(theory, formula)
    monkeypatch.setattr(theory, formula, lambda *arguments: factor * right(*arguments))
    assert [case.name for case in cases() if apart(recorded(case.name), case.expected())]


def test_every_formula_is_perturbed():
    """A new closed form has to stand in the list above, and so be compared."""
    public = {
        name for name, item in vars(theory).items() if callable(item) and item.__module__ == theory.__name__
    }
    assert public == set(FORMULAS)


def test_the_page_says_what_was_found():
    """The worst difference on the page is the worst of the table."""
    worst = max(abs(float(row["difference"].removesuffix(" %"))) for row in RECORDED["compared"])
    assert (RECORDED["agreement"]["worst"]["value"], RECORDED["agreement"]["settings"]["value"]) == (
        worst,
        len(cases()),
    )


def test_the_chart_of_waits_agrees():
    """Where files come one by one, its two lines are within the bound of each other."""
    theoretical, simulated, _ = (line["values"] for line in RECORDED["charts"]["wait"]["series"])
    apart = [abs(mean / expected - 1) for expected, mean in zip(theoretical, simulated, strict=True)]
    assert max(apart) <= BOUND


def test_the_simulation_does_not_know_the_theory():
    """No module of it imports the closed forms."""
    modules = ("simulation", "arrivals", "sessions")
    texts = [(ROOT / f"src/drills/capacity/{name}.py").read_text(encoding="utf-8") for name in modules]
    assert [name for name, text in zip(modules, texts, strict=True) if "theory" in text] == []
