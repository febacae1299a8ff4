"""Arrows between pods of a cluster that no Terraform describes: policies, Services, names, readiness."""

import pytest

PODS = ("shop/Deployment/web", "shop/Deployment/api", "tcp/8000")
SERVICE = ("shop/Deployment/web", "shop/Service/api", "tcp/80")
LOG = ("shop/Deployment/web", "shop/Deployment/api", "udp/514")
API = {"matchLabels": {"app": "api"}}
WEB = {"matchLabels": {"app": "web"}}
HTTP = [{"port": "http"}]
NAMED = "kubernetes.io/metadata.name"
DNS = {
    "to": [
        {
            "namespaceSelector": {"matchLabels": {NAMED: "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ],
    "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
}


def workload(net, name: str, app: str = "", **spec) -> None:
    """A workload whose container listens on `http`, tcp/8000, and on udp/514."""
    container = {
        "name": "main",
        "ports": [
            {"name": "http", "containerPort": 8000},
            {"name": "log", "containerPort": 514, "protocol": "UDP"},
        ],
        "readinessProbe": {"httpGet": {"port": "http"}},
    }
    labels = {"app": app or name.rpartition("/")[2], "tier": "back"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], **spec}}
    net.object(name, spec={"template": template})


def container(net) -> dict:
    """The API's container."""
    return net.manifests["shop/Deployment/api"].body["spec"]["template"]["spec"]["containers"][0]


def service(net, **spec) -> None:
    """The Service of the API."""
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    net.object("shop/Service/api", spec={"selector": {"app": "api"}, "ports": ports, **spec})


def policy(net, name: str, selector, **spec) -> None:
    """A network policy of the namespace `shop`."""
    net.object(f"shop/NetworkPolicy/{name}", spec={"podSelector": selector, **spec})


def rule(net, policy_: str, way: str, peers, ports=HTTP) -> None:
    """Another rule for a policy that is there."""
    net.manifests[f"shop/NetworkPolicy/{policy_}"].body["spec"][way] = [
        {"to" if way == "egress" else "from": peers, **({"ports": ports} if ports else {})},
        *([DNS] if way == "egress" else []),
    ]


@pytest.fixture
def shop(net):
    """Everything denied, and web let to the API and to the name servers; decoys beside each."""
    for name in ("shop", "other"):
        net.object(f"cluster/Namespace/{name}", metadata={"labels": {"team": name}})
    for name in ("shop/Deployment/web", "shop/Deployment/api", "shop/Deployment/batch"):
        workload(net, name)
    for name in ("other/Deployment/web", "other/Deployment/api"):
        workload(net, name)
    service(net)
    policy(net, "deny", {}, policyTypes=["Ingress", "Egress"])
    policy(net, "web", WEB, policyTypes=["Egress"])
    policy(net, "api", API)
    rule(net, "web", "egress", [{"podSelector": API}])
    rule(net, "api", "ingress", [{"podSelector": WEB}])
    return net


@pytest.mark.parametrize("ends", [PODS, SERVICE])
def test_every_link_is_cited(shop, ends) -> None:
    """Both pods, the Service between them, both rules, and the one that lets names be asked for."""
    found = shop.prove(*ends)
    assert ("proven", "") == (found.verdict, found.reason)
    assert {
        "shop/Deployment/web",
        "shop/Deployment/api",
        "shop/Service/api",
        "shop/NetworkPolicy/web.egress[0]",
        "shop/NetworkPolicy/web.egress[1]",
        "shop/NetworkPolicy/api.ingress[0]",
    } == {one.address for one in found.evidence}


def other_place(selector) -> list:
    """Peers that are web pods of namespaces."""
    return [{"podSelector": WEB, "namespaceSelector": selector}]


INTO_API = {  # the peers of the API's rule, and what becomes of web's call
    "another pod": ([{"podSelector": {"matchLabels": {"app": "batch"}}}], "refuted"),
    "one of two peers": ([{"podSelector": {"matchLabels": {"app": "x"}}}, {"podSelector": WEB}], "proven"),
    "both labels": ([{"podSelector": {"matchLabels": {"app": "web", "tier": "back"}}}], "proven"),
    "one label of two": ([{"podSelector": {"matchLabels": {"app": "web", "tier": "front"}}}], "refuted"),
    "In": (
        [{"podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}}],
        "proven",
    ),
    "NotIn": (
        [{"podSelector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}}],
        "refuted",
    ),
    "NotIn, without the label": (
        [{"podSelector": {"matchExpressions": [{"key": "x", "operator": "NotIn", "values": ["web"]}]}}],
        "proven",
    ),
    "Exists": ([{"podSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}], "proven"),
    "DoesNotExist": (
        [{"podSelector": {"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}}],
        "refuted",
    ),
    "labels and expressions": (
        [
            {
                "podSelector": {
                    "matchLabels": {"app": "web"},
                    "matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["back"]}],
                }
            }
        ],
        "refuted",
    ),
    "every pod of the namespace": ([{"podSelector": {}}], "proven"),
    "web of another namespace": (other_place({"matchLabels": {"team": "other"}}), "refuted"),
    "web of this namespace": (other_place({"matchLabels": {"team": "shop"}}), "proven"),
    "web of the namespace by name": (other_place({"matchLabels": {NAMED: "shop"}}), "proven"),
    "web of every namespace": (other_place({}), "proven"),
    "every pod of another namespace": (
        [{"namespaceSelector": {"matchLabels": {"team": "other"}}}],
        "refuted",
    ),
    "other namespace's pods, or web here": (
        [{"namespaceSelector": {"matchLabels": {"team": "other"}}}, {"podSelector": WEB}],
        "proven",
    ),
    "all addresses": ([{"ipBlock": {"cidr": "0.0.0.0/0"}}], "unknown"),
    "a label that Kubernetes gives": (
        [{"podSelector": {"matchExpressions": [{"key": "pod-template-hash", "operator": "Exists"}]}}],
        "unknown",
    ),
    "nobody, but anybody": ([], "proven"),
}


@pytest.mark.parametrize("how", INTO_API)
def test_peers(shop, how: str) -> None:
    """Selectors of one peer hold together, and peers are alternatives."""
    peers, verdict = INTO_API[how]
    rule(shop, "api", "ingress", peers)
    found = shop.prove(*PODS)
    assert verdict == found.verdict, found


def test_labels_of_a_namespace_that_nothing_creates_are_not_known(shop) -> None:
    """Only its name is."""
    del shop.manifests["cluster/Namespace/shop"]
    for selector, verdict in (
        ({"matchLabels": {"team": "shop"}}, "unknown"),
        ({"matchLabels": {NAMED: "shop"}}, "proven"),
    ):
        rule(shop, "api", "ingress", other_place(selector))
        assert verdict == shop.prove(*PODS).verdict


PORTS = {
    "the number": ([{"port": 8000}], "proven"),
    "the number of the Service": ([{"port": 80}], "refuted"),
    "a range": ([{"port": 7999, "endPort": 8000}], "proven"),
    "a range below": ([{"port": 7000, "endPort": 7999}], "refuted"),
    "another protocol": ([{"port": 8000, "protocol": "UDP"}], "refuted"),
    "the name": ([{"port": "http"}], "proven"),
    "a name of another protocol's port": ([{"port": "log", "protocol": "TCP"}], "refuted"),
    "a name that the pods lack": ([{"port": "grpc"}], "refuted"),
    "a protocol without a port": ([{"protocol": "TCP"}], "proven"),
    "every port": (None, "proven"),
    "one of two": ([{"port": 1}, {"port": 8000}], "proven"),
}


@pytest.mark.parametrize("way", ["ingress", "egress"])
@pytest.mark.parametrize("how", PORTS)
def test_ports(shop, how: str, way: str) -> None:
    """Ports are those of the pods that are called, on both sides; TCP is the default."""
    ports, verdict = PORTS[how]
    name, peer = ("api", WEB) if way == "ingress" else ("web", API)
    rule(shop, name, way, [{"podSelector": peer}], ports)
    for ends in (PODS, SERVICE):
        assert verdict == shop.prove(*ends).verdict, shop.prove(*ends)


def test_protocols_are_kept_apart(shop) -> None:
    """A port of one protocol opens nothing for another."""
    assert "refuted" == shop.prove(*LOG).verdict
    for name, way, peer in (("api", "ingress", WEB), ("web", "egress", API)):
        rule(shop, name, way, [{"podSelector": peer}], [{"port": "log", "protocol": "UDP"}])
    assert ("proven", "refuted") == (shop.prove(*LOG).verdict, shop.prove(*PODS).verdict)


TYPES = {
    "ingress only, by default": ({"ingress": []}, "refuted"),
    "egress only": ({"policyTypes": ["Egress"], "egress": []}, "absent"),
    "rules of a direction that is not meant": ({"policyTypes": ["Egress"], "ingress": []}, "absent"),
    "egress by its rules, ingress by default": ({"egress": [{}]}, "refuted"),
}


def test_an_empty_list_is_no_egress_rule(shop) -> None:
    """Egress "will be set if the NetworkPolicy has any egress rules", and an empty list has none."""
    del shop.manifests["shop/NetworkPolicy/deny"]
    del shop.manifests["shop/NetworkPolicy/web"]
    policy(shop, "web", WEB, egress=[])
    assert "no NetworkPolicy selects shop/Deployment/web for egress" in shop.prove(*PODS).reason
    policy(shop, "web", WEB, egress=[], policyTypes=["Egress"])
    assert "refuted" == shop.prove(*PODS).verdict


@pytest.mark.parametrize("how", TYPES)
def test_policy_types(shop, how: str) -> None:
    """Without policyTypes a policy is for ingress, and for egress where it has such rules."""
    spec, verdict = TYPES[how]
    del shop.manifests["shop/NetworkPolicy/deny"]
    policy(shop, "api", API, **spec)
    assert verdict == shop.prove(*PODS).verdict


def test_what_nobody_forbids_is_only_absent(shop) -> None:
    """The reason names who is selected by no policy, and for which direction."""
    for name in ("deny", "web", "api"):
        del shop.manifests[f"shop/NetworkPolicy/{name}"]
    found = shop.prove(*PODS)
    assert "absent" == found.verdict
    assert (
        "no NetworkPolicy selects shop/Deployment/web for egress; "
        "no NetworkPolicy selects shop/Deployment/api for ingress"
    ) == found.reason


BROKEN = {
    "web's policy": (
        lambda net: net.manifests.pop("shop/NetworkPolicy/web"),
        "refuted",
        "shop/NetworkPolicy/deny lets no egress of tcp/8000 to shop/Deployment/api",
    ),
    "the API's policy": (
        lambda net: net.manifests.pop("shop/NetworkPolicy/api"),
        "refuted",
        "shop/NetworkPolicy/deny lets no ingress of tcp/8000 from shop/Deployment/web",
    ),
    "the names": (
        lambda net: net.manifests["shop/NetworkPolicy/web"].body["spec"]["egress"].pop(),
        "refuted",
        "Service names cannot be looked up: shop/NetworkPolicy/deny and shop/NetworkPolicy/web let no egress "
        "of udp/53 to the name servers",
    ),
    "the names over TCP": (
        lambda net: (
            net.manifests["shop/NetworkPolicy/web"]
            .body["spec"]["egress"]
            .append(
                {
                    **net.manifests["shop/NetworkPolicy/web"].body["spec"]["egress"].pop(),
                    "ports": DNS["ports"][:1],
                }
            )
        ),
        "refuted",
        "tcp/53 to the name servers",
    ),
    "the pods' labels": (
        lambda net: workload(net, "shop/Deployment/api", "renamed"),
        "unknown",
        "selects no workload that is here",
    ),
    "the Service's selector": (
        lambda net: service(net, selector={"app": "renamed"}),
        "unknown",
        "shop/Service/api selects no workload that is here",
    ),
    "the Service's port": (
        lambda net: service(net, ports=[{"port": 81, "targetPort": "http"}]),
        "refuted",
        "shop/Service/api has no port tcp/80",
    ),
    "the target's port": (
        lambda net: service(net, ports=[{"port": 80, "targetPort": 8001}]),
        "refuted",
        "no egress of tcp/8001",
    ),
    "the target port's name": (
        lambda net: service(net, ports=[{"port": 80, "targetPort": "web"}]),
        "unknown",
        "nothing tells to which port of shop/Deployment/api",
    ),
    "no targetPort": (lambda net: service(net, ports=[{"port": 80}]), "refuted", "no egress of tcp/80"),
    "a headless Service": (lambda net: service(net, clusterIP="None"), "refuted", "no egress of tcp/80"),
    "another name for a host": (
        lambda net: service(net, type="ExternalName", externalName="api.example.org"),
        "unknown",
        "selects no workload",
    ),
    "no selector": (lambda net: service(net, selector=None), "unknown", "selects no workload"),
    "pods that are not ready": (
        lambda net: service(net, publishNotReadyAddresses=True),
        "unknown",
        "leads to pods that are not ready",
    ),
    "no probe": (
        lambda net: workload(
            net,
            "shop/Deployment/api",
            containers=[{"name": "x", "ports": [{"containerPort": 8000, "name": "http"}]}],
        ),
        "unknown",
        "the container x of shop/Deployment/api has no readiness probe",
    ),
    "a probe of a port that is not there": (
        lambda net: workload(
            net,
            "shop/Deployment/api",
            containers=[
                {
                    "name": "x",
                    "ports": [{"containerPort": 8000, "name": "http"}],
                    "readinessProbe": {"httpGet": {"port": "gone"}},
                }
            ],
        ),
        "refuted",
        "asks the port gone",
    ),
    "the node's network": (
        lambda net: workload(net, "shop/Deployment/web", hostNetwork=True),
        "unknown",
        "uses its node's network",
    ),
    "a service account": (
        lambda net: workload(net, "shop/Deployment/api", serviceAccountName="api"),
        "unknown",
        "shop/ServiceAccount/api, which no manifest creates",
    ),
    "no pods": (
        lambda net: net.manifests["shop/Deployment/api"].body["spec"].update(replicas=0),
        "unknown",
        "shop/Deployment/api asks for no pods",
    ),
    "no pods that call": (
        lambda net: net.manifests["shop/Deployment/web"].body["spec"].update(replicas=0),
        "unknown",
        "shop/Deployment/web asks for no pods",
    ),
    "pods that are not its own": (
        lambda net: net.manifests["shop/Deployment/api"].body["spec"].update(selector=WEB),
        "unknown",
        "does not select the labels of its own pods",
    ),
    "a kind of another API": (
        lambda net: net.manifests["shop/Deployment/api"].body.update(apiVersion="extensions/v1beta1"),
        "unknown",
        "is of extensions/v1beta1, not of apps/v1",
    ),
    "a probe that asks nothing": (
        lambda net: container(net).update(readinessProbe={"periodSeconds": 5}),
        "unknown",
        "has no readiness probe",
    ),
    "a probe of a container beside it": (
        lambda net: (
            net.manifests["shop/Deployment/api"]
            .body["spec"]["template"]["spec"]["containers"]
            .append({"name": "beside", "readinessProbe": {"tcpSocket": {"port": "gone"}}})
        ),
        "refuted",
        "its container beside does not have",
    ),
    "pods of the caller's node only": (
        lambda net: service(net, internalTrafficPolicy="Local"),
        "unknown",
        "only to pods on the caller's own node",
    ),
    "the node's name servers": (
        lambda net: workload(net, "shop/Deployment/web", dnsPolicy="Default"),
        "unknown",
        "has the dnsPolicy Default",
    ),
    "a condition of somebody's": (
        lambda net: workload(
            net, "shop/Deployment/api", readinessGates=[{"conditionType": "example.com/up"}]
        ),
        "unknown",
        "are ready when example.com/up is",
    ),
    "a probe of another host": (
        lambda net: container(net).update(
            readinessProbe={"httpGet": {"port": "http", "host": "example.com"}}
        ),
        "unknown",
        "asks example.com, which is not its own pod",
    ),
    "a probe of a port of another protocol": (
        lambda net: container(net).update(readinessProbe={"tcpSocket": {"port": "log"}}),
        "unknown",
        "asks the port log",
    ),
    "a probe that ends the container, of another protocol": (
        lambda net: container(net).update(livenessProbe={"tcpSocket": {"port": 514}}),
        "unknown",
        "the liveness probe of shop/Deployment/api asks the port 514",
    ),
    "a container that starts before and stays": (
        lambda net: workload(
            net,
            "shop/Deployment/api",
            initContainers=[
                {"name": "log", "restartPolicy": "Always", "readinessProbe": {"tcpSocket": {"port": "gone"}}}
            ],
        ),
        "refuted",
        "its container log does not have",
    ),
    "pods that end": (
        lambda net: (
            workload(net, "shop/Job/api"),
            net.manifests.pop("shop/Deployment/api"),
        ),
        "unknown",
        "leads to pods of shop/Job/api only until these have ended",
    ),
    "addresses beside the pods": (
        lambda net: net.object(
            "shop/EndpointSlice/old", metadata={"labels": {"kubernetes.io/service-name": "api"}}
        ),
        "unknown",
        "shop/EndpointSlice/old leads shop/Service/api to addresses of its own",
    ),
    "a name in the hosts file": (
        lambda net: workload(
            net, "shop/Deployment/web", hostAliases=[{"ip": "203.0.113.9", "hostnames": ["api.shop.svc"]}]
        ),
        "unknown",
        "has hostAliases that name a Service",
    ),
    "name servers on each node": (
        lambda net: net.object(
            "kube-system/DaemonSet/node-local-dns",
            spec={"template": {"metadata": {"labels": {"k8s-app": "node-local-dns"}}}},
        ),
        "unknown",
        "kube-system/DaemonSet/node-local-dns answers for names from its node's network",
    ),
    "a mesh's routes": (
        lambda net: net.object("shop/VirtualService/api", spec={"hosts": ["api"]}),
        "unknown",
        "does not read this kind of policy",
    ),
    "a mesh's mutual TLS": (
        lambda net: net.object("shop/PeerAuthentication/all", spec={"mtls": {"mode": "STRICT"}}),
        "unknown",
        "does not read this kind of policy",
    ),
    "another maker's Service": (
        lambda net: net.manifests["shop/Service/api"].body.update(apiVersion="serving.knative.dev/v1"),
        "unknown",
        "shop/Service/api is not there",
    ),
    "a mesh's policy": (
        lambda net: net.object("shop/AuthorizationPolicy/deny", spec={}),
        "unknown",
        "does not read this kind of policy",
    ),
    "another maker's policy": (
        lambda net: net.object("shop/NetworkPolicy/more", apiVersion="projectcalico.org/v3", spec={}),
        "unknown",
        "does not read this kind of policy",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_link_is_found_and_named(shop, what: str) -> None:
    """Without any one of its links an arrow to a Service is not proven."""
    change, verdict, reason = BROKEN[what]
    change(shop)
    found = shop.prove(*SERVICE)
    assert (verdict, True) == (found.verdict, reason in found.reason), found


def test_a_headless_service_is_called_at_the_pods_port(shop) -> None:
    """Its port is the pods' own: nothing translates it."""
    service(shop, clusterIP="None", ports=[{"port": 8000, "targetPort": 9000}])
    assert "proven" == shop.prove(*SERVICE[:2], "tcp/8000").verdict


def test_pods_without_a_service_are_called_by_address(shop) -> None:
    """No name is asked for, and no readiness: both belong to Services."""
    del shop.manifests["shop/Service/api"]
    BROKEN["the names"][0](shop)
    assert "proven" == shop.prove(*PODS).verdict


def test_name_servers_that_are_here_have_policies_too(shop) -> None:
    """Where a manifest creates them, what lets nobody in to them breaks every name."""
    workload(shop, "kube-system/Deployment/coredns")
    shop.manifests["kube-system/Deployment/coredns"].body["spec"]["template"]["metadata"]["labels"] = {
        "k8s-app": "kube-dns"
    }
    assert "proven" == shop.prove(*SERVICE).verdict
    shop.object("kube-system/NetworkPolicy/deny", spec={"podSelector": {}})
    found = shop.prove(*SERVICE)
    assert ("refuted", True) == (found.verdict, "kube-system/NetworkPolicy/deny" in found.reason)


TWO = [{"name": "beside", "ports": [{"name": "http", "containerPort": 9000}]}]


@pytest.mark.parametrize("way", ["ingress", "egress"])
def test_one_name_of_two_ports_is_not_known_to_policies(shop, way: str) -> None:
    """Containers may share a name for different numbers; which of them a policy means is nowhere said."""
    container_ = container(shop)
    workload(shop, "shop/Deployment/api", containers=[container_, *TWO])
    name, peer = ("api", WEB) if way == "ingress" else ("web", API)
    for other, direction, ends in (("api", "ingress", WEB), ("web", "egress", API)):
        rule(shop, other, direction, [{"podSelector": ends}], [{"port": 8000}])
    assert "proven" == shop.prove(*PODS).verdict
    rule(shop, name, way, [{"podSelector": peer}], HTTP)
    found = shop.prove(*PODS)
    assert ("unknown", True) == (found.verdict, "nothing tells the number of a port" in found.reason), found
    container_["ports"][0]["containerPort"] = 9000
    assert "refuted" == shop.prove(*PODS).verdict


def test_the_name_servers_ports_may_have_names(shop) -> None:
    """Of pods that no manifest creates they are not known: neither proven nor refuted."""
    named = [DNS | {"ports": [{"port": "dns", "protocol": "UDP"}, {"port": "dns-tcp", "protocol": "TCP"}]}]
    rules = shop.manifests["shop/NetworkPolicy/web"].body["spec"]["egress"]
    rules[1:] = named
    found = shop.prove(*SERVICE)
    assert ("unknown", True) == (found.verdict, "nothing tells the number of a port" in found.reason), found


ALIASES = {  # hosts files that say nothing of the Service
    "another name": [{"ip": "203.0.113.9", "hostnames": ["partner.example.com"]}],
    "none": [],
}


@pytest.mark.parametrize("what", ALIASES)
def test_a_hosts_file_may_name_others(shop, what: str) -> None:
    """Only the name that is called counts."""
    workload(shop, "shop/Deployment/web", hostAliases=ALIASES[what])
    assert "proven" == shop.prove(*SERVICE).verdict


def test_a_port_of_a_container_that_stays_is_one_of_the_pod(shop) -> None:
    """By its name a Service leads there, as to any other container (Kubernetes, "Sidecar Containers")."""
    stays = container(shop) | {"name": "proxy", "restartPolicy": "Always"}
    main = {"name": "main", "ports": [{"containerPort": 9000}]}
    workload(shop, "shop/Deployment/api", containers=[main], initContainers=[stays])
    assert "proven" == shop.prove(*SERVICE).verdict
    del stays["restartPolicy"]
    assert "unknown" == shop.prove(*SERVICE).verdict


@pytest.mark.parametrize("other", ["shop/Role/reader", "shop/ConfigMap/settings", "shop/Certificate/api"])
def test_what_has_no_pods_calls_nobody(shop, other: str) -> None:
    """Neither as the tail of an arrow nor as its head."""
    shop.object(other)
    for ends in ((other, PODS[1]), (PODS[0], other)):
        found = shop.prove(*ends, "tcp/8000")
        assert ("unknown", True) == (found.verdict, f"{other}: a " in found.reason), found
