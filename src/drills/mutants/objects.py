"""Changes to Kubernetes objects as wholes, and to their ties with others."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import yaml

from drills.mutants.mutant import Mutant, Mutants
from drills.mutants.world import World

Body = dict[str, Any]
Change = tuple[str, Callable[[Body], None]]
_NOBODY = {"matchLabels": {"app": "another"}}
_ELSEWHERE = {
    "ConfigMap": "the map may be made elsewhere, as biotech-x's is: no file tells that its pods do not start"
}


def manifest_mutants(clean: World) -> Mutants:
    """Each object renamed, moved, left out, and its ties to the others changed."""
    for file, text in clean.manifests.items():
        bodies = [body for body in yaml.safe_load_all(text) if body]
        for index, body in enumerate(bodies):
            if body.get("kind") == "Kustomization":
                continue
            name = f"{file}: {body['kind']}/{body['metadata']['name']}"
            left = [other for position, other in enumerate(bodies) if position != index]
            beyond = _ELSEWHERE.get(body["kind"], "")
            yield _mutant(clean, f"{body['kind']}: left out", name, file, left, beyond)
            for place, (family, change) in (*(("", one) for one in _changes(body)), *_rules(body)):
                changed = copy.deepcopy(body)
                change(changed)
                now = [*bodies[:index], changed, *bodies[index + 1 :]]
                yield _mutant(clean, family, name + place, file, now)


def _mutant(clean: World, family: str, name: str, file: str, bodies: list[Body], beyond: str = "") -> Mutant:
    texts = {**clean.manifests, file: yaml.safe_dump_all(bodies)}
    return Mutant(family, name, replace(clean, manifests=texts), beyond)


def _changes(body: Body) -> Iterator[Change]:
    kind = body["kind"]
    yield f"{kind}: renamed", lambda own: own["metadata"].update(name=own["metadata"]["name"] + "-x")
    if "namespace" in body["metadata"]:
        yield f"{kind}: other namespace", lambda own: own["metadata"].update(namespace="another")
    if kind in {"Deployment", "Job", "StatefulSet"}:
        yield from _workload(kind)
    if kind == "NetworkPolicy":
        yield "NetworkPolicy: selects others", lambda own: own["spec"].update(podSelector=_NOBODY)
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


def _rules(body: Body) -> Iterator[tuple[str, Change]]:
    """Every rule of a network policy, by its place: left out, for another port, from or to elsewhere."""
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(body["spec"].get(way) or () if body["kind"] == "NetworkPolicy" else ()):
            place = f", {way} {index}"
            yield place, (f"NetworkPolicy: {way} rule left out", partial(_drop_rule, way, index))
            yield place, (f"NetworkPolicy: {way} at another port", partial(_other_ports, way, index))
            if rule.get(peers):
                yield place, (f"NetworkPolicy: {way} narrowed", partial(_narrow, way, index, peers))


def _drop_rule(way: str, index: int, own: Body) -> None:
    del own["spec"][way][index]


def _other_ports(way: str, index: int, own: Body) -> None:
    own["spec"][way][index]["ports"] = [{"protocol": "TCP", "port": 9999}]


def _narrow(way: str, index: int, peers: str, own: Body) -> None:
    own["spec"][way][index][peers] = [{"ipBlock": {"cidr": "203.0.113.0/24"}}]


def _workload(kind: str) -> Iterator[Change]:
    def pod(own: Body) -> Body:
        found: Body = own["spec"]["template"]
        return found

    yield f"{kind}: other service account", lambda own: pod(own)["spec"].update(serviceAccountName="another")
    if kind in {"Deployment", "StatefulSet"}:
        yield f"{kind}: other labels", lambda own: pod(own)["metadata"].update(labels={"app": "another"})
        yield (
            f"{kind}: other port",
            lambda own: pod(own)["spec"]["containers"][0]["ports"][0].update(containerPort=9999),
        )


def _other_target_group(own: Body) -> None:
    key = next(name for name in ("targetGroupARN", "targetGroupName") if name in own["spec"])
    own["spec"][key] += "-x"
