"""Whether an autoscaler takes any action at all (Kubernetes, "Horizontal Pod Autoscaling").

A utilization is a share of what containers ask for. Where one of them does not, there is none, and "the
autoscaler will not take any action for that metric". Without metrics it is that of CPU.
"""

from collections.abc import Mapping
from typing import Any

from asbuilt.infrastructure import Manifest
from asbuilt.prove.network.members import dig
from asbuilt.prove.network.quotas import asked
from asbuilt.prove.network.workloads import is_written, running, template

_CPU = ({"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 80}}},)


def inert(autoscaler: Manifest, workload: Manifest, limits: list[Any]) -> str:
    """Why an autoscaler leaves its workload as it is; nothing where it may change it.

    `limits` are what LimitRanges of the namespace say of containers.
    """
    rules = [
        dig(autoscaler.body, "spec", "behavior", way, "selectPolicy") for way in ("scaleUp", "scaleDown")
    ]
    if rules == ["Disabled", "Disabled"]:
        return f"{autoscaler.name} may scale neither up nor down"
    spec = dig(template(workload), "spec") or {}
    if not is_written(workload) or dig(spec, "resources"):
        return ""  # what an operator's pods ask for is not told, and a pod may ask as a whole
    metrics = dig(autoscaler.body, "spec", "metrics") or _CPU
    reasons = [_unmeasured(metric, spec, limits) for metric in metrics]
    return f"{autoscaler.name} takes no action: {reasons[0]}" if all(reasons) else ""


def _unmeasured(metric: Any, spec: Mapping[str, Any], limits: list[Any]) -> str:
    """Why a metric is never known, as far as the pods' own spec tells."""
    if dig(metric, "type") == "ContainerResource":
        named = dig(metric, "containerResource", "container")
        boxes = [one for one in running(spec) if one.get("name") == named]
        if not boxes:
            return f"its pods have no container {named}"
        given = dig(metric, "containerResource")
    elif dig(metric, "type") == "Resource":
        boxes, given = running(spec), dig(metric, "resource")
    else:
        return ""
    if dig(given, "target", "averageUtilization") is None:
        return ""
    what = str(dig(given, "name"))
    lacking = (one.get("name") for one in boxes if asked(one, "requests", what, limits) is None)
    name = next(lacking, None)
    return f"the container {name} has no request of {what}" if name else ""
