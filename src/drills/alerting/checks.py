"""Every check of the files that call somebody, by the part of the repository that it looks at."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from drills.alerting import bursts, datadog, load, panels, promtool, routes
from drills.alerting.alerts import Alert, alerts, unlabelled
from drills.slo import of_schedules

SCHEDULES = Path("observability/schedules")
BANKING = Path("observability/banking")
BANKING_RULES = Path("kubernetes/banking/base/monitoring/alerts.yaml")
RECEIVERS = {"page": "pager", "ticket": "tickets"}
"""Who is told of an alert of schedules, by its severity."""
DEFAULT = "watch"
_BANKING_SEVERITIES = ("critical", "warning")
_MONITORED = ("schedules.http_requests.count", "schedules.http_request_duration_seconds")


def called(root: Path) -> list[Alert]:
    """Every alert of schedules, those on its log included."""
    folder = root / SCHEDULES
    return alerts([folder / "rules/slo.yaml", folder / "rules/alerts.yaml", folder / "loki/rules.yaml"])


def rules(root: Path, of: str) -> Iterator[str]:
    """What stands against a rule file of schedules."""
    folder = root / SCHEDULES
    yield from unlabelled(called(root), [*RECEIVERS], of_schedules(root).service)
    every = sorted((folder / "tests").glob("*.yaml"))
    yield from promtool.failing([path for path in every if f"rules/{of}" in path.read_text(encoding="utf-8")])
    yield from promtool.invalid(folder)


def routing(root: Path) -> Iterator[str]:
    """What stands against the configuration of Alertmanager."""
    configuration, found = root / SCHEDULES / "alertmanager.yaml", called(root)
    yield from routes.invalid(configuration)
    yield from routes.misrouted(configuration, found, RECEIVERS, DEFAULT)
    yield from routes.misinhibited(configuration, found)
    yield from routes.badly_paced(configuration)


def dashboard(root: Path) -> Iterator[str]:
    """What stands against the dashboard."""
    folder = root / SCHEDULES / "dashboards"
    yield from panels.wrong(
        folder / "app-latency.json", folder / "../rules/slo.yaml", folder / "expected.yaml"
    )


def logs(root: Path) -> Iterator[str]:
    """What stands against the alert on logs."""
    yield from unlabelled(called(root), [*RECEIVERS], of_schedules(root).service)
    yield from bursts.wrong(root / SCHEDULES / "loki/rules.yaml")


def monitors(root: Path) -> Iterator[str]:
    """What stands against Datadog's monitors: each is named after the alert that it stands for."""
    like = {alert.name: alert for alert in called(root)}
    for path in sorted((root / SCHEDULES / "datadog").glob("*.json")):
        yield from datadog.wrong(path, like[path.stem], _MONITORED)


def script(root: Path) -> Iterator[str]:
    """What stands against the load script."""
    yield from load.wrong(root / SCHEDULES / "k6/available_schedules.js", of_schedules(root))


def banking(root: Path) -> Iterator[str]:
    """What stands against the alerts of banking."""
    yield from unlabelled(alerts([root / BANKING_RULES]), _BANKING_SEVERITIES)
    yield from promtool.failing_manifest(
        root / BANKING_RULES, sorted((root / BANKING / "tests").glob("*.yaml"))
    )


CHECKS: Mapping[str, Callable[[Path], Iterator[str]]] = {
    "observability/schedules/slo.yaml": lambda root: rules(root, "slo.yaml"),
    "observability/schedules/rules/alerts.yaml": lambda root: rules(root, "alerts.yaml"),
    "observability/schedules/alertmanager.yaml": routing,
    "observability/schedules/dashboards/app-latency.json": dashboard,
    "observability/schedules/loki/rules.yaml": logs,
    "observability/schedules/datadog/HighErrorRate.json": monitors,
    "observability/schedules/datadog/HighLatencyP95.json": monitors,
    "observability/schedules/k6/available_schedules.js": script,
    str(BANKING_RULES): banking,
}
"""The checks that a file has to pass, by its path. Rules made from the objectives are checked as those."""
