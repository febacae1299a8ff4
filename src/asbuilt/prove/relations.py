"""What Kubernetes objects do to workloads besides sending packets: scale, protect, run as, select.

Sources: Kubernetes, "Horizontal Pod Autoscaling", "Specifying a Disruption Budget for your Application",
"API-initiated Eviction", "Configure Service Accounts for Pods"; Prometheus Operator, "API reference": the
`port` of a monitor is a Service's, by its name, and its `targetPort` one that the pods' containers declare.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from asbuilt.claims import Relation
from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.autoscaling import inert
from asbuilt.prove.network.logic import proven, refuted, unknown
from asbuilt.prove.network.members import dig
from asbuilt.prove.network.operators import operated
from asbuilt.prove.network.ports import container_ports
from asbuilt.prove.network.quotas import bounds
from asbuilt.prove.network.services import Services, target_port, written_ports
from asbuilt.prove.network.workloads import OPERATED, WORKLOADS, is_written, labels, service_account
from asbuilt.prove.objects import watches
from asbuilt.prove.selectors import selects
from asbuilt.prove.verdicts import Evidence, Finding

_PODS = tuple(sorted(WORKLOADS | OPERATED))
_SCALED = tuple(sorted({*_PODS} - {"CronJob", "DaemonSet", "Job", "Pod"}))  # these have no `scale`
_REPLICATED = {"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"}  # one pod, if not told
_NONE = {0, "0", "0%"}
_NAMING = {"Alertmanager", "Prometheus"}  # kinds that name their pods' account themselves
_MONITORS = ("ServiceMonitor", "PodMonitor")
_ENDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # the kinds of tails and of heads
    "scales": (("HorizontalPodAutoscaler",), _SCALED),
    "protects": (("PodDisruptionBudget",), _PODS),
    "runs as": (_PODS, ("ServiceAccount",)),
    "selects": (_MONITORS, ("Service", "Kafka", *_PODS)),
}


class RelationProver:
    """Judges relations between the Kubernetes objects of one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure = operated(infrastructure)
        self._services = Services(infrastructure)
        self._judges: dict[str, Callable[[Manifest, Manifest], str]] = {
            "scales": self._not_scaled,
            "protects": self._not_protected,
            "runs as": _not_run_as,
            "selects": self._not_selected,
        }

    def prove(self, source: str, target: str, claim: Relation) -> Finding:
        """Proven with both objects, or refuted with what speaks against it."""
        ends = []
        for name, kinds in zip((source, target), _ENDS[claim.verb], strict=True):
            thing = self._infrastructure.by_name.get(name)
            if thing is None:
                return unknown(f"{name} is not there")
            if thing.kind not in kinds:
                return refuted(f"{name} is no {' or '.join(kinds)}", Evidence.of(thing))
            ends.append(thing)
        evidence = [Evidence.of(thing) for thing in ends]
        against = self._judges[claim.verb](*ends)
        return refuted(against, *evidence) if against else proven(*evidence)

    def _not_scaled(self, autoscaler: Manifest, workload: Manifest) -> str:
        if against := _not_targeted(autoscaler, workload):
            return against
        if dig(workload.body, "spec", "replicas") == 0:
            return f"{workload.name} has replicas: 0, which switches {autoscaler.name} off"
        rules = self._infrastructure.in_namespace(workload.namespace, "LimitRange")
        if reason := inert(autoscaler, workload, bounds(rules)):
            return reason
        scalers = [one for one in self._infrastructure.manifests if one.kind == autoscaler.kind]
        others = [one.name for one in scalers if one is not autoscaler and not _not_targeted(one, workload)]
        return f"{others[0]} scales {workload.name} too: neither has a say then" if others else ""

    def _not_protected(self, budget: Manifest, workload: Manifest) -> str:
        if not _protects(budget, workload):
            return f"{budget.name} does not select the pods of {workload.name}"
        if self._may_all_go(budget, workload):
            return f"{budget.name} lets all pods of {workload.name} be evicted at once"
        budgets = [one for one in self._infrastructure.manifests if one.kind == budget.kind]
        others = [one.name for one in budgets if one is not budget and _protects(one, workload)]
        if others:
            return f"{others[0]} selects the pods of {workload.name} too: no pod with two budgets is evicted"
        return ""

    def _may_all_go(self, budget: Manifest, workload: Manifest) -> bool:
        """Whether a budget leaves no pod where it is; how many there are an autoscaler may decide."""
        least, most = (dig(budget.body, "spec", key) for key in ("minAvailable", "maxUnavailable"))
        if least in _NONE or most == "100%":
            return True
        scalers = [one for one in self._infrastructure.manifests if one.kind == "HorizontalPodAutoscaler"]
        count = dig(workload.body, "spec", "replicas")
        count = 1 if count is None and workload.kind in _REPLICATED else count
        is_fixed = isinstance(count, int) and not any(not _not_targeted(one, workload) for one in scalers)
        return is_fixed and isinstance(most, int) and most >= count

    def _not_selected(self, monitor: Manifest, target: Manifest) -> str:
        if target.kind == "Kafka":
            reasons = [self._not_selected(monitor, pool) for pool in self._services.behind(target)]
            return next(filter(None, reasons), "" if reasons else f"{target.name} has no brokers here")
        if monitor.kind == "ServiceMonitor" and target.kind != "Service":
            return self._not_reached(monitor, target)
        if monitor.kind == "PodMonitor" and target.kind == "Service":
            return f"{monitor.name} selects pods, and {target.name} is a Service"
        if not watches(monitor, target.namespace):
            return f"{monitor.name} does not look into the namespace {target.namespace}"
        has = labels(target) if monitor.kind == "PodMonitor" else dig(target.body, "metadata", "labels") or {}
        if not selects(dig(monitor.body, "spec", "selector") or {}, has):
            return f"{monitor.name} does not select the labels of {target.name}"
        wanted, ports = list(_wanted(monitor)), _ports(target)
        for workload in self._services.behind(target) if target.kind == "Service" else ():
            ports |= {one for one in _ports(workload) if one[0] == "target"}
        if not ports & {*wanted}:
            said = " or ".join(str(port) for _, port in wanted) or "that is asked for"
            return f"{target.name} has no port {said}"
        return self._not_led(target, wanted) if target.kind == "Service" else ""

    def _not_led(self, service: Manifest, wanted: list[tuple[str, object]]) -> str:
        """Why a Service, asked for these ports, leads to none of the pods that it selects."""
        names = {name for by, name in wanted if by == "name"}
        ports = [port for port in written_ports(service) if port.get("name") in names]
        pods = self._services.behind(service)
        is_led = any(target_port(port, one) for port in ports for one in pods)
        if not pods or is_led or any(by == "target" for by, _ in wanted):
            return ""
        return f"no pod behind {service.name} has the port that {ports[0].get('name')} leads to"

    def _not_reached(self, monitor: Manifest, workload: Manifest) -> str:
        """Through a Service: the first reason where none that leads to the workload is selected."""
        services = [
            one
            for one in self._infrastructure.manifests
            if one.kind == "Service" and workload in self._services.behind(one)
        ]
        reasons = [self._not_selected(monitor, one) for one in services]
        if not reasons:
            return f"no Service leads to {workload.name}"
        return "" if "" in reasons else reasons[0]


