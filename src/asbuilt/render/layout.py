"""Where everything stands: Graphviz places nodes, boxes and arrows; nothing else is taken from it.

Every size is measured before (see `text`) and handed to Graphviz as a fixed one, so the fonts of
a machine have no say in the layout. Coordinates are pixels, the origin is the top left corner.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pygraphviz

from asbuilt.drawing import Arrow, Box, Drawing, Node
from asbuilt.render import text

Point = tuple[float, float]

ICON = 52.0
LABEL = 13.0
SMALL = 12.0
LINE = 1.25
_NODE_WIDTH = 124.0
_BOX_MARGIN = 14


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A place on the page."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node's place and its label's lines."""

    place: Rectangle
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacedArrow:
    """An arrow's cubic Bézier points (1 + 3n of them), its tip, its label's lines and their middle."""

    curve: tuple[Point, ...]
    tip: Point
    lines: tuple[str, ...]
    middle: Point


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing's nodes and arrows in the drawing's order; boxes by key."""

    width: float
    height: float
    nodes: tuple[PlacedNode, ...]
    boxes: dict[str, Rectangle]
    arrows: tuple[PlacedArrow, ...]


def lay_out(drawing: Drawing) -> Layout:
    """Place a drawing with Graphviz' `dot`."""
    graph = pygraphviz.AGraph(string=_dot(drawing))
    placed = json.loads(graph.draw(format="json0", prog="dot"))  # positions, no drawing operations
    return _layout(drawing, placed)


def node_lines(node: Node) -> tuple[str, ...]:
    """A node's label, wrapped to the node's width."""
    return tuple(text.wrap(node.label, _NODE_WIDTH - 6, LABEL, "Medium"))


def arrow_lines(label: str) -> tuple[str, ...]:
    """An arrow's label, wrapped to a readable block."""
    return tuple(text.wrap(label, 118, SMALL))


def _dot(drawing: Drawing) -> str:
    names = {node.key: f"n{index}" for index, node in enumerate(drawing.nodes)}
    first = {arrow.target: arrow for arrow in reversed(drawing.arrows) if not arrow.backward}
    arrows = (
        _edge(arrow, names[arrow.source], names[arrow.target], first.get(arrow.target) is arrow)
        for arrow in drawing.arrows
    )
    return "\n".join(
        [
            "digraph {",
            f"graph [rankdir={drawing.direction} labelloc={_top(drawing)}]",
            "graph [splines=spline nodesep=0.35 ranksep=0.5 newrank=true]",
            'node [shape=box fixedsize=true label=""]',
            "edge [arrowsize=0.9]",
            *_contents(drawing, "", names),
            *arrows,
            "}",
        ]
    )


def _contents(drawing: Drawing, parent: str, names: dict[str, str]) -> list[str]:
    """What stands directly in the box `parent`, its boxes and their contents included."""
    lines = [_node(node, names[node.key]) for node in drawing.nodes if node.box == parent]
    for index, box in enumerate(drawing.boxes):
        if box.parent == parent:
            lines += [f"subgraph cluster_{index} {{", _box(box), *_contents(drawing, box.key, names), "}"]
    return lines


def _node(node: Node, name: str) -> str:
    lines = node_lines(node)
    widest = max((text.width(line, LABEL, "Medium") for line in lines), default=0)
    width = max(_NODE_WIDTH, widest + 10)
    height = (ICON + 14 if node.icon else 16) + len(lines) * LABEL * LINE + 8
    return f"{name} [width={width / 72:.4f} height={height / 72:.4f}]"


def _edge(arrow: Arrow, source: str, target: str, main: bool) -> str:
    """What the author writes first is placed first, whichever way the arrow points.

    A `main` arrow, the first that reaches its node, is kept straight before all others.
    """
    label = _label(arrow_lines(arrow.label), SMALL, 12) + (" weight=8" if main else "")
    return f"{target} -> {source} [dir=back {label}]" if arrow.backward else f"{source} -> {target} [{label}]"


def _box(box: Box) -> str:
    """An arrow into a lone node passes the box's middle: room for the name on either side of it."""
    name = text.width(box.label, SMALL, "Medium")
    label = _blank(2 * name + 24, SMALL * LINE + 6) if name else 'label=""'
    return f"graph [margin={_BOX_MARGIN} labeljust=l {label}]"


def _top(drawing: Drawing) -> str:
    """Where a box's name stands at its top; Graphviz turns a picture from bottom to top with its names."""
    return "b" if drawing.direction == "BT" else "t"


def _label(lines: tuple[str, ...], size: float, pad: float) -> str:
    """A blank label of exactly the size its lines need."""
    if not any(lines):
        return 'label=""'
    return _blank(max(text.width(line, size) for line in lines) + pad, len(lines) * size * LINE + pad)


def _blank(width: float, height: float) -> str:
    cell = f'BORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" WIDTH="{width:.0f}"'
    return f'label=<<TABLE {cell} HEIGHT="{height:.0f}"><TR><TD></TD></TR></TABLE>>'


def _layout(drawing: Drawing, placed: dict[str, Any]) -> Layout:
    _, _, width, height = _numbers(placed["bb"])
    objects = {item["name"]: item for item in placed.get("objects", [])}

    def turned(point: Point) -> Point:
        return round(point[0], 1), round(height - point[1], 1)

    boxes = {
        box.key: _rectangle(_numbers(found["bb"]), height)
        for index, box in enumerate(drawing.boxes)
        if (found := objects.get(f"cluster_{index}")) and "bb" in found
    }
    nodes = tuple(
        PlacedNode(_centred(objects[f"n{index}"], turned), node_lines(node))
        for index, node in enumerate(drawing.nodes)
    )
    arrows = tuple(
        _arrow(arrow.label, item, turned)
        for arrow, item in zip(drawing.arrows, placed.get("edges", []), strict=True)
    )
    return Layout(round(width, 1), round(height, 1), nodes, boxes, arrows)


def _centred(item: dict[str, Any], turned: Callable[[Point], Point]) -> Rectangle:
    width, height = float(item["width"]) * 72, float(item["height"]) * 72
    x, y = turned(_point(item["pos"]))
    return Rectangle(round(x - width / 2, 1), round(y - height / 2, 1), round(width, 1), round(height, 1))


def _rectangle(bounds: list[float], height: float) -> Rectangle:
    left, bottom, right, top = bounds
    return Rectangle(round(left, 1), round(height - top, 1), round(right - left, 1), round(top - bottom, 1))


def _arrow(label: str, item: dict[str, Any], turned: Callable[[Point], Point]) -> PlacedArrow:
    """Graphviz writes `e,x,y` or `s,x,y` for the tip and then the curve's points; `s` starts at the tip."""
    tip, *curve = item["pos"].split()
    points = [turned(_point(point)) for point in curve]
    if tip.startswith("s"):
        points.reverse()
    middle = turned(_point(item["lp"])) if "lp" in item else points[len(points) // 2]
    return PlacedArrow(tuple(points), turned(_point(tip[2:])), arrow_lines(label), middle)


def _point(text: str) -> Point:
    x, y = _numbers(text)
    return x, y


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]
