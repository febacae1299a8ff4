"""Where everything stands, in random drawings: in its box, on the page, and apart."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from asbuilt.drawing import Arrow, Box, Drawing, Node
from asbuilt.render import text
from asbuilt.render.layout import LABEL, LINE, SMALL, lay_out

SEEDS = 40
ROUNDING = 0.7  # coordinates are rounded to a tenth, and Graphviz' own to a hundredth


@pytest.fixture(scope="module")
def laid_out():
    """Random drawings with their layouts, from a process that must survive all of them."""
    helper = Path(__file__).with_name("random_drawings.py")
    command = [sys.executable, helper, "0", str(SEEDS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    last = lines[-1].get("seed", "none")
    assert (done.returncode, done.stderr, len(lines)) == (0, "", 2 * SEEDS), f"failed in drawing {last}"
    return [(line["drawing"], line["layout"]) for line in lines if "drawing" in line]


def is_inside(inner, outer):
    """Whether a rectangle lies within another."""
    return all(
        inner[at] >= outer[at] - ROUNDING and inner[at] + inner[size] <= outer[at] + outer[size] + ROUNDING
        for at, size in (("x", "width"), ("y", "height"))
    )


def overlaps(one, other):
    """Whether two rectangles share more than a rim."""
    return all(
        min(one[at] + one[size], other[at] + other[size]) - max(one[at], other[at]) > ROUNDING
        for at, size in (("x", "width"), ("y", "height"))
    )


def is_on_rim(point, place):
    """Whether a point lies on a rectangle's rim."""
    x, y = point[0] - place["x"], point[1] - place["y"]
    outer = -ROUNDING <= x <= place["width"] + ROUNDING and -ROUNDING <= y <= place["height"] + ROUNDING
    return outer and min(x, y, place["width"] - x, place["height"] - y) <= 2 * ROUNDING


def around(key, boxes):
    """The keys of the boxes around something that stands in the box `key`."""
    parents = {box["key"]: box["parent"] for box in boxes}
    while key:
        yield key
        key = parents[key]


def label_place(arrow):
    """The rectangle of an arrow's label."""
    width = max(text.width(line, SMALL) for line in arrow["lines"])
    height = len(arrow["lines"]) * SMALL * LINE
    x, y = arrow["middle"]
    return {"x": x - width / 2, "y": y - height / 2, "width": width, "height": height}


def test_the_drawings_try_everything(laid_out):
    """The random drawings have boxes in boxes, arrows to oneself, lone nodes and long words."""
    assert any(box["parent"] for drawing, _ in laid_out for box in drawing["boxes"])
    arrows = [arrow for drawing, _ in laid_out for arrow in drawing["arrows"]]
    assert any(arrow["source"] == arrow["target"] for arrow in arrows)
    assert any(arrow["backward"] for arrow in arrows)
    assert any(not node["label"] for drawing, _ in laid_out for node in drawing["nodes"])
    assert {"TB", "LR", "BT", "RL"} == {drawing["direction"] for drawing, _ in laid_out}


def test_every_node_is_in_its_boxes_and_in_no_other(laid_out):
    """A node lies on the page, within every box around it, and outside all others."""
    for drawing, layout in laid_out:
        page = {"x": 0, "y": 0, "width": layout["width"], "height": layout["height"]}
        for node, placed in zip(drawing["nodes"], layout["nodes"], strict=True):
            own = set(around(node["box"], drawing["boxes"]))
            assert is_inside(placed["place"], page)
            assert own <= layout["boxes"].keys()
            for key, place in layout["boxes"].items():
                assert (
                    is_inside(placed["place"], place) if key in own else not overlaps(placed["place"], place)
                )


def test_every_box_is_in_its_parent_and_apart_from_the_others(laid_out):
    """A box lies on the page within the boxes around it; boxes side by side do not touch."""
    for drawing, layout in laid_out:
        page = {"x": 0, "y": 0, "width": layout["width"], "height": layout["height"]}
        places = layout["boxes"]
        for key, place in places.items():
            own = set(around(key, drawing["boxes"]))
            assert is_inside(place, page)
            for other in places.keys() - {key}:
                outer = set(around(other, drawing["boxes"]))
                if other in own:
                    assert is_inside(place, places[other])
                elif key not in outer:
                    assert not overlaps(place, places[other])


def test_no_two_nodes_overlap(laid_out):
    """Tiles stand apart."""
    for _, layout in laid_out:
        for one, other in itertools.combinations([node["place"] for node in layout["nodes"]], 2):
            assert not overlaps(one, other)


