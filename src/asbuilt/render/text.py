"""How wide a text is, and where it wraps: measured in one packaged font, the same on every machine."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import font_roboto
from PIL import ImageFont

FONT_FOLDER = Path(font_roboto.__file__).parent / "files"
_UNITS = 1000  # measured large, so that no rounding depends on a size


@functools.cache
def _font(weight: str) -> ImageFont.FreeTypeFont:
    path = FONT_FOLDER / f"Roboto-{weight}.ttf"
    return ImageFont.truetype(str(path), _UNITS, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=4096)
def width(text: str, size: float, weight: str = "Regular") -> float:
    """The advance of `text` in pixels at `size` pixels."""
    return _font(weight).getlength(text) * size / _UNITS


def wrap(text: str, limit: float, size: float, weight: str = "Regular") -> list[str]:
    """Break `text` at spaces into lines of at most `limit` pixels; line breaks of the author stay.

    No more lines than needed, and about as wide as each other. A word wider than `limit` has its own line.
    """
    return [
        line
        for paragraph in text.split("\n")
        for line in _balanced(paragraph.split(), limit, lambda line: width(line, size, weight))
    ]


def _balanced(words: Sequence[str], limit: float, measure: Callable[[str], float]) -> list[str]:
    """The lines at the narrowest limit that needs no further line."""
    lines = _filled(words, limit, measure)
    while len(lines) > 1:
        narrower = _filled(words, max(map(measure, lines)) - 0.01, measure)
        if len(narrower) > len(lines) or max(map(measure, narrower)) >= max(map(measure, lines)):
            break
        lines = narrower
    return lines


def _filled(words: Sequence[str], limit: float, measure: Callable[[str], float]) -> list[str]:
    """Lines that each take as many words as they can."""
    lines: list[str] = []
    for word in words:
        if lines and measure(longer := f"{lines[-1]} {word}") <= limit:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
