"""Whether a Service leads only to pods that answer: those whose readiness is asked for.

A pod without a readiness probe counts as ready as soon as its containers run, and one whose probe fails is
taken out of its Services (Kubernetes, "Liveness, Readiness, and Startup Probes").
"""

from collections.abc import Mapping
from typing import Any

from asbuilt.claims import Network
from asbuilt.infrastructure import Manifest
from asbuilt.prove.network.kubernetes import OPERATED, template
from asbuilt.prove.network.logic import every, proven, refuted, unknown
from asbuilt.prove.network.members import dig, is_text
from asbuilt.prove.network.ports import has_protocol
from asbuilt.prove.verdicts import Evidence, Finding


def ready(service: Manifest, workload: Manifest, claim: Network) -> Finding:
    """Whether every container that serves a port of a workload's pods has a probe that tells it is ready."""
    cited = proven(Evidence.of(service))
    if workload.kind in OPERATED:
        note = f"the operator that makes the pods of {workload.name} tells when they are ready"
        return proven(Evidence.of(service), note=note)
    if dig(service.body, "spec", "publishNotReadyAddresses") is True:
        return unknown(f"{service.name} leads to pods that are not ready, too")
    spec = dig(template(workload), "spec")
    boxes = [one for one in dig(spec, "containers") or () if isinstance(one, Mapping)]
    serving = [one for one in boxes if _serves(one, claim)] or boxes
    return every((cited, *(_is_asked(one, service, workload) for one in serving)))


def _serves(container: Mapping[str, Any], claim: Network) -> bool:
    ports = [port for port in container.get("ports") or () if isinstance(port, Mapping)]
    return any(
        port.get("containerPort") == claim.first and has_protocol(port, claim.protocol) for port in ports
    )


def _is_asked(container: Mapping[str, Any], service: Manifest, workload: Manifest) -> Finding:
    name, probe = container.get("name"), container.get("readinessProbe")
    if not isinstance(probe, Mapping) or not probe:
        return unknown(
            f"the container {name} of {workload.name} has no readiness probe: {service.name} also leads to "
            "pods that do not answer yet"
        )
    asked = next((probe[kind].get("port") for kind in ("httpGet", "tcpSocket") if probe.get(kind)), None)
    names = {port.get("name") for port in container.get("ports") or () if isinstance(port, Mapping)}
    if is_text(asked) and asked not in names:
        return refuted(
            f"the readiness probe of {workload.name} asks the port {asked}, which its container {name} does "
            f"not have: {service.name} leads to no pod"
        )
    return proven()
