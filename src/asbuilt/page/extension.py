"""A Python-Markdown extension: pictures with what was proven about them, and the files behind them.

    ![How a sample's files reach storage](diagram:biotech-x/upload)
    ![The platform's Terraform](source:terraform/biotech-x)
    ![What the emulator does not verify](table:src/drills/emulator/limits.yaml#not_emulated)
    ![What can be set](inputs:terraform/biotech-x)
    ![What it gives back](outputs:terraform/biotech-x)
    ![How much is proven](coverage:biotech-x)
    ![What is stored, by month](chart:evidence/figures/biotech-x/capacity.json#charts.storage)

Each stands in a paragraph of its own. A link to a name leads to the line that creates it, and a link
without words becomes a value:

    [the uploads bucket](line:terraform/biotech-x#aws_s3_bucket.uploads)
    [](value:figures/biotech-x/asked.yaml#retention.uploads)

Links are written from the documentation's root (`/source/…`),
so that MkDocs can check them and make them relative (`absolute_links: relative_to_docs`).
"""

import logging
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from asbuilt.errors import UnusableInput
from asbuilt.page.chart import chart
from asbuilt.page.coverage import coverage
from asbuilt.page.figure import Folders, figure
from asbuilt.page.source import link_to, listing, places
from asbuilt.page.table import inputs, outputs, table
from asbuilt.page.value import value

LOG = logging.getLogger("mkdocs.asbuilt")
"""A warning here fails `mkdocs build --strict`."""

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
        md.treeprocessors.register(_Values(md), "asbuilt_values", _AFTER_INLINE)
        md.treeprocessors.register(_Lines(md), "asbuilt_lines", _AFTER_INLINE)
        md.treeprocessors.register(_Links(md), "asbuilt_links", _AFTER_LINKS)


class _Pictures(Treeprocessor):
    """Puts in place of each image of ours what it names."""

    def __init__(self, md: Markdown, folders: Folders) -> None:
        super().__init__(md)
        self._makers: Mapping[str, Callable[[str, str], ET.Element]] = {
            "diagram": lambda name, text: figure(name, text, folders, LOG.warning),
            "source": lambda name, text: listing(Path(name), text, md.htmlStash.store, folders.cache),
            "table": lambda name, text: self._inline(table(name, text)),
            "inputs": lambda name, text: inputs(Path(name), text),
            "outputs": lambda name, text: outputs(Path(name), text),
            "coverage": lambda name, text: coverage(folders.evidence / name, text),
            "chart": lambda name, text: chart(name, text, folders.cache),
        }

    def run(self, root: ET.Element) -> None:
        for parent in root.iter():
            for index, child in enumerate(parent):
                image = child[0] if child.tag == "p" and len(child) == 1 else child
                scheme, _, name = image.get("src", "").partition(":")
                if image.tag == "img" and scheme in self._makers:
                    parent[index] = self._make(scheme, name, image.get("alt", ""))

    def _inline(self, block: ET.Element) -> ET.Element:
        """The same, with the Markdown of its cells made into links and code."""
        self.md.treeprocessors["inline"].run(block)
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


class _Lines(Treeprocessor):
    """Leads links to a name, `line:folder#name`, to where it is written."""

    def run(self, root: ET.Element) -> None:
        for element in root.iter("a"):
            scheme, _, target = element.get("href", "").partition(":")
            if scheme == "line":
                folder, _, name = target.partition("#")
                try:
                    element.set("href", _line_of(Path(folder), name))
                except UnusableInput as error:
                    LOG.warning("line:%s: %s", target, str(error).replace("\n", "; "))


class _Values(Treeprocessor):
    """Puts in place of each link without words, `value:path#key`, the value that it names."""

    def run(self, root: ET.Element) -> None:
        for parent in root.iter():
            for index, child in enumerate(parent):
                scheme, _, name = child.get("href", "").partition(":")
                if child.tag == "a" and scheme == "value":
                    parent[index] = _value(name)
                    parent[index].tail = child.tail


def _value(name: str) -> ET.Element:
    try:
        return value(name, _line_of)
    except UnusableInput as error:
        LOG.warning("value:%s: %s", name, str(error).replace("\n", "; "))
        missing = ET.Element("strong")
        missing.text = f"({name} cannot be shown)"
        return missing


def _line_of(folder: Path, name: str) -> str:
    return link_to(name, places(folder))


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
