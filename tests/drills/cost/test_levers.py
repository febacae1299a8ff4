"""What a choice saves."""

import pytest

from drills.cost.bill import Month
from drills.cost.levers import levers


def saved(month: Month) -> dict[str, float]:
    """Each lever's saving, with the same month for both environments."""
    return {lever.name: lever.usd for lever in levers(month, month)}


def test_each_saving_worked_out_by_hand(cheap_spot: Month):
    """Against the opposite choice, with all that it changes elsewhere."""
    day, month = 365 / 12, saved(cheap_spot)
    disks = 100 / 730
    expected = {
        # 2 hours on demand instead of 1.98 at a third and 0.2; fewer disks, as nothing is done again
        "Analyses on Spot": 2 - (1.98 / 3 + 0.2) + (2 - 2.18) * disks,
        "Storage classes instead of Standard for life": (2 * day - 30) * 100 / 1024 / day / 2 - 0.1 / 1000,
        "Files through the S3 gateway endpoint instead of NAT": 100 / 1024 + 0.5,
        # both cost a dollar a GB here, so only the hours are left
        "Interface endpoints instead of NAT": -6 * 3 * 730,
        "A Kubernetes version in standard support": 730,
        "Graviton nodes": 2 * 730 * 0.2,
        "One NAT gateway instead of one in each zone": 2 * 2 * 730 - 21 * 4 / 3,
        "A database in one zone": (730 + 20) / 2,
        # awake for a quarter of the week
        "Staging off at night and on weekends": 0.75 * (2 * 730 + 100 + 730 + 20 + 2 + 2 * 2 + 2),
    }
    assert pytest.approx(expected) == month


def test_what_is_made_is_told_from_what_is_not(month: Month):
    """A saving that is had already is not offered again."""
    made = {lever.name for lever in levers(month, month) if lever.is_made}
    assert {
        "Analyses on Spot",
        "Storage classes instead of Standard for life",
        "Files through the S3 gateway endpoint instead of NAT",
        "Interface endpoints instead of NAT",
        "A Kubernetes version in standard support",
    } == made
