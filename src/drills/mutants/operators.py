"""What operators make of custom resources, for the oracle: pods with labels and ports, and Services.

Read from Strimzi, "Deploying and Managing" (labels of its resources, listeners, node pools), and from the
Prometheus Operator's API reference (`PrometheusSpec`, `AlertmanagerSpec`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

Item = dict[str, Any]
_WATCHERS = {"Prometheus": ("prometheus", 9090), "Alertmanager": ("alertmanager", 9093)}


def operated(objects: Mapping[str, Item]) -> dict[str, Item]:
    """The objects, those that stand for pods with a template, and what the operators make beside them."""
    found = dict(objects)
    for name, body in objects.items():
        space, kind, own = name.split("/")
        group = str(body.get("apiVersion")).partition("/")[0]
        if kind in _WATCHERS and group == "monitoring.coreos.com":
            app, port = _WATCHERS[kind]
            found[name] = _with_pods(body, _watcher(body, app, port))
            web = body["spec"].get("portName", "web")
            made = _service(space, f"{app}-operated", {"app.kubernetes.io/name": app}, {web: port})
            found.setdefault(f"{space}/Service/{app}-operated", made)
        elif kind == "KafkaNodePool" and group == "kafka.strimzi.io":
            cluster = objects.get(f"{space}/Kafka/{_labels(body).get('strimzi.io/cluster')}")
            if cluster and str(cluster.get("apiVersion")).startswith("kafka.strimzi.io/"):
                found[name] = _with_pods(body, _broker(body, cluster))
        elif kind == "Kafka" and group == "kafka.strimzi.io":
            for made in _beside(space, own, body):
                key = f"{space}/{made['kind']}/{made['metadata']['name']}"
                found.setdefault(key, made)
    return found


def _with_pods(body: Item, template: Item) -> Item:
    return {**body, "spec": {**body["spec"], "template": template}}


def _watcher(body: Item, app: str, port: int) -> Item:
    spec, name = body["spec"], body["metadata"]["name"]
    given = spec.get("podMetadata", {}).get("labels", {})
    labels = {**given, "app.kubernetes.io/name": app, "app.kubernetes.io/instance": name, app: name}
    labels["app.kubernetes.io/managed-by"] = "prometheus-operator"
    ports = [] if spec.get("listenLocal") else [_port(spec.get("portName", "web"), port)]
    if app == "alertmanager":
        ports += [_port("mesh-tcp", 9094), {**_port("mesh-udp", 9094), "protocol": "UDP"}]
    account = {key: spec[key] for key in ("serviceAccountName",) if key in spec}
    boxes = [{"name": app, "ports": ports or [_port("none", 0)]}]
    return {"metadata": {"labels": labels}, "spec": {**account, "containers": boxes}}


def _broker(pool: Item, cluster: Item) -> Item:
    name, kafka = cluster["metadata"]["name"], cluster["spec"]["kafka"]
    roles = pool["spec"].get("roles", [])
    given = kafka.get("template", {}).get("pod", {}).get("metadata", {}).get("labels", {})
    labels = {**_labels(cluster), **_labels(pool), **given, **_marks(name, f"{name}-kafka")}
    labels["strimzi.io/pool-name"] = pool["metadata"]["name"]
    labels |= {f"strimzi.io/{role}-role": str(role in roles).lower() for role in ("broker", "controller")}
    ports = [_port("tcp-kafkaagent", 8443)]
    ports += [_port("tcp-ctrlplane", 9090)] if "controller" in roles else []
    if "broker" in roles:
        ports += [_port(called, number) for called, number in _listeners(cluster).items()]
    ports += [_port("tcp-prometheus", 9404)] if kafka.get("metricsConfig") else []
    return {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "kafka", "ports": ports}]}}


def _listeners(cluster: Item) -> dict[str, int]:
    """Ports of brokers: between them, and each listener; the first two ever had names of their own."""
    old = {("plain", 9092): "tcp-clients", ("tls", 9093): "tcp-clientstls"}
    found = {"tcp-replication": 9091}
    for one in cluster["spec"]["kafka"].get("listeners", []):
        found[old.get((one["name"], one["port"]), f"tcp-{one['name']}")] = one["port"]
    return found


def _beside(space: str, name: str, cluster: Item) -> Iterator[Item]:
    brokers = {**_marks(name, f"{name}-kafka"), "strimzi.io/broker-role": "true"}
    for ending in ("bootstrap", "brokers"):
        yield _service(space, f"{name}-kafka-{ending}", brokers, _listeners(cluster))
    for key, part in (("entityOperator", "entity-operator"), ("kafkaExporter", "kafka-exporter")):
        if key in cluster["spec"]:
            pod = {"metadata": {"labels": _marks(name, f"{name}-{part}")}, "spec": {"containers": []}}
            metadata = {"name": f"{name}-{part}", "namespace": space}
            yield {"kind": "Deployment", "metadata": metadata, "spec": {"template": pod}}


def _marks(cluster: str, name: str) -> dict[str, str]:
    return {"strimzi.io/cluster": cluster, "strimzi.io/kind": "Kafka", "strimzi.io/name": name}


def _service(space: str, name: str, selector: Mapping[str, str], ports: Mapping[str, int]) -> Item:
    written = [{"name": called, "port": number, "targetPort": called} for called, number in ports.items()]
    spec = {"selector": dict(selector), "ports": written}
    return {"kind": "Service", "metadata": {"name": name, "namespace": space}, "spec": spec}


def _port(name: str, number: int) -> Item:
    return {"name": name, "containerPort": number}


def _labels(body: Item) -> Mapping[str, str]:
    found: Mapping[str, str] = body["metadata"].get("labels", {})
    return found
