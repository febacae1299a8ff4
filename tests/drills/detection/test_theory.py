"""The formulas of detection and reset, against numbers worked out by hand."""

import pytest

from drills.detection import SHAPES, Fired, Piece, Shape, detection, fired, repeated, reset, steady, threshold
from drills.slo import Window

PAGE = Window("Page", "page", "2h", "10m", 7.2)
LEAK = Window("Leak", "page", "12h", "2h", 1.5, peak=7.2)
BUDGET = 0.005
PERIOD = 30 * 1440  # minutes


def test_a_threshold_follows_from_share_and_window():
    """Two per cent of 30 days within two hours are a burn rate of 7.2, within one 14.4, within six 2.4."""
    assert pytest.approx([7.2, 14.4, 2.4, 1]) == [
        threshold(share, hours, 720) for share, hours in ((0.02, 2), (0.02, 1), (0.02, 6), (0.1, 72))
    ]


@pytest.mark.parametrize("bad", [1, 0.5, 0.1, 0.05])
def test_the_closed_formulas_are_those_of_the_means(bad: float):
    """For a steady outage, what the windows' means give is what the formulas give."""
    found = fired(steady("outage", bad, 300), PAGE, BUDGET)
    expected = Fired(detection(0.02, PERIOD, BUDGET, bad), 300 + reset(10, 7.2, BUDGET, bad))
    assert pytest.approx((expected.start, expected.end), abs=1e-3) == (found.start, found.end)


def test_a_total_outage_pages_after_four_minutes():
    """120 minutes times 3.6 per cent."""
    assert pytest.approx(4.32) == detection(0.02, PERIOD, BUDGET, 1)


@pytest.mark.parametrize("shape", [steady("short", 1, 4), steady("mild", 0.035, 600), steady("none", 0, 60)])
def test_less_is_not_told(shape: Shape):
    """An outage that ends before, or stays below, fires nothing."""
    assert Fired(None, None) == fired(shape, PAGE, BUDGET)


def test_a_leak_is_told_when_it_has_spent_its_share():
    """Two and a half per cent of the budget, and until two hours are clean enough."""
    found = fired(steady("leak", 0.013, 1440), LEAK, BUDGET)
    expected = detection(0.025, PERIOD, BUDGET, 0.013), 1440 + reset(120, 1.5, BUDGET, 0.013)
    assert pytest.approx(expected, abs=1e-3) == (found.start, found.end)


@pytest.mark.parametrize(("bad", "told"), [(0.035, True), (0.037, False), (1, False)])
def test_what_was_above_the_peak_is_not_told_again(bad: float, told: bool):
    """Just below it, just above, and far."""
    assert told == (fired(steady("outage", bad, 300), LEAK, BUDGET).start is not None)


def test_a_peak_is_forgotten_with_the_long_window():
    """An hour's outage, and a leak that goes on: told half a day after the two hours forgot the outage."""
    shape = Shape("both", (Piece(0, 60, 1, 1), Piece(60, 2000, 0.01, 0.01)))
    over = fired(shape, Window("Peak", "page", "2h", "2h", 7.2), BUDGET).end
    assert pytest.approx(over + 720, abs=1e-3) == fired(shape, LEAK, BUDGET).start


def test_a_slope_is_integrated():
    """From nothing to all in an hour is half an hour's worth; half way, an eighth of an hour."""
    slope = Shape("slope", (Piece(0, 60, 0, 1),))
    assert (0, 7.5, 30, 30) == tuple(slope.bad(minute) for minute in (-5, 30, 60, 90))
    assert pytest.approx(0.25) == slope.mean(30, 30)


def test_outages_that_repeat_have_pauses():
    """Two minutes in ten, three times."""
    assert [(0, 2), (10, 12), (20, 22)] == [(one.start, one.end) for one in repeated("r", 1, 2, 8, 3).pieces]


def test_there_are_shapes_enough():
    """Ten at least, each of a name of its own."""
    assert 10 <= len({shape.name for shape in SHAPES}) == len(SHAPES)
