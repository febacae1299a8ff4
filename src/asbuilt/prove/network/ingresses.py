"""Ingresses and Gateway API routes: the Services that they hand requests to.

An arrow from one of them is true where it names the Service and its port (Kubernetes, "Ingress"; Gateway
API, "HTTPRoute"). Which pods or balancers carry the requests is up to a controller, so of the policies at
the head only those that let everybody in are proof.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.network.listeners import ROUTES, stranger
from asbuilt.prove.network.logic import either, every, proven, refuted, unknown
from asbuilt.prove.network.members import dig
from asbuilt.prove.network.policies import Far, Policies
from asbuilt.prove.network.ports import listens_in_pods
from asbuilt.prove.network.readiness import ready
from asbuilt.prove.network.services import Services, led_to, written_ports
from asbuilt.prove.network.starting import unstarted
from asbuilt.prove.verdicts import Evidence, Finding

KINDS = {"Gateway", "Ingress", *ROUTES}
_CLASS = "kubernetes.io/ingress.class"
_DEFAULT = "ingressclass.kubernetes.io/is-default-class"
_GROUP = "gateway.networking.k8s.io"
_ELSEWHERE = {"ExtensionRef", "RequestRedirect"}  # filters after which nothing tells that a Service is asked


@dataclass(frozen=True, slots=True)
class _Backend:
    """A Service and its port, as a route names them, and the objects that do so; `doubt` if they may not.

    The last of the objects is the route.
    """

    service: str
    port: object
    cited: tuple[Manifest, ...]
    doubt: str = ""

    def carries(self, protocol: str) -> bool:
        """Whether packets of this protocol are handed on: of UDP by a `UDPRoute` alone."""
        return protocol == ("udp" if self.cited[-1].kind == "UDPRoute" else "tcp")


class Ingresses:
    """Everything in one infrastructure that routes requests to Services."""

    def __init__(self, infrastructure: Infrastructure, services: Services, policies: Policies) -> None:
        self._infrastructure = infrastructure
        self._services = services
        self._policies = policies

    def reach(self, source: Manifest, target: object, claim: Network) -> Finding:
        """Whether what arrives at `source` is handed to a Service, or the pods behind one, at that port."""
        name = target.name if isinstance(target, Manifest) else ""
        if not name:
            return unknown(f"nothing here tells what else than Services {source.name} leads to")
        ways = [self._along(one, source, target, claim) for one in self._backends(source)]
        return either(
            [refuted(f"{source.name} routes nothing to {name} at {claim}", Evidence.of(source)), *ways]
        )

    def _along(self, backend: _Backend, source: Manifest, target: object, claim: Network) -> Finding:
        service = self._infrastructure.by_name.get(backend.service)
        if service is None:
            return refuted(f"{source.name} routes to {backend.service}, which no manifest creates")
        cited = proven(*map(Evidence.of, (*backend.cited, service)))
        if target is service and not self._services.behind(service):
            return unknown(f"{service.name} selects no workload that is here")
        ways = [
            self._to_pods(source, service, workload, inner)
            for workload in self._services.behind(service)
            if (inner := self._meant(backend, service, workload, target, claim))
        ]
        if not ways:
            return refuted(f"{source.name} routes nothing there at {claim}", Evidence.of(source))
        doubt = unknown(backend.doubt) if backend.doubt else cited
        return every((doubt, cited, self._services.alone(service), *ways))

    def _meant(
        self, backend: _Backend, service: Manifest, workload: Manifest, target: object, claim: Network
    ) -> Network | None:
        """The pods' port behind a backend, where it is what is claimed of the target; else nothing."""
        for port in written_ports(service):
            number = port.get("port")
            is_named = backend.port is not None and backend.port in (number, port.get("name"))
            if not is_named or not isinstance(number, int) or not backend.carries(claim.protocol):
                continue
            outer = Network(claim.protocol, number, number)
            inner = led_to(service, outer, workload)
            if (target is service and outer == claim) or (target is workload and inner == claim):
                return inner
        return None

    def _to_pods(self, source: Manifest, service: Manifest, workload: Manifest, claim: Network) -> Finding:
        far = Far(f"whatever serves {source.name}", is_untold=True)
        let_in = self._policies.let(workload, False, far, claim)
        doubt = unstarted(self._infrastructure, workload)
        return every(
            (
                unknown(doubt) if doubt else proven(),
                ready(service, workload, claim),
                proven(Evidence.of(workload)),
                let_in,
                listens_in_pods(workload, claim),
            )
        )

    def _backends(self, source: Manifest) -> Iterator[_Backend]:
        spec = source.body.get("spec")
        if source.kind == "Ingress":
            doubt = self._unclaimed(source)
            paths = [path for rule in dig(spec, "rules") or () for path in dig(rule, "http", "paths") or ()]
            for written in (dig(spec, "defaultBackend"), *(dig(path, "backend") for path in paths)):
                if named := dig(written, "service"):
                    port = dig(named, "port", "number") or dig(named, "port", "name")
                    yield _Backend(f"{source.namespace}/Service/{dig(named, 'name')}", port, (source,), doubt)
        elif source.kind == "Gateway":
            for route in self._infrastructure.manifests:
                strange = stranger(source, route) if route.kind in ROUTES else None
                if strange is not None:
                    yield from self._routed(route, (source, route), strange)
        else:
            yield from self._routed(source, (source,), self._unattached(source))

    def _unclaimed(self, ingress: Manifest) -> str:
        """Why nothing tells that a controller serves it (Kubernetes, "Ingress", "Default IngressClass")."""
        body = ingress.body
        if dig(body, "spec", "ingressClassName") or dig(body, "metadata", "annotations", _CLASS):
            return ""
        classes = self._infrastructure.in_namespace("cluster", "IngressClass")
        if any(dig(one.body, "metadata", "annotations", _DEFAULT) == "true" for one in classes):
            return ""
        return f"{ingress.name} names no class, and no IngressClass here is the default"

    def _unattached(self, route: Manifest) -> str:
        """Why nothing tells that a Gateway takes a route: it names none, or one here that does not."""
        if not dig(route.body, "spec", "parentRefs"):
            return f"{route.name} names no Gateway"
        gateways = [one for one in self._infrastructure.manifests if one.kind == "Gateway"]
        found = [doubt for one in gateways if (doubt := stranger(one, route)) is not None]
        return "" if "" in found else next(iter(found), "")

    def _routed(self, route: Manifest, cited: tuple[Manifest, ...], doubt: str = "") -> Iterator[_Backend]:
        for rule in dig(route.body, "spec", "rules") or ():
            if any(dig(one, "type") == "RequestRedirect" for one in dig(rule, "filters") or ()):
                continue  # the client is sent elsewhere, and no Service is asked
            for one in dig(rule, "backendRefs") or ():
                port = dig(one, "port")  # a number: only an Ingress may name one
                is_core = dig(one, "kind") in (None, "Service") and dig(one, "group") in (None, "")
                if is_core and isinstance(port, int) and dig(one, "weight") != 0:
                    namespace, name = dig(one, "namespace") or route.namespace, dig(one, "name")
                    denied = doubt or self._ungranted(route, namespace, name) or _filtered(route, rule, one)
                    yield _Backend(f"{namespace}/Service/{name}", port, cited, denied)

    def _ungranted(self, route: Manifest, namespace: str, name: object) -> str:
        """Why a route may not name the Services of a namespace (Gateway API, "ReferenceGrant")."""
        if namespace == route.namespace:
            return ""
        grants = [
            one
            for one in self._infrastructure.manifests
            if one.kind == "ReferenceGrant" and one.namespace == namespace
        ]
        fits = any(_grants(one, route, name) for one in grants)
        return "" if fits else f"no ReferenceGrant in {namespace} lets {route.name} name its Services"


def _filtered(route: Manifest, *parts: object) -> str:
    """Which filter of a rule or of its backend may answer itself (Gateway API, "HTTPRouteFilter")."""
    types = {dig(one, "type") for part in parts for one in dig(part, "filters") or ()}
    strange = sorted(types & _ELSEWHERE)
    return f"nothing tells what a filter of {route.name}, {strange[0]}, makes of requests" if strange else ""


def _grants(grant: Manifest, route: Manifest, name: object) -> bool:
    """Whether a grant is from the route's kind and namespace to this Service, or to all."""
    asked = {"kind": route.kind, "namespace": route.namespace}
    sources = dig(grant.body, "spec", "from") or ()
    targets = [one for one in dig(grant.body, "spec", "to") or () if dig(one, "kind") == "Service"]
    sources = [one for one in sources if dig(one, "group") in (None, _GROUP)]
    targets = [one for one in targets if dig(one, "group") in (None, "")]
    is_from = any(all(dig(one, key) == value for key, value in asked.items()) for one in sources)
    return is_from and any(dig(one, "name") in (None, name) for one in targets)
