"""A number in a sentence, from the file that declares or records it."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from typing import Any

from asbuilt.errors import UnusableInput
from asbuilt.page.recorded import data, recorded

_NARROW = "\N{NO-BREAK SPACE}"


def value(name: str, line_of: Callable[[str, str], str], read: Callable[[str], Any] = data) -> ET.Element:
    """The value at `path#key.key`: a string, a number, or a mapping with a `value` and its `unit`.

    A mapping may say where the value was set, as `folder` and `address` (it then links to the line that
    `line_of` gives), or where it was found, as `source` and `date`. `read` gives what a file holds.
    Raises UnusableInput for anything else.
    """
    found = recorded(name, read)
    told = found if isinstance(found, Mapping) else {"value": found}
    words = text(told, name)
    if "address" in told:
        element = ET.Element("a", {"href": line_of(told["folder"], told["address"])})
    else:
        element = ET.Element("span", {"title": _origin(name, told)})
    element.set("class", "asbuilt-value")
    element.text = words
    return element


def text(told: Mapping[str, Any], name: str) -> str:
    """A value with its unit in words. Raises UnusableInput where it is neither text nor a number."""
    found = told.get("value")
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise UnusableInput(f"{name} is neither a number nor text", "name the value itself, as path#key.key")
    words = found if isinstance(found, str) else f"{found:,}"
    return f"{words}{_NARROW}{told['unit']}" if told.get("unit") else words


def _origin(name: str, told: Mapping[str, Any]) -> str:
    parts = (told.get("source"), told.get("date"))
    return ", ".join(str(part) for part in parts if part) or name
