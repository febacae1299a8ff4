"""Whether a workload makes any pods (Kubernetes API reference, "Deployment v1 apps" and its neighbours).

A suspended Job or CronJob makes none ("Suspending a Job", "CronJob: schedule suspension"); a paused
Deployment makes none of a new template ("Pausing and Resuming a rollout of a Deployment").
"""

from collections.abc import Mapping

from asbuilt.infrastructure import Manifest
from asbuilt.prove.network.members import dig
from asbuilt.prove.selectors import selects

_VERSIONS = {
    "CronJob": "batch/v1",
    "DaemonSet": "apps/v1",
    "Deployment": "apps/v1",
    "Job": "batch/v1",
    "Pod": "v1",
    "ReplicaSet": "apps/v1",
    "ReplicationController": "v1",
    "StatefulSet": "apps/v1",
}
_SWITCHES = {
    "Alertmanager": "paused",
    "CronJob": "suspend",
    "Deployment": "paused",
    "Job": "suspend",
    "Prometheus": "paused",
}
_SELECTING = {"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"}


def unmade(workload: Manifest, has: Mapping[str, str]) -> str:
    """Why a workload makes no pods, whose labels would be `has`; nothing where it makes some."""
    body, version = workload.body, _VERSIONS.get(workload.kind)
    if version and body.get("apiVersion", version) != version:
        return f"{workload.name} is of {body['apiVersion']}, not of {version}"
    if dig(body, "spec", "replicas") == 0:
        return f"{workload.name} asks for no pods: replicas is 0"
    if dig(body, "spec", switch := _SWITCHES.get(workload.kind, "")) is True:
        return f"{workload.name} has {switch}: true, so that nothing tells whether it has pods"
    if workload.kind == "Job" and dig(body, "spec", "parallelism") == 0:
        return f"{workload.name} asks for no pods: parallelism is 0"
    selector = dig(body, "spec", "selector")
    if workload.kind in _SELECTING and selector is not None and not selects(selector, has):
        return f"{workload.name} does not select the labels of its own pods: Kubernetes refuses it"
    return ""
