"""The pods and Services that operators make from custom resources, as far as network claims ask for them.

Strimzi makes brokers from a `KafkaNodePool` and the `Kafka` that its label names ("Deploying and Managing
Strimzi", "Custom resource labels" and "Listeners"); the Prometheus Operator makes pods from `Prometheus` and
`Alertmanager` ("API reference"). Network policies that an operator adds by itself are not counted: what is
proven stands on policies that are written here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.network.members import dig

_LISTENERS = {
    ("plain", 9092): "tcp-clients",
    ("tls", 9093): "tcp-clientstls",
    ("external", 9094): "tcp-external",
}
"""Ports that keep the names they had before listeners could be named; all others are `tcp-<listener>`."""
_GROUPS = {
    "Alertmanager": "monitoring.coreos.com/",
    "Kafka": "kafka.strimzi.io/",
    "KafkaNodePool": "kafka.strimzi.io/",
    "Prometheus": "monitoring.coreos.com/",
}
_BUILT_IN = {  # kinds whose names other makers use, too: Knative's Service, Istio's Gateway
    "Gateway": "gateway.networking.k8s.io/",
    "HTTPRoute": "gateway.networking.k8s.io/",
    "Ingress": "networking.k8s.io/",
    "PodMonitor": "monitoring.coreos.com/",
    "Service": "v1",
    "ServiceMonitor": "monitoring.coreos.com/",
}
_WEB = {"Alertmanager": 9093, "Prometheus": 9090}
_MESH = tuple({"name": f"mesh-{by}", "containerPort": 9094, "protocol": by.upper()} for by in ("tcp", "udp"))


def operated(infrastructure: Infrastructure) -> Infrastructure:
    """The infrastructure with a pod template in each resource that stands for pods, and their Services.

    What is made has the place of the resource it is made from. A `Kafka` gets the selector of its brokers.
    Of what nothing is known to make pods is left out: a pool whose `Kafka` is not here, and what only has
    the name of such a kind, in another API group.
    """
    known = infrastructure.by_name
    objects = [made for one in infrastructure.manifests if (made := _operated(one, known))]
    others = [other for one in objects for other in (*_services(one), *_beside(one))]
    added = [other for name, other in {one.name: one for one in others}.items() if name not in known]
    return replace(infrastructure, manifests=(*objects, *added))


def _operated(manifest: Manifest, known: Mapping[str, Manifest]) -> Manifest | None:
    if not _is_known(manifest):
        return None
    if manifest.kind in _WEB:
        return _with(manifest, template=_watching(manifest))
    if manifest.kind == "Kafka":
        return _with(manifest, selector=_brokers(manifest))
    if manifest.kind == "KafkaNodePool":
        cluster = known.get(f"{manifest.namespace}/Kafka/{_labels(manifest).get('strimzi.io/cluster')}")
        is_made = cluster is not None and _is_known(cluster)
        return _with(manifest, template=_pool(manifest, cluster)) if cluster and is_made else None
    return manifest


def _is_known(manifest: Manifest) -> bool:
    """Whether a kind is of the API group in which it has the meaning that is known here."""
    version = str(manifest.body.get("apiVersion"))
    built_in = _BUILT_IN.get(manifest.kind, "") if "apiVersion" in manifest.body else ""
    return version.startswith(_GROUPS.get(manifest.kind, built_in))


def _with(manifest: Manifest, **parts: Any) -> Manifest:
    spec = manifest.body.get("spec") or {}
    return replace(manifest, body={**manifest.body, "spec": {**spec, **parts}})


def _watching(manifest: Manifest) -> dict[str, Any]:
    """A pod of Prometheus or Alertmanager."""
    name, kind = _own(manifest), manifest.kind.lower()
    labels = {
        **(dig(manifest.body, "spec", "podMetadata", "labels") or {}),
        "app.kubernetes.io/instance": name,
        "app.kubernetes.io/managed-by": "prometheus-operator",
        "app.kubernetes.io/name": kind,
        kind: name,
    }
    if manifest.kind == "Prometheus":
        labels["operator.prometheus.io/name"] = name
    spec = manifest.body.get("spec") or {}
    web = {"name": spec.get("portName") or "web"}
    if not spec.get("listenLocal"):  # with it, nothing but the pod itself is answered
        web["containerPort"] = _WEB[manifest.kind]
    ports = [web, *(_MESH if manifest.kind == "Alertmanager" else ())]
    pod = {key: spec[key] for key in ("hostNetwork", "serviceAccountName") if spec.get(key)}
    return {
        "metadata": {"labels": labels},
        "spec": pod | {"containers": [{"name": kind, "ports": ports}]},
    }


def _pool(pool: Manifest, cluster: Manifest) -> dict[str, Any]:
    """A pod of one pool of a Kafka cluster; listeners are on those with the role of a broker."""
    name, roles = _own(cluster), dig(pool.body, "spec", "roles") or ()
    labels = {
        **_labels(cluster),
        **_labels(pool),
        **(dig(cluster.body, "spec", "kafka", "template", "pod", "metadata", "labels") or {}),
        **(dig(pool.body, "spec", "template", "pod", "metadata", "labels") or {}),
        "app.kubernetes.io/instance": name,
        "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
        "app.kubernetes.io/name": "kafka",
        "app.kubernetes.io/part-of": f"strimzi-{name}",
        "strimzi.io/cluster": name,
        "strimzi.io/component-type": "kafka",
        "strimzi.io/kind": "Kafka",
        "strimzi.io/name": f"{name}-kafka",
        "strimzi.io/pool-name": _own(pool),
        **{f"strimzi.io/{role}-role": str(role in roles).lower() for role in ("broker", "controller")},
    }
    ports = {"tcp-kafkaagent": 8443}
    if "controller" in roles:
        ports["tcp-ctrlplane"] = 9090
    if "broker" in roles:
        ports |= {"tcp-replication": 9091} | dict(_listeners(cluster))
    if dig(cluster.body, "spec", "kafka", "metricsConfig"):
        ports["tcp-prometheus"] = 9404
    written = [{"name": name, "containerPort": number} for name, number in ports.items()]
    return {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "kafka", "ports": written}]}}


def _listeners(cluster: Manifest) -> Iterator[tuple[str, int]]:
    for listener in dig(cluster.body, "spec", "kafka", "listeners") or ():
        name, port = listener.get("name"), listener.get("port")
        is_old = listener.get("type") == "internal" or name == "external"
        if isinstance(port, int):
            yield (is_old and _LISTENERS.get((name, port))) or f"tcp-{name}", port


def _brokers(cluster: Manifest) -> dict[str, str]:
    """The labels by which Services find a cluster's brokers."""
    name = _own(cluster)
    return {
        "strimzi.io/broker-role": "true",
        "strimzi.io/cluster": name,
        "strimzi.io/kind": "Kafka",
        "strimzi.io/name": f"{name}-kafka",
    }


