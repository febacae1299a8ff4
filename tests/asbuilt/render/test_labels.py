"""Where an arrow's label stands."""

import pytest

from asbuilt.render.labels import off_rims
from asbuilt.render.layout import Layout, PlacedArrow, PlacedNode, Rectangle

BOX = Rectangle(100, 0, 200, 400)
FAR_AWAY = ((390.0, 0.0), (390.0, 100.0), (390.0, 300.0), (390.0, 400.0))


def arrow(middle, lines=("label",), curve=FAR_AWAY):
    """An arrow with its label's middle; the label is some 28 by 15 pixels."""
    return PlacedArrow(curve, curve[-1], lines, middle)


def moved(middle, *others, nodes=(), curve=FAR_AWAY):
    """Where the label of the first arrow is put, on a page with one box."""
    arrows = (arrow(middle, curve=curve), *others)
    return off_rims(Layout(400, 400, nodes, {"box": BOX}, arrows)).arrows[0].middle


@pytest.mark.parametrize("middle", [(50.0, 200.0), (200.0, 200.0), (340.0, 200.0)])
def test_a_label_on_no_rim_stays(middle):
    """Beside a box and within it nothing is moved."""
    assert middle == moved(middle)


@pytest.mark.parametrize(("x", "expected"), [(95.0, 83.0), (110.0, 118.0), (297.0, 281.0)])
def test_a_label_on_a_rim_is_moved_off_it(x, expected):
    """It goes to the nearer side, and no farther than needed."""
    assert (expected, 200.0) == moved((x, 200.0))


def test_a_label_covers_nothing_else():
    """A node, another label and an arrow each take the nearest place, so that it goes elsewhere."""
    node = PlacedNode(Rectangle(20, 190, 70, 20), ())
    through = ((75.0, 150.0), (75.0, 180.0), (75.0, 220.0), (75.0, 250.0))
    assert moved((95.0, 200.0), nodes=(node,)) != (83.0, 200.0)
    assert moved((95.0, 200.0), arrow((75.0, 200.0))) != (83.0, 200.0)
    assert moved((95.0, 200.0), curve=through) != (83.0, 200.0)


def test_a_label_does_not_cover_the_name_of_a_box():
    """On the rim beside the name it goes below the name, or out of the box."""
    x, y = moved((110.0, 10.0))
    assert x < 100 or y > 26


def test_a_label_without_a_free_place_stays():
    """What covers everything leaves it where Graphviz put it."""
    node = PlacedNode(Rectangle(0, 0, 400, 400), ())
    assert (95.0, 200.0) == moved((95.0, 200.0), nodes=(node,))


def test_an_arrow_without_a_label_is_left_alone():
    """It has nothing that could lie on a rim."""
    layout = Layout(400, 400, (), {"box": BOX}, (arrow((100.0, 200.0), lines=()),))
    assert layout == off_rims(layout)
