"""Which pods a namespace's Pod Security level refuses (Kubernetes, "Pod Security Standards").

The label `pod-security.kubernetes.io/enforce` of a namespace names the level; pods that violate it are
rejected, and the workload stays without any ("Pod Security Admission"). Windows pods are not looked at.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from asbuilt.prove.network.members import dig

LABEL = "pod-security.kubernetes.io/enforce"
_LEVELS = {"baseline", "restricted"}
_ADDED = {  # capabilities that baseline lets a container add
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"),
    *("NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
}
_VOLUMES = {  # kinds of volumes that restricted allows
    *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"),
    *("persistentVolumeClaim", "projected", "secret"),
}
_SECCOMP = {"Localhost", "RuntimeDefault"}


def violation(level: object, spec: Mapping[str, Any]) -> str:
    """What of a pod's spec a level refuses; nothing where the pod is let in, or where there is no level."""
    if level not in _LEVELS or dig(spec, "os", "name") == "windows":
        return ""
    found = _baseline(spec)
    return next(found, "") or (next(_restricted(spec), "") if level == "restricted" else "")


def containers(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All containers of a pod: those that set it up, too."""
    for key in ("initContainers", "containers"):
        yield from (one for one in spec.get(key) or () if isinstance(one, Mapping))


def _baseline(spec: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{key} is true" for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key) is True)
    for volume in spec.get("volumes") or ():
        if dig(volume, "hostPath"):
            yield f"its volume {dig(volume, 'name')} is a hostPath"
    if dig(spec, "securityContext", "seccompProfile", "type") == "Unconfined":
        yield "its seccompProfile is Unconfined"
    for one in containers(spec):
        context, who = one.get("securityContext") or {}, f"its container {one.get('name')}"
        if context.get("privileged") is True:
            yield f"{who} is privileged"
        if more := {*(dig(context, "capabilities", "add") or ())} - _ADDED:
            yield f"{who} adds the capability {min(more)}"
        if any(dig(port, "hostPort") for port in one.get("ports") or ()):
            yield f"{who} has a hostPort"
        if dig(context, "seccompProfile", "type") == "Unconfined":
            yield f"the seccompProfile of {who} is Unconfined"


def _restricted(spec: Mapping[str, Any]) -> Iterator[str]:
    pod = spec.get("securityContext") or {}
    for volume in spec.get("volumes") or ():
        if strange := {*volume} - _VOLUMES - {"name"}:
            yield f"its volume {volume.get('name')} is a {min(strange)}"
    if pod.get("runAsUser") == 0:
        yield "it runs as root"
    for one in containers(spec):
        context, who = one.get("securityContext") or {}, f"its container {one.get('name')}"
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{who} does not set allowPrivilegeEscalation: false"
        if context.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
            yield f"{who} does not set runAsNonRoot: true"
        if context.get("runAsUser") == 0:
            yield f"{who} runs as root"
        if dig(context.get("seccompProfile") or pod.get("seccompProfile"), "type") not in _SECCOMP:
            yield f"{who} has no seccompProfile of its own or its pod's"
        if "ALL" not in (dig(context, "capabilities", "drop") or ()):
            yield f"{who} does not drop all capabilities"
        if {*(dig(context, "capabilities", "add") or ())} - {"NET_BIND_SERVICE"}:
            yield f"{who} adds a capability"