def _services(manifest: Manifest) -> Iterator[Manifest]:
    """The Services that an operator makes for a resource."""
    if manifest.kind == "Kafka":
        ports = {"tcp-replication": 9091} | dict(_listeners(manifest))
        yield _service(manifest, f"{_own(manifest)}-kafka-bootstrap", _brokers(manifest), ports)
        yield _service(
            manifest, f"{_own(manifest)}-kafka-brokers", _brokers(manifest), ports, clusterIP="None"
        )
    elif manifest.kind in _WEB and not dig(manifest.body, "spec", "serviceName"):
        kind, web = manifest.kind.lower(), dig(manifest.body, "spec", "portName") or "web"
        selector, ports = {"app.kubernetes.io/name": kind}, {str(web): _WEB[manifest.kind]}
        yield _service(manifest, f"{kind}-operated", selector, ports, clusterIP="None")


def _beside(cluster: Manifest) -> Iterator[Manifest]:
    """The Deployments that Strimzi puts beside a cluster's brokers, where the cluster asks for them."""
    beside = {"entityOperator": ("entity-operator", 8081), "kafkaExporter": ("kafka-exporter", 9404)}
    for part, (name, port) in beside.items() if cluster.kind == "Kafka" else ():
        if dig(cluster.body, "spec", part) is None:
            continue
        labels = {
            "strimzi.io/cluster": _own(cluster),
            "strimzi.io/component-type": name,
            "strimzi.io/kind": "Kafka",
            "strimzi.io/name": f"{_own(cluster)}-{name}",
        }
        ports = [{"name": "healthcheck" if port == 8081 else "tcp-prometheus", "containerPort": port}]
        pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": name, "ports": ports}]}}
        full = f"{cluster.namespace}/Deployment/{_own(cluster)}-{name}"
        body = {"kind": "Deployment", "metadata": {"labels": labels}, "spec": {"template": pod}}
        yield Manifest(full, body, cluster.location)


def _service(
    owner: Manifest, name: str, selector: Mapping[str, str], ports: Mapping[str, int], **more: str
) -> Manifest:
    written = [{"name": port, "port": number, "targetPort": port} for port, number in ports.items()]
    body = {
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": selector, "ports": written} | more,
    }
    return Manifest(f"{owner.namespace}/Service/{name}", body, owner.location)


def _own(manifest: Manifest) -> str:
    return manifest.name.rpartition("/")[2]


def _labels(manifest: Manifest) -> Mapping[str, Any]:
    found = dig(manifest.body, "metadata", "labels")
    return found if isinstance(found, Mapping) else {}
