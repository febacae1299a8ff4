"""What one more analysis costs until the last of it is gone."""

from dataclasses import replace

import pytest

from drills.cost.analysis import analysis_cost
from drills.cost.bill import Month


def by_hand(month: Month) -> float:
    """Ten files, twenty parts, 0.4 vCPU-hours; every price one dollar."""
    day = 365 / 12
    instance = 0.2 * 0.9 * 1.1 + 0.2 * 0.1
    compute = instance * (1 + 100 / 730)
    requests = (20 + 3 * 10 + 2 * 10 + 10 + 3 + 1 + 2 + 40 + 20 + 5 * 10) / 1000
    uploads = 10 / 1024 * 366 / day + 10 / 1000
    results = 0.05 * 1857 / day + 2 * 10 / 1000
    return compute + requests + uploads + results + 0.05 + 0.05 * 0.5  # downloaded once, half of it read late


def test_one_more_analysis(month: Month):
    """Compute, requests, and storage for a year and for five; nothing of what runs anyway."""
    assert pytest.approx(by_hand(month)) == analysis_cost(month)


def test_it_does_not_depend_on_the_month(month: Month):
    """An analysis in the fourth year costs what one in the first does."""
    assert pytest.approx(analysis_cost(month)) == analysis_cost(replace(month, month=40))
