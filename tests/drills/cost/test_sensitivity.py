"""How far the bill moves."""

from dataclasses import replace

import pytest

from drills.cost.bill import Month
from drills.cost.sensitivity import sensitivity


def test_a_price_moves_the_bill_by_its_own_part(month: Month):
    """A fifth of what is charged at it, either way."""
    changes = {change.name: change for change in sensitivity(month, lambda _: month.usage)}
    database = 0.2 * (730 + 20)
    assert pytest.approx((-database, database)) == (
        changes["database price"].lower,
        changes["database price"].higher,
    )


def test_the_largest_effect_comes_first(month: Month):
    """Sorted by how far the bill moves between lower and higher."""
    found = sensitivity(month, lambda users: replace(month.usage, users=users))
    spans = [change.higher - change.lower for change in found]
    assert sorted(spans, reverse=True) == spans


def test_more_users_are_asked_for(month: Month):
    """Their use is not scaled but computed, for nodes come in whole."""
    asked: list[float] = []
    sensitivity(month, lambda users: asked.append(users) or month.usage)
    assert pytest.approx([8, 12]) == asked
