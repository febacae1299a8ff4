"""The manifests of banking and of schedules are valid in all environments, restricted, and fit together."""

import subprocess
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from asbuilt.prove.selectors import selects
from habits.manifests import faults as invalid

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "kubernetes"
PODS = {"banking": 13, "schedules": 7}  # how many kinds of pods a system has
ENVIRONMENTS = ("production", "staging")
VERSION = "1.35"  # the one that the namespaces' pod security names
RESTRICTED = "pod-security.kubernetes.io/enforce"
RUNBOOKS = "https://as-built.example/runbooks/"
SINGLE = "StatefulSet/loki"  # one replica, on purpose
Objects = dict[str, dict[str, Any]]


@cache
def built(environment: str, system: str = "banking") -> Objects:
    """What an environment applies, by name."""
    command = ["kubectl", "kustomize", FOLDER / system / environment]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return {name(body): body for body in yaml.safe_load_all(done.stdout)}


def name(body: dict[str, Any]) -> str:
    """An object's name as in a diagram."""
    metadata = body["metadata"]
    return f"{metadata.get('namespace', 'cluster')}/{body['kind']}/{metadata['name']}"


@pytest.fixture(params=ENVIRONMENTS)
def objects(request: pytest.FixtureRequest) -> Objects:
    """What an environment of banking applies; a test may change it."""
    return deepcopy(built(request.param))


@pytest.fixture(params=[(system, one) for system in PODS for one in ENVIRONMENTS], ids="/".join)
def applied(request: pytest.FixtureRequest) -> Objects:
    """What an environment of any system applies."""
    system, environment = request.param
    return built(environment, system)


def test_every_object_is_what_its_schema_expects(applied: Objects):
    """Strictly, an unknown field included, custom resources as well."""
    assert {} == {key: faults for key, body in applied.items() if (faults := invalid(body, VERSION))}


@pytest.mark.parametrize(
    ("address", "path", "value", "fault"),
    [
        ("banking/Deployment/core", "spec.replica", 3, "'replica' was unexpected"),
        ("banking/Kafka/banking", "spec.kafka.metricConfig", {}, "'metricConfig' was unexpected"),
        ("banking/Kafka/banking", "spec.kafka.listeners.0.tls", "yes", "'yes' is not of type 'boolean'"),
        ("banking/KafkaUser/core", "spec.authorization.acls.0.operations.0", "Post", "'Post' is not one of"),
        ("banking/ServiceMonitor/core", "spec", {"endpoints": []}, "'selector' is a required property"),
        ("banking/KafkaTopic/audit", "apiVersion", "kafka.strimzi.io/v1beta2", "nobody serves"),
    ],
)
def test_a_wrong_object_is_refused(objects: Objects, address: str, path: str, value: Any, fault: str):
    """A misspelt field, a wrong type, an unknown value, a missing field, and a version that is gone."""
    assert fault in "; ".join(invalid(put(objects[address], path, value), VERSION))


def put(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with one field changed; `path` is dotted, list indexes are numbers."""
    *above, last = path.split(".")
    place: Any = body
    for key in above:
        place = place[int(key) if isinstance(place, list) else key]
    place[int(last) if isinstance(place, list) else last] = value
    return body


def pods(objects: Objects) -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """Each kind of pod: its name, its security context, and the contexts of its containers that are set here.

    Prometheus' operator sets those of its containers by itself.
    """
    for key, body in objects.items():
        if "template" in body.get("spec", {}):
            spec = body["spec"]["template"]["spec"]
            contexts = [one.get("securityContext", {}) for one in spec["containers"]]
            yield key, spec.get("securityContext", {}), contexts
        elif body["kind"] in {"Prometheus", "Alertmanager"}:
            yield key, body["spec"].get("securityContext", {}), []
        elif body["kind"] == "Kafka":
            for part, names in CONTAINERS.items():
                template = body["spec"][part]["template"]
                contexts = [template.get(one, {}).get("securityContext", {}) for one in names]
                yield f"{key} {part}", template["pod"].get("securityContext", {}), contexts


CONTAINERS = {  # of each part of Kafka; the init container asks for the node's zone
    "kafka": ("initContainer", "kafkaContainer"),
    "entityOperator": ("topicOperatorContainer", "userOperatorContainer"),
    "kafkaExporter": ("container",),
}


def unrestricted(objects: Objects) -> list[str]:
    """Pods that the namespace's standard would refuse, or that may write to their image."""
    closed = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
              "capabilities": {"drop": ["ALL"]}}  # fmt: skip
    return [
        key
        for key, pod, containers in pods(objects)
        if pod.get("runAsNonRoot") is not True
        or not pod.get("runAsUser")
        or pod.get("seccompProfile") != {"type": "RuntimeDefault"}
        or any(one != closed for one in containers)
    ]


