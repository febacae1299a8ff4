"""Alerts as rule files declare them, and what each has to carry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import data

RUNBOOKS = "https://as-built.example/runbooks/"
"""Where an alert's runbook is: below this address, under the alert's own name."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that calls somebody."""

    name: str
    expression: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


def groups(path: Path) -> list[dict[str, Any]]:
    """The rule groups of a file: one for Prometheus, one for Loki, or a PrometheusRule."""
    document = data.read(path)
    return list(document.get("spec", document)["groups"])


def alerts(paths: Sequence[Path]) -> list[Alert]:
    """Every alert of some files, in their order."""
    rules = (rule for path in paths for group in groups(path) for rule in group["rules"])
    return [
        Alert(rule["alert"], rule["expr"], rule.get("labels", {}), rule.get("annotations", {}))
        for rule in rules
        if "alert" in rule
    ]


def unlabelled(found: Sequence[Alert], severities: Sequence[str], service: str = "") -> Iterator[str]:
    """Alerts without an owner, without a severity that a receiver knows, or with another alert's runbook.

    `service`, where it is given, is the only one that the alerts may be about.
    """
    for alert in found:
        if alert.labels.get("severity") not in severities:
            yield f"{alert.name}: its severity is none of {', '.join(severities)}"
        if not alert.labels.get("service") or service not in ("", alert.labels["service"]):
            yield f"{alert.name}: its service is missing, or another"
        if not alert.labels.get("team"):
            yield f"{alert.name}: it has no team"
        if not alert.annotations.get("summary"):
            yield f"{alert.name}: it has no summary"
        page = alert.annotations.get("runbook_url", "").partition("#")[0]
        if page != f"{RUNBOOKS}{alert.name}/":
            yield f"{alert.name}: its runbook is {page or 'missing'}"
