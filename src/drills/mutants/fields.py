"""Changes to single fields of the objects in a cluster: labels, selectors, peers, ports, probes, targets."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import yaml

from drills.mutants.mutant import Mutant, Mutants
from drills.mutants.rules import rule_changes
from drills.mutants.world import World

Body = dict[str, Any]
Change = tuple[str, str, Callable[[Body], None]]
"""The family, the place in the object, and what changes the object there."""
_PATH = "no file tells which paths a container answers"


def field_mutants(clean: World) -> Mutants:
    """Each field that ties one object to others, changed in every way that an editor's hand may."""
    for file, text in clean.manifests.items():
        body = yaml.safe_load(text)
        for family, place, change in _changes(body):
            changed = copy.deepcopy(body)
            change(changed)
            world = replace(clean, manifests={**clean.manifests, file: yaml.safe_dump(changed)})
            beyond = _PATH if family == "probe: other path" else ""
            yield Mutant(family, f"{file.removesuffix('.yaml')}{place}", world, beyond)


def _changes(body: Body) -> Iterator[Change]:
    kind, spec = body["kind"], body.get("spec", {})
    if "containers" in spec.get("template", {}).get("spec", {}):
        yield from _pods(spec["template"])
    if kind == "NetworkPolicy":
        yield from rule_changes(spec)
    if kind == "Service":
        yield from _service(spec)
    if kind == "HorizontalPodAutoscaler":
        for key, value in (("name", "another"), ("kind", "StatefulSet"), ("apiVersion", "apps.example/v1")):
            yield f"autoscaler: target's {key}", "", _set(("spec", "scaleTargetRef", key), value)
    if kind in {"PodDisruptionBudget", "ServiceMonitor", "PodMonitor"}:
        yield from _selecting(kind, spec)
    if kind in {"Kafka", "KafkaNodePool", "Prometheus", "Alertmanager"}:
        yield from _operated(body)
    if kind == "Namespace":
        for key in body["metadata"].get("labels", {}):
            yield "namespace: label changed", f", {key}", _set(("metadata", "labels", key), "another")


def _pods(template: Body) -> Iterator[Change]:
    pod = ("spec", "template")
    for key in template["metadata"]["labels"]:
        yield "pods: label changed", f", {key}", _set((*pod, "metadata", "labels", key), "another")
        yield "pods: label removed", f", {key}", _drop((*pod, "metadata", "labels", key))
    yield "pods: service account swapped", "", _set((*pod, "spec", "serviceAccountName"), "default")
    for index, container in enumerate(template["spec"]["containers"]):
        place = (*pod, "spec", "containers", index)
        for number, port in enumerate(container.get("ports", ())):
            own, said = (*place, "ports", number), f", {port['name']}"
            yield "container: port renamed", said, _set((*own, "name"), "another")
            yield "container: port changed", said, _set((*own, "containerPort"), 9999)
            yield "container: port of another protocol", said, _set((*own, "protocol"), "UDP")
        yield from _probes(container, place)


def _probes(container: Body, place: tuple[Any, ...]) -> Iterator[Change]:
    for kind in ("startup", "readiness", "liveness"):
        own, said = (*place, f"{kind}Probe"), f", {container['name']}, {kind}"
        for way in ("httpGet", "tcpSocket"):
            if way in container.get(f"{kind}Probe", {}):
                yield "probe: port that has no such name", said, _set((*own, way, "port"), "another")
                yield "probe: port that is not declared", said, _set((*own, way, "port"), 9999)
                yield "probe: removed", said, _drop(own)
        if "httpGet" in container.get(f"{kind}Probe", {}):
            yield "probe: other path", said, _set((*own, "httpGet", "path"), "/another")


def _service(spec: Body) -> Iterator[Change]:
    for key in spec.get("selector", {}):
        yield "Service: selector's label changed", f", {key}", _set(("spec", "selector", key), "another")
    yield "Service: selector narrowed", "", _set(("spec", "selector", "release"), "another")
    yield "Service: labels removed", "", _drop(("metadata", "labels"))
    for index, port in enumerate(spec.get("ports", ())):
        own, said = ("spec", "ports", index), f", {port.get('name')}"
        yield "Service: port renamed", said, _set((*own, "name"), "another")
        yield "Service: port changed", said, _set((*own, "port"), 9999)
        yield "Service: port leads elsewhere", said, _set((*own, "targetPort"), 9999)
        yield "Service: port leads to no such name", said, _set((*own, "targetPort"), "another")


def _selecting(kind: str, spec: Body) -> Iterator[Change]:
    for key in spec["selector"]["matchLabels"]:
        path = ("spec", "selector", "matchLabels", key)
        yield f"{kind}: selector's label changed", f", {key}", _set(path, "another")
    yield f"{kind}: selector widened", "", _set(("spec", "selector"), {})
    if kind == "PodDisruptionBudget":
        yield f"{kind}: selector removed", "", _drop(("spec", "selector"))
        return
    ends = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    yield f"{kind}: other port", "", _set(("spec", ends, 0, "port"), "another")
    elsewhere = {"matchNames": ["another"]}
    yield f"{kind}: looks into another namespace", "", _set(("spec", "namespaceSelector"), elsewhere)


def _operated(body: Body) -> Iterator[Change]:
    kind, spec = body["kind"], body["spec"]
    yield "operator: another maker's kind", "", _set(("apiVersion",), "example.com/v1")
    if kind == "KafkaNodePool":
        label = ("metadata", "labels", "strimzi.io/cluster")
        yield "KafkaNodePool: of another cluster", "", _set(label, "another")
        for role in spec["roles"]:
            left = [one for one in spec["roles"] if one != role]
            yield "KafkaNodePool: role removed", f", {role}", _set(("spec", "roles"), left)
    elif kind == "Kafka":
        for index in range(len(spec["kafka"]["listeners"])):
            listener = ("spec", "kafka", "listeners", index)
            yield "Kafka: listener's port changed", f", {index}", _set((*listener, "port"), 9999)
            yield "Kafka: listener removed", f", {index}", _drop(listener)
        yield "Kafka: no figures", "", _drop(("spec", "kafka", "metricsConfig"))
    else:
        yield f"{kind}: answers itself only", "", _set(("spec", "listenLocal"), True)
        yield f"{kind}: other service account", "", _set(("spec", "serviceAccountName"), "another")
        given = {"labels": {"app.kubernetes.io/name": "another"}}
        yield f"{kind}: label that the operator sets itself", "", _set(("spec", "podMetadata"), given)


def _set(path: tuple[Any, ...], value: Any) -> Callable[[Body], None]:
    return partial(_change, path, value)


def _change(path: tuple[Any, ...], value: Any, body: Body) -> None:
    *above, last = path
    place: Any = body
    for key in above:
        place = place[key] if isinstance(place, list) else place.setdefault(key, {})
    place[last] = value


def _drop(path: tuple[Any, ...]) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        *above, last = path
        place: Any = body
        for key in above:
            place = place[key] if isinstance(place, list) else place.get(key, {})
        if isinstance(place, list):
            del place[last]
        else:
            place.pop(last, None)

    return change
