"""What a drill tried of the proven arrows, as it is shown beside their proof."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asbuilt import evidence
from asbuilt.errors import UnusableInput
from asbuilt.page.recorded import data

FILE = "executed.json"
"""The drill's evidence, in the folder of all evidence."""
Arrow = Mapping[str, Any]


def tried(folder: Path, diagram: str) -> tuple[Mapping[str, Arrow], list[str]]:
    """The diagram's arrows that the drill reports on, by `key`, and why they do not count if they do not.

    Nothing where no drill was recorded. Raises UnusableInput where what it recorded cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return {}, []
    try:
        body = data(path.as_posix())
        found = {key(arrow): arrow for arrow in body["arrows"] if arrow["diagram"] == diagram}
        changed = evidence.stale(body) if found else []
    except (UnusableInput, ValueError, KeyError, TypeError, AttributeError):
        message = "what the drill recorded cannot be read"
        raise UnusableInput(message, "record it again: make prove", path.as_posix()) from None
    if changed:
        return {}, [f"what was executed is stale: {', '.join(changed)} changed since it was recorded"]
    return found, []


def key(arrow: Arrow) -> str:
    """What tells one claim of a diagram from the others."""
    return "\t".join((arrow["source"], arrow["target"], arrow["claim"]))


def mark(arrow: Arrow) -> ET.Element:
    """`executed: allowed, and denied without` its statements; or why not."""
    line, allowed = ET.Element("span"), arrow["allowed"]
    if allowed is None:
        line.text = f"not executed: {arrow['reason']}"
        return line
    meets = allowed and not arrow["reason"]
    verdict = ET.SubElement(line, "span", {"class": f"asbuilt-verdict {'proven' if meets else 'refuted'}"})
    verdict.text, verdict.tail = "executed", ": allowed, and denied" if meets else f": {arrow['reason']}"
    for number, statement in enumerate(arrow["denied_without"] if meets else ()):
        code = ET.SubElement(line, "code")
        code.text = statement
        line[-2].tail = f"{line[-2].tail or ''} or without " if number else f"{line[-2].tail} without "
    return line