def test_every_pod_is_restricted(applied: Objects):
    """Those that operators make as well; each namespace enforces the standard."""
    spaces = [body["metadata"]["labels"] for body in applied.values() if body["kind"] == "Namespace"]
    assert ["restricted"] * 2 == [labels[RESTRICTED] for labels in spaces]
    system = next(one for one in PODS if f"cluster/Namespace/{one}" in applied)
    assert (PODS[system], []) == (len(list(pods(applied))), unrestricted(applied))


@pytest.mark.parametrize(
    ("address", "path", "value", "named"),
    [
        ("banking/Deployment/core", "spec.template.spec.securityContext", {}, "banking/Deployment/core"),
        ("banking/Kafka/banking", "spec.kafka.template.initContainer", {}, "banking/Kafka/banking kafka"),
        ("monitoring/Alertmanager/banking", "spec.securityContext", {}, "monitoring/Alertmanager/banking"),
    ],
)
def test_an_open_pod_is_seen(objects: Objects, address: str, path: str, value: Any, named: str):
    """A workload's, an init container's of Kafka, and one that an operator makes."""
    put(objects[address], path, value)
    assert [named] == unrestricted(objects)


def labels(objects: Objects) -> dict[str, list[dict[str, str]]]:
    """The labels of all pods, by namespace; operators' pods carry those that their documentation names."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for body in objects.values():
        space = body["metadata"].get("namespace", "")
        if "template" in body.get("spec", {}):
            found[space].append(body["spec"]["template"]["metadata"]["labels"])
        elif body["kind"] in {"Prometheus", "Alertmanager"}:
            found[space].append({"app.kubernetes.io/name": body["kind"].lower()})
        elif body["kind"] == "Kafka":
            found[space] += [strimzi(part) for part in ("kafka", "entity-operator", "kafka-exporter")]
    return found


def strimzi(part: str) -> dict[str, str]:
    """The labels of the pods of a part of cluster banking."""
    kind = {"strimzi.io/cluster": "banking", "strimzi.io/kind": "Kafka"}
    return kind | {"strimzi.io/name": f"banking-{part}"}


def idle(objects: Objects) -> list[str]:
    """Services, budgets, policies and monitors that select no pod, or no Service, of their namespace."""
    have = labels(objects)
    services = [body["metadata"].get("labels", {}) for body in objects.values() if body["kind"] == "Service"]
    faults = []
    for key, body in objects.items():
        spec, space = body.get("spec", {}), body["metadata"].get("namespace", "")
        selector = spec.get("podSelector", spec.get("selector"))
        if body["kind"] == "Service":
            selector = {"matchLabels": selector}
        if selector is None:
            continue
        among = services if body["kind"] == "ServiceMonitor" else have[space]
        if not any(selects(selector, one) for one in among):
            faults.append(key)
    return faults


def test_every_selector_selects(applied: Objects):
    """A selector that selects nothing is a rule that does nothing."""
    assert [] == idle(applied)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("banking/Service/core", "spec.selector"),
        ("banking/PodDisruptionBudget/core", "spec.selector.matchLabels"),
        ("banking/NetworkPolicy/kafka", "spec.podSelector.matchLabels"),
        ("banking/ServiceMonitor/core", "spec.selector.matchLabels"),
    ],
)
def test_an_idle_selector_is_seen(objects: Objects, address: str, path: str):
    """Each kind is looked at."""
    put(objects[address], path, {"app.kubernetes.io/name": "nobody"})
    assert [address] == idle(objects)


def unread(objects: Objects) -> list[str]:
    """Monitors that find no port of the name that they read."""
    kafka = objects.get("banking/Kafka/banking", {"spec": {"kafka": {}}})["spec"]
    faults = []
    for key, body in objects.items():
        if body["kind"] == "ServiceMonitor":
            ports = [
                port["name"]
                for one in objects.values()
                if one["kind"] == "Service"
                and selects(body["spec"]["selector"], one["metadata"].get("labels", {}))
                for port in one["spec"]["ports"]
            ]
            faults += [key for one in body["spec"]["endpoints"] if one["port"] not in ports]
        if body["kind"] == "PodMonitor" and not (
            kafka["kafka"].get("metricsConfig") and "kafkaExporter" in kafka
        ):
            faults.append(key)
    return faults


def test_every_monitor_finds_its_port(applied: Objects):
    """A Service with a port of that name; brokers and exporter show theirs where they are told to."""
    assert [] == unread(applied)


def test_a_port_that_is_not_there_is_seen(objects: Objects):
    """A Service's port under another name, and brokers without figures."""
    put(objects["banking/Service/core"], "spec.ports.1.name", "figures")
    del objects["banking/Kafka/banking"]["spec"]["kafka"]["metricsConfig"]
    assert {"banking/ServiceMonitor/core", "banking/PodMonitor/kafka"} == {*unread(objects)}


