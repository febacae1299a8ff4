"""What Kubernetes objects do to workloads: scale, protect, run as, select."""

import pytest

from asbuilt.claims import parse_claims
from asbuilt.infrastructure import Location, Manifest
from asbuilt.prove.arrows import ArrowProver

WEB = "shop/Deployment/web"
LABELS = {"app": "web"}
TEMPLATE = {
    "metadata": {"labels": LABELS},
    "spec": {
        "serviceAccountName": "web",
        "containers": [
            {
                "name": "web",
                "ports": [{"name": "metrics", "containerPort": 9090}],
                "resources": {"requests": {"cpu": "1"}},
            }
        ],
    },
}
PORTS = [{"name": "http", "port": 80}, {"name": "metrics", "port": 9090}]
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}


def _object(name: str, spec: dict, version: str = "", labels: dict | None = None) -> Manifest:
    metadata = {"labels": labels or {}}
    version = version or ("kafka.strimzi.io/v1" if "/Kafka" in name else "")
    body = {"spec": spec, "metadata": metadata} | ({"apiVersion": version} if version else {})
    return Manifest(name, body, Location("all.yaml", 3))


@pytest.fixture
def verdict(system):
    """Judges one claim over the shop, in which some objects are others."""

    def judge(source: str, by: str, target: str, **changed):
        selector = {"matchLabels": LABELS}
        specs = {
            "shop/ServiceAccount/web": {},
            "shop/ServiceAccount/default": {},
            "shop/Deployment/api": {"template": {"metadata": {"labels": {"app": "api"}}}},
            "shop/Service/web": {"selector": LABELS, "ports": PORTS},
            "shop/HorizontalPodAutoscaler/web": {"scaleTargetRef": TARGET},
            "shop/PodDisruptionBudget/web": {"selector": selector, "maxUnavailable": 1},
            "shop/ServiceMonitor/web": {"selector": selector, "endpoints": [{"port": "metrics"}]},
            "shop/PodMonitor/web": {"selector": selector, "podMetricsEndpoints": [{"port": "metrics"}]},
            WEB: {"template": TEMPLATE, "replicas": 2},
        } | changed.get("specs", {})
        objects = [
            _object(name, spec, "apps/v1" if "/Deployment/" in name else "", changed.get("labels", LABELS))
            for name, spec in specs.items()
            if spec is not None
        ]
        return ArrowProver(system(*objects)).prove(source, target, parse_claims(by)[0])

    return judge


@pytest.mark.parametrize(
    ("source", "by", "target"),
    [
        ("shop/HorizontalPodAutoscaler/web", "scales", WEB),
        ("shop/PodDisruptionBudget/web", "protects", WEB),
        (WEB, "runs as", "shop/ServiceAccount/web"),
        ("shop/Deployment/api", "runs as", "shop/ServiceAccount/default"),
        ("shop/ServiceMonitor/web", "selects", "shop/Service/web"),
        ("shop/ServiceMonitor/web", "selects", WEB),
        ("shop/PodMonitor/web", "selects", WEB),
    ],
)
def test_a_relation_is_proven_with_both_objects(verdict, source, by, target):
    """The evidence names the object at the tail and the one at the head, each with its line."""
    found = verdict(source, by, target)
    assert ("proven", "") == (found.verdict, found.reason)
    assert [source, target] == [one.address for one in found.evidence]
    assert {("all.yaml", 3)} == {(one.file, one.line) for one in found.evidence}


