"""Which Kubernetes objects need not be drawn, because they belong to one that is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asbuilt.infrastructure import Manifest
from asbuilt.prove.selectors import selects


def object_owners(manifests: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    """Objects and what they belong to, both by name: a workload, a Service, an account."""
    for manifest in manifests:
        yield from _named(manifest)
        yield from _clustered(manifest)
        yield from _watched(manifest, manifests)
        if not (template := _dictionary(_dictionary(manifest.body.get("spec")).get("template"))):
            continue
        for owned in _used(manifest, template):
            yield owned, manifest.name
        for other in manifests:
            if watches(other, manifest.namespace) and _serves(other, manifest, template):
                yield other.name, manifest.name


def watches(other: Manifest, namespace: str) -> bool:
    """Whether an object is about a namespace: its own, unless its `namespaceSelector` names others."""
    selector = _dictionary(_dictionary(other.body.get("spec")).get("namespaceSelector"))
    return selector.get("any") is True or namespace in (selector.get("matchNames") or [other.namespace])


def _clustered(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Topics, users, pools and operators belong to the Kafka of their label, and that to its pools."""
    labels = _dictionary(_dictionary(manifest.body.get("metadata")).get("labels"))
    cluster = f"{manifest.namespace}/Kafka/{labels.get('strimzi.io/cluster')}"
    is_made = manifest.kind == "Deployment" and labels.get("strimzi.io/kind") == "Kafka"
    if is_made or manifest.kind in {"KafkaNodePool", "KafkaTopic", "KafkaUser"}:
        yield manifest.name, cluster
    if manifest.kind == "KafkaNodePool":
        yield cluster, manifest.name


def _watched(manifest: Manifest, others: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    """What watches Services belongs to them, and alerting rules to the Prometheus that reads them."""
    spec, homes = _dictionary(manifest.body.get("spec")), {one.name: one for one in others}
    for other in others if manifest.kind in {"Prometheus", "ServiceMonitor"} else ():
        labels = _dictionary(_dictionary(other.body.get("metadata")).get("labels"))
        if manifest.kind == "ServiceMonitor" and other.kind == "Service":
            if watches(manifest, other.namespace) and selects(spec.get("selector"), labels):
                yield manifest.name, other.name
        elif manifest.kind == "Prometheus" and other.kind == "PrometheusRule":
            home = homes.get(f"cluster/Namespace/{other.namespace}")
            if _reads(manifest, other.namespace, home) and selects(spec.get("ruleSelector"), labels):
                yield other.name, manifest.name


def _reads(prometheus: Manifest, namespace: str, home: Manifest | None) -> bool:
    """Whether a Prometheus takes rules from a namespace; without any rule selector it takes none at all."""
    spec = _dictionary(prometheus.body.get("spec"))
    selector = spec.get("ruleNamespaceSelector")
    if spec.get("ruleSelector") is None or selector is None:
        return spec.get("ruleSelector") is not None and namespace == prometheus.namespace
    labels = _dictionary(_dictionary(home.body.get("metadata")).get("labels")) if home else {}
    return selects(selector, {**labels, "kubernetes.io/metadata.name": namespace})


def _named(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """A target group's binding belongs to its Service, a role's to who may use it, and the role to that."""
    body, namespace = manifest.body, manifest.namespace
    if service := _dictionary(_dictionary(body.get("spec")).get("serviceRef")).get("name"):
        yield manifest.name, f"{namespace}/Service/{service}"
    if manifest.kind == "RoleBinding":
        role = _dictionary(body.get("roleRef"))
        yield f"{namespace}/{role.get('kind')}/{role.get('name')}", manifest.name
        for subject in body.get("subjects") or ():
            home = subject.get("namespace", namespace)
            yield manifest.name, f"{home}/{subject.get('kind')}/{subject.get('name')}"


def _used(workload: Manifest, template: Mapping[str, Any]) -> Iterator[str]:
    """What pods use: their namespace, their service account, and the configuration that they mount."""
    spec = _dictionary(template.get("spec"))
    yield f"cluster/Namespace/{workload.namespace}"
    yield f"{workload.namespace}/ServiceAccount/{spec.get('serviceAccountName', 'default')}"
    for volume in spec.get("volumes") or ():
        if name := _dictionary(volume.get("configMap")).get("name"):
            yield f"{workload.namespace}/ConfigMap/{name}"


def _serves(other: Manifest, workload: Manifest, template: Mapping[str, Any]) -> bool:
    """Whether an object is made for a workload: it scales it, or selects its pods."""
    spec = _dictionary(other.body.get("spec"))
    if target := _dictionary(spec.get("scaleTargetRef")):
        return f"{other.namespace}/{target.get('kind')}/{target.get('name')}" == workload.name
    labels = _dictionary(_dictionary(template.get("metadata")).get("labels"))
    selector = spec.get("selector")
    if other.kind == "NetworkPolicy":
        return selects(spec.get("podSelector"), labels)
    if other.kind in {"PodDisruptionBudget", "PodMonitor"}:
        return bool(selector) and selects(selector, labels)
    return other.kind == "Service" and bool(selector) and _dictionary(selector).items() <= labels.items()


def _dictionary(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