def strays(objects: Objects) -> list[str]:
    """Kafka's objects of another cluster, rights on a topic that is not there, groups of somebody else."""
    kinds = {"KafkaNodePool", "KafkaTopic", "KafkaUser"}
    faults = []
    for key, body in objects.items():
        if body["kind"] not in kinds:
            continue
        if f"banking/Kafka/{body['metadata']['labels'].get('strimzi.io/cluster')}" not in objects:
            faults.append(key)
        for rule in body["spec"].get("authorization", {}).get("acls", ()):
            resource = rule["resource"]
            if resource["type"] == "topic" and f"banking/KafkaTopic/{resource['name']}" not in objects:
                faults.append(key)
            if resource["type"] == "group" and resource["name"] != body["metadata"]["name"]:
                faults.append(key)
    return faults


def test_what_is_kafkas_belongs_to_its_cluster(objects: Objects):
    """An object without the cluster's name is one that no operator looks at."""
    assert [] == strays(objects)


@pytest.mark.parametrize(
    ("address", "path", "value"),
    [
        ("banking/KafkaTopic/audit", "metadata.labels", {"strimzi.io/cluster": "bank"}),
        ("banking/KafkaUser/core", "spec.authorization.acls.0.resource.name", "payment"),
        ("banking/KafkaUser/audit", "spec.authorization.acls.1.resource.name", "core"),
    ],
)
def test_a_stray_is_seen(objects: Objects, address: str, path: str, value: Any):
    """Another cluster, a misspelt topic, another's group."""
    put(objects[address], path, value)
    assert [address] == strays(objects)


def frail(objects: Objects) -> list[str]:
    """Workloads that a drain, a lost zone or a roll-out could take away whole."""
    faults = []
    for key, body in objects.items():
        if key.endswith(SINGLE) or "template" not in body.get("spec", {}):
            continue
        pod = body["spec"]["template"]["spec"]
        budget = objects.get(key.replace(body["kind"], "PodDisruptionBudget"), {"spec": {}})["spec"]
        if budget.get("maxUnavailable") != 1 or budget.get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
            faults.append(f"{key}: a drain may wait for ever")
        zones = pod.get("topologySpreadConstraints", [{}])[0]
        if (zones.get("topologyKey"), zones.get("whenUnsatisfiable"), zones.get("nodeTaintsPolicy")) != (
            "topology.kubernetes.io/zone", "DoNotSchedule", "Honor"
        ):  # fmt: skip
            faults.append(f"{key}: one zone may hold all pods")
        pause = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {"seconds": 0})
        if pod.get("terminationGracePeriodSeconds", 30) < pause["seconds"] + 30:
            faults.append(f"{key}: killed over what it still answers")
    return faults


def test_every_workload_outlives_a_drain_a_zone_and_a_release(applied: Objects):
    """A budget that never blocks, a strict spread, and time to end; Loki alone has one pod."""
    assert [] == frail(applied)


@pytest.mark.parametrize(
    ("address", "path", "value", "fault"),
    [
        ("banking/PodDisruptionBudget/core", "spec.maxUnavailable", 0, "a drain may wait for ever"),
        ("banking/Deployment/core", "spec.template.spec.topologySpreadConstraints", [{}],
         "one zone may hold all pods"),
        ("banking/Deployment/core", "spec.template.spec.terminationGracePeriodSeconds", 30,
         "killed over what it still answers"),
    ],
)  # fmt: skip
def test_a_frail_workload_is_seen(objects: Objects, address: str, path: str, value: Any, fault: str):
    """Each of the three."""
    put(objects[address], path, value)
    assert [f"banking/Deployment/core: {fault}"] == frail(objects)


