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
    rules = [{"http": {"paths": [{"path": "/", "backend": backend}]}}]
    net.object("shop/Ingress/main", spec={"ingressClassName": "nginx", "rules": rules})


def route(net, parents=(), **backend) -> None:
    """An HTTPRoute to one Service."""
    rules = [{"backendRefs": [{"name": "api", "port": 80, **backend}]}]
    net.object("shop/HTTPRoute/main", spec={"parentRefs": list(parents), "rules": rules})


def gateway(net, **routes) -> None:
    """A Gateway of another namespace."""
    listener = {"name": "https", "port": 443, "protocol": "HTTPS", "hostname": "*.example.org"}
    listener |= {"tls": {"certificateRefs": [{"name": "example-org"}]}}
    net.object("edge/Gateway/main", spec={"listeners": [listener | {"allowedRoutes": routes}]})


def udp(net) -> None:
    """Everything behind the Ingress on UDP."""
    net.manifests["shop/Service/api"].body["spec"]["ports"][0]["protocol"] = "UDP"
    pod = net.manifests["shop/Deployment/api"].body["spec"]["template"]["spec"]
    pod["containers"][0]["ports"][0]["protocol"] = "UDP"
    policy(net, {"ports": [{"port": 8000, "protocol": "UDP"}]})


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
            "shop/Ingress/main",
            spec={
                "ingressClassName": "nginx",
                "defaultBackend": {"service": {"name": "api", "port": {"number": 80}}},
            },
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
    "no port": (
        lambda net: (ingress(net), net.manifests["shop/Service/api"].body["spec"]["ports"][0].pop("name")),
        FROM_INGRESS,
        "refuted",
    ),
    "a route that names a port": (lambda net: route(net, port="web"), FROM_ROUTE, "refuted"),
    "a route that sends elsewhere": (
        lambda net: (
            net.manifests["shop/HTTPRoute/main"]
            .body["spec"]["rules"][0]
            .update(filters=[{"type": "RequestRedirect"}])
        ),
        FROM_ROUTE,
        "refuted",
    ),
    "UDP behind an Ingress": (udp, (*FROM_INGRESS[:2], "udp/80"), "refuted"),
    "no pods": (
        lambda net: net.manifests["shop/Deployment/api"].body["spec"].update(replicas=0),
        FROM_INGRESS,
        "unknown",
    ),
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
    shop.object("web/HTTPRoute/main", spec={"parentRefs": [PARENT], "rules": rules})
    ends = ("web/HTTPRoute/main", "shop/Service/api", "tcp/80")
    assert "unknown" == shop.prove(*ends).verdict
    own = [{"kind": "HTTPRoute", "namespace": "web"}]
    for to, verdict in (
        ([{"kind": "Secret"}], "unknown"),
        ([{"kind": "Service", "name": "web"}], "unknown"),
        ([{"kind": "Service", "name": "api"}], "proven"),
        ([{"kind": "Service"}], "proven"),
    ):
        shop.object("shop/ReferenceGrant/web", spec={"from": own, "to": to})
        assert verdict == shop.prove(*ends).verdict, to
    shop.object("shop/ReferenceGrant/web", spec={"from": [own[0] | {"kind": "TCPRoute"}], "to": to})
    assert "unknown" == shop.prove(*ends).verdict


PARENT = {"name": "main", "namespace": "edge"}
NOT_TAKEN = {
    "another listener": lambda net: route(net, [PARENT | {"sectionName": "http"}]),
    "another port": lambda net: route(net, [PARENT | {"port": 80}]),
    "another host": lambda net: (
        net.manifests["shop/HTTPRoute/main"].body["spec"].update(hostnames=["example.com"])
    ),
    "another kind": lambda net: gateway(net, namespaces={"from": "All"}, kinds=[{"kind": "GRPCRoute"}]),
    "another protocol": lambda net: (
        net.manifests["edge/Gateway/main"].body["spec"]["listeners"][0].update(protocol="TCP")
    ),
    "nobody": lambda net: gateway(net, namespaces={"from": "None"}),
}


@pytest.mark.parametrize("what", NOT_TAKEN)
def test_a_listener_has_to_take_the_route(shop, what: str) -> None:
    """One that the route names, for its kind, its namespace and its hosts."""
    NOT_TAKEN[what](shop)
    assert "unknown" == shop.prove(*FROM_GATEWAY).verdict


