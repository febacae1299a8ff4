"""The light look as PNG, for places that show no SVG."""

from asbuilt.drawing import Drawing
from asbuilt.errors import UnusableInput
from asbuilt.render.layout import lay_out
from asbuilt.render.style import flat_stylesheet
from asbuilt.render.svg import to_svg
from asbuilt.render.text import FONT_FOLDER

_ZOOM = 2


def to_png(drawing: Drawing) -> bytes:
    """The drawing as PNG bytes, two pixels a point, on white.

    Raises UnusableInput where the optional rasteriser is not installed.
    """
    try:
        import resvg_py
    except ImportError:
        raise UnusableInput("PNG needs the package resvg-py", "install asbuilt[png]") from None
    svg = to_svg(drawing, lay_out(drawing), flat_stylesheet())
    image = resvg_py.svg_to_bytes(
        svg_string=svg, background="#ffffff", zoom=_ZOOM, font_dirs=[str(FONT_FOLDER)], skip_system_fonts=True
    )
    return bytes(image)
