"""What operators make from custom resources: pods, their ports, and their Services."""

from dataclasses import replace

import pytest

from asbuilt.claims import parse_claims
from asbuilt.infrastructure import Location, Manifest
from asbuilt.prove.arrows import ArrowProver
from asbuilt.prove.network.operators import operated
from asbuilt.prove.network.ports import container_ports
from asbuilt.prove.network.workloads import labels

CLUSTER = {"strimzi.io/cluster": "main"}
LISTENERS = [
    {"name": "tls", "port": 9093, "type": "internal"},
    {"name": "apps", "port": 9095, "type": "internal"},
]


def _object(name: str, spec: dict, labels: dict | None = None, line: int = 1) -> Manifest:
    group = {"Kafka": "kafka.strimzi.io/v1", "KafkaNodePool": "kafka.strimzi.io/v1"}
    watch = {"Prometheus": "monitoring.coreos.com/v1", "Alertmanager": "monitoring.coreos.com/v1"}
    version = (group | watch).get(name.split("/")[1])
    body = {"metadata": {"labels": labels or {}}, "spec": spec}
    return Manifest(name, body | ({"apiVersion": version} if version else {}), Location("all.yaml", line))


def _pool(roles: list[str], name: str = "broker") -> Manifest:
    return _object(f"pay/KafkaNodePool/{name}", {"roles": roles}, CLUSTER, 5)


def _kafka(**kafka) -> Manifest:
    return _object("pay/Kafka/main", {"kafka": {"listeners": LISTENERS, **kafka}}, line=9)


def _named(system, *objects: Manifest) -> dict[str, Manifest]:
    return operated(system(*objects)).by_name


def _ports(workload: Manifest) -> dict[str, int]:
    return {port["name"]: port.get("containerPort") for port in container_ports(workload)}


@pytest.mark.parametrize(
    ("roles", "kafka", "expected"),
    [
        (["broker"], {}, {"tcp-replication": 9091, "tcp-clientstls": 9093, "tcp-apps": 9095}),
        (["controller"], {}, {"tcp-ctrlplane": 9090}),
        (["controller"], {"metricsConfig": {}}, {"tcp-ctrlplane": 9090}),
        (
            ["controller"],
            {"metricsConfig": {"type": "jmxPrometheusExporter"}},
            {"tcp-ctrlplane": 9090, "tcp-prometheus": 9404},
        ),
    ],
)
def test_ports_of_a_pool_follow_its_roles(system, roles, kafka, expected):
    """Listeners are on brokers, the control plane on controllers, metrics on all where they are asked for."""
    pool = _named(system, _kafka(**kafka), _pool(roles))["pay/KafkaNodePool/broker"]
    assert {"tcp-kafkaagent": 8443} | expected == _ports(pool)


def test_pods_of_a_pool_carry_the_labels_of_strimzi(system):
    """Its cluster, its pool, its kind and its roles; what its author adds stays."""
    kafka = _kafka(template={"pod": {"metadata": {"labels": {"team": "pay", "strimzi.io/kind": "none"}}}})
    pool = _named(system, kafka, _pool(["broker"]))["pay/KafkaNodePool/broker"]
    expected = {
        "strimzi.io/cluster": "main",
        "strimzi.io/name": "main-kafka",
        "strimzi.io/kind": "Kafka",
        "strimzi.io/pool-name": "broker",
        "strimzi.io/broker-role": "true",
        "strimzi.io/controller-role": "false",
        "team": "pay",
    }
    assert expected.items() <= labels(pool).items()
    assert ("all.yaml", 5) == (pool.location.file, pool.location.line)


def test_a_pool_without_its_cluster_has_no_pods(system):
    """Strimzi makes nothing of a pool whose label names no Kafka."""
    assert "pay/KafkaNodePool/broker" not in _named(system, _pool(["broker"]))


def test_a_pool_of_another_makers_cluster_has_no_pods(system):
    """A `Kafka` of another API group is none that Strimzi knows."""
    cluster = _kafka()
    strange = replace(cluster, body={**cluster.body, "apiVersion": "example.com/v1"})
    pool = _pool(["broker"])
    assert pool.name not in _named(system, pool, strange)


def test_kafka_has_two_services(system):
    """One for the first connection, one that names each broker."""
    found = _named(system, _kafka(), _pool(["broker"]))
    bootstrap, brokers = (found[f"pay/Service/main-kafka-{name}"].body for name in ("bootstrap", "brokers"))
    assert [9091, 9093, 9095] == [port["port"] for port in bootstrap["spec"]["ports"]]
    assert "None" == brokers["spec"]["clusterIP"]


@pytest.mark.parametrize(
    ("kind", "spec", "ports"),
    [
        ("Prometheus", {}, {"web": 9090}),
        ("Prometheus", {"portName": "http"}, {"http": 9090}),
        ("Prometheus", {"listenLocal": True}, {"web": None}),
        ("Alertmanager", {}, {"web": 9093, "mesh-tcp": 9094, "mesh-udp": 9094}),
    ],
)
def test_pods_of_the_prometheus_operator(system, kind, spec, ports):
    """They are found by their name and listen on the operator's port, under the account that is named."""
    spec = spec | {"serviceAccountName": "watch", "podMetadata": {"labels": {"team": "pay"}}}
    found = _named(system, _object(f"watch/{kind}/main", spec))
    pods = found[f"watch/{kind}/main"]
    assert {"app.kubernetes.io/name": kind.lower(), kind.lower(): "main", "team": "pay"}.items() <= labels(
        pods
    ).items()
    assert ports == _ports(pods)
    assert "watch" == pods.body["spec"]["template"]["spec"]["serviceAccountName"]
    service = found[f"watch/Service/{kind.lower()}-operated"].body["spec"]
    assert {"app.kubernetes.io/name": kind.lower()} == service["selector"]