OTHER = {"matchLabels": {"app": "api"}}
ANYWHERE = {"selector": {"matchLabels": LABELS}, "endpoints": [{"port": "metrics"}]}
WRONG = {
    "an autoscaler of another workload": (
        ("shop/HorizontalPodAutoscaler/web", "scales", "shop/Deployment/api"),
        {},
        "scales Deployment/web in its own namespace, not shop/Deployment/api",
    ),
    "an autoscaler of another kind": (
        ("shop/HorizontalPodAutoscaler/web", "scales", WEB),
        {"shop/HorizontalPodAutoscaler/web": {"scaleTargetRef": {**TARGET, "kind": "StatefulSet"}}},
        "scales StatefulSet/web",
    ),
    "an autoscaler without an API group": (
        ("shop/HorizontalPodAutoscaler/web", "scales", WEB),
        {"shop/HorizontalPodAutoscaler/web": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}},
        "looks for Deployment/web in the API group 'core'",
    ),
    "an autoscaler in another namespace": (
        ("other/HorizontalPodAutoscaler/web", "scales", WEB),
        {"other/HorizontalPodAutoscaler/web": {"scaleTargetRef": TARGET}},
        "in its own namespace, not shop/Deployment/web",
    ),
    "two autoscalers": (
        ("shop/HorizontalPodAutoscaler/web", "scales", WEB),
        {"shop/HorizontalPodAutoscaler/more": {"scaleTargetRef": TARGET}},
        "shop/HorizontalPodAutoscaler/more scales shop/Deployment/web too",
    ),
    "an autoscaler that is switched off": (
        ("shop/HorizontalPodAutoscaler/web", "scales", WEB),
        {WEB: {"template": TEMPLATE, "replicas": 0}},
        "has replicas: 0, which switches shop/HorizontalPodAutoscaler/web off",
    ),
    "an autoscaler of what has no scale": (
        ("shop/HorizontalPodAutoscaler/web", "scales", "shop/DaemonSet/web"),
        {
            "shop/DaemonSet/web": {"template": TEMPLATE},
            "shop/HorizontalPodAutoscaler/web": {"scaleTargetRef": {**TARGET, "kind": "DaemonSet"}},
        },
        "shop/DaemonSet/web is no ",
    ),
    "a budget that selects others": (
        ("shop/PodDisruptionBudget/web", "protects", WEB),
        {"shop/PodDisruptionBudget/web": {"selector": OTHER}},
        "does not select the pods of shop/Deployment/web",
    ),
    "a budget without a selector": (
        ("shop/PodDisruptionBudget/web", "protects", WEB),
        {"shop/PodDisruptionBudget/web": {"minAvailable": 1}},
        "does not select the pods",
    ),
    "a budget in another namespace": (
        ("other/PodDisruptionBudget/web", "protects", WEB),
        {"other/PodDisruptionBudget/web": {"selector": {}}},
        "does not select the pods",
    ),
    "two budgets": (
        ("shop/PodDisruptionBudget/web", "protects", WEB),
        {"shop/PodDisruptionBudget/all": {"selector": {}}},
        "shop/PodDisruptionBudget/all selects the pods of shop/Deployment/web too",
    ),
    "another account": (
        (WEB, "runs as", "shop/ServiceAccount/default"),
        {},
        "runs as shop/ServiceAccount/web, not as shop/ServiceAccount/default",
    ),
    "an account of that name in another namespace": (
        (WEB, "runs as", "other/ServiceAccount/web"),
        {"other/ServiceAccount/web": {}},
        "runs as shop/ServiceAccount/web",
    ),
    "a monitor of other labels": (
        ("shop/ServiceMonitor/web", "selects", "shop/Service/web"),
        {"shop/ServiceMonitor/web": {**ANYWHERE, "selector": OTHER}},
        "does not select the labels of shop/Service/web",
    ),
    "a monitor of a port that is not there": (
        ("shop/ServiceMonitor/web", "selects", "shop/Service/web"),
        {"shop/ServiceMonitor/web": {**ANYWHERE, "endpoints": [{"port": "metrixs"}]}},
        "shop/Service/web has no port metrixs",
    ),
    "a monitor of a port that only the pods call so": (
        ("shop/ServiceMonitor/web", "selects", "shop/Service/web"),
        {"shop/Service/web": {"selector": LABELS, "ports": [{"name": "figures", "targetPort": "metrics"}]}},
        "shop/Service/web has no port metrics",
    ),
    "a monitor of a port that leads to no pod": (
        ("shop/ServiceMonitor/web", "selects", WEB),
        {
            "shop/Service/web": {
                "selector": LABELS,
                "ports": [{"name": "metrics", "port": 9090, "targetPort": "figures"}],
            }
        },
        "no pod behind shop/Service/web has the port that metrics leads to",
    ),
    "a monitor without endpoints": (
        ("shop/ServiceMonitor/web", "selects", "shop/Service/web"),
        {"shop/ServiceMonitor/web": {**ANYWHERE, "endpoints": []}},
        "has no port that is asked for",
    ),
    "a monitor that stays in its namespace": (
        ("other/ServiceMonitor/web", "selects", "shop/Service/web"),
        {"other/ServiceMonitor/web": ANYWHERE},
        "does not look into the namespace shop",
    ),
    "a Service that leads to other pods": (
        ("shop/ServiceMonitor/web", "selects", WEB),
        {"shop/Service/web": {"selector": {"app": "api"}, "ports": PORTS}},
        "no Service leads to shop/Deployment/web",
    ),
    "a pod monitor of a port that pods lack": (
        ("shop/PodMonitor/web", "selects", WEB),
        {"shop/PodMonitor/web": {"selector": {}, "podMetricsEndpoints": [{"port": "http"}]}},
        "shop/Deployment/web has no port http",
    ),
    "a pod monitor and a Service": (
        ("shop/PodMonitor/web", "selects", "shop/Service/web"),
        {},
        "selects pods, and shop/Service/web is a Service",
    ),
    "a tail of another kind": (
        ("shop/Service/web", "scales", WEB),
        {},
        "shop/Service/web is no HorizontalPodAutoscaler",
    ),
    "a head of another kind": ((WEB, "runs as", "shop/Service/web"), {}, "is no ServiceAccount"),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_relation_that_is_not_so_is_refuted(verdict, how):
    """With the reason, and the lines of the objects that speak against it."""
    ends, specs, reason = WRONG[how]
    found = verdict(*ends, specs=specs)
    assert "refuted" == found.verdict, found
    assert reason in found.reason
    assert found.evidence


