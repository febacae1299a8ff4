"""Changes to the Kubernetes manifests."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import yaml

from drills.mutants.mutant import Mutant, Mutants
from drills.mutants.world import World

Body = dict[str, Any]
Change = tuple[str, Callable[[Body], None]]


def manifest_mutants(clean: World) -> Mutants:
    """Each object renamed, moved, left out, and its ties to the others changed."""
    for file, text in clean.manifests.items():
        bodies = [body for body in yaml.safe_load_all(text) if body]
        for index, body in enumerate(bodies):
            if body.get("kind") == "Kustomization":
                continue
            name = f"{file}: {body['kind']}/{body['metadata']['name']}"
            left = [other for position, other in enumerate(bodies) if position != index]
            yield _mutant(clean, f"{body['kind']}: left out", name, file, left)
            if body["kind"] == "Deployment":
                for way in ("Ingress", "Egress"):
                    denial = _denial(body, way)
                    yield _mutant(
                        clean, f"NetworkPolicy: {way.lower()} denied", name, file, [*bodies, denial]
                    )
            for family, change in _changes(body):
                changed = copy.deepcopy(body)
                change(changed)
                yield _mutant(clean, family, name, file, [*bodies[:index], changed, *bodies[index + 1 :]])


def _mutant(clean: World, family: str, name: str, file: str, bodies: list[Body]) -> Mutant:
    texts = {**clean.manifests, file: yaml.safe_dump_all(bodies)}
    return Mutant(family, name, replace(clean, manifests=texts))


def _denial(workload: Body, way: str) -> Body:
    """A NetworkPolicy around a workload's pods that lets nothing through in one direction."""
    metadata = {"name": "mutant", "namespace": workload["metadata"]["namespace"]}
    spec = {"podSelector": copy.deepcopy(workload["spec"]["selector"]), "policyTypes": [way]}
    head = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    return {**head, "metadata": metadata, "spec": spec}


def _changes(body: Body) -> Iterator[Change]:
    kind = body["kind"]
    yield f"{kind}: renamed", lambda own: own["metadata"].update(name=own["metadata"]["name"] + "-x")
    if "namespace" in body["metadata"]:
        yield f"{kind}: other namespace", lambda own: own["metadata"].update(namespace="another")
    if kind in {"Deployment", "Job"}:
        yield from _workload(kind)
    if kind == "Service":
        yield "Service: selects others", lambda own: own["spec"].update(selector={"app": "another"})
        yield "Service: other port", lambda own: own["spec"]["ports"][0].update(name="another", port=9999)
        yield "Service: other target port", lambda own: own["spec"]["ports"][0].update(targetPort=9999)
    if kind == "TargetGroupBinding":
        yield (
            "TargetGroupBinding: other service",
            lambda own: own["spec"]["serviceRef"].update(name="another"),
        )
        yield "TargetGroupBinding: other target group", _other_target_group


def _workload(kind: str) -> Iterator[Change]:
    def pod(own: Body) -> Body:
        found: Body = own["spec"]["template"]
        return found

    yield f"{kind}: other service account", lambda own: pod(own)["spec"].update(serviceAccountName="another")
    if kind == "Deployment":
        yield "Deployment: other labels", lambda own: pod(own)["metadata"].update(labels={"app": "another"})
        yield (
            "Deployment: other port",
            lambda own: pod(own)["spec"]["containers"][0]["ports"][0].update(containerPort=9999),
        )


def _other_target_group(own: Body) -> None:
    key = next(name for name in ("targetGroupARN", "targetGroupName") if name in own["spec"])
    own["spec"][key] += "-x"
