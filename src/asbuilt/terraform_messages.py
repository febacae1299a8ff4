"""Read the lines in which Terraform tells what it does, when it is asked for JSON.

Format: https://developer.hashicorp.com/terraform/internals/machine-readable-ui
"""

import json
from collections.abc import Iterator
from typing import Any

_NOTHING = ("noop", "read")  # reading a data source changes nothing


def text(line: str) -> str:
    """What the line says to a person."""
    return str(_told(line).get("@message", ""))


def error(line: str) -> dict[str, Any] | None:
    """The diagnostic in the line, where it is an error."""
    diagnostic: dict[str, Any] = _told(line).get("diagnostic", {})
    return diagnostic if diagnostic.get("severity") == "error" else None


def changes(line: str) -> Iterator[tuple[str, str]]:
    """Each address that a line of a plan says will change, and how; outputs as `output.<name>`."""
    told = _told(line)
    found: list[tuple[str, str]] = []
    if told.get("type") == "planned_change":
        found = [(told["change"]["resource"]["addr"], told["change"]["action"])]
    elif told.get("type") == "outputs":
        found = [(f"output.{name}", item.get("action", "noop")) for name, item in told["outputs"].items()]
    yield from (change for change in found if change[1] not in _NOTHING)


def _told(line: str) -> dict[str, Any]:
    """The line's document; some lines of `init` are plain text in spite of `-json`."""
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"@message": line.strip()}
