"""Where an arrow's label stands: off the rims of boxes, on which Graphviz may put it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import hypot

from asbuilt.render.layout import LINE, SMALL, Layout, PlacedArrow, Point, Rectangle
from asbuilt.render.names import pieces
from asbuilt.render.text import width as text_width

Span = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""

_STEP, _ACROSS, _DOWN = 4, 48, 24  # pixels by which a label is moved at a time, and at most
_GAP = 3.0  # between a label and what it stands beside
_NAME = 26.0  # the height that a box's name takes of its box
_MOVES = sorted(
    (
        (float(x), float(y))
        for x in range(-_ACROSS, _ACROSS + 1, _STEP)
        for y in range(-_DOWN, _DOWN + 1, _STEP)
    ),
    key=lambda move: hypot(*move),
)


def off_rims(layout: Layout) -> Layout:
    """The layout, each label that lies on a rim moved to the nearest free place; without one it stays."""
    rims = [_span(place) for place in layout.boxes.values()]
    taken = [_span(node.place) for node in layout.nodes]
    taken += [(left, top, right, top + _NAME) for left, top, right, _ in rims]
    points = [point for arrow in layout.arrows for point in _along(arrow.curve)]
    arrows = list(layout.arrows)
    for index, arrow in enumerate(arrows):
        label = _label(arrow)
        if arrow.lines and any(_lies_on(label, rim) for rim in rims):
            labels = [_label(other) for other in arrows if other is not arrow and other.lines]
            sheet = _Sheet((0, 0, layout.width, layout.height), rims, [*taken, *labels], points)
            x, y = next((move for move in _MOVES if sheet.is_free(_moved(label, move))), (0.0, 0.0))
            arrows[index] = replace(
                arrow, middle=(round(arrow.middle[0] + x, 1), round(arrow.middle[1] + y, 1))
            )
    return replace(layout, arrows=tuple(arrows))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a label may not leave, lie on, cover, or be crossed by."""

    whole: Span
    rims: Sequence[Span]
    taken: Sequence[Span]
    points: Sequence[Point]

    def is_free(self, label: Span) -> bool:
        left, top, right, bottom = label[0] - _GAP, label[1], label[2] + _GAP, label[3]
        return (
            _is_inside(label, self.whole)
            and not any(_lies_on(label, rim) for rim in self.rims)
            and not any(_overlap(label, other) for other in self.taken)
            and not any(left < x < right and top < y < bottom for x, y in self.points)
        )


def _span(place: Rectangle) -> Span:
    return place.x, place.y, place.x + place.width, place.y + place.height


def _label(arrow: PlacedArrow) -> Span:
    width = max((text_width(line, SMALL) for line in arrow.lines), default=0.0)
    height = len(arrow.lines) * SMALL * LINE
    x, y = arrow.middle
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _moved(span: Span, move: Point) -> Span:
    left, top, right, bottom = span
    return left + move[0], top + move[1], right + move[0], bottom + move[1]


def _lies_on(label: Span, rim: Span) -> bool:
    """Whether a label is neither beside a box nor, at a distance from its rim, within it."""
    left, top, right, bottom = label
    grown = left - _GAP, top - _GAP, right + _GAP, bottom + _GAP
    return _overlap(grown, rim) and not _is_inside(grown, rim)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _is_inside(inner: Span, outer: Span) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _along(curve: Sequence[Point]) -> Iterator[Point]:
    """Points of a curve, a few pixels from each other."""
    for index in range(0, len(curve) - 1, 3):
        for (x1, y1), (x2, y2) in pairwise(pieces(curve[index : index + 4])):
            for step in range(4):
                yield x1 + (x2 - x1) * step / 4, y1 + (y2 - y1) * step / 4
