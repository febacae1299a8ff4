"""Where a box's name stands."""

import pytest

from asbuilt.render.names import name_place


def straight(x1, y1, x2, y2):
    """A straight arrow as one Bézier segment."""
    third = (x2 - x1) / 3, (y2 - y1) / 3
    middle = [(x1 + third[0] * step, y1 + third[1] * step) for step in (1, 2)]
    return ((x1, y1), *middle, (x2, y2))


@pytest.mark.parametrize(
    ("arrow", "expected"),
    [
        ((60, -50, 60, 80), 67),  # through the name: right of the arrow
        ((60, 80, 60, -50), 67),  # upwards as well
        ((160, -50, 160, 80), 12),  # beside the name
        ((60, 40, 60, 80), 12),  # below the name
        ((60, -80, 60, -10), 12),  # above the box
        ((-10, -50, -10, 80), 12),  # beside the box
        ((60, -50, 115, 80), 99),  # aslant: right of where it is lowest
    ],
)
def test_a_name_stands_where_no_arrow_crosses_it(arrow, expected):
    """In a box 200 wide at the origin, a name 70 wide stands at the left or right of the arrow."""
    assert expected == pytest.approx(name_place(0, 0, 200, 70, [straight(*arrow)]), abs=1)


def test_a_name_that_fits_nowhere_stands_at_the_left():
    """A halo keeps it readable there."""
    curves = [straight(x, -50, x, 80) for x in range(20, 200, 30)]
    assert 12 == name_place(0, 0, 200, 70, curves)


def test_a_name_keeps_inside_its_box():
    """Right of the last arrow there is too little room."""
    assert 12 == name_place(0, 0, 120, 70, [straight(60, -50, 60, 80)])


def test_every_segment_of_an_arrow_counts():
    """An arrow that comes down only in its second segment is seen."""
    curve = (*straight(60, -200, 60, -100), *straight(60, -100, 60, 80)[1:])
    assert 67 == pytest.approx(name_place(0, 0, 200, 70, [curve]), abs=1)