@pytest.mark.parametrize("selector", [{"any": True}, {"matchNames": ["shop", "more"]}])
def test_a_monitor_looks_into_the_namespaces_that_it_names(verdict, selector):
    """Or into all of them."""
    spec = ANYWHERE | {"namespaceSelector": selector}
    found = verdict(
        "other/ServiceMonitor/web",
        "selects",
        "shop/Service/web",
        specs={"other/ServiceMonitor/web": spec},
    )
    assert "proven" == found.verdict


@pytest.mark.parametrize("gone", ["shop/ServiceAccount/web", WEB])
def test_what_is_not_there_is_unknown(verdict, gone):
    """The name at either end."""
    found = verdict(WEB, "runs as", "shop/ServiceAccount/web", specs={gone: None})
    assert ("unknown", f"{gone} is not there") == (found.verdict, found.reason)


@pytest.mark.parametrize(
    ("metrics", "pool", "expected"),
    [
        ({"type": "jmxPrometheusExporter"}, "main", ("proven", "")),
        ({}, "main", ("refuted", "shop/KafkaNodePool/main has no port tcp-prometheus")),
        ({"type": "jmxPrometheusExporter"}, "", ("refuted", "shop/Kafka/main has no brokers here")),
    ],
)
def test_a_pod_monitor_selects_the_brokers_of_kafka(system, metrics, pool, expected):
    """All of them, by the port that they have where metrics are asked for."""
    monitor = {
        "selector": {"matchLabels": {"strimzi.io/kind": "Kafka"}},
        "podMetricsEndpoints": [{"port": "tcp-prometheus"}],
    }
    things = [
        _object("shop/PodMonitor/kafka", monitor),
        _object("shop/Kafka/main", {"kafka": {"listeners": [], "metricsConfig": metrics}}),
    ]
    if pool:
        things.append(
            _object(
                f"shop/KafkaNodePool/{pool}", {"roles": ["broker"]}, labels={"strimzi.io/cluster": "main"}
            )
        )
    (claim,) = parse_claims("selects")
    found = ArrowProver(system(*things)).prove("shop/PodMonitor/kafka", "shop/Kafka/main", claim)
    assert expected == (found.verdict, found.reason)


CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 70}}}
QUEUE = {"type": "External", "external": {"metric": {"name": "queue"}, "target": {"averageValue": "30"}}}
DISABLED = {"selectPolicy": "Disabled"}


def of_container(name: str) -> dict:
    """A metric of one container."""
    given = {"name": "cpu", "container": name, "target": {"averageUtilization": 70}}
    return {"type": "ContainerResource", "containerResource": given}


