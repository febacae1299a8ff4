"""The ports that probes ask (Kubernetes, "Configure Liveness, Readiness and Startup Probes").

A container whose startup or liveness probe fails is ended; one whose readiness probe fails gets no requests
from Services.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from asbuilt.prove.network.members import dig, is_text

_WAYS = ("httpGet", "tcpSocket", "grpc")


def missing_port(container: Mapping[str, Any], kind: str) -> object:
    """The port that a probe of this kind asks and that the container does not declare for TCP, if any.

    A number may be asked of a container that declares no port at all: declaring is not an obligation.
    """
    probe = container.get(f"{kind}Probe") or {}
    asked = next((dig(probe, way, "port") for way in _WAYS if dig(probe, way)), None)
    declared = [port for port in container.get("ports") or () if isinstance(port, Mapping)]
    asking = [port for port in declared if port.get("protocol") in {None, "TCP"}]  # all probes use TCP
    known = {port.get(key) for port in asking for key in ("name", "containerPort")}
    is_free = asked is None or (not declared and not is_text(asked))
    return None if is_free or asked in known else asked


def ended_by(name: str, containers: Iterable[Any]) -> str:
    """Why a workload's containers would be ended again and again; nothing where no probe does so."""
    for container in containers:
        for kind in ("startup", "liveness") if isinstance(container, Mapping) else ():
            if port := missing_port(container, kind):
                asked = f"the {kind} probe of {name} asks the port {port}"
                return f"{asked}, which its container {container.get('name')} does not have"
    return ""
