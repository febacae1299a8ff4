"""How fast every pair of workloads is judged, beside the analyser that the prover is compared with."""

import gc
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from benchmarks.row import Row

from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.infrastructure.manifests import objects
from asbuilt.prove.network.connections import connections
from asbuilt.prove.network.policies import Policies

WORKLOADS, NAMESPACES = 300, 10
PORT = 8080
_RUNS = 5
_PROJECT, _ENVIRONMENT = "tests/oracle", Path(".cache/oracle")


def rows() -> Iterator[Row]:
    """Judge all pairs of one large cluster, here and by the analyser, from objects that are read already."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.yaml"
        path.write_text(yaml.safe_dump_all(cluster()), encoding="utf-8")
        found = tuple(objects(path))
        theirs = _analyser(path)
    ours = min(_seconds(found) for _ in range(_RUNS))
    what = f"all {WORKLOADS * (WORKLOADS - 1):,} pairs of {WORKLOADS} workloads"
    yield Row(what, ours * 1000, 1000.0, "ms")
    yield Row(f"{what}: times as fast as network-config-analyzer", theirs / ours, 5.0, "times", is_least=True)


def cluster() -> Iterator[dict[str, Any]]:
    """A cluster that denies everything, and lets each workload call the next one, in another namespace."""
    for number in range(NAMESPACES):
        name = f"space-{number}"
        place = {"name": name, "labels": {"kubernetes.io/metadata.name": name}}
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": place}
        yield _policy("deny", name, {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
    for number in range(WORKLOADS):
        before, after = (number - 1) % WORKLOADS, (number + 1) % WORKLOADS
        yield _workload(number)
        ports = [{"port": PORT, "protocol": "TCP"}]
        rules = {
            "ingress": [{"from": [_peer(before)], "ports": ports}],
            "egress": [{"to": [_peer(after)], "ports": ports}],
        }
        chosen = {"podSelector": {"matchLabels": _labels(number)}, "policyTypes": ["Ingress", "Egress"]}
        yield _policy(f"app-{number}", _space(number), chosen | rules)


def _workload(number: int) -> dict[str, Any]:
    container = {"name": "main", "image": "main", "ports": [{"containerPort": PORT, "protocol": "TCP"}]}
    pod = {"metadata": {"labels": _labels(number)}, "spec": {"containers": [container]}}
    place = {"name": f"app-{number}", "namespace": _space(number)}
    spec = {"replicas": 2, "selector": {"matchLabels": _labels(number)}, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": place, "spec": spec}


def _policy(name: str, space: str, spec: dict[str, Any]) -> dict[str, Any]:
    place = {"name": name, "namespace": space}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": place, "spec": spec}


def _peer(number: int) -> dict[str, Any]:
    home = {"matchLabels": {"kubernetes.io/metadata.name": _space(number)}}
    return {"namespaceSelector": home, "podSelector": {"matchLabels": _labels(number)}}


def _space(number: int) -> str:
    return f"space-{number % NAMESPACES}"


def _labels(number: int) -> dict[str, str]:
    return {"app": f"app-{number}", "part-of": f"part-{number % 7}"}


def _seconds(found: tuple[Manifest, ...]) -> float:
    """Seconds to read the policies and to judge every pair, over TCP and UDP; each calls the next only."""
    gc.collect()
    start = time.perf_counter()
    policies = Policies(Infrastructure(manifests=found))
    tables = {protocol: list(connections(policies, protocol)) for protocol in ("tcp", "udp")}
    spent = time.perf_counter() - start
    opened = {
        (source, target, *span)
        for span, rows in tables["tcp"]
        for source in range(WORKLOADS)
        for target in range(WORKLOADS)
        if source != target and rows[source] >> target & 1
    }
    assert {(*pair, PORT, PORT) for pair in _neighbours()} == opened
    return spent


def _analyser(path: Path) -> float:
    """The analyser's own seconds for the same, its files read and its policies parsed beforehand."""
    uv = os.environ.get("UV") or shutil.which("uv") or ".cache/uv/bin/uv"
    place = os.environ | {"UV_PROJECT_ENVIRONMENT": str(_ENVIRONMENT.resolve())}
    place.pop("VIRTUAL_ENV", None)
    command = [uv, "run", "--quiet", "--locked", "--project", _PROJECT, "python", f"{_PROJECT}/analyse.py"]
    done = subprocess.run([*command, str(path)], env=place, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)  # once: it takes far longer than what it is compared to
    opened = {tuple(way[:2]) for way in answer["connections"] if way[0] != way[1]}
    assert {tuple(f"{_space(n)}/app-{n}" for n in pair) for pair in _neighbours()} == opened
    return float(answer["seconds"])


def _neighbours() -> Iterator[tuple[int, int]]:
    return ((number, (number + 1) % WORKLOADS) for number in range(WORKLOADS))
