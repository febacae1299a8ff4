"""Whether what provers read has the shape that Kubernetes' API reference gives it."""

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

_READ = {
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "GRPCRoute",
    "Gateway",
    "HTTPRoute",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "Namespace",
    "NetworkPolicy",
    "Pod",
    "PodDisruptionBudget",
    "PodMonitor",
    "ReferenceGrant",
    "ReplicaSet",
    "ReplicationController",
    "Secret",
    "Service",
    "ServiceAccount",
    "ServiceMonitor",
    "StatefulSet",
    "TCPRoute",
    "TLSRoute",
    "UDPRoute",
}
_TEXTS = {
    "args",
    "command",
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
    "env",
    "envFrom",
    "filters",
    "from",
    "ingress",
    "initContainers",
    "kinds",
    "listeners",
    "matchExpressions",
    "parentRefs",
    "paths",
    "podMetricsEndpoints",
    "ports",
    "rules",
    "to",
    "volumeMounts",
    "volumes",
}
_TEXT_MAPS = {
    "annotations",
    "data",
    "labels",
    "matchLabels",
    "nodeSelector",
    "stringData",
}  # texts by their keys
_MAPPINGS = _TEXT_MAPS | {
    "ipBlock",
    "jobTemplate",
    "metadata",
    "namespaceSelector",
    "podSelector",
    "scaleTargetRef",
    "selector",
    "spec",
    "template",
}
_NUMBERS = {
    "completions",
    "containerPort",
    "endPort",
    "maxReplicas",
    "minReplicas",
    "parallelism",
    "replicas",
    "weight",
}
_BOOLEANS = {
    "allowPrivilegeEscalation",
    "automountServiceAccountToken",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "optional",
    "paused",
    "privileged",
    "publishNotReadyAddresses",
    "readOnlyRootFilesystem",
    "runAsNonRoot",
    "suspend",
}
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


_LABEL = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
GROUPS = (  # in which these kinds have the shape that is known here, as the core group, which has no name
    "",
    "apps",
    "autoscaling",
    "batch",
    "gateway.networking.k8s.io",
    "monitoring.coreos.com",
    "networking.k8s.io",
    "policy",
)


def misshapen(body: Mapping[str, Any]) -> str:
    """What is no list, mapping, number or text where it has to be one, or no field at all; else nothing.

    Numbers and booleans are no texts: a label, a variable or a setting of `1.10` or `on` needs quotes, since
    "annotation and label values must be strings" (Kubernetes, "Labels and Selectors"; API reference,
    "EnvVar"). Another maker's kind of the same name may have any shape.
    """
    is_read = body["kind"] in _READ and str(body.get("apiVersion") or "").rpartition("/")[0] in GROUPS
    return next(_wrong(body, body["kind"], ""), "") if is_read else ""


def _wrong(value: Any, kind: str, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _wrong(item, kind, f"{path}[{number}]")
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        here = f"{path}.{key}" if path else str(key)
        is_other = (kind, key) in _OTHERWISE or (key == "endpoints" and kind != "ServiceMonitor")
        wanted = "" if inner is None or is_other else _wanted(str(key), inner)
        if wanted:
            yield f"{here} is no {wanted}"
        elif kind == "NetworkPolicy" and key in _FIELDS:
            yield from (f"{here} has no field {name}" for name in _strange(str(key), inner))
        is_variable = key == "value" and path.rpartition(".")[2].startswith("env[")
        if is_variable or key in _TEXT_MAPS:
            yield from _no_texts({"": inner} if is_variable else inner, here)
        else:
            yield from _wrong(inner, kind, here)


def _no_texts(values: Any, path: str) -> Iterator[str]:
    """What is no text in a mapping of texts; a date is one, since Kubernetes reads it as it is written."""
    for key, value in values.items() if isinstance(values, Mapping) else ():
        if not isinstance(value, str | datetime.date | None):
            yield f"{f'{path}.{key}' if key else path} is no text: put it in quotes"
        elif path.endswith(("labels", "matchLabels")) and not _LABEL.fullmatch(str(value or "")):
            yield f"{path}.{key} may not be {value}: it is 63 letters, digits, dots, - and _ at most"


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
        return "" if isinstance(value, int) and not isinstance(value, bool) else "number"
    if key in _BOOLEANS:
        return "" if isinstance(value, bool) else "true or false"
    return "text or number" if key in _PLAIN and isinstance(value, list | dict) else ""
