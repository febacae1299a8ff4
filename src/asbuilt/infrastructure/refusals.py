"""What Kubernetes refuses although each field has its shape: an object that is never made proves nothing.

The rules are those of the API server's validation (kubernetes/kubernetes, `pkg/apis/*/validation`), which the
API reference tells of each field: "NetworkPolicy v1", "Service v1", "Ingress v1", "PodDisruptionBudget v1"
and "HorizontalPodAutoscaler v2".
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from asbuilt.infrastructure.pod_refusals import is_name, pods, protocols
from asbuilt.infrastructure.shapes import GROUPS

_SERVED = {  # the versions of kinds that provers read ("Deprecated API Migration Guide")
    "ConfigMap": {"v1"},
    "CronJob": {"batch/v1"},
    "DaemonSet": {"apps/v1"},
    "Deployment": {"apps/v1"},
    "HorizontalPodAutoscaler": {"autoscaling/v1", "autoscaling/v2"},
    "Ingress": {"networking.k8s.io/v1"},
    "Job": {"batch/v1"},
    "Namespace": {"v1"},
    "NetworkPolicy": {"networking.k8s.io/v1"},
    "Pod": {"v1"},
    "PodDisruptionBudget": {"policy/v1"},
    "ReplicaSet": {"apps/v1"},
    "Secret": {"v1"},
    "Service": {"v1"},
    "ServiceAccount": {"v1"},
    "StatefulSet": {"apps/v1"},
}
_SPELT = {kind.lower(): kind for kind in _SERVED}
_OWN = {"", "apps", "autoscaling", "batch", "extensions", "networking.k8s.io", "policy"}
_OWN |= {"rbac.authorization.k8s.io"}
"""Kubernetes' own groups; the core group has no name."""
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_PATHS = {"Exact", "ImplementationSpecific", "Prefix"}


def refused(body: Mapping[str, Any]) -> str:
    """Why Kubernetes refuses an object of the right shape; nothing where it takes it, as far as is known."""
    return next(_reasons(body), "")


def _reasons(body: Mapping[str, Any]) -> Iterator[str]:
    kind, version = body["kind"], str(body.get("apiVersion") or "")
    group = version.rpartition("/")[0]
    if kind not in _SERVED and kind.lower() in _SPELT:
        yield f"there is no kind {kind}: it is {_SPELT[kind.lower()]}"
    if not version and kind in _SERVED:
        yield f"this {kind} has no apiVersion: it is of {max(_SERVED[kind])}"
    if version and version not in _SERVED.get(kind, {version}) and group in _OWN:
        yield f"{version} has no {kind}: it is of {max(_SERVED[kind])}"
    yield from _names(body) if kind in _SERVED and group in GROUPS else ()
    spec = body.get("spec")
    if isinstance(spec, Mapping) and group in GROUPS:
        yield from pods(kind, spec)
        yield from _BY_KIND[kind](spec) if kind in _BY_KIND else ()


def _names(body: Mapping[str, Any]) -> Iterator[str]:
    """What may not be the name of an object, or of its namespace ("Object Names and IDs")."""
    for key in ("name", "namespace"):
        name = body["metadata"].get(key)
        if name is not None and not _NAME.fullmatch(str(name)):
            yield f"metadata.{key} may not be {name}: it is small letters, digits, hyphens and dots"


def _cron_job(spec: Mapping[str, Any]) -> Iterator[str]:
    if not spec.get("schedule"):
        yield "spec.schedule is missing"


def _network_policy(spec: Mapping[str, Any]) -> Iterator[str]:
    yield from _selector(spec.get("podSelector"), "spec.podSelector")
    for type_ in spec.get("policyTypes") or ():
        if type_ not in {"Ingress", "Egress"}:
            yield f"spec.policyTypes may not be {type_}: it is Ingress, Egress or both"
    for way, ends in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(spec.get(way) or ()):
            here = f"spec.{way}[{number}]"
            for port in rule.get("ports") or ():
                yield from _policy_port(port, f"{here}.ports")
            for peer in rule.get(ends) or ():
                yield from _peer(peer, f"{here}.{ends}")


def _policy_port(port: Mapping[str, Any], here: str) -> Iterator[str]:
    yield from protocols(port, here)
    number, end = port.get("port"), port.get("endPort")
    if isinstance(number, str) and not is_name(number):
        yield f"{here} may not name a port {number!r}"
    if end is not None and not isinstance(number, int):
        yield f"{here} may have an endPort only beside the number of a port"
    elif end is not None and end < number:
        yield f"{here} ends at {end}, before it begins at {number}"


