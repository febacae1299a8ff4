"""What Kubernetes objects do to workloads, for the oracle: scale, protect, run as, select."""

from collections.abc import Callable, Mapping

from drills.mutants.cloud import Cloud, Item, namespace_of, template
from drills.mutants.pods import RUNS, labels_of, selects


def relates(cloud: Cloud, source: str, target: str, verb: str) -> bool:
    """Whether one object does it to the other."""
    ends = cloud.objects.get(source), cloud.objects.get(target)
    if ends[0] is None or ends[1] is None:
        return False
    return _JUDGES[verb](cloud, ends[0], ends[1])


def _scales(cloud: Cloud, scaler: Item, workload: Item) -> bool:
    if scaler["kind"] != "HorizontalPodAutoscaler" or workload["kind"] not in RUNS:
        return False
    wanted, group = scaler["spec"]["scaleTargetRef"], _group(workload)
    said = (wanted.get("kind"), wanted.get("name"), _group(wanted), namespace_of(scaler))
    return said == (workload["kind"], workload["metadata"]["name"], group, namespace_of(workload))


def _group(body: Item) -> str:
    return str(body.get("apiVersion", "")).rpartition("/")[0]


def _protects(cloud: Cloud, budget: Item, workload: Item) -> bool:
    """Pods with two budgets are never evicted: then neither protects them as it says."""
    budgets = cloud.of_kind("PodDisruptionBudget", namespace_of(workload))
    for_it = [one for one in budgets if _holds(one["spec"].get("selector"), labels_of(workload))]
    return workload["kind"] in RUNS and for_it == [budget]


def _holds(selector: Item | None, labels: Mapping[str, str]) -> bool:
    return selector is not None and selects(selector, dict(labels))


def _runs_as(cloud: Cloud, workload: Item, account: Item) -> bool:
    named = template(workload).get("spec", {}).get("serviceAccountName", "default")
    said = (account["kind"], account["metadata"]["name"], namespace_of(account))
    return workload["kind"] in RUNS and said == ("ServiceAccount", named, namespace_of(workload))


def _selects(cloud: Cloud, monitor: Item, workload: Item) -> bool:
    """A PodMonitor selects pods, a ServiceMonitor a Service that leads to them; both name a port."""
    if workload["kind"] not in RUNS or not _looks_into(monitor, namespace_of(workload)):
        return False
    if monitor["kind"] == "PodMonitor":
        asked = {one.get("port") for one in monitor["spec"].get("podMetricsEndpoints", ())}
        boxes = template(workload).get("spec", {}).get("containers", ())
        names = {port.get("name") for box in boxes for port in box.get("ports", ())}
        return bool(asked & names) and selects(monitor["spec"].get("selector"), labels_of(workload))
    asked = {one.get("port") for one in monitor["spec"].get("endpoints", ())}
    return monitor["kind"] == "ServiceMonitor" and any(
        selects(monitor["spec"].get("selector"), one["metadata"].get("labels", {}))
        and asked & {port.get("name") for port in one["spec"].get("ports", ())}
        for one in cloud.of_kind("Service", namespace_of(workload))
        if one["spec"].get("selector") and one["spec"]["selector"].items() <= labels_of(workload).items()
    )


def _looks_into(monitor: Item, namespace: str) -> bool:
    chosen = monitor["spec"].get("namespaceSelector", {})
    return bool(chosen.get("any")) or namespace in chosen.get("matchNames", [namespace_of(monitor)])


_JUDGES: Mapping[str, Callable[[Cloud, Item, Item], bool]] = {
    "scales": _scales,
    "protects": _protects,
    "runs as": _runs_as,
    "selects": _selects,
}
