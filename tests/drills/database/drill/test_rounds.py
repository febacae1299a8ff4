"""The drill notices a verdict that is wrong, and a fault that stays."""

import socket
from contextlib import contextmanager

import pytest

from drills.database.drill.rounds import HEALTHY, Outcome, play, record
from drills.database.drill.scenario import Scenario

BROKEN = Scenario("disk-full", "a disk that is full", lambda bench: None)


@pytest.fixture
def closed():
    """The URL of a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield f"postgresql://app@127.0.0.1:{one.getsockname()[1]}/x"


class Well:
    """A bench whose own URL is the one given."""

    def __init__(self, url: str):
        self.url = lambda: url


def breaking(fault: str, url: str) -> Scenario:
    """A scenario that says it breaks one thing, and gives the URL of another."""

    @contextmanager
    def inject(bench):
        yield url

    return Scenario(fault, "somehow", inject)


def test_a_misdiagnosis_is_noticed(closed: str):
    """The disk was said to be full, and the command found a closed port."""
    (outcome,) = play(Well(closed), [breaking("disk-full", closed)])
    assert ("connection-refused", False) == (outcome.verdict, outcome.right)


def test_a_fault_that_was_not_mended_is_noticed(closed: str):
    """The verdict is right, and it is the same afterwards."""
    (outcome,) = play(Well(closed), [breaking("connection-refused", closed)])
    assert ("connection-refused", "connection-refused", False) == (
        outcome.verdict,
        outcome.afterwards,
        outcome.right,
    )


@pytest.mark.parametrize(
    ("verdict", "afterwards", "right"),
    [
        ("disk-full", HEALTHY, True),
        (HEALTHY, HEALTHY, False),
        ("slow-query", HEALTHY, False),
        ("disk-full", "disk-full", False),
    ],
)
def test_right_is_the_fault_while_it_is_there_and_health_after(verdict: str, afterwards: str, right: bool):
    """Nothing else is."""
    assert right == Outcome(BROKEN, verdict, afterwards).right


def test_a_healthy_server_must_be_called_healthy():
    """A command that always cries is no use."""
    well = Scenario("", "nothing is broken", lambda bench: None)
    assert [True, False] == [Outcome(well, one, HEALTHY).right for one in (HEALTHY, "slow-query")]


def test_the_record_counts_what_was_right():
    """One of two."""
    outcomes = [Outcome(BROKEN, "disk-full", HEALTHY), Outcome(BROKEN, "slow-query", HEALTHY)]
    made = record(outcomes, 2)
    assert (2, 1, "1 of 2") == (made["verdicts"], made["right"], made["drilled"][0]["right"])
