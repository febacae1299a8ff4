"""Which Kubernetes objects belong to what is drawn."""

import pytest

from asbuilt.prove.objects import object_owners

WEB = {
    "metadata": {"labels": {"app": "web", "tier": "front"}},
    "spec": {"serviceAccountName": "web", "volumes": [{"name": "c", "configMap": {"name": "web"}}, {}]},
}
TIER = {"key": "tier", "operator": "In", "values": ["front", "edge"]}


def owners(things) -> dict[str, set[str]]:
    """Owners by name."""
    found: dict[str, set[str]] = {}
    for name, owner in object_owners(things.manifests):
        found.setdefault(name, set()).add(owner)
    return found


@pytest.mark.parametrize(
    ("name", "spec", "expected"),
    [
        ("shop/ServiceAccount/web", {}, True),
        ("shop/ServiceAccount/default", {}, False),
        ("other/ServiceAccount/web", {}, False),
        ("cluster/Namespace/shop", {}, True),
        ("cluster/Namespace/other", {}, False),
        ("shop/Service/web", {"selector": {"app": "web"}}, True),
        ("shop/Service/web", {"selector": {"app": "web", "tier": "back"}}, False),
        ("shop/Service/web", {"selector": {}}, False),
        ("shop/Service/web", {}, False),
        ("other/Service/web", {"selector": {"app": "web"}}, False),
        ("shop/PodDisruptionBudget/web", {"selector": {"matchLabels": {"app": "web"}}}, True),
        ("shop/PodDisruptionBudget/web", {"selector": {"matchLabels": {"app": "api"}}}, False),
        ("shop/HorizontalPodAutoscaler/web", {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}, True),
        (
            "shop/HorizontalPodAutoscaler/web",
            {"scaleTargetRef": {"kind": "Deployment", "name": "api"}},
            False,
        ),
        ("shop/ConfigMap/web", {}, True),
        ("shop/ConfigMap/api", {"selector": {"app": "web"}}, False),
        ("shop/NetworkPolicy/all", {"podSelector": {}}, True),
        ("shop/NetworkPolicy/web", {"podSelector": {"matchExpressions": [TIER]}}, True),
        ("shop/NetworkPolicy/api", {"podSelector": {"matchLabels": {"app": "api"}}}, False),
        ("other/NetworkPolicy/all", {"podSelector": {}}, False),
    ],
)
def test_objects_belong_to_the_workload_they_serve(system, manifest, name, spec, expected):
    """A Service, an account, a namespace, an autoscaler belong to the workload they select or name."""
    workload = manifest("shop/Deployment/web", template=WEB)
    found = owners(system(workload, manifest(name, **spec)))
    assert found.get(name, set()) == ({"shop/Deployment/web"} if expected else set())


def test_a_workload_without_account_runs_under_the_default_one(system, manifest):
    """Kubernetes gives a pod its namespace's default account."""
    workload = manifest("shop/Deployment/web", template={"spec": {}})
    assert owners(system(workload))["shop/ServiceAccount/default"] == {"shop/Deployment/web"}


def test_a_binding_belongs_to_its_service(system, manifest):
    """What registers a Service's pods in a target group is a part of that Service."""
    binding = manifest("shop/TargetGroupBinding/web", serviceRef={"name": "web", "port": 80})
    assert owners(system(binding)) == {"shop/TargetGroupBinding/web": {"shop/Service/web"}}


def test_a_role_belongs_to_who_may_use_it(system, manifest):
    """By its binding, in whatever namespace the account is."""
    binding = manifest("shop/RoleBinding/read")
    binding.body["roleRef"] = {"kind": "Role", "name": "read"}
    binding.body["subjects"] = [{"kind": "ServiceAccount", "name": "web", "namespace": "front"}]
    found = owners(system(binding))
    assert found["shop/Role/read"] == {"shop/RoleBinding/read"}
    assert found["shop/RoleBinding/read"] == {"front/ServiceAccount/web"}


def _labelled(manifest, name: str, labels: dict, **spec):
    one = manifest(name, **spec)
    one.body["metadata"] = {"labels": labels}
    return one


