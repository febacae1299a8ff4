"""What protects banking's payments holds in all of its manifests together, not only in a table's lines."""

import copy
import ipaddress
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from asbuilt.infrastructure import manifests
from asbuilt.prove.selectors import selects

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "kubernetes/banking"
OURS = {"core", "authentication", "legacy-adapter", "audit"}  # named by digest at a release
BROKER = {"cluster": "banking", "kind": "Kafka", "name": "banking-kafka"}  # labels that the operator sets
Objects = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def objects() -> Objects:
    """Every object that is written down, by name."""
    return {item.name: item.body for item in manifests(FOLDER)}


def of_kind(objects: Objects, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of some kinds."""
    return ((name, body) for name, body in objects.items() if body["kind"] in kinds)


def changed(objects: Objects, name: str, path: str, value: Any) -> Objects:
    """The objects with one field of one of them changed; `path` is dotted, list indexes are numbers."""
    other = copy.deepcopy(objects)
    *above, last = path.split(".")
    place: Any = other[name]
    for key in above:
        place = place[int(key) if isinstance(place, list) else key]
    place[int(last) if isinstance(place, list) else last] = value
    return other


def open_ways(objects: Objects) -> Iterator[str]:
    """Services that somebody outside could reach, but for Cloudflare at the gateway."""
    for name, body in of_kind(objects, "Service"):
        if body["spec"].get("type", "ClusterIP") == "ClusterIP":
            continue
        ranges = [ipaddress.ip_network(one) for one in body["spec"].get("loadBalancerSourceRanges", ())]
        narrow = all(one.is_global and one.prefixlen >= 12 for one in ranges)
        if name != "banking/Service/gateway" or not ranges or not narrow:
            yield name
        if "ssl_verify_client on;" not in objects["banking/ConfigMap/gateway"]["data"]["nginx.conf"]:
            yield f"{name}: anybody's certificate"
    yield from (name for name, _ in of_kind(objects, "Ingress", "Gateway"))


def test_nothing_but_cloudflare_reaches_the_gateway(objects: Objects):
    """One Service is open to outside, to public ranges that are named, with a client's certificate."""
    assert [] == list(open_ways(objects))


@pytest.mark.parametrize(
    ("name", "path", "value", "fault"),
    [
        ("banking/Service/gateway", "spec.loadBalancerSourceRanges", [], "banking/Service/gateway"),
        ("banking/Service/gateway", "spec.loadBalancerSourceRanges.0", "0.0.0.0/0",
         "banking/Service/gateway"),
        ("banking/Service/core", "spec.type", "NodePort", "banking/Service/core"),
        (
            "banking/ConfigMap/gateway", "data", {"nginx.conf": ""},
            "banking/Service/gateway: anybody's certificate",
        ),
    ],
)  # fmt: skip
def test_another_way_in_is_seen(objects: Objects, name: str, path: str, value: Any, fault: str):
    """Ranges that are gone or too wide, another Service outside, and no certificate asked for."""
    assert fault in list(open_ways(changed(objects, name, path, value)))


def callers(objects: Objects, labels: dict[str, str], port: int) -> list[Any]:
    """The peers that any policy of namespace banking lets to a port of the pods with these labels."""
    return [
        peer
        for _, body in of_kind(objects, "NetworkPolicy")
        if body["metadata"]["namespace"] == "banking" and selects(body["spec"]["podSelector"], labels)
        for rule in body["spec"].get("ingress", ())
        if port in [one["port"] for one in rule.get("ports", [{"port": port}])]
        for peer in rule.get("from", ["everybody"])
    ]


def pods(name: str) -> dict[str, Any]:
    """The peer that is the pods of one workload in the same namespace."""
    return {"podSelector": {"matchLabels": {"app.kubernetes.io/name": name}}}


def test_only_the_gateway_reaches_core(objects: Objects):
    """No policy lets anybody else to the port that believes what the gateway says."""
    for name in ("core", "authentication"):
        assert [pods("gateway")] == callers(objects, {"app.kubernetes.io/name": name}, 8080)


def test_another_caller_is_seen(objects: Objects):
    """A policy for all pods that lets everybody in is counted."""
    wide = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]}
    other = changed(objects, "banking/NetworkPolicy/default-deny", "spec", wide)
    assert "everybody" in callers(other, {"app.kubernetes.io/name": "core"}, 8080)


@pytest.mark.parametrize("namespace", ["banking", "monitoring"])
def test_nothing_passes_that_no_policy_names(objects: Objects, namespace: str):
    """One policy selects every pod of the namespace, both ways, and lets nothing through."""
    denied = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert denied == objects[f"{namespace}/NetworkPolicy/default-deny"]["spec"]


def users(objects: Objects) -> dict[str, dict[str, set[str]]]:
    """Who may do what with each topic; to describe it, and to be in a group, is not told."""
    told: dict[str, dict[str, set[str]]] = {}
    for _, body in of_kind(objects, "KafkaUser"):
        for rule in body["spec"]["authorization"]["acls"]:
            kind = rule["resource"]["type"]
            what = rule["resource"]["name"] if kind == "topic" else kind
            for operation in {*rule["operations"]} - {"Describe"} if kind != "group" else ():
                told.setdefault(what, {}).setdefault(operation, set()).add(body["metadata"]["name"])
    return told


