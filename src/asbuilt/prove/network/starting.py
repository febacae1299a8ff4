"""Whether a workload's pods start, and stay, as far as files tell."""

import re
from collections.abc import Mapping
from typing import Any

from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.network.members import dig
from asbuilt.prove.network.mounts import missing
from asbuilt.prove.network.pod_security import LABEL, violation
from asbuilt.prove.network.pod_sets import unmade
from asbuilt.prove.network.probes import ended_by
from asbuilt.prove.network.quotas import refusal
from asbuilt.prove.network.scheduling import unscheduled
from asbuilt.prove.network.workloads import is_written, labels, service_account, template

_FOR_EVER = re.compile(r"\bsleep inf(?:inity)?\b|\btail -f /dev/null\b")


def unstarted(infrastructure: Infrastructure, manifest: Manifest) -> str:
    """Why a workload's pods may not start, or not stay; nothing where they do."""
    account = service_account(manifest)
    if account and account not in infrastructure.by_name:
        return f"{manifest.name} runs as {account}, which no manifest creates"
    if reason := unmade(manifest, labels(manifest)):
        return reason
    spec = dig(template(manifest), "spec") or {}
    return (
        ended_by(manifest.name, dig(spec, "containers") or ())
        or _held(manifest.name, spec)
        or (_unadmitted(infrastructure, manifest, spec) if is_written(manifest) else "")
        or unscheduled(infrastructure, manifest.name, spec, labels(manifest))
        or missing(infrastructure, manifest.name, spec)
    )


def _held(name: str, spec: Mapping[str, Any]) -> str:
    """Which container never ends, so that those after it never start (Kubernetes, "Init Containers")."""
    for one in dig(spec, "initContainers") or ():
        words = " ".join(map(str, (*(dig(one, "command") or ()), *(dig(one, "args") or ()))))
        if dig(one, "restartPolicy") != "Always" and _FOR_EVER.search(words):
            return f"{name} waits for its init container {dig(one, 'name')}, which does not end"
    return ""


def _unadmitted(infrastructure: Infrastructure, manifest: Manifest, spec: Mapping[str, Any]) -> str:
    """Why a workload's namespace refuses its pods."""
    home = infrastructure.by_name.get(f"cluster/Namespace/{manifest.namespace}")
    level = dig(home.body, "metadata", "labels", LABEL) if home else None
    if reason := violation(level, spec):
        return f"{manifest.name} violates the Pod Security level {level} of its namespace: {reason}"
    rules = infrastructure.in_namespace(manifest.namespace, "LimitRange", "ResourceQuota")
    return f"{manifest.name} gets no pods: {reason}" if (reason := refusal(rules, spec)) else ""
