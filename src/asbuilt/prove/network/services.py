"""Kubernetes Services: the workloads behind them and the ports they lead to (Kubernetes, "Service")."""

import functools
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.network.logic import proven, unknown
from asbuilt.prove.network.members import dig, is_text
from asbuilt.prove.network.ports import has_protocol, named_port
from asbuilt.prove.network.workloads import is_workload, labels
from asbuilt.prove.verdicts import Finding

_OWNER = "kubernetes.io/service-name"


class Services:
    """The Services of one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._all = [one for one in infrastructure.manifests if one.kind == "Service"]
        self._by_label: defaultdict[tuple[str, str, str], list[Manifest]] = defaultdict(list)
        for manifest in infrastructure.manifests:
            if is_workload(manifest):
                for key, value in labels(manifest).items():
                    self._by_label[manifest.namespace, key, str(value)].append(manifest)

    def behind(self, service: Manifest) -> list[Manifest]:
        """The workloads whose pods a Service selects; one without a selector selects none that is known.

        One of type ExternalName has no pods: it is another name for a host.
        """
        selector = dig(service.body, "spec", "selector")
        is_name = dig(service.body, "spec", "type") == "ExternalName"
        if not isinstance(selector, Mapping) or not selector or is_name:
            return []
        wanted = {(service.namespace, str(key), str(value)) for key, value in selector.items()}
        first, *others = (self._by_label.get(label, []) for label in sorted(wanted))
        return [one for one in first if all(one in other for other in others)]

    def alone(self, service: Manifest) -> Finding:
        """Whether a Service leads to nothing but the pods that it selects.

        An EndpointSlice with its label adds addresses to it (Kubernetes, "EndpointSlices", "Ownership").
        """
        for one in self._infrastructure.in_namespace(service.namespace, "EndpointSlice"):
            if dig(one.body, "metadata", "labels", _OWNER) == service.name.rpartition("/")[2]:
                return unknown(f"{one.name} leads {service.name} to addresses of its own")
        return proven()

    def before(self, workload: Manifest, claim: Network) -> list[Manifest]:
        """The Services that lead to one port of a workload's pods."""
        return [one for one in self._before[workload] if _leads(one, claim, workload)]

    @functools.cached_property
    def _before(self) -> defaultdict[Manifest, list[Manifest]]:
        found: defaultdict[Manifest, list[Manifest]] = defaultdict(list)
        for service in self._all:
            for workload in self.behind(service):
                found[workload].append(service)
        return found


def written_ports(service: Manifest) -> list[Mapping[str, Any]]:
    """The ports of a Service, as they are written."""
    ports = dig(service.body, "spec", "ports") or ()
    return [port for port in ports if isinstance(port, Mapping)]


def is_headless(service: Manifest) -> bool:
    """Whether a Service only names its pods: clients then call the pods' own ports ("Headless Services")."""
    return bool(dig(service.body, "spec", "clusterIP") == "None")


def has_port(service: Manifest, claim: Network) -> bool:
    """Whether a Service has the one port that is claimed."""
    ports = [port.get("port") for port in written_ports(service) if has_protocol(port, claim.protocol)]
    return claim.first == claim.last and claim.first in ports


def led_to(service: Manifest, claim: Network, workload: Manifest) -> Network | None:
    """The port of a workload's pods to which a Service leads what is claimed; nothing where it does not."""
    if not has_port(service, claim):
        return None
    if is_headless(service):
        return claim
    port = next(
        port
        for port in written_ports(service)
        if port.get("port") == claim.first and has_protocol(port, claim.protocol)
    )
    number = target_port(port, workload)
    return Network(claim.protocol, number, number) if number else None


def _leads(service: Manifest, claim: Network, workload: Manifest) -> bool:
    ports = [port for port in written_ports(service) if has_protocol(port, claim.protocol)]
    numbers = {port.get("port") if is_headless(service) else target_port(port, workload) for port in ports}
    return claim.first == claim.last and any(number == claim.first for number in numbers)


def target_port(port: Mapping[str, Any], workload: Manifest) -> int | None:
    """The number of the container port that a Service's port leads to; without one it is the same number."""
    target = port.get("targetPort", port.get("port"))
    if is_text(target):
        return named_port(workload, str(target), str(port.get("protocol") or "TCP").lower())
    return target if isinstance(target, int) else None
