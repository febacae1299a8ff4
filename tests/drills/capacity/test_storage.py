"""What is stored grows until as much is gone as comes."""

import pytest

from drills.capacity import Demand, usage
from drills.capacity.storage import MONTH_DAYS, Kept, stored, stored_of


@pytest.mark.parametrize(("month", "gb"), [(0, 0), (1, 10), (6, 60), (12, 120), (13, 120), (72, 120)])
def test_a_year_is_kept(month: float, gb: float):
    """Ten GB a month for a year are 120, then and ever after."""
    assert stored(10, 365, month) == pytest.approx(gb)


def test_as_much_is_stored_as_day_by_day():
    """The formula is what a count of each day's files gives."""
    days = round(20 * MONTH_DAYS)
    counted = sum(10 / MONTH_DAYS for day in range(days) if days - day <= 400)
    assert stored(10, 400, days / MONTH_DAYS) == pytest.approx(counted)


def test_hidden_files_are_stored_too(demand: Demand):
    """Bytes stay until nobody can bring them back."""
    settings = {"uploads_expire": {"value": 365}, "results_expire": {"value": 1827}}
    kept = Kept.of(settings, {"undo": {"uploads": {"value": 1}, "results": {"value": 30}}})
    use = usage(demand, 10)
    assert kept == Kept(366, 1857)
    assert stored_of(use, kept, 72) == (
        pytest.approx(use.upload_gb / MONTH_DAYS * 366),
        pytest.approx(use.result_gb / MONTH_DAYS * 1857),
    )