def test_each_topic_is_written_and_read_by_whom_it_should(objects: Objects):
    """Payments go one way, results the other, and only audit reads what is recorded."""
    assert {
        "payments": {"Write": {"core"}, "Read": {"legacy-adapter"}},
        "payment-results": {"Write": {"legacy-adapter"}, "Read": {"core"}},
        "audit": {"Write": {"core", "legacy-adapter"}, "Read": {"audit"}},
    } == users(objects)


@pytest.mark.parametrize(
    ("resource", "operation", "what"),
    [({"type": "topic", "name": "audit"}, "All", "audit"), ({"type": "cluster"}, "Alter", "cluster")],
)
def test_a_right_too_many_is_seen(objects: Objects, resource: dict[str, str], operation: str, what: str):
    """Everything on a topic, or a right on the whole cluster, is another answer."""
    rules = [{"resource": resource, "operations": [operation]}]
    other = changed(objects, "banking/KafkaUser/audit", "spec.authorization.acls", rules)
    assert {"audit"} == users(other)[what][operation]


def test_the_operators_policy_opens_no_more_than_ours(objects: Objects):
    """The listener names the same pods as the policy beside it."""
    (listener,) = objects["banking/Kafka/banking"]["spec"]["kafka"]["listeners"]
    brokers = {f"strimzi.io/{key}": value for key, value in BROKER.items()}
    ours = callers(objects, brokers, listener["port"])
    assert [pods("core"), pods("legacy-adapter"), pods("audit")] == ours == listener["networkPolicyPeers"]


def strangers(objects: Objects) -> list[str]:
    """Workloads that mount the certificate of a user that is not theirs."""
    known = {body["metadata"]["name"] for _, body in of_kind(objects, "KafkaUser")}
    return [
        name
        for name, body in of_kind(objects, "Deployment", "StatefulSet")
        for volume in body["spec"]["template"]["spec"].get("volumes", ())
        if volume.get("secret", {}).get("secretName") in known - {body["metadata"]["name"]}
    ]


def test_a_pod_mounts_no_other_users_certificate(objects: Objects):
    """Who is let in by a certificate is the one that it was written for."""
    assert [] == strangers(objects)


def test_a_borrowed_certificate_is_seen(objects: Objects):
    """The gateway with core's certificate is named."""
    volume = [{"name": "kafka-user", "secret": {"secretName": "core"}}]
    other = changed(objects, "banking/Deployment/gateway", "spec.template.spec.volumes", volume)
    assert ["banking/Deployment/gateway"] == strangers(other)