def _not_targeted(autoscaler: Manifest, workload: Manifest) -> str:
    reference = dig(autoscaler.body, "spec", "scaleTargetRef")
    said = f"{dig(reference, 'kind')}/{dig(reference, 'name')}"
    if f"{autoscaler.namespace}/{said}" != workload.name:
        return f"{autoscaler.name} scales {said} in its own namespace, not {workload.name}"
    if _group(reference) != _group(workload.body):
        return f"{autoscaler.name} looks for {said} in the API group {_group(reference) or 'core'!r}"
    return ""


def _group(body: Any) -> str:
    """The API group of an object or of a reference to one; the core group is empty."""
    return str(dig(body, "apiVersion") or "").rpartition("/")[0]


def _protects(budget: Manifest, workload: Manifest) -> bool:
    """An empty selector selects every pod of the namespace, an absent one none."""
    selector = dig(budget.body, "spec", "selector")
    is_here = budget.namespace == workload.namespace
    return is_here and selector is not None and selects(selector, labels(workload))


def _not_run_as(workload: Manifest, account: Manifest) -> str:
    if workload.kind not in _NAMING and not is_written(workload):
        return f"the operator that makes the pods of {workload.name} gives them an account of their own"
    named = service_account(workload) or f"{workload.namespace}/ServiceAccount/default"
    return "" if named == account.name else f"{workload.name} runs as {named}, not as {account.name}"


def _wanted(monitor: Manifest) -> Iterator[tuple[str, object]]:
    """The ports of a monitor's endpoints: by `name`, or by the pods' own name or number, `target`."""
    key = "podMetricsEndpoints" if monitor.kind == "PodMonitor" else "endpoints"
    for endpoint in dig(monitor.body, "spec", key) or ():
        if isinstance(endpoint, Mapping):
            if name := endpoint.get("port"):
                yield "name", name
            elif number := endpoint.get("targetPort") or endpoint.get("portNumber"):
                yield "target", number


def _ports(target: Manifest) -> set[tuple[str, object]]:
    """The ports of a Service or of pods, as `_wanted` tells them."""
    keys: dict[str, tuple[str, ...]]
    ports: Sequence[Mapping[str, Any]]
    if target.kind == "Service":
        keys, ports = {"name": ("name",)}, written_ports(target)
    else:
        keys, ports = {"name": ("name",), "target": ("name", "containerPort")}, container_ports(target)
    return {(by, port[key]) for port in ports for by, of in keys.items() for key in of if key in port}
