"""The lab's configuration, made from that of production: the same rules and routes, faster and on loopback.

Rules and routing are read from `observability/schedules/`. What changes, and nothing else:

- every duration of rules and routing is divided by `SPEED`, so that a page takes seconds;
- only `group_wait` is divided by less, `WAIT_SPEED`: it has to outlast an evaluation, or a ticket would be
  sent before the page that holds it back is known;
- Prometheus scrapes and evaluates every second, and finds the API on loopback instead of through Kubernetes;
- every receiver becomes a webhook of the lab's own receiver, under its own name.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from asbuilt import data
from lab.places import Lab

SOURCE = Path("observability/schedules")
RULES = SOURCE / "rules"
SERVED = ("slo.yaml", "alerts.yaml")
"""The rules that production has; `before.yaml` beside them shows what was replaced."""
SPEED = 120
"""By how much the lab is faster than production."""
WAIT_SPEED = 10
"""By how much the first notification of a group is faster."""
SHORTEST = 3.0
"""Seconds: a rate over less would see one scrape only."""

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_DURATION = re.compile(r"(\d+)(ms|[smhdwy])")
_RANGE = re.compile(r"\[([\dsmhdwy]+)(?::([\dsmhdwy]*))?\]|\boffset\s+([\dsmhdwy]+)")
_RULE_TIMES = ("for", "keep_firing_for")
_ROUTE_TIMES = {"group_wait": WAIT_SPEED, "group_interval": SPEED, "repeat_interval": SPEED}


def seconds(text: str) -> float:
    """A Prometheus duration, such as `1h30m`, in seconds."""
    return sum(int(number) * _UNITS[unit] for number, unit in _DURATION.findall(text))


def faster(text: str, least: float = 0.0, by: float = SPEED) -> str:
    """A duration divided by `by`, in milliseconds, and at least `least` seconds."""
    return f"{round(max(seconds(text) / by, least) * 1000)}ms"


def expression(text: str) -> str:
    """A PromQL expression whose ranges and offsets are divided by `SPEED`."""

    def shorter(found: re.Match[str]) -> str:
        window, step, offset = found.groups()
        if offset:
            return f"offset {faster(offset)}"
        return f"[{faster(window, SHORTEST)}" + (f":{faster(step, 1)}]" if step is not None else "]")

    return _RANGE.sub(shorter, text)


def rules(declared: Mapping[str, Any]) -> dict[str, Any]:
    """A file of rules, faster: windows, waiting times, and an evaluation every second."""
    return {"groups": [_group(group) for group in declared["groups"]]}


def alertmanager(declared: Mapping[str, Any], lab: Lab) -> dict[str, Any]:
    """Production's routes and inhibitions, faster, and each receiver on loopback under its own name."""
    return {
        "route": _route(declared["route"]),
        "inhibit_rules": declared.get("inhibit_rules", []),
        "receivers": [_receiver(one["name"], lab) for one in declared["receivers"]],
    }


def prometheus(lab: Lab) -> dict[str, Any]:
    """Scrapes both versions, evaluates the rules beside it, and sends alerts to the lab's Alertmanager."""
    alerted = f"127.0.0.1:{lab.port('alertmanager')}"
    scraped = [f"127.0.0.1:{lab.port(version)}" for version in ("v1", "v2")]
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules/*.yaml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alerted]}]}]},
        "scrape_configs": [{"job_name": "schedules", "static_configs": [{"targets": scraped}]}],
    }


def write(lab: Lab) -> None:
    """Write all of it below the lab's folder."""
    (lab.folder / "rules").mkdir(parents=True, exist_ok=True)
    for name in SERVED:
        _dump(lab.folder / "rules" / name, rules(data.read(RULES / name)))
    _dump(lab.folder / "alertmanager.yaml", alertmanager(data.read(SOURCE / "alertmanager.yaml"), lab))
    _dump(lab.folder / "prometheus.yaml", prometheus(lab))


def _group(group: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": group["name"], "interval": "1s", "rules": [_rule(rule) for rule in group["rules"]]}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    times = {name: faster(rule[name]) for name in _RULE_TIMES if name in rule}
    return {**rule, "expr": expression(str(rule["expr"])), **times}


def _route(route: Mapping[str, Any]) -> dict[str, Any]:
    times = {name: faster(route[name], 1, by) for name, by in _ROUTE_TIMES.items() if name in route}
    below = {"routes": [_route(one) for one in route["routes"]]} if "routes" in route else {}
    return {**route, **times, **below}


def _receiver(name: str, lab: Lab) -> dict[str, Any]:
    url = lab.url("receiver", f"/{name}")
    return {"name": name, "webhook_configs": [{"url": url, "send_resolved": True}]}


def _dump(path: Path, value: Any) -> None:
    path.write_text(yaml.safe_dump(value, sort_keys=False), encoding="utf-8")
