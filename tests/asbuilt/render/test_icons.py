"""Icons, made small."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from asbuilt.errors import UnusableInput
from asbuilt.render.icons import icon, inside_library

S3 = "resources/aws/storage/simple-storage-service-s3.png"


def image(uri: str) -> Image.Image:
    """The image in a data URI."""
    head, _, data = uri.partition(",")
    assert head == "data:image/webp;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_an_icon_is_a_small_webp():
    """An icon travels as a WebP image of at most 104 pixels a side and few kilobytes."""
    found = icon(S3)
    assert max(image(found.uri).size) == 104
    assert len(found.uri) < 6000


def test_an_icon_keeps_what_is_transparent(project):
    """The corner of a round icon shows the page behind it, whatever the palette of the file."""
    picture = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (50, 0, 150, 100))
    picture.quantize(4).save("own.png")
    small = image(icon(str(Path("own.png").absolute())).uri).convert("RGBA")
    assert small.size == (104, 52)
    assert small.getpixel((2, 26))[3] < 10
    assert small.getpixel((52, 26))[3] == 255


@pytest.mark.parametrize(
    ("colour", "tone"),
    [
        ((20, 20, 30, 255), "dark"),
        ((250, 250, 245, 255), "light"),
        ((220, 60, 60, 255), ""),
        ((9, 9, 9, 0), ""),
    ],
)
def test_an_icon_that_one_scheme_would_hide_is_told(project, colour, tone):
    """Nearly black and nearly white icons are told by their opaque pixels; an empty one is neither."""
    picture = Image.new("RGBA", (64, 64), (255, 255, 255, 0))
    picture.paste(colour, (16, 16, 48, 48))
    picture.save("own.png")
    assert tone == icon(str(Path("own.png").absolute())).tone


@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"]
)
def test_a_file_that_is_no_image_is_refused(project, content):
    """An empty, foreign or cut file is an error of the file."""
    path = Path("own.png").absolute()
    path.write_bytes(content)
    with pytest.raises(UnusableInput) as caught:
        icon(str(path))
    assert (caught.value.file, caught.value.message) == (str(path), "this icon is no image")


def test_only_icons_of_the_library_are_inside_it(project):
    """What comes with the library changes with its version only; a project's own icon may change."""
    Path("own.png").write_bytes(b"")
    found = [inside_library(path) for path in ("", S3, "own.png", str(Path("own.png").absolute()))]
    assert found == [True, True, False, False]
