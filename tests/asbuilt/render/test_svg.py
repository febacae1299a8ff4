"""The SVG: whole by itself, and marked for a page."""

import dataclasses
import re
import xml.etree.ElementTree as ET

import pytest

from asbuilt.drawing import Arrow, Box, Drawing, Node
from asbuilt.render.icons import icon
from asbuilt.render.layout import lay_out
from asbuilt.render.svg import to_svg

SVG = "{http://www.w3.org/2000/svg}"
S3 = "resources/aws/storage/simple-storage-service-s3.png"
RDS = "resources/aws/database/rds.png"
HARD = """<b> & "quotes" 'too' ]]> 分析 🧬 \u00a0"""

DRAWING = Drawing(
    "shop/view",
    "diagrams/shop/view.py",
    HARD,
    "TB",
    (
        Node('aws_s3_bucket.a["<&>"]', "x", HARD, S3, "", 1),
        Node("b", "b", "B", S3, "outer", 2),
        Node("c", "c", "C", RDS, "inner", 3),
        Node("d", "d", "", "", "", 4),
    ),
    (Box("outer", "", HARD, "", 5), Box("inner", "", "Inner", "outer", 6)),
    (
        Arrow('aws_s3_bucket.a["<&>"]', "b", HARD, (), 7),
        Arrow("b", "c", "", (), 8, True),
        Arrow("c", "c", "itself", (), 9),
    ),
)


def parsed(svg: str) -> ET.Element:
    """The SVG's elements."""
    return ET.fromstring(svg)  # noqa: S314 - our own


@pytest.fixture(scope="module")
def svg():
    """The drawing as SVG."""
    return to_svg(DRAWING, lay_out(DRAWING))


@pytest.fixture(scope="module")
def root(svg):
    """The SVG's elements."""
    return parsed(svg)


def test_it_is_one_svg_with_a_name_and_a_size(root):
    """The document is well-formed XML, with the title as its name and a view box of its size."""
    assert (root.tag, root.get("aria-label"), root.get("role")) == (f"{SVG}svg", HARD, "group")
    _, _, width, height = root.get("viewBox").split()
    assert (width, height) == (root.get("width"), root.get("height"))
    assert float(width) > 100 < float(height)


def test_everything_drawn_is_marked_once(root):
    """A page finds each node, box and arrow by its name."""
    found = [group.get("data-node") for group in root.iter(f"{SVG}g") if group.get("data-node")]
    assert found == [node.key for node in DRAWING.nodes]
    tiles = [
        group
        for group in root.iter(f"{SVG}g")
        if group.get("data-box") and group.find(f"{SVG}rect") is not None
    ]
    assert [group.get("data-box") for group in tiles] == ["outer", "inner"]
    assert [group.get("class") for group in tiles] == ["box", "box odd"]
    lines = [
        group.get("data-arrow") for group in root.iter(f"{SVG}g") if group.find(f"{SVG}path") is not None
    ]
    assert lines == ["\t".join((arrow.source, arrow.target, arrow.label)) for arrow in DRAWING.arrows]


def test_every_word_of_a_label_is_text_that_a_search_finds(root):
    """Labels are text with their words apart, on however many lines."""
    texts = [" ".join("".join(element.itertext()).split()) for element in root.iter(f"{SVG}text")]
    assert texts.count(" ".join(HARD.split())) == 3
    assert {"B", "C", "Inner", "itself"} <= set(texts)


def test_each_icon_is_there_once(root):
    """An icon is defined once and used by every node that shows it."""
    images = {image.get("id"): image.get("href") for image in root.iter(f"{SVG}image")}
    assert images == {"ab-shop-view-0": icon(S3).uri, "ab-shop-view-1": icon(RDS).uri}
    used = [use.get("href") for use in root.iter(f"{SVG}use")]
    assert used == ["#ab-shop-view-0", "#ab-shop-view-0", "#ab-shop-view-1"]


def test_ids_of_one_picture_are_its_own(root):
    """No id stands twice, and pictures on one page differ by their names."""
    renamed = dataclasses.replace(DRAWING, name="shop/other")
    other = parsed(to_svg(renamed, lay_out(renamed)))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    others = {element.get("id") for element in other.iter() if element.get("id")}
    assert len(ids) == len(set(ids))
    assert not others & set(ids)


def test_nothing_outside_is_referred_to(root, svg):
    """Every reference leads within the document, and no style loads anything."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.rpartition("}")[2] in {"href", "src"}:
                assert value.startswith(("#", "data:image/webp;base64,"))
    assert "url(" not in svg
    assert "@import" not in svg
    assert re.findall(r"https?://[^\"']*", svg) == ["http://www.w3.org/2000/svg"]
    assert not [element for element in root.iter() if element.tag.endswith(("script", "foreignObject"))]


def test_coordinates_are_numbers_without_an_exponent(root):
    """Every coordinate is a plain number with few digits, so that a reader of any kind copes."""
    for element in root.iter():
        for name in ("x", "y", "width", "height"):
            if value := element.get(name):
                assert re.fullmatch(r"-?\d+(\.\d+)?", value)
        for number in re.findall(r"[^MLCZ ,]+", element.get("d", "")):
            assert re.fullmatch(r"-?\d+(\.\d+)?", number)


def test_the_style_can_be_replaced():
    """Another stylesheet takes the place of the usual one."""
    assert "<style>.x{}</style>" in to_svg(DRAWING, lay_out(DRAWING), ".x{}")
