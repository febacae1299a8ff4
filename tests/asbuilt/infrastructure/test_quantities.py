"""Quantities, as Kubernetes writes them."""

import pytest

from asbuilt.infrastructure.quantities import quantity


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("500m", 0.5),
        (2, 2.0),
        (0.5, 0.5),
        ("1Ki", 1024.0),
        ("1Mi", 1024.0**2),
        ("1Gi", 1024.0**3),
        ("1k", 1000.0),
        ("1M", 1e6),
        ("2G", 2e9),
        (".5", 0.5),
        ("one", None),
        ("1 Gi", None),
        (None, None),
    ],
)
def test_a_quantity_is_a_number_and_a_unit(written: object, expected: float | None) -> None:
    """Thousands and multiples of 1024 have units of their own; what is none is told."""
    assert expected == quantity(written)
