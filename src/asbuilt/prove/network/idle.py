"""Objects that are made for others and find none: their selector selects nothing, their target is absent."""

from collections.abc import Iterator
from typing import Any

from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.network.members import dig
from asbuilt.prove.network.policy_rules import Reader
from asbuilt.prove.verdicts import Evidence


def idle(infrastructure: Infrastructure, reader: Reader) -> Iterator[Evidence]:
    """The Services, network policies, disruption budgets and autoscalers that are for nothing here.

    A policy for all the pods of a namespace is for those to come, too.
    """
    for manifest in infrastructure.manifests:
        if manifest.kind == "HorizontalPodAutoscaler":
            is_idle = _target(manifest) not in infrastructure.by_name
        else:
            selector = _selector(manifest)
            is_idle = bool(selector) and not reader.pods(manifest.namespace, selector).may
        if is_idle:
            yield Evidence.of(manifest)


def _selector(manifest: Manifest) -> Any:
    spec = manifest.body.get("spec")
    if manifest.kind == "Service" and dig(spec, "type") != "ExternalName" and dig(spec, "selector"):
        return {"matchLabels": dig(spec, "selector")}
    if manifest.kind == "NetworkPolicy":
        return dig(spec, "podSelector")
    return dig(spec, "selector") if manifest.kind == "PodDisruptionBudget" else None


def _target(autoscaler: Manifest) -> str:
    reference = dig(autoscaler.body, "spec", "scaleTargetRef")
    return f"{autoscaler.namespace}/{dig(reference, 'kind')}/{dig(reference, 'name')}"
