"""Whether anything here tells that a node takes a workload's pods.

Kubernetes, "Assigning Pods to Nodes", "Taints and Tolerations", "Pod Scheduling Readiness", "Pod Priority
and Preemption", "Runtime Class". A pod that asks for more than any node has waits, and runs nowhere.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from asbuilt.infrastructure import Infrastructure, Resource
from asbuilt.prove.network.members import dig
from asbuilt.prove.selectors import selects

_BUILT_IN = {"system-cluster-critical", "system-node-critical"}
_EVERYWHERE = {"kubernetes.io/os": "linux"}
_GROUP = "eks.amazonaws.com/nodegroup"
_EFFECTS = {"NO_EXECUTE": "NoExecute", "NO_SCHEDULE": "NoSchedule"}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def unscheduled(
    infrastructure: Infrastructure, name: str, spec: Mapping[str, Any], has: Mapping[str, str]
) -> str:
    """Why nothing tells that a workload's pods get a node; `has` are their labels. Nothing where they may."""
    return next(_reasons(infrastructure, name, spec, has), "")


def _reasons(
    infrastructure: Infrastructure, name: str, spec: Mapping[str, Any], has: Mapping[str, str]
) -> Iterator[str]:
    for key, kind, known in (
        ("priorityClassName", "PriorityClass", _BUILT_IN),
        ("runtimeClassName", "RuntimeClass", set[str]()),
    ):
        asked = spec.get(key)
        if asked and asked not in known and f"cluster/{kind}/{asked}" not in infrastructure.by_name:
            yield f"{name} asks for the {kind} {asked}, which no manifest creates"
    if spec.get("schedulingGates"):
        yield f"the pods of {name} have schedulingGates: they wait until somebody takes these away"
    if spec.get("nodeName"):
        yield f"{name} asks for the node {spec['nodeName']}: nothing tells whether it is there"
    if spec.get("schedulerName") not in {None, "default-scheduler"}:
        yield f"{name} asks for the scheduler {spec['schedulerName']}: nothing tells whether it is there"
    if not any(infrastructure.of_type("aws_eks_node_group")):
        for key in sorted(_asked(spec)):
            yield f"{name} asks for nodes with the label {key}: nothing tells whether there are any"
    for key in _by_affinity(spec):
        yield f"{name} has an affinity to nodes by {key}: nothing tells whether there are any"
    for term in dig(spec, "affinity", "podAffinity", _REQUIRED) or ():
        if not selects(dig(term, "labelSelector"), has):
            yield f"{name} asks for nodes on which other pods run: nothing tells whether there are any"


def _asked(spec: Mapping[str, Any]) -> dict[str, str]:
    """The labels of a node selector that not every node has."""
    selector = spec.get("nodeSelector") or {}
    return {key: str(value) for key, value in selector.items() if _EVERYWHERE.get(key) != value}


def _by_affinity(spec: Mapping[str, Any]) -> Iterator[str]:
    """The label that each of the alternatives of a required affinity asks nodes for, if they all do."""
    terms = dig(spec, "affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms") or ()
    keys = [next(_unsure(term), None) for term in terms]
    if keys and all(keys):
        yield str(keys[0])


def _unsure(term: Any) -> Iterator[str]:
    for one in (*(dig(term, "matchExpressions") or ()), *(dig(term, "matchFields") or ())):
        key, values = str(dig(one, "key")), dig(one, "values")
        is_left_out = dig(one, "operator") in {"DoesNotExist", "NotIn"}
        is_everywhere = key in _EVERYWHERE and (not values or _EVERYWHERE[key] in values)
        if not (is_left_out or is_everywhere):
            yield key


def takes(group: Resource, spec: Mapping[str, Any]) -> bool:
    """Whether a node group's nodes take pods with this spec: by its taints, and by its labels.

    EKS User Guide, "Recipe: Prevent pods from being scheduled on specific nodes"; managed node groups label
    their nodes with the group's name.
    """
    taints = group.values.get("taint")
    if isinstance(taints, list | tuple) and not all(_is_tolerated(one, spec) for one in taints):
        return False
    labels = group.values.get("labels")
    if labels is not None and not isinstance(labels, Mapping):
        return True
    own = {**(labels or {}), _GROUP: group.values.get("node_group_name")}
    return all(own.get(key) == value or _is_by_aws(key) for key, value in _asked(spec).items())


def _is_by_aws(key: str) -> bool:
    """Whether a node gets a label by what it is: of its values nothing is told."""
    return key != _GROUP and key.partition("/")[0].endswith(("kubernetes.io", "eks.amazonaws.com"))


def _is_tolerated(taint: Any, spec: Mapping[str, Any]) -> bool:
    effect = _EFFECTS.get(str(dig(taint, "effect")))
    return effect is None or any(
        _tolerates(one, taint, effect) for one in spec.get("tolerations") or () if isinstance(one, Mapping)
    )


def _tolerates(toleration: Mapping[str, Any], taint: Any, effect: str) -> bool:
    if toleration.get("effect") not in {None, "", effect}:
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in {None, "", dig(taint, "key")}
    same = toleration.get("key") == dig(taint, "key")
    return same and (toleration.get("value") or "") == (dig(taint, "value") or "")
