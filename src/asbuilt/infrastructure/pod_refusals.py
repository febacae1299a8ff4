"""What Kubernetes refuses in workloads and the templates of their pods.

The rules are those of the API server's validation (kubernetes/kubernetes, `pkg/apis/core/validation` and
`pkg/apis/apps/validation`); the API reference tells them under "Pod v1", "Deployment v1" and "Job v1".
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from asbuilt.infrastructure.quantities import quantity

_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?")  # RFC 6335, section 5.1
_PROTOCOLS = {"SCTP", "TCP", "UDP"}
_ALWAYS = {"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"}
_SELECTING = _ALWAYS
_ENDING = {"CronJob", "Job"}
_WAYS = ("exec", "grpc", "httpGet", "tcpSocket")
_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_NONE = {0, "0", "0%"}


def is_name(text: str) -> bool:
    """Whether a text may be the name of a container's port: 15 characters at most, one of them a letter."""
    return bool(_NAME.fullmatch(text))


def protocols(port: Mapping[str, Any], here: str) -> Iterator[str]:
    """What is wrong with the number and the protocol of a port."""
    by = port.get("protocol")
    if by is not None and by not in _PROTOCOLS:
        yield f"{here} has the protocol {by}: it is TCP, UDP or SCTP, in capitals"
    for key in ("port", "containerPort", "endPort"):
        number = port.get(key)
        if isinstance(number, int) and not 1 <= number <= 65535:
            yield f"{here}.{key} may not be {number}"


def pods(kind: str, spec: Mapping[str, Any]) -> Iterator[str]:
    """Why Kubernetes refuses a workload with this spec, or the pods that it would make."""
    outer = spec
    for key in ("jobTemplate", "spec") if kind == "CronJob" else ():
        outer = outer.get(key) or {}
    pod = spec if kind == "Pod" else (outer.get("template") or {}).get("spec")
    if not isinstance(pod, Mapping) or kind not in _ALWAYS | _ENDING | {"Pod", "ReplicationController"}:
        return
    if kind in _SELECTING and not spec.get("selector"):
        yield "spec.selector is missing"
    ends = pod.get("restartPolicy") or "Always"
    if (kind in _ENDING) == (ends == "Always") and kind != "Pod":
        yield f"a {kind} may not have pods with the restartPolicy {ends}"
    yield from _strategy(spec)
    own = Counter(one.get("name") for one in pod.get("volumes") or ())
    yield from (f"two volumes are called {name}" for name, many in own.items() if many > 1)
    claims = [(one.get("metadata") or {}).get("name") for one in spec.get("volumeClaimTemplates") or ()]
    yield from _containers(pod, {*claims, *own})


def _strategy(spec: Mapping[str, Any]) -> Iterator[str]:
    rolling = (spec.get("strategy") or {}).get("rollingUpdate") or {}
    if rolling.get("maxSurge") in _NONE and rolling.get("maxUnavailable") in _NONE:
        yield "spec.strategy may not have maxSurge and maxUnavailable both at 0"


def _containers(pod: Mapping[str, Any], volumes: set[Any]) -> Iterator[str]:
    first, then = pod.get("initContainers") or (), pod.get("containers") or ()
    if not then:
        yield "its pods have no containers"
    names = Counter(one.get("name") for one in (*first, *then))
    yield from (f"two containers are called {name}" for name, many in names.items() if many > 1)
    for one in (*first, *then):
        here = f"the container {one.get('name')}"
        yield from _ports(one.get("ports") or (), here)
        yield from _resources(one.get("resources") or {}, here)
        places = Counter(mount.get("mountPath") for mount in one.get("volumeMounts") or ())
        yield from (f"{here} mounts two volumes at {path}" for path, many in places.items() if many > 1)
        for mount in one.get("volumeMounts") or ():
            if mount.get("name") not in volumes:
                yield f"{here} mounts {mount.get('name')}, which is no volume of its pod"
        for probe in _PROBES:
            yield from _probe(one.get(probe), f"{here}: its {probe}")
    for one in first:
        if one.get("restartPolicy") != "Always" and any(one.get(probe) for probe in _PROBES):
            yield f"the init container {one.get('name')} may have no probe: it ends before the others start"


def _resources(resources: Mapping[str, Any], here: str) -> Iterator[str]:
    limits = resources.get("limits") or {}
    for what, value in (resources.get("requests") or {}).items():
        least, most = quantity(value), quantity(limits.get(what))
        if least is not None and most is not None and least > most:
            yield f"{here} asks for {value} of {what}, more than its limit, {limits[what]}"


def _ports(ports: Any, here: str) -> Iterator[str]:
    for port in ports:
        yield from protocols(port, f"{here}: its port")
        name = port.get("name")
        if name is not None and not is_name(str(name)):
            yield f"{here} may not call a port {name!r}: 15 small letters, digits and hyphens at most"
    names = Counter(port["name"] for port in ports if port.get("name"))
    yield from (f"{here} has two ports called {name}" for name, many in names.items() if many > 1)


def _probe(probe: Any, here: str) -> Iterator[str]:
    if isinstance(probe, Mapping):
        ways = [way for way in _WAYS if probe.get(way) is not None]
        if len(ways) != 1:
            yield f"{here} has to ask in one way, and asks in {len(ways)}"
        asked = (probe.get(ways[0]) or {}).get("port") if ways else None
        if (isinstance(asked, str) and not is_name(asked)) or (
            isinstance(asked, int) and not 1 <= asked <= 65535
        ):
            yield f"{here} may not ask the port {asked!r}"