@pytest.mark.parametrize("kind", ["KafkaTopic", "KafkaUser", "KafkaNodePool"])
def test_parts_of_a_kafka_cluster_belong_to_it(system, manifest, kind):
    """To the one that their label names, in their namespace."""
    part = _labelled(manifest, f"shop/{kind}/pay", {"strimzi.io/cluster": "main"})
    assert owners(system(part))[f"shop/{kind}/pay"] == {"shop/Kafka/main"}


def test_what_strimzi_deploys_belongs_to_its_cluster(system, manifest):
    """And so do the policies for its pods; a Deployment of one's own does not."""
    made = {"strimzi.io/cluster": "main", "strimzi.io/kind": "Kafka"}
    one = _labelled(manifest, "shop/Deployment/main-entity-operator", made)
    other = _labelled(manifest, "shop/Deployment/web", {"strimzi.io/cluster": "main"})
    assert owners(system(one, other)) == {"shop/Deployment/main-entity-operator": {"shop/Kafka/main"}}


def test_a_kafka_cluster_is_drawn_by_its_pools(system, manifest):
    """A pool stands for the brokers, so the cluster is shown where the pool is."""
    pool = _labelled(manifest, "shop/KafkaNodePool/pool", {"strimzi.io/cluster": "main"})
    assert owners(system(pool))["shop/Kafka/main"] == {"shop/KafkaNodePool/pool"}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"selector": {"matchLabels": {"app": "web"}}}, set()),
        ({"selector": {}, "namespaceSelector": {"any": True}}, {"shop/Service/web"}),
        ({"selector": {}, "namespaceSelector": {"matchNames": ["shop"]}}, {"shop/Service/web"}),
        ({"selector": {}, "namespaceSelector": {"matchNames": ["front"]}}, set()),
        (
            {"selector": {"matchLabels": {"app": "api"}}, "namespaceSelector": {"any": True}},
            set(),
        ),
    ],
)
def test_a_monitor_belongs_to_the_services_that_it_selects(system, manifest, spec, expected):
    """By the Services' own labels, in the namespaces that it watches."""
    service = _labelled(manifest, "shop/Service/web", {"app": "web"})
    found = owners(system(service, manifest("watch/ServiceMonitor/web", **spec)))
    assert found.get("watch/ServiceMonitor/web", set()) == expected


@pytest.mark.parametrize(
    ("namespaces", "expected"),
    [({"any": True}, {"shop/Deployment/web"}), ({}, set()), ({"matchNames": ["front"]}, set())],
)
def test_a_pod_monitor_belongs_to_the_workloads_that_it_selects(system, manifest, namespaces, expected):
    """By their pods' labels, in the namespaces that it watches."""
    selector = {"matchLabels": {"app": "web"}}
    monitor = manifest("watch/PodMonitor/web", selector=selector, namespaceSelector=namespaces)
    found = owners(system(manifest("shop/Deployment/web", template=WEB), monitor))
    assert found.get("watch/PodMonitor/web", set()) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"ruleSelector": {}, "ruleNamespaceSelector": {}}, True),
        ({"ruleSelector": {"matchLabels": {"role": "alerts"}}, "ruleNamespaceSelector": {}}, True),
        ({"ruleSelector": {"matchLabels": {"role": "other"}}, "ruleNamespaceSelector": {}}, False),
        ({"ruleSelector": {}, "ruleNamespaceSelector": {"matchLabels": {"team": "shop"}}}, True),
        ({"ruleSelector": {}, "ruleNamespaceSelector": {"matchLabels": {"team": "other"}}}, False),
        ({"ruleSelector": {}}, False),
        ({"ruleNamespaceSelector": {}}, False),
    ],
)
def test_rules_belong_to_the_prometheus_that_reads_them(system, manifest, spec, expected):
    """Its selectors choose them by their labels, and their namespaces; without any it reads none."""
    rule = _labelled(manifest, "shop/PrometheusRule/alerts", {"role": "alerts"})
    home = _labelled(manifest, "cluster/Namespace/shop", {"team": "shop"})
    found = owners(system(rule, home, manifest("watch/Prometheus/main", **spec)))
    assert found.get("shop/PrometheusRule/alerts", set()) == (
        {"watch/Prometheus/main"} if expected else set()
    )
