"""Ingresses, routes and Gateways in front of Services."""

import pytest

FROM_INGRESS = ("shop/Ingress/main", "shop/Service/api", "tcp/80")
FROM_ROUTE = ("shop/HTTPRoute/main", "shop/Deployment/api", "tcp/8000")
FROM_GATEWAY = ("edge/Gateway/main", "shop/Service/api", "tcp/80")


def policy(net, *rules) -> None:
    """A policy for the API's pods."""
    spec = {"podSelector": {"matchLabels": {"app": "api"}}, "ingress": list(rules)}
    net.object("shop/NetworkPolicy/api", spec=spec)


def ingress(net, **port) -> None:
    """An Ingress with one path."""
    backend = {"service": {"name": "api", "port": port}}
    net.object(
        "shop/Ingress/main", spec={"rules": [{"http": {"paths": [{"path": "/", "backend": backend}]}}]}
    )


def route(net, parents=(), **backend) -> None:
    """An HTTPRoute to one Service."""
    rules = [{"backendRefs": [{"name": "api", "port": 80, **backend}]}]
    net.object("shop/HTTPRoute/main", spec={"parentRefs": list(parents), "rules": rules})


def gateway(net, **routes) -> None:
    """A Gateway of another namespace."""
    net.object("edge/Gateway/main", spec={"listeners": [{"name": "https", "allowedRoutes": routes}]})


@pytest.fixture
def shop(net):
    """The API behind an Ingress, and behind a Gateway's route; anybody may call it."""
    ports = [{"name": "http", "containerPort": 8000}]
    container = {"name": "main", "ports": ports, "readinessProbe": {"httpGet": {"port": "http"}}}
    pod = {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": [container]}}
    net.object("shop/Deployment/api", spec={"template": pod})
    service = {"selector": {"app": "api"}, "ports": [{"name": "web", "port": 80, "targetPort": "http"}]}
    net.object("shop/Service/api", spec=service)
    policy(net, {"ports": [{"port": 8000}]})
    ingress(net, name="web")
    route(net, [{"name": "main", "namespace": "edge"}])
    gateway(net, namespaces={"from": "All"})
    return net


@pytest.mark.parametrize("ends", [FROM_INGRESS, FROM_ROUTE, FROM_GATEWAY])
def test_a_route_leads_to_pods(shop, ends) -> None:
    """The route, the Service, its pods and the rule that lets everybody in are cited."""
    found = shop.prove(*ends)
    assert ("proven", "") == (found.verdict, found.reason)
    assert {ends[0], "shop/Service/api", "shop/Deployment/api", "shop/NetworkPolicy/api.ingress[0]"} <= {
        one.address for one in found.evidence
    }


CHANGED = {
    "the port by number": (lambda net: ingress(net, number=80), FROM_INGRESS, "proven"),
    "a port that the Service lacks": (lambda net: ingress(net, number=81), FROM_INGRESS, "refuted"),
    "a default backend": (
        lambda net: net.object(
            "shop/Ingress/main", spec={"defaultBackend": {"service": {"name": "api", "port": {"number": 80}}}}
        ),
        FROM_INGRESS,
        "proven",
    ),
    "another port claimed": (lambda net: None, (*FROM_INGRESS[:2], "tcp/8000"), "refuted"),
    "the Service's port claimed of pods": (lambda net: None, (*FROM_ROUTE[:2], "tcp/80"), "refuted"),
    "no Service": (lambda net: net.manifests.pop("shop/Service/api"), FROM_ROUTE, "refuted"),
    "a route to another": (lambda net: route(net, name="web"), FROM_ROUTE, "refuted"),
    "a route of no weight": (lambda net: route(net, weight=0), FROM_ROUTE, "refuted"),
    "a Gateway of another route": (lambda net: route(net), FROM_GATEWAY, "refuted"),
    "a Gateway for its own namespace": (lambda net: gateway(net), FROM_GATEWAY, "unknown"),
    "nobody gets in": (lambda net: policy(net), FROM_INGRESS, "refuted"),
    "some pods get in": (
        lambda net: policy(net, {"from": [{"podSelector": {}}]}),
        FROM_INGRESS,
        "unknown",
    ),
    "no policy": (lambda net: net.manifests.pop("shop/NetworkPolicy/api"), FROM_INGRESS, "absent"),
    "to something else": (lambda net: None, ("shop/Ingress/main", "external/x", "tcp/80"), "unknown"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_what_a_route_names_decides(shop, what: str) -> None:
    """Service, port, weight, Gateway and policy have to fit; whose pods carry the requests is not known."""
    change, ends, verdict = CHANGED[what]
    change(shop)
    found = shop.prove(*ends)
    assert verdict == found.verdict, found


def test_another_namespace_has_to_grant_its_services(shop) -> None:
    """Without a ReferenceGrant a route to another namespace's Service is not proven."""
    rules = [{"backendRefs": [{"name": "api", "namespace": "shop", "port": 80}]}]
    shop.object("web/HTTPRoute/main", spec={"rules": rules})
    ends = ("web/HTTPRoute/main", "shop/Service/api", "tcp/80")
    assert "unknown" == shop.prove(*ends).verdict
    shop.object("shop/ReferenceGrant/web", spec={"from": [{"kind": "HTTPRoute", "namespace": "web"}]})
    assert "proven" == shop.prove(*ends).verdict
