"""Icons made small enough to travel inside a picture."""

import base64
import functools
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageStat, WebPImagePlugin

from asbuilt.capture import LIBRARY
from asbuilt.errors import UnusableInput

_FORMAT = WebPImagePlugin.WebPImageFile.format  # named by its plugin, so that Pillow loads no other
_PIXELS = 104  # two a point of the size they are shown at
_QUALITY = 80
_DARK = 70  # mean luminance (0-255) under which an icon is lost on a dark page
_LIGHT = 205  # and over which it is lost on a white one


@dataclass(frozen=True, slots=True)
class Icon:
    """A WebP image as a data URI; `tone` is `dark` or `light` where one scheme would hide it."""

    uri: str
    tone: str


def icon(path: str) -> Icon:
    """The icon at `path`, which is below the library's folder or a file of its own.

    Raises UnusableInput where the file is no image.
    """
    return _of_library(path) if inside_library(path) else _small(Path(path))


def inside_library(path: str) -> bool:
    """Whether the icon comes from the library, and so never changes under one version of it."""
    return not path or (not Path(path).is_absolute() and (LIBRARY / path).is_file())


@functools.cache
def _of_library(path: str) -> Icon:
    return _small(LIBRARY / path)


def _small(file: Path) -> Icon:
    try:
        with Image.open(file) as opened:
            image = opened.convert("RGBA")
    except (OSError, SyntaxError, ValueError):  # whatever Pillow says of a file that is no image
        raise UnusableInput("this icon is no image", "use a PNG file", file.as_posix()) from None
    image.thumbnail((_PIXELS, _PIXELS), Image.Resampling.BILINEAR, reducing_gap=2.0)
    buffer = io.BytesIO()
    image.save(buffer, _FORMAT, quality=_QUALITY, method=2)
    return Icon("data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode(), _tone(image))


def _tone(image: Image.Image) -> str:
    opaque = image.getchannel("A").point(lambda alpha: 255 if alpha > 128 else 0)
    luminance = ImageStat.Stat(image.convert("L"), mask=opaque).mean[0] if opaque.getbbox() else 128
    return "dark" if luminance < _DARK else "light" if luminance > _LIGHT else ""
