"""Pictures by the hash of everything that shapes them: a picture is drawn once.

This module is imported at every start and draws nothing itself: the libraries that capture and
lay out are loaded for the first picture that the store does not hold.
"""

import functools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from asbuilt import files
from asbuilt.drawing import Drawing

_ENGINE = Path(__file__).parent.parent
_SHAPING = ("capture.py", "claims.py", "drawing.py", "render/*.py")
_LIBRARIES = ("diagrams-", "font_roboto-", "pillow-", "pygraphviz-")


def picture(script: Path, folder: Path, cache: Path) -> str:
    """The SVG of `script`, from the store in `cache` or drawn now.

    Raises UnusableInput where the script cannot be drawn; the store is then as it was.
    """
    name = script.relative_to(folder).as_posix()
    key = files.digest(_engine().encode(), name.encode(), script.read_bytes())
    stored = cache / f"{key}.svg"
    if stored.is_file():
        return stored.read_text(encoding="utf-8")
    svg, lasting = _draw(script, folder)
    if lasting:
        files.write(stored, svg)
    return svg


def drawn(drawing: Drawing, cache: Path) -> str:
    """The SVG of a drawing whose icons are the library's, from the store in `cache` or laid out now."""
    stored = cache / f"{files.digest(_engine().encode(), repr(drawing).encode())}.svg"
    if not stored.is_file():
        from asbuilt.render.layout import lay_out
        from asbuilt.render.svg import to_svg

        files.write(stored, to_svg(drawing, lay_out(drawing)))
    return stored.read_text(encoding="utf-8")


def _draw(script: Path, folder: Path) -> tuple[str, bool]:
    """The SVG, and whether the script and the engine alone decide it."""
    from asbuilt.capture import capture
    from asbuilt.render.icons import inside_library
    from asbuilt.render.layout import lay_out
    from asbuilt.render.svg import to_svg

    drawing = capture(script, folder)
    lasting = all(inside_library(node.icon) for node in drawing.nodes)
    return to_svg(drawing, lay_out(drawing)), lasting


@functools.cache
def _engine() -> str:
    """Hash of the code and the libraries that shape a picture."""
    sources = sorted(path for pattern in _SHAPING for path in _ENGINE.glob(pattern))
    return files.digest(" ".join(versions()).encode(), *(path.read_bytes() for path in sources))


def versions() -> list[str]:
    """Names and versions of the libraries that shape a picture, as their folders have them.

    To import `importlib.metadata`, which reads the same folders, takes as long as twenty stored pictures.
    """
    return sorted(name for name in _installed() if name.lower().startswith(_LIBRARIES))


def _installed() -> Iterator[str]:
    for folder in filter(os.path.isdir, sys.path):
        with os.scandir(folder) as entries:
            yield from (entry.name.removesuffix(".dist-info") for entry in entries if entry.is_dir())
