"""Where a box's name stands: along its top edge, beside the arrows that cross there."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

Point = tuple[float, float]

_INSET = 12.0  # from the box's left and right edges
_STRIP = 4.0, 26.0  # the height of a name, below the box's top edge
_GAP = 7.0  # between a name and an arrow
_STEPS = 16  # straight pieces that stand for one Bézier segment


def name_place(
    left: float, top: float, width: float, name: float, curves: Iterable[Sequence[Point]]
) -> float:
    """The left end of a name that is `name` pixels wide: the leftmost place that no curve crosses.

    `curves` are cubic Bézier points (1 + 3n each). A name that fits nowhere stands at the left.
    """
    right = left + width
    strip = top + _STRIP[0], top + _STRIP[1]
    crossed = sorted(x for curve in curves for x in _crossings(curve, strip, left, right))
    for start in (left + _INSET, *(x + _GAP for x in crossed)):
        end = start + name
        if end <= right - _INSET and not any(start - _GAP < x < end + _GAP for x in crossed):
            return start
    return left + _INSET


def _crossings(
    curve: Sequence[Point], strip: tuple[float, float], left: float, right: float
) -> Iterator[float]:
    """Abscissas, between `left` and `right`, at which a curve enters, crosses and leaves a strip."""
    heights = strip[0], sum(strip) / 2, strip[1]
    for index in range(0, len(curve) - 1, 3):
        segment = curve[index : index + 4]
        if not _near(segment, strip, left, right):
            continue
        for (x1, y1), (x2, y2) in pairwise(pieces(segment)):
            for height in heights:
                if min(y1, y2) <= height < max(y1, y2):
                    x = x1 + (x2 - x1) * (height - y1) / (y2 - y1)
                    if left < x < right:
                        yield x


def _near(segment: Sequence[Point], strip: tuple[float, float], left: float, right: float) -> bool:
    """Whether a segment, which never leaves its points' bounds, can reach the strip."""
    xs, ys = [x for x, _ in segment], [y for _, y in segment]
    return min(ys) < strip[1] and max(ys) > strip[0] and min(xs) < right and max(xs) > left


def pieces(segment: Sequence[Point]) -> Iterator[Point]:
    """The ends of the straight pieces that stand for one Bézier segment of four points."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = segment
    for step in range(_STEPS + 1):
        part = step / _STEPS
        rest = 1 - part
        a, b, c, d = rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3
        yield a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3
