"""How wide a text is, and where it wraps: measured in one packaged font, the same on every machine."""

import functools
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

    A single word wider than `limit` keeps its own line.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current = ""
        for word in paragraph.split():
            longer = f"{current} {word}".strip()
            if current and width(longer, size, weight) > limit:
                lines.append(current)
                current = word
            else:
                current = longer
        lines.append(current)
    return [line for line in lines if line]
