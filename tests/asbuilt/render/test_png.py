"""The picture as PNG."""

import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from asbuilt.errors import UnusableInput
from asbuilt.render.layout import lay_out
from asbuilt.render.png import to_png


def test_a_png_is_twice_the_size_on_white_and_shows_the_label(draw):
    """A PNG has two pixels a point, a white page, and text drawn in the packaged font."""
    drawing = draw("S3('A rather long label', nodeid='a')")
    image = Image.open(io.BytesIO(to_png(drawing))).convert("RGB")
    layout = lay_out(drawing)
    assert abs(image.width - 2 * (layout.width + 12)) <= 2
    assert image.getpixel((0, 0)) == (255, 255, 255)
    box = (image.width // 4, image.height * 3 // 4, image.width * 3 // 4, image.height - 30)
    assert min(low for low, _ in image.crop(box).getextrema()) < 100


def test_without_the_rasteriser_the_package_is_named(draw, monkeypatch):
    """PNG is an extra: where its package is absent the error says which it is."""
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(UnusableInput) as caught:
        to_png(draw("S3('A')"))
    assert (caught.value.hint, Path("out.png").exists()) == ("install asbuilt[png]", False)
