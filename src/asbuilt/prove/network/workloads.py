"""What Kubernetes workloads are made of: the objects that have pods, and what these pods are like."""

from collections.abc import Mapping
from typing import Any

from asbuilt.infrastructure import Manifest
from asbuilt.prove.network.members import dig, is_text

WORKLOADS = {
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Job",
    "Pod",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
}
OPERATED = {"Alertmanager", "KafkaNodePool", "Prometheus"}
"""Kinds of which an operator makes pods (see `operators`)."""


def is_workload(manifest: Manifest) -> bool:
    """Whether an object has pods."""
    return manifest.kind in WORKLOADS or manifest.kind in OPERATED


def template(manifest: Manifest) -> Mapping[str, Any]:
    """A workload's pod: its metadata and spec."""
    if manifest.kind == "Pod":
        return manifest.body
    path = ("spec", "jobTemplate", "spec", "template") if manifest.kind == "CronJob" else ("spec", "template")
    found = dig(manifest.body, *path)
    return found if isinstance(found, Mapping) else {}


def running(spec: Any) -> list[Mapping[str, Any]]:
    """The containers that run as long as their pod.

    Those that start before the others and stay count, too (Kubernetes, "Sidecar Containers").
    """
    stay = [one for one in dig(spec, "initContainers") or () if dig(one, "restartPolicy") == "Always"]
    return [one for one in (*(dig(spec, "containers") or ()), *stay) if isinstance(one, Mapping)]


def labels(manifest: Manifest) -> Mapping[str, str]:
    """The labels of a workload's pods."""
    found = dig(template(manifest), "metadata", "labels")
    return found if isinstance(found, Mapping) else {}


def is_on_host_network(manifest: Manifest) -> bool:
    """Whether a workload's pods use the addresses of their nodes."""
    return dig(template(manifest), "spec", "hostNetwork") is True


def service_account(manifest: Manifest) -> str:
    """The name of the service account without which no pod starts; empty for the default one.

    Every namespace has the default one, and a pod that names one that is not there is refused (Kubernetes,
    "Configure Service Accounts for Pods").
    """
    spec = dig(template(manifest), "spec")
    named = dig(spec, "serviceAccountName") or dig(spec, "serviceAccount")
    is_own = is_text(named) and named != "default"
    return f"{manifest.namespace}/ServiceAccount/{named}" if is_own else ""


def is_written(manifest: Manifest) -> bool:
    """Whether an object's pods are as some file has them, and not what is known of an operator's."""
    return "apiVersion" in manifest.body and manifest.kind not in OPERATED