def test_a_service_that_is_written_stays(system):
    """It is not replaced by the one the operator would make."""
    own = _object("watch/Service/prometheus-operated", {"selector": {"app": "own"}})
    found = _named(system, own, _object("watch/Prometheus/main", {}))
    assert own is found["watch/Service/prometheus-operated"]


@pytest.fixture
def verdict(system):
    """Judges a claim of a client on Kafka, whose policy lets it in; parts may be others."""

    def judge(target: str = "pay/Kafka/main", claim: str = "tcp/9093", **changed):
        client = {"template": {"metadata": {"labels": {"app": "core"}}, "spec": {"containers": []}}}
        into = {"from": [{"podSelector": {"matchLabels": {"app": "core"}}}], "ports": [{"port": 9093}]}
        guard = {"podSelector": {"matchLabels": {"strimzi.io/kind": "Kafka"}}, "policyTypes": ["Ingress"]}
        out = {"podSelector": {"matchLabels": {"app": "core"}}, "policyTypes": ["Egress"], "egress": [{}]}
        objects = {
            "core": _object("pay/Deployment/core", client),
            "kafka": _kafka(),
            "pool": _pool(["broker"]),
            "guard": _object("pay/NetworkPolicy/kafka", guard | {"ingress": [into]}),
            "out": _object("pay/NetworkPolicy/core", out),
        } | changed
        prover = ArrowProver(system(*filter(None, objects.values())))
        return prover.prove("pay/Deployment/core", target, parse_claims(claim)[0])

    return judge


@pytest.mark.parametrize("target", ["pay/Kafka/main", "pay/KafkaNodePool/broker"])
def test_kafka_is_reached_at_its_brokers(verdict, target):
    """Proven with the pool, the policy, and a note that its operator tells when pods are ready."""
    found = verdict(target)
    assert "proven" == found.verdict, found
    assert "the operator that makes the pods of pay/KafkaNodePool/broker" in found.reason
    cited = {one.address for one in found.evidence}
    assert {"pay/KafkaNodePool/broker", "pay/NetworkPolicy/kafka.ingress[0]"} <= cited


WRONG = {
    "a port without a listener": ({"claim": "tcp/9095"}, "refuted", "lets no ingress of tcp/9095"),
    "a listener on another port": (
        {"kafka": _kafka(listeners=[{"name": "tls", "port": 9096, "type": "internal"}])},
        "unknown",
        "declares tcp/9093",
    ),
    "controllers only": (
        {"pool": _pool(["controller"])},
        "unknown",
        "pay/Kafka/main selects no workload that is here",
    ),
    "no pool": ({"pool": None}, "unknown", "pay/Kafka/main selects no workload that is here"),
    "no Kafka": ({"kafka": None, "target": "pay/KafkaNodePool/broker"}, "unknown", "is not there"),
    "no policy that is here": (
        {"guard": None},
        "unknown",
        "Strimzi adds policies of its own for pay/KafkaNodePool/broker",
    ),
    "a policy that lets nobody in": (
        {"guard": _object("pay/NetworkPolicy/kafka", {"podSelector": {}, "policyTypes": ["Ingress"]})},
        "refuted",
        "lets no ingress of tcp/9093",
    ),
}


@pytest.mark.parametrize("how", WRONG)
def test_kafka_is_not_reached(verdict, how):
    """Where its listeners, its pools or the policies around them are others."""
    changed, expected, reason = WRONG[how]
    found = verdict(**changed)
    assert expected == found.verdict, found
    assert reason in found.reason


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, "absent"),
        ({"listenLocal": True}, "unknown"),
        ({"hostNetwork": True}, "unknown"),
        ({"serviceAccountName": "gone"}, "unknown"),
    ],
)
def test_what_the_resource_says_of_its_pods_counts(system, spec, expected):
    """Pods that answer on their loopback address only, or may not start, are not surely reached."""
    client = _object("pay/Deployment/core", {"template": {"spec": {"containers": []}}})
    prover = ArrowProver(system(client, _object("pay/Prometheus/main", spec)))
    found = prover.prove("pay/Deployment/core", "pay/Prometheus/main", parse_claims("tcp/9090")[0])
    assert expected == found.verdict, found


@pytest.mark.parametrize("kind", ["Kafka", "KafkaNodePool", "Prometheus", "Alertmanager"])
def test_a_kind_of_another_api_group_is_left_out(system, kind):
    """Nothing is known of what makes pods of it."""
    other = Manifest(f"pay/{kind}/main", {"apiVersion": "example.com/v1"}, Location("all.yaml", 1))
    assert {} == _named(system, other)


@pytest.mark.parametrize(
    ("part", "name", "port"),
    [("entityOperator", "entity-operator", 8081), ("kafkaExporter", "kafka-exporter", 9404)],
)
def test_what_strimzi_puts_beside_the_brokers(system, part, name, port):
    """Only where the cluster asks for it; it is of the same kind as brokers, under a name of its own."""
    kafka = _object("pay/Kafka/main", {"kafka": {"listeners": LISTENERS}, part: {}})
    beside = _named(system, kafka)[f"pay/Deployment/main-{name}"]
    assert ("Kafka", f"main-{name}") == tuple(labels(beside)[f"strimzi.io/{key}"] for key in ("kind", "name"))
    assert [port] == list(_ports(beside).values())
    assert f"pay/Deployment/main-{name}" not in _named(system, _kafka())