def mute(objects: Objects) -> list[str]:
    """Alerts that do not say how bad it is, of what, whose it is, or where to read on."""
    faults = []
    for group in objects["banking/PrometheusRule/payments"]["spec"]["groups"]:
        for rule in group["rules"]:
            said, told = rule.get("labels", {}), rule.get("annotations", {})
            whole = {"severity", "service", "team"} <= {*said} and told.get("summary")
            if not whole or told.get("runbook_url") != f"{RUNBOOKS}{rule['alert']}/":
                faults.append(rule["alert"])
    return faults


def test_every_alert_says_whose_it_is_and_where_to_read(objects: Objects):
    """Severity, service and team, and the runbook of its own name."""
    rules = [one["alert"] for group in objects["banking/PrometheusRule/payments"]["spec"]["groups"]
             for one in group["rules"]]  # fmt: skip
    assert ["PaymentErrors", "ConsumerLag", "LegacyAdapterDown", "AuditGap", "NoPayments", "PaymentsSlow",
            "SignInErrors", "KafkaCopiesMissing", "KafkaVolumeFilling", "AuditBehind"] == rules  # fmt: skip
    assert [] == mute(objects)


@pytest.mark.parametrize(
    ("path", "value"), [("labels", {}), ("annotations.runbook_url", f"{RUNBOOKS}AuditGap/")]
)
def test_a_mute_alert_is_seen(objects: Objects, path: str, value: Any):
    """Without labels, or with another alert's runbook."""
    rule = objects["banking/PrometheusRule/payments"]["spec"]["groups"][0]["rules"][0]
    put(rule, path, value)
    assert ["PaymentErrors"] == mute(objects)


def late(objects: Objects) -> float:
    """Above which share of a broker's volume the alert on its records fires."""
    rules = objects["banking/PrometheusRule/payments"]["spec"]["groups"][-1]["rules"]
    (query,) = (rule["expr"] for rule in rules if rule["alert"] == "KafkaVolumeFilling")
    (volume,) = objects["banking/KafkaNodePool/broker"]["spec"]["storage"]["volumes"]
    return int(query.split("> ")[1].split(" * 1024 ^ 3")[0]) / int(volume["size"].removesuffix("Gi"))


def test_the_brokers_volumes_are_watched_by_their_size():
    """At seven tenths of what is declared; staging's volumes are smaller, and it calls nobody."""
    objects = deepcopy(built("production"))
    assert 0.7 == late(objects)
    put(objects["banking/KafkaNodePool/broker"], "spec.storage.volumes.0.size", "100Gi")
    assert 1.4 == late(objects)


@pytest.mark.parametrize("system", PODS)
def test_every_file_is_applied(system: str):
    """A manifest that the kustomization forgets would be proven and never be there."""
    base = FOLDER / system / "base"
    written = yaml.safe_load((base / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    files = [path.relative_to(base).as_posix() for path in base.rglob("*.yaml")]
    assert sorted({*files} - {"kustomization.yaml"}) == sorted(written)


def productions(objects: Objects) -> list[str]:
    """Objects that name production's network or systems."""
    theirs = (
        "10.30.",
        "10.200.10.",
        "10.200.20.",
        "//legacy-core.bank",
        "//identity.bank",
        "//audit-archive.s3",
    )
    return [key for key, body in objects.items() if any(one in yaml.safe_dump(body) for one in theirs)]


def test_staging_touches_nothing_of_production():
    """The same objects, with networks, systems and sizes of its own, and nobody is called."""
    production, staging = built("production"), built("staging")
    assert {*production} == {*staging}
    assert [] == productions(staging)
    assert (
        "pagerduty"
        not in staging["monitoring/Secret/alertmanager-banking"]["stringData"]["alertmanager.yaml"]
    )


def test_production_in_staging_would_be_seen():
    """The same look at production names whoever reaches out of the cluster."""
    assert {
        "banking/Deployment/authentication",
        "banking/Deployment/legacy-adapter",
        "banking/NetworkPolicy/audit",
        "banking/NetworkPolicy/authentication",
        "banking/NetworkPolicy/entity-operator",
        "banking/NetworkPolicy/gateway",
        "banking/NetworkPolicy/kafka",
        "banking/NetworkPolicy/legacy-adapter",
        "banking/StatefulSet/audit",
        "monitoring/NetworkPolicy/alloy",
        "monitoring/NetworkPolicy/prometheus",
    } == {*productions(built("production"))}
