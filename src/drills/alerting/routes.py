"""Who is told of an alert, by amtool, and which alert keeps another one quiet.

amtool routes. Inhibition it does not know, so those rules are read here as the documentation has them:
https://prometheus.io/docs/alerting/latest/configuration/#inhibition-related-settings
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from asbuilt import data
from drills.alerting.alerts import Alert
from drills.alerting.programs import ran
from drills.slo import seconds

_MATCHER = re.compile(r'^\s*(\w+)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$')


def invalid(configuration: Path) -> Iterator[str]:
    """What amtool says against a configuration."""
    status, printed = ran(["amtool", "check-config", configuration])
    if status:
        yield f"{configuration.name}: {printed.strip()}"


def misrouted(
    configuration: Path, found: Sequence[Alert], receivers: Mapping[str, str], default: str
) -> Iterator[str]:
    """Alerts that reach another receiver than their severity's; what has none must reach `default`."""
    stray = Alert("anything else", "", {}, {})
    for alert in (*found, stray):
        expected = receivers.get(alert.labels.get("severity", ""), default)
        labels = [f"{name}={value}" for name, value in {"alertname": alert.name, **alert.labels}.items()]
        command = ["amtool", "config", "routes", "test", f"--config.file={configuration}"]
        status, printed = ran([*command, f"--verify.receivers={expected}", *labels])
        if status:
            yield f"{alert.name}: not told to {expected}: {printed.splitlines()[-1]}"


def inhibits(rule: Mapping[str, Any], source: Mapping[str, str], target: Mapping[str, str]) -> bool:
    """Whether an alert with the labels of `source` keeps one with those of `target` quiet."""
    return (
        source != target
        and all(_matches(matcher, source) for matcher in rule["source_matchers"])
        and all(_matches(matcher, target) for matcher in rule["target_matchers"])
        and all(source.get(label, "") == target.get(label, "") for label in rule.get("equal", ()))
    )


def misinhibited(configuration: Path, found: Sequence[Alert]) -> Iterator[str]:
    """Pairs of alerts of which the page does not silence its objective's tickets, or more is silenced."""
    rules = data.read(configuration).get("inhibit_rules", ())
    labelled = [{"alertname": alert.name, **alert.labels} for alert in found]
    for source in labelled:
        for target in labelled:
            silent = any(inhibits(rule, source, target) for rule in rules)
            if silent != _wanted(source, target):
                verb = "silences" if silent else "does not silence"
                yield f"{_named(source)} {verb} {_named(target)}"


def badly_paced(configuration: Path) -> Iterator[str]:
    """Where a page would wait longer than a ticket, be repeated less, or an end not be told."""
    document = data.read(configuration)
    root = document["route"]
    paces = {one["receiver"]: {**root, **one} for one in root["routes"]}
    page, ticket = paces.get("pager", root), paces.get("tickets", root)
    if seconds(page["group_wait"]) > 10:
        yield "a page waits for more than ten seconds"
    if not 3600 >= seconds(page["repeat_interval"]) < seconds(ticket["repeat_interval"]):
        yield "a page is not repeated every hour, or a ticket is as often"
    if set(root["group_by"]) != {"alertname", "service", "slo"}:
        yield "notifications are not one an alert, service and objective"
    for receiver in document["receivers"]:
        for hook in receiver["webhook_configs"]:
            if not hook.get("send_resolved") or not hook["url"].endswith(f"/{receiver['name']}"):
                yield f"{receiver['name']}: it is not told of ends, or at another's address"


def _wanted(source: Mapping[str, str], target: Mapping[str, str]) -> bool:
    same = source.get("service") == target.get("service") and source.get("slo") == target.get("slo")
    if not same or "slo" not in target or source == target:
        return False
    fast = source["alertname"] == "ErrorBudgetBurnTicket" and target["alertname"] == "ErrorBudgetBurnSlow"
    return fast or (source["severity"] == "page" and target["severity"] == "ticket")


def _matches(matcher: str, labels: Mapping[str, str]) -> bool:
    found = _MATCHER.match(matcher)
    if found is None:
        return False
    name, operator, wanted = found.groups()
    value = labels.get(name, "")
    equal = re.fullmatch(wanted, value) is not None if "~" in operator else value == wanted
    return equal != operator.startswith("!")


def _named(labels: Mapping[str, str]) -> str:
    return " ".join(filter(None, (labels["alertname"], labels.get("slo", ""))))
