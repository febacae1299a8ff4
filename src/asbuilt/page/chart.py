"""A chart of recorded numbers: one SVG that reads in both colour schemes, with its numbers as a table."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asbuilt import files
from asbuilt.errors import UnusableInput
from asbuilt.page.recorded import recorded
from asbuilt.page.table import grid

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
_KINDS = ("line", "step", "bar")
_LONGEST = 60  # rows: a longer series is drawn, and not repeated as a table


def chart(name: str, text: str, cache: Path) -> ET.Element:
    """The figure of the chart described at `path#key.key`; `text` says in words what it shows.

    The description has a `kind` (line, step, or bar), `x` with its `values`, `y`, and one or more `series`,
    each with a `name` and as many `values`. An axis has a `label`, and may have a `unit` and the `scale` log.
    Bars may be `stacked`. Raises UnusableInput for anything else.
    """
    described = _checked(recorded(name), name)
    root = ET.Element("figure", {"class": "asbuilt-figure asbuilt-chart"})
    drawing = _drawing(described, cache)
    drawing.set("aria-label", text)
    drawing.set("role", "img")
    ET.SubElement(root, "div", {"class": "asbuilt-scroll", "tabindex": "0"}).append(drawing)
    ET.SubElement(ET.SubElement(root, "figcaption"), "span").text = text
    if len(described["x"]["values"]) <= _LONGEST:
        root.append(_numbers(described))
    return root


def _checked(described: Any, name: str) -> Mapping[str, Any]:
    try:
        axes = {axis: described[axis]["label"] for axis in ("x", "y")}
        lengths = {len(series["values"]) for series in described["series"] if series["name"]}
        fits = all(axes.values()) and lengths == {len(described["x"]["values"])}
        fits = fits and described["kind"] in _KINDS
    except (KeyError, TypeError):
        fits = False
    if not fits:
        hint = "give it kind, x with label and values, y with label, and series with as many values"
        raise UnusableInput(f"{name} does not describe a chart", hint)
    return described  # type: ignore[no-any-return]


def _drawing(described: Mapping[str, Any], cache: Path) -> ET.Element:
    """The SVG as elements, from the store or drawn now: the drawing library is slow to load."""
    from asbuilt.page.plot import plot, shape

    stored = cache / f"{shape(described)}.svg"
    if not stored.is_file():
        files.write(stored, plot(described))
    root = ET.fromstring(stored.read_text(encoding="utf-8"))  # noqa: S314 - ours
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        if target := element.attrib.pop(f"{_XLINK}href", ""):
            element.set("href", target)
    return root


def _numbers(described: Mapping[str, Any]) -> ET.Element:
    block = ET.Element("details", {"class": "asbuilt-details"})
    ET.SubElement(block, "summary").text = "The numbers"
    x, y, series = described["x"], described["y"], described["series"]
    heads = [_titled(x), *(f"{one['name']}{_unit(y)}" for one in series)]
    columns = [x["values"], *(one["values"] for one in series)]
    rows = [[_shown(value) for value in row] for row in zip(*columns, strict=True)]
    block.append(grid(_titled(y), heads, rows))
    return block


def _titled(axis: Mapping[str, Any]) -> str:
    return f"{axis['label']}{_unit(axis)}"


def _unit(axis: Mapping[str, Any]) -> str:
    return f" ({axis['unit']})" if axis.get("unit") else ""


def _shown(value: Any) -> str:
    return "-" if value is None else value if isinstance(value, str) else f"{value:,}"
