"""Whether what provers read has the shape that Kubernetes' API reference gives it."""

from collections.abc import Iterator, Mapping
from typing import Any

_READ = {
    "CronJob",
    "DaemonSet",
    "Deployment",
    "GRPCRoute",
    "Gateway",
    "HTTPRoute",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "NetworkPolicy",
    "Pod",
    "PodDisruptionBudget",
    "PodMonitor",
    "ReferenceGrant",
    "ReplicaSet",
    "ReplicationController",
    "Service",
    "ServiceMonitor",
    "StatefulSet",
    "TCPRoute",
    "TLSRoute",
    "UDPRoute",
}
_TEXTS = {
    "except",
    "hostnames",
    "matchNames",
    "policyTypes",
    "values",
}  # lists of texts; the rest of mappings
_LISTS = _TEXTS | {
    "backendRefs",
    "containers",
    "egress",
    "endpoints",
    "filters",
    "from",
    "ingress",
    "kinds",
    "listeners",
    "matchExpressions",
    "parentRefs",
    "paths",
    "podMetricsEndpoints",
    "ports",
    "rules",
    "to",
    "volumes",
}
_MAPPINGS = {
    "annotations",
    "ipBlock",
    "jobTemplate",
    "labels",
    "matchLabels",
    "metadata",
    "namespaceSelector",
    "podSelector",
    "scaleTargetRef",
    "selector",
    "spec",
    "template",
}
_NUMBERS = {"containerPort", "endPort", "replicas"}
_PLAIN = {"cidr", "key", "kind", "name", "namespace", "operator", "port", "protocol", "targetPort"}
_SELECTOR = {"matchExpressions", "matchLabels"}
_PEER = {"ipBlock", "namespaceSelector", "podSelector"}
_FIELDS = {  # of network policies, in which a misspelt field would leave a rule wider than it was meant
    "egress": {"ports", "to"},
    "from": _PEER,
    "ingress": {"from", "ports"},
    "ipBlock": {"cidr", "except"},
    "matchExpressions": {"key", "operator", "values"},
    "namespaceSelector": _SELECTOR,
    "podSelector": _SELECTOR,
    "ports": {"endPort", "port", "protocol"},
    "spec": {"egress", "ingress", "podSelector", "policyTypes"},
    "to": _PEER,
}
_OTHERWISE = {("Gateway", "from"), ("Ingress", "port")}  # a text, and a mapping


def misshapen(body: Mapping[str, Any]) -> str:
    """What is no list, mapping, number or text where it has to be one, or no field at all; else nothing."""
    return next(_wrong(body, body["kind"], ""), "") if body["kind"] in _READ else ""


def _wrong(value: Any, kind: str, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _wrong(item, kind, f"{path}[{number}]")
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        here = f"{path}.{key}" if path else str(key)
        wanted = "" if inner is None or (kind, key) in _OTHERWISE else _wanted(str(key), inner)
        if wanted:
            yield f"{here} is no {wanted}"
        elif kind == "NetworkPolicy" and key in _FIELDS:
            yield from (f"{here} has no field {name}" for name in _strange(str(key), inner))
        yield from _wrong(inner, kind, here)


def _strange(key: str, value: Any) -> list[str]:
    """The fields that a part of a network policy has and that do not exist."""
    parts = value if isinstance(value, list) else [value or {}]
    return [str(name) for part in parts for name in part if name not in _FIELDS[key]]


def _wanted(key: str, value: Any) -> str:
    """What a field has to be and is not."""
    if key in _LISTS:
        item = str if key in _TEXTS else dict
        fits = isinstance(value, list) and all(isinstance(one, item) for one in value)
        return "" if fits else f"list of {'texts' if key in _TEXTS else 'mappings'}"
    if key in _MAPPINGS:
        return "" if isinstance(value, Mapping) else "mapping"
    if key in _NUMBERS:
        return "" if isinstance(value, int) else "number"
    return "text or number" if key in _PLAIN and isinstance(value, list | dict) else ""
