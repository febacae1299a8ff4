"""Icons made small enough to travel inside a picture."""

import base64
import functools
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageStat

from asbuilt.capture import LIBRARY

_PIXELS = 128
_QUALITY = 80
_DARK = 70  # mean luminance (0-255) under which an icon is lost on a dark page
_LIGHT = 205  # and over which it is lost on a white one


@dataclass(frozen=True, slots=True)
class Icon:
    """A WebP image as a data URI; `tone` is `dark` or `light` where one scheme would hide it."""

    uri: str
    tone: str


@functools.lru_cache(maxsize=1024)
def icon(path: str) -> Icon:
    """The icon at `path`, which is below the library's folder or a file of its own."""
    with Image.open(LIBRARY / path) as opened:
        image = opened.convert("RGBA")
    image.thumbnail((_PIXELS, _PIXELS), Image.Resampling.BILINEAR, reducing_gap=2.0)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=_QUALITY, method=2)
    return Icon("data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode(), _tone(image))


def inside_library(path: str) -> bool:
    """Whether the icon comes from the library, and so never changes under one version of it."""
    return not path or (not Path(path).is_absolute() and (LIBRARY / path).is_file())


def _tone(image: Image.Image) -> str:
    opaque = image.getchannel("A").point(lambda alpha: 255 if alpha > 128 else 0)
    luminance = ImageStat.Stat(image.convert("L"), mask=opaque).mean[0] if opaque.getbbox() else 128
    return "dark" if luminance < _DARK else "light" if luminance > _LIGHT else ""
