"""Which Kubernetes objects need not be drawn, because they belong to one that is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asbuilt.infrastructure import Manifest
from asbuilt.prove.selectors import selects


def object_owners(manifests: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    """Objects and what they belong to, both by name: a workload, a Service, an account."""
    for manifest in manifests:
        yield from _named(manifest)
        if not (template := _dictionary(_dictionary(manifest.body.get("spec")).get("template"))):
            continue
        for owned in _used(manifest, template):
            yield owned, manifest.name
        for other in manifests:
            if other.namespace == manifest.namespace and _serves(other, manifest, template):
                yield other.name, manifest.name


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
    if other.kind == "PodDisruptionBudget":
        return bool(selector) and selects(selector, labels)
    return other.kind == "Service" and bool(selector) and _dictionary(selector).items() <= labels.items()


def _dictionary(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
