"""A Python-Markdown extension: pictures with what was proven about them, and the files behind them.

    ![How a sample's files reach storage](diagram:biotech-x/upload)
    ![The platform's Terraform](source:terraform/biotech-x)
    ![What the emulator does not verify](table:src/drills/emulator/limits.yaml#not_emulated)
    ![What can be set](inputs:terraform/biotech-x)
    ![What it gives back](outputs:terraform/biotech-x)
    ![How much is proven](coverage:biotech-x)
    ![What is stored, by month](chart:evidence/figures/biotech-x/capacity.json#charts.storage)
    ![How a change is delivered](workflow:.github/workflows/delivery.yml)

Each stands in a paragraph of its own. A link to a name leads to the line that creates it, and a link
without words becomes a value:

    [the uploads bucket](line:terraform/biotech-x#aws_s3_bucket.uploads)
    [](value:figures/biotech-x/asked.yaml#retention.uploads)

Links are written from the documentation's root (`/source/…`),
so that MkDocs can check them and make them relative (`absolute_links: relative_to_docs`).
"""

import copy
import functools
import logging
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import STX, AtomicString

from asbuilt.errors import UnusableInput
from asbuilt.page.chart import chart
from asbuilt.page.coverage import coverage
from asbuilt.page.figure import Folders, figure
from asbuilt.page.recorded import data, recorded
from asbuilt.page.source import link_to, listing, places
from asbuilt.page.table import inputs, outputs, table
from asbuilt.page.value import value
from asbuilt.page.workflow import pipeline

LOG = logging.getLogger("mkdocs.asbuilt")
"""A warning here fails `mkdocs build --strict`."""

_MARKUP = re.compile(r"[\\`*_<\[!&]|  \n")
"""What may be Markdown in a cell. Most cells have none of it, and looking for each kind takes long."""

_TABLES: dict[tuple[str, str], tuple[Any, ET.Element]] = {}
"""By name and caption: the data as it was last, and the table made of it."""

_AFTER_INLINE, _AFTER_LINKS = 15, -5  # among the tree processors: Markdown's own, and MkDocs' links (0)


class AsBuilt(Extension):
    """Takes `diagrams`, `evidence` and `cache`: folders below the one the site is built in."""

    def __init__(self, **settings: Any) -> None:
        self.config = {
            "diagrams": ["diagrams", "the folder of the scripts"],
            "evidence": ["evidence", "the folder of what was proven"],
            "cache": [".cache/asbuilt", "the folder where drawn pictures are kept"],
        }
        super().__init__(**settings)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's own name
        """Register with a Markdown instance."""
        folders = Folders(*(Path(self.getConfig(name)) for name in ("diagrams", "evidence", "cache")))
        md.treeprocessors.register(_Pictures(md, folders), "asbuilt", _AFTER_INLINE)
        md.treeprocessors.register(_Names(md), "asbuilt_names", _AFTER_INLINE)
        md.treeprocessors.register(_Links(md), "asbuilt_links", _AFTER_LINKS)


