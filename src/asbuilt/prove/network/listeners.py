"""Whether a Gateway takes a route (Gateway API, "HTTPRoute": "parentRefs"; "Gateway": "listeners").

A route attaches to the listeners that its reference names, all of them if it names none. A listener takes it
where its kind, its namespace and its host names fit; with TLS it takes none without a configuration of that
(Gateway API, "TLS Configuration").
"""

from collections.abc import Mapping
from typing import Any

from asbuilt.infrastructure import Manifest
from asbuilt.prove.network.members import dig

ROUTES = {
    "GRPCRoute": {"HTTP", "HTTPS"},
    "HTTPRoute": {"HTTP", "HTTPS"},
    "TCPRoute": {"TCP", "TLS"},
    "TLSRoute": {"TLS"},
    "UDPRoute": {"UDP"},
}
"""Kinds of routes, and the protocols of the listeners that take them."""
_GROUP = "gateway.networking.k8s.io"


def stranger(gateway: Manifest, route: Manifest) -> str | None:
    """Why a Gateway may not take a route; empty where it does, None where the route does not name it."""
    parents = [one for one in dig(route.body, "spec", "parentRefs") or () if _is_parent(gateway, route, one)]
    if not parents:
        return None
    listeners = dig(gateway.body, "spec", "listeners") or ()
    if any(_is_named(one, by) and _takes(one, gateway, route) for one in listeners for by in parents):
        return ""
    return f"nothing tells whether {gateway.name} takes {route.name}"


def _is_parent(gateway: Manifest, route: Manifest, reference: Any) -> bool:
    named = f"{dig(reference, 'namespace') or route.namespace}/Gateway/{dig(reference, 'name')}"
    is_gateway = dig(reference, "kind") in (None, "Gateway") and dig(reference, "group") in (None, _GROUP)
    return named == gateway.name and is_gateway


def _is_named(listener: Any, reference: Mapping[str, Any]) -> bool:
    named = {"sectionName": "name", "port": "port"}
    return all(reference.get(by) in (None, dig(listener, key)) for by, key in named.items())


def _takes(listener: Any, gateway: Manifest, route: Manifest) -> bool:
    kinds = [dig(one, "kind") for one in dig(listener, "allowedRoutes", "kinds") or ()]
    if dig(listener, "protocol") not in ROUTES[route.kind] or (kinds and route.kind not in kinds):
        return False
    if dig(listener, "protocol") in {"HTTPS", "TLS"} and not dig(listener, "tls"):
        return False
    where = dig(listener, "allowedRoutes", "namespaces", "from") or "Same"
    if where != "All" and not (where == "Same" and gateway.namespace == route.namespace):
        return False
    host, asked = dig(listener, "hostname"), dig(route.body, "spec", "hostnames")
    return not host or not asked or any(_share(str(host), str(one)) for one in asked)


def _share(one: str, other: str) -> bool:
    """Whether two host names have one in common; `*.` at the beginning stands for any subdomain."""
    wide = ((one, other), (other, one))
    return one == other or any(a.startswith("*.") and b.endswith(a[1:]) for a, b in wide)