def test_labels_fit_their_tiles(laid_out):
    """A node's tile holds its icon and every line of its label, however long a word is."""
    for drawing, layout in laid_out:
        for node, placed in zip(drawing["nodes"], layout["nodes"], strict=True):
            assert " ".join(placed["lines"]).split() == node["label"].split()
            widest = max((text.width(line, LABEL, "Medium") for line in placed["lines"]), default=0)
            icon = 66 if node["icon"] else 16
            assert widest <= placed["place"]["width"]
            assert icon + len(placed["lines"]) * LABEL * LINE <= placed["place"]["height"]


def test_a_boxs_name_is_in_the_box_and_over_no_node(laid_out):
    """A box is as wide as its name, and keeps a strip free for it, whatever the direction."""
    for drawing, layout in laid_out:
        labels = {box["key"]: box["label"] for box in drawing["boxes"]}
        for key, place in layout["boxes"].items():
            width = text.width(labels[key], SMALL, "Medium")
            name = {"x": place["x"] + 12, "y": place["y"] + 8, "width": width, "height": 14}
            assert not labels[key] or is_inside(name, place)
            assert not any(labels[key] and overlaps(name, node["place"]) for node in layout["nodes"])


def test_every_arrow_runs_from_its_tail_to_its_head(laid_out):
    """An arrow is a whole number of Bézier curves from its source's rim to its tip at its target's."""
    for drawing, layout in laid_out:
        keys = [node["key"] for node in drawing["nodes"]]
        places = dict(zip(keys, (node["place"] for node in layout["nodes"]), strict=True))
        for arrow, placed in zip(drawing["arrows"], layout["arrows"], strict=True):
            assert len(placed["curve"]) % 3 == 1
            assert is_on_rim(placed["curve"][0], places[arrow["source"]])
            assert is_on_rim(placed["tip"], places[arrow["target"]])


def test_labels_of_arrows_keep_off_the_nodes(laid_out):
    """Graphviz keeps a place for each label; it gives that up for one in a hundred at most."""
    labels, covered = 0, 0
    for _, layout in laid_out:
        page = {"x": 0, "y": 0, "width": layout["width"], "height": layout["height"]}
        tiles = [node["place"] for node in layout["nodes"]]
        for place in (label_place(arrow) for arrow in layout["arrows"] if arrow["lines"]):
            labels += 1
            covered += any(overlaps(place, tile) for tile in tiles)
            assert is_inside(place, page)
    assert labels > 400
    assert covered <= labels / 100


def node(key: str, box: str = "", label: str = "A") -> Node:
    """A node without an icon."""
    return Node(key, key, label, "", box, 1)


def test_an_empty_drawing_has_a_layout():
    """A diagram without nodes is an empty page."""
    layout = lay_out(Drawing("x", "x.py", "X", "TB", (), (), ()))
    assert (layout.nodes, layout.boxes, layout.arrows) == ((), {}, ())


def test_an_empty_box_is_not_drawn():
    """A box without nodes has no place."""
    drawing = Drawing("x", "x.py", "X", "TB", (node("a"),), (Box("b", "", "B", "", 1),), ())
    assert lay_out(drawing).boxes == {}


@pytest.mark.parametrize(
    ("direction", "axis", "first"),
    [("TB", "y", "a"), ("BT", "y", "b"), ("LR", "x", "a"), ("RL", "x", "b")],
)
@pytest.mark.parametrize("backward", [False, True])
def test_the_direction_says_where_the_picture_starts(direction, axis, first, backward):
    """What the author writes first stands first in the direction of the diagram, whichever way it points."""
    ends = ("b", "a") if backward else ("a", "b")
    arrow = Arrow(*ends, "x", (), 1, backward)
    placed = lay_out(Drawing("x", "x.py", "X", direction, (node("a"), node("b")), (), (arrow,)))
    a, b = (getattr(item.place, axis) for item in placed.nodes)
    assert (a < b) == (first == "a")


def test_arrows_keep_their_labels_among_many():
    """Of several arrows between two nodes each keeps its own label and its own direction."""
    arrows = tuple(
        Arrow(*ends, label, (), 1)
        for ends, label in [("ab", "one"), ("ba", "two"), ("ab", "three"), ("aa", "four")]
    )
    placed = lay_out(Drawing("x", "x.py", "X", "TB", (node("a"), node("b")), (), arrows))
    assert [arrow.lines for arrow in placed.arrows] == [("one",), ("two",), ("three",), ("four",)]
    assert len({arrow.middle for arrow in placed.arrows}) == 4
