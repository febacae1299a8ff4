"""Kubernetes Services: the workloads behind them and the ports they lead to (Kubernetes, "Service")."""

from collections.abc import Mapping
from typing import Any

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.network.kubernetes import WORKLOADS, labels
from asbuilt.prove.network.members import dig, is_text
from asbuilt.prove.network.ports import named_port


class Services:
    """The Services of one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._by_label: dict[tuple[str, str, str], list[Manifest]] = {}
        for manifest in infrastructure.manifests:
            if manifest.kind in WORKLOADS:
                for key, value in labels(manifest).items():
                    self._by_label.setdefault((manifest.namespace, key, str(value)), []).append(manifest)

    def behind(self, service: Manifest) -> list[Manifest]:
        """The workloads whose pods a Service selects; one without a selector selects none that is known."""
        selector = dig(service.body, "spec", "selector")
        if not isinstance(selector, Mapping) or not selector:
            return []
        wanted = {(service.namespace, str(key), str(value)) for key, value in selector.items()}
        first, *others = (self._by_label.get(label, []) for label in sorted(wanted))
        return [one for one in first if all(one in other for other in others)]


def written_ports(service: Manifest) -> list[Mapping[str, Any]]:
    """The ports of a Service, as they are written."""
    ports = dig(service.body, "spec", "ports") or ()
    return [port for port in ports if isinstance(port, Mapping)]


def has_protocol(port: Mapping[str, Any], protocol: str) -> bool:
    """Whether a Service's port is of a protocol; TCP is the default."""
    return str(port.get("protocol") or "TCP").lower() == protocol


def has_port(service: Manifest, claim: Network) -> bool:
    """Whether a Service has the one port that is claimed."""
    ports = [port.get("port") for port in written_ports(service) if has_protocol(port, claim.protocol)]
    return claim.first == claim.last and claim.first in ports


def led_to(service: Manifest, claim: Network, workload: Manifest) -> Network | None:
    """The port of a workload's pods to which a Service leads what is claimed; nothing where it does not."""
    if claim.first != claim.last:
        return None
    for port in written_ports(service):
        if port.get("port") == claim.first and has_protocol(port, claim.protocol):
            number = target_port(port, workload)
            return Network(claim.protocol, number, number) if number else None
    return None


def target_port(port: Mapping[str, Any], workload: Manifest) -> int | None:
    """The number of the container port that a Service's port leads to; without one it is the same number."""
    target = port.get("targetPort", port.get("port"))
    if is_text(target):
        return named_port(workload, str(target))
    return target if isinstance(target, int) else None
