"""What lies where, and for how long."""

import pytest

from drills.cost.estate import Lifecycle
from drills.cost.storage import DAYS, billed_days, moved, stored

RULES = Lifecycle(((30, "STANDARD_IA"), (90, "GLACIER_IR")), 365)


def test_each_class_holds_its_days():
    """After the last day the classes hold exactly what arrived in the days they cover."""
    held = stored(RULES, DAYS, 1000, 24)  # one GB a day
    assert {"STANDARD": 30, "STANDARD_IA": 60, "GLACIER_IR": 275} == {
        name: round(gigabytes, 6) for name, gigabytes in held.items()
    }


def test_a_young_bucket_holds_what_has_arrived():
    """In the first month nothing is old enough to move."""
    held = stored(RULES, DAYS, 1000, 0.5)
    assert pytest.approx([DAYS / 2, 0, 0]) == list(held.values())


@pytest.mark.parametrize("month", [1, 5, 11.5, 12, 30])
def test_nothing_is_lost_between_the_classes(month: float):
    """Whatever the classes, together they hold what arrived and is not gone."""
    assert pytest.approx(min(month * DAYS, 365)) == sum(stored(RULES, DAYS, 1000, month).values())


def test_small_objects_stay():
    """Below 128 KB nothing moves: all of it lies in Standard until it is gone."""
    assert {"STANDARD": 365.0} == billed_days(RULES, 127.9)
    assert {"STANDARD", "STANDARD_IA", "GLACIER_IR"} == set(billed_days(RULES, 128))


@pytest.mark.parametrize(
    ("month", "expected"), [(0, (0, 0)), (1, (DAYS - 30, 0)), (3, (DAYS, 3 * DAYS - 90)), (12, (DAYS, DAYS))]
)
def test_objects_move_when_they_are_old_enough(month: float, expected: tuple[float, float]):
    """One object a day: in the long run as many move in a month as arrive."""
    assert pytest.approx(expected) == tuple(moved(RULES, DAYS, 1000, month).values())


def test_a_class_left_early_is_charged_for_its_least():
    """Glacier Instant Retrieval charges for 90 days, also for an object that was gone after ten."""
    assert 90.0 == billed_days(Lifecycle(((30, "STANDARD_IA"), (90, "GLACIER_IR")), 100), 1000)["GLACIER_IR"]