def test_a_listener_takes_a_route_that_names_it_and_shares_a_host(shop) -> None:
    """By its name, its port, and a host under its wildcard."""
    route(shop, [PARENT | {"sectionName": "https", "port": 443}])
    shop.manifests["shop/HTTPRoute/main"].body["spec"]["hostnames"] = ["shop.example.org"]
    assert "proven" == shop.prove(*FROM_GATEWAY).verdict


def body(net, name: str) -> dict:
    """An object's spec."""
    return net.manifests[name].body["spec"]


ROUTE, GATEWAY = "shop/HTTPRoute/main", "edge/Gateway/main"
DOUBTS = {  # what leaves it open whether requests are handed on, and the reason
    "an Ingress of no class": (
        lambda net: body(net, "shop/Ingress/main").pop("ingressClassName"),
        FROM_INGRESS,
        "names no class, and no IngressClass here is the default",
    ),
    "a route of no Gateway": (lambda net: route(net), FROM_ROUTE, "shop/HTTPRoute/main names no Gateway"),
    "a route that its Gateway does not take": (
        lambda net: gateway(net, namespaces={"from": "Same"}),
        FROM_ROUTE,
        "nothing tells whether edge/Gateway/main takes shop/HTTPRoute/main",
    ),
    "a listener without its certificate": (
        lambda net: body(net, GATEWAY)["listeners"][0].pop("tls"),
        FROM_GATEWAY,
        "nothing tells whether edge/Gateway/main takes",
    ),
    "a filter of the controller's own": (
        lambda net: body(net, ROUTE)["rules"][0].update(filters=[{"type": "ExtensionRef"}]),
        FROM_ROUTE,
        "a filter of shop/HTTPRoute/main, ExtensionRef",
    ),
    "a redirect of one backend": (
        lambda net: route(net, [PARENT], filters=[{"type": "RequestRedirect"}]),
        FROM_ROUTE,
        "a filter of shop/HTTPRoute/main, RequestRedirect",
    ),
    "pods that nothing here makes": (
        lambda net: body(net, "shop/Service/api").pop("selector"),
        FROM_INGRESS,
        "shop/Service/api selects no workload that is here",
    ),
    "addresses beside the pods": (
        lambda net: net.object(
            "shop/EndpointSlice/old",
            metadata={"labels": {"kubernetes.io/service-name": "api"}},
            endpoints=[{"addresses": ["203.0.113.9"]}],
        ),
        FROM_INGRESS,
        "shop/EndpointSlice/old leads shop/Service/api to addresses of its own",
    ),
}


@pytest.mark.parametrize("what", DOUBTS)
def test_whether_requests_are_handed_on_may_be_open(shop, what: str) -> None:
    """Nobody serves the route, or what it leads to is not told."""
    change, ends, reason = DOUBTS[what]
    change(shop)
    found = shop.prove(*ends)
    assert ("unknown", True) == (found.verdict, reason in found.reason), found


OTHERS = {
    "a Gateway of another maker": (
        lambda net: route(net, [PARENT | {"group": "networking.istio.io"}]),
        FROM_GATEWAY,
    ),
    "a Service of another maker": (lambda net: route(net, [PARENT], group="serving.knative.dev"), FROM_ROUTE),
    "an Ingress of another maker": (
        lambda net: net.manifests["shop/Ingress/main"].body.update(
            apiVersion="networking.internal.knative.dev/v1"
        ),
        FROM_INGRESS,
    ),
    "a Service of another maker, selected": (
        lambda net: net.manifests["shop/Service/api"].body.update(apiVersion="serving.knative.dev/v1"),
        FROM_INGRESS,
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_another_makers_kind_of_the_same_name_is_not_meant(shop, what: str) -> None:
    """An API group belongs to a kind's name."""
    change, ends = OTHERS[what]
    change(shop)
    assert shop.prove(*ends).verdict in {"refuted", "unknown"}


def test_a_class_may_be_an_annotation_or_the_default(shop) -> None:
    """Both are ways to say which controller is meant."""
    body(shop, "shop/Ingress/main").pop("ingressClassName")
    default = {"ingressclass.kubernetes.io/is-default-class": "true"}
    shop.object("cluster/IngressClass/nginx", metadata={"annotations": default})
    assert "proven" == shop.prove(*FROM_INGRESS).verdict
    shop.manifests.pop("cluster/IngressClass/nginx")
    old = {"annotations": {"kubernetes.io/ingress.class": "nginx"}}
    shop.manifests["shop/Ingress/main"].body["metadata"] = old
    assert "proven" == shop.prove(*FROM_INGRESS).verdict