def _peer(peer: Mapping[str, Any], here: str) -> Iterator[str]:
    given = [key for key in ("ipBlock", "namespaceSelector", "podSelector") if peer.get(key) is not None]
    if "ipBlock" in given and len(given) > 1:
        yield f"{here} may not have an ipBlock and a selector in one peer"
    if not given:
        yield f"{here} has a peer that names nobody"
    for key in ("namespaceSelector", "podSelector"):
        yield from _selector(peer.get(key), f"{here}.{key}")
    block = peer.get("ipBlock") or {}
    whole = _network(block.get("cidr"))
    for one in block.get("except") or ():
        part = _network(one)
        if whole and part and not _is_part(part, whole):
            yield f"{here} leaves out {one}, which is no part of {block['cidr']}"


def _network(cidr: object) -> Any:
    try:
        return ipaddress.ip_network(str(cidr), strict=False)
    except ValueError:
        return None


def _is_part(part: Any, whole: Any) -> bool:
    return bool(part != whole and part.version == whole.version and part.subnet_of(whole))


def _selector(selector: Any, here: str) -> Iterator[str]:
    for asked in (selector or {}).get("matchExpressions") or ():
        operator, values = asked.get("operator"), asked.get("values") or ()
        if operator in {"In", "NotIn"} and not values:
            yield f"{here} asks with {operator} for no values"
        elif operator in {"Exists", "DoesNotExist"} and values:
            yield f"{here} asks with {operator}, which takes no values"
        elif operator not in {"In", "NotIn", "Exists", "DoesNotExist"}:
            yield f"{here} asks with {operator}, which is no operator"


def _service(spec: Mapping[str, Any]) -> Iterator[str]:
    for key, value in (spec.get("selector") or {}).items():
        if isinstance(value, bool | int | float):
            yield f"spec.selector.{key} is no text: put it in quotes"
    address = spec.get("clusterIP")
    if address not in {None, "", "None"} and _network(address) is None:
        yield f"spec.clusterIP may not be {address}: without an address it is None, with a capital"
    ports = spec.get("ports") or ()
    for port in ports:
        yield from protocols(port, "spec.ports")
        target = port.get("targetPort")
        if isinstance(target, str) and not is_name(target):
            yield f"spec.ports may not lead to a port {target!r}: a number is written without quotes"
    if len(ports) > 1 and not all(port.get("name") for port in ports):
        yield "spec.ports has several ports, and not each has a name"
    taken = Counter((port.get("port"), port.get("protocol") or "TCP") for port in ports)
    names = Counter(port["name"] for port in ports if port.get("name"))
    yield from (
        f"spec.ports has two ports {number} of {by}" for (number, by), many in taken.items() if many > 1
    )
    yield from (f"spec.ports has two ports called {name}" for name, many in names.items() if many > 1)


def _ingress(spec: Mapping[str, Any]) -> Iterator[str]:
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield "spec has neither rules nor a defaultBackend"
    yield from _backend(spec.get("defaultBackend") or {}, "spec.defaultBackend")
    for number, rule in enumerate(spec.get("rules") or ()):
        for path in (rule.get("http") or {}).get("paths") or ():
            here = f"spec.rules[{number}].http.paths"
            if path.get("pathType") not in _PATHS:
                yield f"{here} needs a pathType: {', '.join(sorted(_PATHS))}"
            yield from _backend(path.get("backend") or {}, here)


def _backend(backend: Mapping[str, Any], here: str) -> Iterator[str]:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        yield f"{here} may not have a service and a resource"
    port = service.get("port") if isinstance(service, Mapping) else None
    if isinstance(port, Mapping) and port.get("name") and port.get("number"):
        yield f"{here} may not tell a port's name and its number"


def _budget(spec: Mapping[str, Any]) -> Iterator[str]:
    yield from _selector(spec.get("selector"), "spec.selector")
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        yield "spec may not have both minAvailable and maxUnavailable"


def _autoscaler(spec: Mapping[str, Any]) -> Iterator[str]:
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas")
    if not isinstance(most, int):
        yield "spec.maxReplicas has to be a number"
    elif isinstance(least, int) and least > most:
        yield f"spec.minReplicas is {least}, more than maxReplicas, {most}"


_BY_KIND: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "CronJob": _cron_job,
    "HorizontalPodAutoscaler": _autoscaler,
    "Ingress": _ingress,
    "NetworkPolicy": _network_policy,
    "PodDisruptionBudget": _budget,
    "Service": _service,
}
