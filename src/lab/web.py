"""Ask the lab's own servers on loopback."""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

from lab.places import Lab
from lab.receiver import Arrival

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback, whatever the proxy


def answers(url: str) -> bool:
    """Whether a server answers there, and well."""
    try:
        with _DIRECT.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def get(url: str) -> Any:
    """A JSON document; None where nothing answers."""
    try:
        with _DIRECT.open(url, timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return None


def query(lab: Lab, expression: str) -> list[dict[str, Any]]:
    """What Prometheus answers to an expression now: labels and a value each."""
    asked = urllib.parse.urlencode({"query": expression})
    found = get(lab.url("prometheus", f"/api/v1/query?{asked}"))
    return list(found["data"]["result"]) if found else []


def prometheus_page(lab: Lab, path: str) -> str:
    """A page of Prometheus; Debian's package has the older pages only, below a path of their own."""
    older = lab.url("prometheus", "/classic")
    return f"{older}{path}" if answers(f"{older}/alerts") else lab.url("prometheus", path)


def arrivals(lab: Lab) -> list[Arrival]:
    """What the receiver has been sent so far, in order."""
    return list(get(lab.url("receiver", "/arrivals")) or [])


def still_open(arrived: list[Arrival], receiver: str) -> list[Arrival]:
    """The alerts that a receiver was told of and not yet told that they are resolved."""
    last = {line["fingerprint"]: line for line in arrived if line["receiver"] == receiver}
    return [line for line in last.values() if line["status"] == "firing"]


def until(done: Callable[[], bool], limit: float) -> bool:
    """Look several times a second whether it is done; False where `limit` seconds pass before."""
    end = time.monotonic() + limit
    while not (found := done()) and time.monotonic() < end:
        time.sleep(0.2)
    return found
