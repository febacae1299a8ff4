"""Whether a Service leads only to pods that answer: those whose readiness is asked for.

A pod without a readiness probe counts as ready as soon as its containers run, and one whose probe fails is
taken out of its Services (Kubernetes, "Liveness, Readiness, and Startup Probes"). Containers that run beside
the others from the start count too ("Sidecar Containers"), and so does every condition that the pod names
itself ("Pod Lifecycle", "Pod readiness").
"""

from collections.abc import Mapping
from typing import Any

from asbuilt.claims import Network
from asbuilt.infrastructure import Manifest
from asbuilt.prove.network.logic import every, proven, refuted, unknown
from asbuilt.prove.network.members import dig, is_text
from asbuilt.prove.network.ports import has_protocol
from asbuilt.prove.network.probes import missing_port
from asbuilt.prove.network.workloads import OPERATED, running, template
from asbuilt.prove.verdicts import Evidence, Finding

_ENDING = {"CronJob", "Job"}
_WAYS = ("exec", "grpc", "httpGet", "tcpSocket")


def ready(service: Manifest, workload: Manifest, claim: Network) -> Finding:
    """Whether every container that serves a port of a workload's pods has a probe that tells it is ready.

    A probe that fails in any other container takes the pod out of its Services, too.
    """
    cited = proven(Evidence.of(service))
    if workload.kind in OPERATED:
        note = f"the operator that makes the pods of {workload.name} tells when they are ready"
        return proven(Evidence.of(service), note=note)
    if dig(service.body, "spec", "publishNotReadyAddresses") is True:
        return unknown(f"{service.name} leads to pods that are not ready, too")
    if workload.kind in _ENDING:
        return unknown(f"{service.name} leads to pods of {workload.name} only until these have ended")
    if dig(service.body, "spec", "internalTrafficPolicy") == "Local":
        return unknown(f"{service.name} leads only to pods on the caller's own node")
    spec = dig(template(workload), "spec")
    if gates := dig(spec, "readinessGates"):
        gate = dig(gates, 0, "conditionType")
        return unknown(f"the pods of {workload.name} are ready when {gate} is: nothing tells who sees to it")
    boxes = running(spec)
    serving = [one for one in boxes if _serves(one, claim)] or boxes
    asked = [one for one in boxes if one in serving or one.get("readinessProbe")]
    return every((cited, *(_is_asked(one, service, workload) for one in asked)))


def _serves(container: Mapping[str, Any], claim: Network) -> bool:
    ports = [port for port in container.get("ports") or () if isinstance(port, Mapping)]
    return any(
        port.get("containerPort") == claim.first and has_protocol(port, claim.protocol) for port in ports
    )


def _is_asked(container: Mapping[str, Any], service: Manifest, workload: Manifest) -> Finding:
    name, probe = container.get("name"), container.get("readinessProbe")
    if not isinstance(probe, Mapping) or not any(probe.get(way) for way in _WAYS):
        return unknown(
            f"the container {name} of {workload.name} has no readiness probe: {service.name} also leads to "
            "pods that do not answer yet"
        )
    if elsewhere := next((dig(probe, way, "host") for way in _WAYS if dig(probe, way, "host")), None):
        return unknown(f"the readiness probe of {workload.name} asks {elsewhere}, which is not its own pod")
    asked = missing_port(container, "readiness")
    if asked is None:
        return proven()
    said = (
        f"the readiness probe of {workload.name} asks the port {asked}, which its container {name} does not"
    )
    if is_text(asked) and not any(dig(port, "name") == asked for port in container.get("ports") or ()):
        return refuted(f"{said} have: {service.name} leads to no pod")
    return unknown(f"{said} declare: nothing tells whether {service.name} leads to any pod")
