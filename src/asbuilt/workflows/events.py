"""What starts a workflow, in words that leave no filter out."""

from collections.abc import Iterator
from typing import Any

from asbuilt.workflows.model import Event

_NAMES = {"workflow_call": "called by a workflow", "workflow_dispatch": "started by hand"}
_BRANCHES = {"push": "to", "pull_request": "into", "pull_request_target": "into"}
_FEW = 2  # values of a filter that a picture names


def events(started: str | list[Any] | dict[Any, Any]) -> Iterator[Event]:
    """The events of an `on:`, which is one name, a list of names, or a mapping of names to filters."""
    for name in [started] if isinstance(started, str) else started:
        filters = started[name] if isinstance(started, dict) else None
        for one in filters if isinstance(filters, list) else [filters]:  # a list is one of schedules
            yield _event(str(name), one)


def _event(name: str, filters: Any) -> Event:
    """One event. The inputs and secrets of a call are no filters."""
    spoken = _NAMES.get(name, name.replace("_", " "))
    found = filters.items() if isinstance(filters, dict) and name not in _NAMES else ()
    short = spoken + "".join(_filter(name, str(key), value, _FEW) for key, value in found)
    words = spoken + "".join(_filter(name, str(key), value) for key, value in found)
    return Event(name, short[:1].upper() + short[1:], " ".join(words.split()))


def _filter(event: str, key: str, value: Any, most: int | None = None) -> str:
    """One filter: ` to main`, or below it `(types x)`, or `(6 paths)` where they are more than `most`."""
    values = [str(item) for item in value] if isinstance(value, list) else [str(value)]
    if most and len(values) > most:
        return f"\n({len(values)} {key})"
    if key == "branches" and event in _BRANCHES:
        return f" {_BRANCHES[event]} {', '.join(values)}"
    return f" {values[0]}" if key == "cron" else f"\n({key} {', '.join(values)})"
