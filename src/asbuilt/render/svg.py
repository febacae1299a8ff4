"""Write a placed drawing as one self-contained SVG: no outside file, no path of a machine."""

from collections.abc import Iterable, Sequence
from html import escape

from asbuilt.drawing import Arrow, Box, Drawing, Node
from asbuilt.render.icons import icon
from asbuilt.render.labels import off_rims
from asbuilt.render.layout import ICON, LABEL, LINE, SMALL, Layout, PlacedArrow, PlacedNode, Point, Rectangle
from asbuilt.render.names import name_place
from asbuilt.render.style import stylesheet
from asbuilt.render.text import width as text_width

_PAD = 6.0


def to_svg(drawing: Drawing, layout: Layout, style: str | None = None) -> str:
    """The drawing as SVG text.

    Groups carry `data-node`, `data-box` or `data-arrow` (tail, head and label, separated by tabs),
    so that a page can join them with their verdicts. `style` replaces the usual stylesheet.
    """
    layout = off_rims(layout)
    width, height = layout.width + 2 * _PAD, layout.height + 2 * _PAD
    icons = {path: f"{_slug(drawing.name)}-{index}" for index, path in enumerate(_icon_paths(drawing))}
    boxes = [_box(drawing, box, layout.boxes[box.key]) for box in drawing.boxes if box.key in layout.boxes]
    curves = [arrow.curve for arrow in layout.arrows]
    names = [
        _box_name(box, layout.boxes[box.key], curves) for box in drawing.boxes if box.key in layout.boxes
    ]
    arrows = [_arrow(*pair) for pair in zip(drawing.arrows, layout.arrows, strict=True)]
    labels = [_arrow_label(*pair) for pair in zip(drawing.arrows, layout.arrows, strict=True)]
    nodes = [_node(*pair, icons) for pair in zip(drawing.nodes, layout.nodes, strict=True)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="asbuilt" role="group" '
            f'aria-label="{escape(drawing.title)}" width="{width:g}" height="{height:g}" '
            f'viewBox="{-_PAD:g} {-_PAD:g} {width:g} {height:g}">',
            f"<style>{stylesheet() if style is None else style}</style>",
            "<defs>",
            *(_symbol(path, name) for path, name in icons.items()),
            "</defs>",
            *boxes,
            *arrows,
            *nodes,
            *names,
            *labels,
            "</svg>",
            "",
        ]
    )


def _slug(name: str) -> str:
    return "ab-" + "".join(letter if letter.isalnum() else "-" for letter in name)


def _icon_paths(drawing: Drawing) -> list[str]:
    return list(dict.fromkeys(node.icon for node in drawing.nodes if node.icon))


def _symbol(path: str, name: str) -> str:
    return f'<image id="{name}" width="{ICON:g}" height="{ICON:g}" href="{icon(path).uri}"/>'


def _box(drawing: Drawing, box: Box, place: Rectangle) -> str:
    depth, parents = 0, {other.key: other.parent for other in drawing.boxes}
    key = box.parent
    while key:
        depth, key = depth + 1, parents[key]
    odd = " odd" if depth % 2 else ""
    return (
        f'<g class="box{odd}" data-box="{escape(box.key)}"><rect x="{place.x:g}" y="{place.y:g}" '
        f'width="{place.width:g}" height="{place.height:g}" rx="10"/></g>'
    )


def _box_name(box: Box, place: Rectangle, curves: Iterable[Sequence[Point]]) -> str:
    x = name_place(place.x, place.y, place.width, text_width(box.label, SMALL, "Medium"), curves)
    text = f'<text x="{x:.1f}" y="{place.y + 19:g}">{escape(box.label)}</text>'
    return f'<g class="box" data-box="{escape(box.key)}">{text}</g>'


def _node(node: Node, placed: PlacedNode, icons: dict[str, str]) -> str:
    place = placed.place
    middle = place.x + place.width / 2
    top = place.y + (ICON + 14 if node.icon else 16) + LABEL * 0.72
    picture = _use(node, icons[node.icon], middle - ICON / 2, place.y + 8) if node.icon else ""
    return (
        f'<g class="node" data-node="{escape(node.key)}">'
        f'<rect class="tile" x="{place.x:g}" y="{place.y:g}" width="{place.width:g}" '
        f'height="{place.height:g}" rx="10"/>{picture}{_text(placed.lines, middle, top, LABEL)}</g>'
    )


def _use(node: Node, name: str, x: float, y: float) -> str:
    tone = icon(node.icon).tone
    return f'<use class="{f"icon {tone}".strip()}" href="#{name}" x="{x:.1f}" y="{y:.1f}"/>'


def _arrow(arrow: Arrow, placed: PlacedArrow) -> str:
    start, *rest = placed.curve
    curve = " ".join(f"{x:g},{y:g}" for x, y in rest)
    return (
        f'<g class="arrow" data-arrow="{_arrow_key(arrow)}"><path d="M{start[0]:g},{start[1]:g} C{curve}"/>'
        f'<path class="tip" d="{_tip(placed.curve[-1], placed.tip)}"/></g>'
    )


def _arrow_label(arrow: Arrow, placed: PlacedArrow) -> str:
    top = placed.middle[1] - (len(placed.lines) - 1) * SMALL * LINE / 2 + SMALL * 0.36
    lines = _text(placed.lines, placed.middle[0], top, SMALL)
    return f'<g class="arrow" data-arrow="{_arrow_key(arrow)}">{lines}</g>' if lines else ""


def _arrow_key(arrow: Arrow) -> str:
    return escape("\t".join((arrow.source, arrow.target, arrow.label))).replace("\t", "&#9;")


def _tip(base: Point, tip: Point) -> str:
    """A slender triangle from the curve's end to the node's rim."""
    along, up = tip[0] - base[0], tip[1] - base[1]
    side_x, side_y = -up * 0.38, along * 0.38
    return (
        f"M{tip[0]:g},{tip[1]:g} L{base[0] + side_x:.1f},{base[1] + side_y:.1f} "
        f"L{base[0] - side_x:.1f},{base[1] - side_y:.1f} Z"
    )


def _text(lines: tuple[str, ...], x: float, y: float, size: float) -> str:
    spans = " ".join(
        f'<tspan x="{x:g}" y="{y + index * size * LINE:.1f}">{escape(line)}</tspan>'
        for index, line in enumerate(lines)
    )
    return f"<text>{spans}</text>" if spans else ""
