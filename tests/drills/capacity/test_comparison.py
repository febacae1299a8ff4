"""A comparison takes the mean of its seeds, and says how far it may be off."""

import pytest

from drills.capacity.comparison import SEEDS, Case, cases, compare


def test_means_are_compared():
    """The seeds one to ten have the mean 5.5, a tenth above five."""
    compared = compare(Case("x", "y", "min", lambda: 5, float))
    assert (compared.mean, compared.difference) == (5.5, pytest.approx(0.1))
    assert compared.half == pytest.approx(2.262 * 3.0277 / 10**0.5, rel=1e-4)


def test_there_are_enough_settings_and_seeds():
    """At least eight settings, of ten seeds each, and no name twice."""
    names = [case.name for case in cases()]
    assert (len(names) >= 8, len(set(names)) == len(names), len(set(SEEDS))) == (True, True, 10)


def test_a_setting_repeats_itself():
    """A seed gives the same number again, and another seed another."""
    case = next(case for case in cases() if case.formula == "harmonic number")
    assert case.measured(1) == case.measured(1) != case.measured(2)
