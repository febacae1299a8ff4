"""The same script gives the same bytes on every machine."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import asbuilt
from asbuilt import files
from asbuilt.capture import LIBRARY
from asbuilt.render.text import FONT_FOLDER

SCRIPT = """\
from diagrams import Cluster, Diagram, Edge
from diagrams.aws.database import RDS
from diagrams.aws.storage import S3
from diagrams.custom import Custom

with Diagram("View of everything", show=False):
    with Cluster("Private subnets"):
        a, b = S3("Uploads of the day", nodeid="a"), RDS("PostgreSQL", nodeid="b")
    own = Custom("Ours", "own.png")
    a >> Edge(label="a rather long label") >> b
    b >> Edge(label="and back") >> own
"""
FONTS = """\
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>{folder}<cachedir>{cache}</cachedir></fontconfig>
"""


@pytest.fixture
def render(tmp_path):
    """Renders the script as another machine would: in another folder, home, locale and font set-up."""

    def run(name: str, fonts: Path | None, **environment: str) -> bytes:
        home = tmp_path / name
        files.write(home / "diagrams/view.py", SCRIPT)
        Image.new("RGB", (64, 64), "teal").save(home / "diagrams/own.png")
        folder = f"<dir>{fonts}</dir>" if fonts else ""
        files.write(home / "fonts.conf", FONTS.format(folder=folder, cache=home / "cache"))
        changed = {"HOME": str(home), "FONTCONFIG_FILE": str(home / "fonts.conf"), **environment}
        done = subprocess.run(
            [sys.executable, "-m", "asbuilt.cli", "render", "--output", "out"],
            cwd=home,
            env={**os.environ, **changed},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "out/view.svg\n", "")
        return (home / "out/view.svg").read_bytes()

    return run


@pytest.fixture
def other_font(tmp_path):
    """A folder with one font of quite other widths, under the name of the usual one."""
    folder = tmp_path / "fonts"
    files.write(folder / "Roboto-Regular.ttf", (FONT_FOLDER / "Roboto-BlackItalic.ttf").read_bytes())
    return folder


def test_the_fonts_of_a_machine_have_no_say(render, other_font):
    """Many fonts, one quite other font, none, and a set-up that is not there give the same bytes."""
    first = render("many", FONT_FOLDER)
    assert first == render("other", other_font)
    assert first == render("none", None)
    assert first == render("broken", None, FONTCONFIG_FILE="/nowhere/fonts.conf")


def test_the_place_and_the_habits_of_a_machine_have_no_say(render, tmp_path):
    """Another checkout, another place of the packages, locale, time zone and hash seed: the same bytes."""
    (tmp_path / "packages").symlink_to(LIBRARY)
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine/asbuilt").symlink_to(Path(asbuilt.__file__).parent)
    paths = os.pathsep.join((str(tmp_path / "engine"), str(tmp_path / "packages")))
    here = render("here", FONT_FOLDER, PYTHONHASHSEED="1", LC_ALL="C.UTF-8")
    there = render("far/away", None, PYTHONHASHSEED="2", LC_ALL="C", TZ="Asia/Tokyo", PYTHONPATH=paths)
    assert here == there


def test_nothing_of_a_machine_is_written_into_a_picture(render, tmp_path):
    """A picture holds no path: no slash but in tags, in names of our own, and in images' data."""
    svg = render("here", FONT_FOLDER).decode()
    for path in (tmp_path, Path.home(), LIBRARY, Path(sys.prefix), Path(asbuilt.__file__).parent):
        assert str(path) not in svg
    bare = svg.replace("http://www.w3.org/2000/svg", "")
    bare = re.sub(r"data:image/webp;base64,[A-Za-z0-9+/=]*", "", bare)
    bare = re.sub(r'data-node="unbound/\d+"|data-arrow="[^"]*"', "", bare)
    assert re.findall(r".{8}(?<!<)/(?!>).{8}", bare) == []


def test_a_picture_is_the_same_in_a_second_run(render):
    """Drawing again in a new process gives the same bytes."""
    assert render("one", None) == render("two", None)
