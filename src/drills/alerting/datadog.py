"""Datadog monitors, as far as their schema goes: no account has seen them. *Schema-checked only.*

Datadog's client reads nearly anything, so more is asked here: what it could not read, options that it does
not know, and whether the query compares with the number that the thresholds name.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from datadog_api_client import configuration, model_utils
from datadog_api_client.exceptions import ApiTypeError, ApiValueError
from datadog_api_client.v1.model.monitor import Monitor
from datadog_api_client.v1.model.monitor_options import MonitorOptions
from datadog_api_client.v1.model.monitor_thresholds import MonitorThresholds

from asbuilt import data
from drills.alerting.alerts import Alert, unlabelled

_QUERY = re.compile(
    r"(?:avg|sum|min|max)\(last_(?P<window>\d+[mhd])\):(?P<metric>.+) "
    r"(?P<comparison>[<>]=?) (?P<number>[\d.]+)"
)
_PART = re.compile(r"(?:sum|avg|min|max|p\d\d):(?P<name>[a-z_.]+)\{(?P<tags>[^}]*)\} by \{(?P<by>[^}]*)\}")
_CLIENT: Any = model_utils  # it has no types
_SETTINGS: Any = configuration
_LINK = re.compile(r"https://\S+")


def wrong(path: Path, like: Alert, metrics: tuple[str, ...]) -> Iterator[str]:
    """What stands against a monitor that watches in Datadog for what the alert `like` does here."""
    document = data.read(path)
    yield from _unread(document)
    yield from _unlike(document, like)
    found = _QUERY.fullmatch(document["query"])
    if found is None:
        yield "its query has not the form of one"
        return
    if found["comparison"] != ">" or float(found["number"]) != document["options"]["thresholds"]["critical"]:
        yield "its query does not compare with its threshold"
    if f"> {found['number']}" not in like.expression:
        yield f"its threshold is not that of {like.name}"
    if f"[{found['window']}]" not in like.expression:
        yield f"its window is not that of {like.name}"
    yield from _parts(found["metric"], metrics)


def _unread(document: Mapping[str, Any]) -> Iterator[str]:
    """What Datadog's own client makes of it."""
    try:
        settings = _SETTINGS.Configuration()
        monitor = _CLIENT.validate_and_convert_types(
            dict(document), (Monitor,), ["monitor"], True, True, settings
        )
    except (ApiTypeError, ApiValueError) as error:
        yield str(error).splitlines()[0]
        return
    if monitor._unparsed or monitor.options._unparsed:
        yield "Datadog's client could not read all of it"
    known: dict[str, Any] = {"": Monitor, "options": MonitorOptions, "thresholds": MonitorThresholds}
    parts = {"": document, "options": document["options"], "thresholds": document["options"]["thresholds"]}
    for name, part in parts.items():
        unknown = set(part) - {*known[name].attribute_map.values()}
        yield from (f"Datadog knows no {key}" for key in sorted(unknown))
    recovery = parts["thresholds"].get("critical_recovery", 0)
    if recovery >= parts["thresholds"]["critical"]:
        yield "it recovers above its threshold"


def _unlike(document: Mapping[str, Any], like: Alert) -> Iterator[str]:
    """Where its tags, its name or its link are not those of the alert."""
    tags = dict(tag.split(":", 1) for tag in document["tags"])
    links = _LINK.findall(document["message"]) or [""]
    told = {"summary": document["name"], "runbook_url": links[0]}
    if tags != dict(like.labels):
        yield f"its tags are not the labels of {like.name}"
    if not document["name"].startswith(f"{like.name}:") or "@webhook-tickets" not in document["message"]:
        yield "it is named after another alert, or tells nobody"
    yield from unlabelled([Alert(like.name, "", tags, told)], ("page", "ticket"))


def _parts(metric: str, metrics: tuple[str, ...]) -> Iterator[str]:
    """What the parts of a query read, and by what."""
    parts = list(_PART.finditer(metric))
    if not parts or len({part["by"] for part in parts}) != 1:
        yield "its parts are grouped differently"
    for part in parts:
        if part["name"] not in metrics:
            yield f"nobody counts {part['name']}"
        if not {"service:schedules", "route:/v*", "!route:*/healthz"} <= {*part["tags"].split(",")}:
            yield "it counts other routes than the objectives"
        if part["by"] != "service,version,route":
            yield "it does not tell version and route"
