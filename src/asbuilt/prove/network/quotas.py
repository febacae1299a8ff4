"""Which pods a namespace's quotas and limits refuse (Kubernetes, "Resource Quotas", "Limit Ranges").

Where a quota is for CPU or memory, each container has to tell how much it asks for, by itself or by the
default of a LimitRange, else its pod is not created.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from asbuilt.infrastructure import Manifest
from asbuilt.infrastructure.quantities import quantity
from asbuilt.prove.network.members import dig
from asbuilt.prove.network.pod_security import containers

_COMPUTE = {
    "cpu": ("requests", "cpu"),
    "limits.cpu": ("limits", "cpu"),
    "limits.memory": ("limits", "memory"),
    "memory": ("requests", "memory"),
    "requests.cpu": ("requests", "cpu"),
    "requests.memory": ("requests", "memory"),
}
_BOUNDS = {"max": ("limits", "at most"), "min": ("requests", "at least")}


def refusal(rules: list[Manifest], spec: Mapping[str, Any]) -> str:
    """Which ResourceQuota or LimitRange of a pod's namespace refuses it; nothing where none surely does."""
    limits = bounds(rules)
    reasons = (reason for one in rules for reason in _reasons(one, spec, limits))
    return next(reasons, "")


def bounds(rules: list[Manifest]) -> list[Any]:
    """What the LimitRanges among these objects say of containers."""
    return [
        limit
        for one in rules
        if one.kind == "LimitRange"
        for limit in dig(one.body, "spec", "limits") or ()
        if dig(limit, "type") == "Container"
    ]


def asked(container: Mapping[str, Any], way: str, what: str, limits: list[Any]) -> object:
    """What a container asks for or may use of a resource: a request that is not told is its limit."""
    own = dig(container, "resources", way, what)
    if own is None and way == "requests":
        own = dig(container, "resources", "limits", what)
    keys = ("defaultRequest", "default") if way == "requests" else ("default",)
    for limit in limits if own is None else ():
        own = next((dig(limit, key, what) for key in keys if dig(limit, key, what) is not None), own)
    return own


def _reasons(rule: Manifest, spec: Mapping[str, Any], limits: list[Any]) -> Iterator[str]:
    if rule.kind == "ResourceQuota" and not (
        dig(rule.body, "spec", "scopes") or dig(rule.body, "spec", "scopeSelector")
    ):
        for key, most in (dig(rule.body, "spec", "hard") or {}).items():
            yield from _over(rule, key, most, spec, limits)
    for limit in (dig(rule.body, "spec", "limits") or ()) if rule.kind == "LimitRange" else ():
        if dig(limit, "type") == "Container":
            yield from _out_of_bounds(rule, limit, spec, limits)


def _over(
    rule: Manifest, key: str, most: object, spec: Mapping[str, Any], limits: list[Any]
) -> Iterator[str]:
    if key in {"pods", "count/pods"} and quantity(most) == 0:
        yield f"{rule.name} allows no pods"
    if key not in _COMPUTE:
        return
    way, what = _COMPUTE[key]
    told = [(one.get("name"), asked(one, way, what, limits)) for one in containers(spec)]
    for name, value in told:
        if value is None:
            yield f"{rule.name} is for {key}, and its container {name} has no {way} of {what}"
    hard = quantity(most)
    for name, value in told:
        own = quantity(value)
        if hard is not None and own is not None and own > hard:
            yield f"{rule.name} allows {most} of {key}, and its container {name} alone takes {value}"


def _out_of_bounds(rule: Manifest, limit: Any, spec: Mapping[str, Any], limits: list[Any]) -> Iterator[str]:
    for bound, (way, said) in _BOUNDS.items():
        for what, value in (dig(limit, bound) or {}).items():
            wanted = quantity(value)
            for one in containers(spec):
                own = quantity(asked(one, way, what, limits))
                if wanted is None or own is None or own == wanted:
                    continue
                if (own > wanted) == (bound == "max"):
                    yield f"{rule.name} allows {said} {value} of {what}, unlike {one.get('name')}"