class _Pictures(Treeprocessor):
    """Puts in place of each image of ours what it names."""

    def __init__(self, md: Markdown, folders: Folders) -> None:
        super().__init__(md)
        self._makers: Mapping[str, Callable[[str, str], ET.Element]] = {
            "diagram": lambda name, text: figure(name, text, folders, LOG.warning),
            "source": lambda name, text: listing(Path(name), text, md.htmlStash.store, folders.cache),
            "table": lambda name, text: copy.deepcopy(self._table(name, text)),
            "inputs": lambda name, text: self._inline(inputs(Path(name), text)),
            "outputs": lambda name, text: self._inline(outputs(Path(name), text)),
            "coverage": lambda name, text: coverage(folders.evidence / name, text),
            "chart": lambda name, text: chart(name, text, folders.cache),
            "workflow": lambda name, text: pipeline(name, text, folders.cache),
        }

    def run(self, root: ET.Element) -> None:
        paragraphs = {block[0]: block for block in root.iter("p") if _holds_one(block)}
        for image in list(root.iter("img")):
            scheme, _, name = image.get("src", "").partition(":")
            if scheme in self._makers:
                _become(paragraphs.get(image, image), self._make(scheme, name, image.get("alt", "")))

    def _table(self, name: str, text: str) -> ET.Element:
        """The table, from the last time when its data is the same: a site has hundreds."""
        rows = recorded(name)  # the very same object as long as its file holds the same
        known, made = _TABLES.get((name, text), (None, None))
        if made is None or known is not rows:
            made = self._inline(table(name, text))
            if any(STX in part for part in made.itertext()):  # it stands on what only this page has put aside
                return made
            _TABLES[name, text] = rows, made
        return made

    def _inline(self, block: ET.Element) -> ET.Element:
        """The same, with the Markdown of its cells made into links and code."""
        for element in block.iter():
            if element.text and not _MARKUP.search(element.text):
                element.text = AtomicString(element.text)
        self.md.treeprocessors["inline"].run(block)
        for element in block.iter():  # plain text is copied many times as fast
            element.text, element.tail = (text and str(text) for text in (element.text, element.tail))
        return block

    def _make(self, scheme: str, name: str, text: str) -> ET.Element:
        try:
            return self._makers[scheme](name, text)
        except (UnusableInput, OSError) as error:
            LOG.warning("%s:%s: %s", scheme, name, str(error).replace("\n", "; "))
            box = ET.Element("div", {"class": "admonition failure"})
            ET.SubElement(box, "p", {"class": "admonition-title"}).text = f"{scheme}:{name} cannot be shown"
            ET.SubElement(box, "p").text = str(error)
            return box


def _holds_one(block: ET.Element) -> bool:
    """Whether a paragraph is one element, without words beside it."""
    return len(block) == 1 and not f"{block.text or ''}{block[0].tail or ''}".strip()


def _become(element: ET.Element, made: ET.Element) -> None:
    """Put `made` in the place of `element`, in the text that it stands in."""
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = made.tag, made.text, tail
    element.attrib.update(made.attrib)
    element.extend(made)


class _Names(Treeprocessor):
    """Leads each link to a name to its line, and puts a value in place of each link that names one."""

    def run(self, root: ET.Element) -> None:
        known = functools.cache(lambda folder: places(Path(folder)))  # a page names the same ones often
        read = functools.cache(data)

        def line_of(folder: str, name: str) -> str:
            return link_to(name, known(folder))

        for element in list(root.iter("a")):
            scheme, _, name = element.get("href", "").partition(":")
            if scheme == "value":
                _become(element, _value(name, line_of, read))
            elif scheme == "line":
                _lead(element, name, line_of)


def _lead(element: ET.Element, name: str, line_of: Callable[[str, str], str]) -> None:
    folder, _, address = name.partition("#")
    try:
        element.set("href", line_of(folder, address))
    except UnusableInput as error:
        LOG.warning("line:%s: %s", name, str(error).replace("\n", "; "))


def _value(name: str, line_of: Callable[[str, str], str], read: Callable[[str], Any]) -> ET.Element:
    try:
        return value(name, line_of, read)
    except UnusableInput as error:
        LOG.warning("value:%s: %s", name, str(error).replace("\n", "; "))
        missing = ET.Element("strong")
        missing.text = f"({name} cannot be shown)"
        return missing


class _Links(Treeprocessor):
    """Lets pictures survive Material's instant navigation, which assigns to every `href` that it finds."""

    def run(self, root: ET.Element) -> None:
        for svg in root.iter("svg"):
            for element in svg.iter():
                if target := element.attrib.pop("href", ""):
                    element.set("xlink:href", target)


def makeExtension(**settings: Any) -> AsBuilt:  # noqa: N802 - the library's own name
    """The entry point Python-Markdown looks for."""
    return AsBuilt(**settings)