SCALED = {  # an autoscaler's spec, another container of the pods, a LimitRange, and why nothing is scaled
    "a share of CPU": ({"metrics": [CPU]}, None, None, ""),
    "a container that asks for nothing": (
        {"metrics": [CPU]},
        {"name": "log"},
        None,
        "container log has no request of cpu",
    ),
    "no metrics, and a container that asks for nothing": ({}, {"name": "log"}, None, "has no request of cpu"),
    "a container with a limit": ({}, {"name": "log", "resources": {"limits": {"cpu": "1"}}}, None, ""),
    "a container with a default": (
        {},
        {"name": "log"},
        {"limits": [{"type": "Container", "defaultRequest": {"cpu": "100m"}}]},
        "",
    ),
    "a default of something else": (
        {},
        {"name": "log"},
        {"limits": [{"type": "Container", "defaultRequest": {"memory": "1Gi"}}]},
        "has no request of cpu",
    ),
    "one of two metrics": ({"metrics": [CPU, QUEUE]}, {"name": "log"}, None, ""),
    "an amount, not a share": (
        {"metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"averageValue": "1"}}}]},
        {"name": "log"},
        None,
        "",
    ),
    "memory that nobody asks for": (
        {
            "metrics": [
                {"type": "Resource", "resource": {"name": "memory", "target": {"averageUtilization": 70}}}
            ]
        },
        None,
        None,
        "the container web has no request of memory",
    ),
    "one container": ({"metrics": [of_container("web")]}, {"name": "log"}, None, ""),
    "a container that is not there": ({"metrics": [of_container("wep")]}, None, None, "no container wep"),
    "neither up nor down": (
        {"behavior": {"scaleUp": DISABLED, "scaleDown": DISABLED}},
        None,
        None,
        "neither up nor down",
    ),
    "only up": ({"behavior": {"scaleDown": DISABLED}}, None, None, ""),
}


@pytest.mark.parametrize("what", SCALED)
def test_an_autoscaler_needs_what_it_measures(verdict, what):
    """A share of nothing is no measure; what is not measured by shares needs no requests."""
    spec, container, limits, reason = SCALED[what]
    pod = TEMPLATE["spec"] | {
        "containers": [*TEMPLATE["spec"]["containers"], *([container] if container else [])]
    }
    specs = {
        "shop/HorizontalPodAutoscaler/web": {"scaleTargetRef": TARGET, **spec},
        "shop/LimitRange/all": limits,
        WEB: {"template": TEMPLATE | {"spec": pod}},
    }
    found = verdict("shop/HorizontalPodAutoscaler/web", "scales", WEB, specs=specs)
    assert ("refuted" if reason else "proven") == found.verdict, found
    assert reason in found.reason


@pytest.mark.parametrize(
    ("budget", "replicas", "is_scaled", "expected"),
    [
        ({"minAvailable": 0}, 3, False, "refuted"),
        ({"minAvailable": "0%"}, 3, True, "refuted"),
        ({"maxUnavailable": "100%"}, 3, False, "refuted"),
        ({"maxUnavailable": 3}, 3, False, "refuted"),
        ({"maxUnavailable": 1}, None, False, "refuted"),
        ({"maxUnavailable": 1}, None, True, "proven"),
        ({"maxUnavailable": 2}, 3, False, "proven"),
        ({"maxUnavailable": 0}, 1, False, "proven"),
        ({"minAvailable": 1}, 1, False, "proven"),
        ({"minAvailable": "50%"}, 3, False, "proven"),
    ],
)
def test_a_budget_that_lets_all_pods_go_protects_none(verdict, budget, replicas, is_scaled, expected):
    """At once and on purpose; how many there are is only known where no autoscaler says so."""
    specs = {
        "shop/PodDisruptionBudget/web": {"selector": {"matchLabels": LABELS}, **budget},
        "shop/HorizontalPodAutoscaler/web": {"scaleTargetRef": TARGET} if is_scaled else None,
        WEB: {"template": TEMPLATE} | ({"replicas": replicas} if replicas else {}),
    }
    found = verdict("shop/PodDisruptionBudget/web", "protects", WEB, specs=specs)
    assert expected == found.verdict, found


@pytest.mark.parametrize(
    ("endpoint", "service", "expected"),
    [
        ({"targetPort": 9090}, {"port": 80, "targetPort": "metrics"}, "proven"),
        ({"targetPort": "metrics"}, {"port": 80, "targetPort": 9090}, "proven"),
        ({"targetPort": 9091}, {"port": 80, "targetPort": 9091}, "refuted"),
        ({"targetPort": 80}, {"port": 80}, "refuted"),
    ],
)
def test_a_target_port_is_one_of_the_pods(verdict, endpoint, service, expected):
    """That their containers declare; what the Service makes of it is not asked."""
    specs = {
        "shop/ServiceMonitor/web": {"selector": {"matchLabels": LABELS}, "endpoints": [endpoint]},
        "shop/Service/web": {"selector": LABELS, "ports": [{"name": "http", **service}]},
    }
    assert expected == verdict("shop/ServiceMonitor/web", "selects", "shop/Service/web", specs=specs).verdict


@pytest.mark.parametrize("workload", ["shop/KafkaNodePool/main", "shop/Deployment/main-entity-operator"])
def test_an_operator_gives_pods_an_account_of_their_own(verdict, workload):
    """Strimzi names it after the cluster: never the default one."""
    specs = {
        "shop/Kafka/main": {"kafka": {"listeners": []}, "entityOperator": {}},
        "shop/KafkaNodePool/main": {"roles": ["broker"]},
    }
    labels = {"strimzi.io/cluster": "main"}
    found = verdict(workload, "runs as", "shop/ServiceAccount/default", specs=specs, labels=labels)
    assert ("refuted", True) == (found.verdict, "an account of their own" in found.reason), found
