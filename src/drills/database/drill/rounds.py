"""Run every scenario, and compare each verdict with what was broken."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from drills.database import FAULTS, diagnose, read_url
from drills.database.drill.bench import PATIENCE, Bench
from drills.database.drill.scenario import Scenario

LANES = 5
"""Drills that run side by side, each with servers and a network of its own."""
HEALTHY = "healthy"
"""The verdict where there is no fault."""


@dataclass(frozen=True)
class Outcome:
    """What came out of one scenario: the verdict while it was broken, and the one after it was mended."""

    scenario: Scenario
    verdict: str
    afterwards: str

    @property
    def right(self) -> bool:
        """Whether the fault was named, and was gone with what had caused it."""
        return (self.verdict, self.afterwards) == (self.scenario.fault or HEALTHY, HEALTHY)


def play(bench: Bench, scenarios: Sequence[Scenario]) -> Iterator[Outcome]:
    """Run the scenarios, one after the other."""
    for one in scenarios:
        with one.inject(bench) as url:
            broken = verdict(url)
        yield Outcome(one, broken, verdict(bench.url()))


def verdict(url: str) -> str:
    """The first fault that the command names, by its id."""
    findings = diagnose(read_url(url), PATIENCE).findings
    return findings[0].fault.id if findings else HEALTHY


def record(outcomes: Sequence[Outcome], rounds: int) -> dict[str, Any]:
    """What pages quote: the same to the letter whenever all was right."""
    right: dict[Scenario, int] = defaultdict(int)
    for outcome in outcomes:
        right[outcome.scenario] += outcome.right
    wrong = [outcome for outcome in outcomes if not outcome.right]
    groups = [fault for fault in FAULTS.values() if fault.possible]
    return {
        "faults": len(FAULTS),
        "steps": len({fault.step for fault in FAULTS.values()}),
        "ways": len([one for one in right if one.fault]),
        "rounds": rounds,
        "verdicts": len(outcomes),
        "right": len(outcomes) - len(wrong),
        "groups": len(groups),
        "drilled": [_drilled(one, count, rounds) for one, count in right.items()],
        "table": {step: _table(step) for step in dict.fromkeys(one.step for one in FAULTS.values())},
        "cannot_tell": [
            {"fault": f"`{one.id}`", "it may be": "; ".join(one.possible), "look at": one.look}
            for one in groups
        ],
    }


def _drilled(one: Scenario, right: int, rounds: int) -> dict[str, Any]:
    return {
        "what was done": one.how,
        "what was found": f"`{one.fault}`" if one.fault else HEALTHY,
        "right": f"{right} of {rounds}",
    }


def _table(step: str) -> list[dict[str, str]]:
    """The faults of one step, as a page shows them."""
    return [
        {"fault": f"`{one.id}`", "what is seen": one.saw, "what it means": one.means}
        for one in FAULTS.values()
        if one.step == step
    ]
