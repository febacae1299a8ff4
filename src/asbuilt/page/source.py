"""The files themselves, on a page, each line with an anchor that evidence links to."""

import difflib
import functools
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

import pygments
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

from asbuilt import files, workflows
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import Location, blocks, manifests

_SHOWN = (".py", ".tf", ".tfvars", ".yaml", ".yml")
_DEPTH = 2  # `terraform/biotech-x/main.tf` stands on the page of `terraform/biotech-x`


def link(file: str, line: int) -> str:
    """Where a line of a file is shown, from the documentation's root."""
    page, _ = _parts(file)
    return f"/source/{page}.md#{anchor(file, line)}" if page else ""


def anchor(file: str, line: int | str) -> str:
    """The name of a line's anchor on its page. Where `line` is empty: how the names of a file begin."""
    return f"{_parts(file)[1]}-L{line}"


@functools.lru_cache(maxsize=1024)
def _parts(file: str) -> tuple[str, str]:
    """The page that shows a file, empty where none does, and the file's name there: asked for every line."""
    parts = Path(file).parts
    page = "/".join(parts[:_DEPTH]).removeprefix(".")  # a site leaves out folders that are hidden
    return page if len(parts) > _DEPTH else "", "/".join(parts[_DEPTH:])


def places(folder: Path) -> Mapping[str, Location]:
    """What a folder holds, by name: blocks of Terraform, objects of manifests, workflows and jobs."""
    contents = files.contents(folder, *_SHOWN)
    if folder not in _PLACES or _PLACES[folder][0] != contents:
        _PLACES[folder] = contents, _places(folder)
    return _PLACES[folder][1]


_PLACES: dict[Path, tuple[dict[str, bytes], Mapping[str, Location]]] = {}
"""By folder: what its files held when it was last read, and what was found in them."""


def _places(folder: Path) -> Mapping[str, Location]:
    if folder == Path(workflows.FOLDER):
        return workflows.places(folder)
    if any(folder.glob("*.tf")):
        return blocks(folder)
    return {manifest.name: manifest.location for manifest in manifests(folder)}


def link_to(name: str, found: Mapping[str, Location]) -> str:
    """Where the block or object `name` is shown. Raises UnusableInput where there is none."""
    if place := found.get(name):
        return link(place.file, place.line)
    close = difflib.get_close_matches(name, found, n=1)
    raise UnusableInput(f"there is no {name}", f"did you mean {close[0]}?" if close else "check the folder")


def listing(folder: Path, text: str, store: Callable[[str], str], cache: Path) -> ET.Element:
    """Every file of `folder`, highlighted. `store` keeps raw HTML and returns what stands for it.

    What is highlighted is kept in `cache`. Raises UnusableInput where the folder holds no file that is shown.
    """
    paths = files.below(folder, *_SHOWN)
    if not paths:
        raise UnusableInput(
            f"{folder.as_posix()} holds no file to show", "name a folder below the project's own"
        )
    block = ET.Element("div", {"class": "asbuilt-source", "role": "region", "aria-label": text})
    for path in paths:
        name = path.relative_to(folder).as_posix()
        before = anchor(path.as_posix(), "")
        ET.SubElement(block, "h2", {"id": name}).text = name
        pre = ET.SubElement(ET.SubElement(block, "div", {"class": "highlight"}), "pre")
        code = ET.SubElement(pre, "code")
        for number, line in enumerate(_highlighted(path, cache), 1):
            span = ET.SubElement(code, "span", {"id": f"{before}{number}", "class": "asbuilt-line"})
            mark = f'<span class="asbuilt-number" data-number="{number}"></span>'
            span.text = store(f"{mark}<span>{line}\n</span>")  # one element a line: a file has thousands
    return block


def _highlighted(path: Path, cache: Path) -> list[str]:
    """The file's lines as HTML. A file is highlighted once: it takes longer than all else on its page."""
    content = path.read_bytes()
    stored = cache / f"{files.digest(pygments.__version__.encode(), path.name.encode(), content)}.html"
    if not stored.is_file():
        files.write(stored, "\n".join(_lines(path.name, content.decode())))
    return stored.read_text(encoding="utf-8").split("\n")


def _lines(name: str, content: str) -> list[str]:
    try:
        lexer = get_lexer_for_filename("main.tf" if name.endswith(".tfvars") else name, stripnl=False)
    except ClassNotFound:
        lexer = TextLexer(stripnl=False)
    lines = highlight(content, lexer, HtmlFormatter(nowrap=True)).splitlines()
    plain = [escape(line) for line in content.splitlines()]
    return lines if len(lines) == len(plain) else plain
