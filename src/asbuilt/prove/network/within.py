"""Arrows within the cluster: from pods to pods, by a Service and its name or by the pods' own addresses.

Every pod reaches every other unless a policy forbids it (Kubernetes, "The Kubernetes network model"). An
arrow to a Service is about the Service's port, one to a workload about its pods' port; where a Service
leads to that port, its name is how the pods are found, and names need the cluster's own name servers.
"""

from collections.abc import Callable
from dataclasses import replace

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.network.logic import ABSENT, REFUTED, either, every, proven, refuted, unknown
from asbuilt.prove.network.members import dig
from asbuilt.prove.network.policies import Far, Policies
from asbuilt.prove.network.policy_rules import is_cache, is_dns
from asbuilt.prove.network.readiness import ready
from asbuilt.prove.network.services import Services, has_port, led_to
from asbuilt.prove.network.starting import unstarted
from asbuilt.prove.network.workloads import template
from asbuilt.prove.verdicts import Evidence, Finding

_LOOKS_UP_PODS = {"Prometheus"}  # kinds that ask the Kubernetes API for pods' addresses, and no name server
_ASKS_THE_CLUSTER = {None, "ClusterFirst", "ClusterFirstWithHostNet"}


class Within:
    """Judges what is between pods, besides the policies around them."""

    def __init__(self, infrastructure: Infrastructure, services: Services, policies: Policies) -> None:
        self._infrastructure = infrastructure
        self._services = services
        self._policies = policies
        self.is_all = not any(infrastructure.of_type("aws_eks_cluster"))
        """Whether nothing here creates the cluster, so that no node, group or route of it is known."""

    def behind(self, service: Manifest, judge: Callable[[Manifest], Finding]) -> Finding:
        """What `judge` says of every workload that a Service selects."""
        workloads = self._services.behind(service)
        if not workloads:
            return unknown(f"{service.name} selects no workload that is here")
        return every((proven(Evidence.of(service)), *map(judge, workloads)))

    def through(
        self, source: object, service: Manifest, claim: Network, judge: Callable[[Manifest, Network], Finding]
    ) -> Finding:
        """To a Service: to the port of the pods that it leads to, which `judge` is asked about."""
        if not has_port(service, claim):
            return refuted(f"{service.name} has no port {claim}", Evidence.of(service))

        def reached(workload: Manifest) -> Finding:
            inner = led_to(service, claim, workload)
            if inner is None:
                return unknown(f"nothing tells to which port of {workload.name} {service.name} leads")
            return every((ready(service, workload, inner), judge(workload, inner)))

        named = self._may_resolve(source, [service]) if isinstance(source, Manifest) else proven()
        return every((self.behind(service, reached), self._services.alone(service), named))

    def starts(self, *workloads: Manifest) -> Finding:
        """Whether pods are there at all, as far as the manifests say."""
        doubts = filter(None, (unstarted(self._infrastructure, one) for one in workloads))
        return every((proven(*map(Evidence.of, workloads)), *map(unknown, doubts)))

    def found(self, source: Manifest, target: Manifest, claim: Network) -> Finding:
        """Whether `source` finds pods of `target`: by a Service that leads to the port, if there is any."""
        services = self._services.before(target, claim)
        if not services:
            return proven()
        return every(
            (either(ready(one, target, claim) for one in services), self._may_resolve(source, services))
        )

    def _may_resolve(self, source: Manifest, services: list[Manifest]) -> Finding:
        """Whether pods may ask for names; DNS uses UDP, and TCP for long answers (RFC 7766).

        What a pod's own hosts file names is not asked for (Kubernetes, "Adding entries to Pod /etc/hosts").
        """
        if any(_own(one) in _aliases(source) for one in services):
            return unknown(f"{source.name} has hostAliases that name a Service: it calls other addresses")
        if source.kind in _LOOKS_UP_PODS:
            return proven()
        if (policy := dig(template(source), "spec", "dnsPolicy")) not in _ASKS_THE_CLUSTER:
            return unknown(f"{source.name} has the dnsPolicy {policy}: nothing tells who resolves its names")
        workloads = self._policies.reader.workloads
        if cache := next(filter(is_cache, workloads), None):
            return unknown(f"{cache.name} answers for names from its node's network, which no policy names")
        servers = [one for one in workloads if is_dns(one)]
        ways = (
            self._let(source, server, Network(protocol, 53, 53))
            for server in servers
            for protocol in ("udp", "tcp")
        )
        return every(ways)

    def _let(self, source: Manifest, server: Manifest, claim: Network) -> Finding:
        out = self._policies.let(source, True, Far("the name servers (k8s-app: kube-dns)", server), claim)
        into = self._policies.let(server, False, Far(source.name, source), claim)
        for finding in (out, into):
            if finding.verdict == REFUTED:
                return replace(finding, reason=f"Service names cannot be looked up: {finding.reason}")
        return every(one for one in (out, into) if one.verdict != ABSENT)


def _own(manifest: Manifest) -> str:
    return manifest.name.rpartition("/")[2]


def _aliases(source: Manifest) -> set[str]:
    """The first parts of the names that pods find in their own hosts file."""
    found = dig(template(source), "spec", "hostAliases") or ()
    return {str(name).partition(".")[0] for one in found for name in dig(one, "hostnames") or ()}