def ways_out(objects: Objects) -> dict[str, list[tuple[str, int]]]:
    """The ranges and ports that a policy opens outside pods; "anywhere" without a peer or a port."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name, body in of_kind(objects, "NetworkPolicy"):
        for rule in body["spec"].get("egress", ()):
            blocks = [peer["ipBlock"]["cidr"] for peer in rule.get("to", ()) if "ipBlock" in peer]
            ports = [one["port"] for one in rule.get("ports", ())]
            blocks = blocks if rule.get("to") and ports else ["anywhere"]
            for block in blocks:
                found.setdefault(name, []).extend((block, port) for port in ports or [0])
    return found


def test_each_way_out_is_known(objects: Objects):
    """One range and port for each that has to leave; audit's credentials; Alertmanager's calls."""
    assert {
        "banking/NetworkPolicy/authentication": [("10.200.20.0/24", 443)],
        "banking/NetworkPolicy/legacy-adapter": [("10.200.10.0/24", 8443)],
        "banking/NetworkPolicy/kafka": [("10.30.0.0/16", 443)],
        "banking/NetworkPolicy/entity-operator": [("10.30.0.0/16", 443)],
        "banking/NetworkPolicy/audit": [("10.30.0.0/16", 443), ("169.254.170.23/32", 80)],
        "monitoring/NetworkPolicy/prometheus": [("10.30.0.0/16", 443)],
        "monitoring/NetworkPolicy/alloy": [("10.30.0.0/16", 443)],
        "monitoring/NetworkPolicy/alertmanager": [("0.0.0.0/0", 443)],
    } == ways_out(objects)


def test_another_way_out_is_seen(objects: Objects):
    """A rule without a peer or without a port leads anywhere."""
    for rule in ({}, {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}):
        other = changed(objects, "banking/NetworkPolicy/core", "spec.egress", [rule])
        assert [("anywhere", 0)] == ways_out(other)["banking/NetworkPolicy/core"]


def powers(objects: Objects) -> list[str]:
    """Roles that may do more than look, or look at more than they should."""
    return [
        name
        for name, body in of_kind(objects, "Role", "ClusterRole")
        for rule in body["rules"]
        if not {*rule["verbs"]} <= {"get", "list", "watch"} or {"secrets", "*"} & {*rule["resources"]}
    ]


def test_nobody_may_read_a_secret(objects: Objects):
    """Roles of these manifests list pods, logs and Services."""
    assert [] == powers(objects)


@pytest.mark.parametrize(("key", "value"), [("resources", ["secrets"]), ("verbs", ["create"])])
def test_a_power_is_seen(objects: Objects, key: str, value: list[str]):
    """Secrets, or a verb that changes something, names the role."""
    other = changed(objects, "banking/Role/alloy", f"rules.0.{key}", value)
    assert ["banking/Role/alloy"] == powers(other)


def loose(objects: Objects) -> list[str]:
    """Images of others that are not named by digest."""
    named = [
        container["image"]
        for _, body in of_kind(objects, "Deployment", "StatefulSet")
        for container in body["spec"]["template"]["spec"]["containers"]
    ]
    named += [body["spec"]["image"] for _, body in of_kind(objects, "Prometheus", "Alertmanager")]
    return [image for image in named if image not in OURS and "@sha256:" not in image]


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_images_of_others_are_named_by_digest(environment: str):
    """What somebody else publishes cannot become something else under the same name."""
    command = ["kubectl", "kustomize", FOLDER / environment]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    built = {str(place): body for place, body in enumerate(yaml.safe_load_all(done.stdout))}
    assert [] == loose(built)


def test_a_loose_image_is_seen(objects: Objects):
    """A tag is no digest."""
    path = "spec.template.spec.containers.0.image"
    other = changed(objects, "banking/Deployment/gateway", path, "nginx:1.29")
    assert "nginx:1.29" in loose(other)


def forgetful(configuration: str) -> list[str]:
    """Locations that proxy, and set some headers but not all: NGINX then inherits none from above."""
    found = re.findall(r"^ +location ([^{]+) {\n(.*?)^ +}$", configuration, re.MULTILINE | re.DOTALL)
    needed = {"Connection", "Host", "X-Request-Id"}
    return [
        place
        for place, body in found
        if "proxy_pass " in body and not needed <= set(re.findall(r"proxy_set_header (\S+)", body))
    ]


def test_every_location_hands_on_the_requests_id(objects: Objects):
    """The id by which a payment is traced, and what keeps connections open, reach each service."""
    assert [] == forgetful(objects["banking/ConfigMap/gateway"]["data"]["nginx.conf"])


def test_a_lost_header_is_seen():
    """A location with a header of its own and without the others is named."""
    text = "  location /a {\n    proxy_set_header X-Subject $subject;\n    proxy_pass http://core;\n  }\n"
    assert ["/a"] == forgetful(text)


def unasked(configuration: str) -> list[str]:
    """Locations that hand a request on without asking whose it is, and to something else than readiness."""
    found = re.findall(r"^ +location ([^{]+) {\n(.*?)^ +}$", configuration, re.MULTILINE | re.DOTALL)
    allowed = re.compile(r"auth_request |internal;|proxy_pass http://core/readyz;")
    return [place for place, body in found if "proxy_pass " in body and not allowed.search(body)]


def test_without_a_token_only_readiness_is_reached(objects: Objects):
    """What a release asks: is core ready?"""
    configuration = objects["banking/ConfigMap/gateway"]["data"]["nginx.conf"]
    assert [] == unasked(configuration)
    assert "location = /healthz {" in configuration


def test_a_way_past_the_token_is_seen(objects: Objects):
    """Payments without the question, and another path of core."""
    configuration = objects["banking/ConfigMap/gateway"]["data"]["nginx.conf"]
    assert ["/v1/"] == unasked(configuration.replace("auth_request /authenticate;", ""))
    assert ["= /healthz"] == unasked(configuration.replace("core/readyz;", "core/metrics;"))


def unseen(objects: Objects) -> list[str]:
    """Namespaces in which Prometheus looks for something and has no right to."""
    spec = objects["monitoring/Prometheus/banking"]["spec"]
    looked = {spec["serviceMonitorNamespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]}
    looked |= {one["namespace"] for one in spec["alerting"]["alertmanagers"]}
    subject = {"kind": "ServiceAccount", "name": spec["serviceAccountName"], "namespace": "monitoring"}
    allowed = {
        body["metadata"]["namespace"]
        for _, body in of_kind(objects, "RoleBinding")
        if subject in body["subjects"]
    }
    return sorted(looked - allowed)


def test_prometheus_may_find_what_it_talks_to(objects: Objects):
    """Targets in one namespace, Alertmanager in another: without the right, no alert would arrive."""
    assert [] == unseen(objects)


def test_a_missing_right_is_seen(objects: Objects):
    """Without the binding, the namespace of the targets is named."""
    other = changed(objects, "banking/RoleBinding/prometheus", "subjects", [])
    assert "banking" in unseen(other)


def test_kafka_shows_its_figures(objects: Objects):
    """The port that is read is there only where the operator is told to make it."""
    (endpoint,) = objects["banking/PodMonitor/kafka"]["spec"]["podMetricsEndpoints"]
    assert "tcp-prometheus" == endpoint["port"]
    assert objects["banking/Kafka/banking"]["spec"]["kafka"].get("metricsConfig")
