"""The local cluster's file is one that Kind would read, and fits the manifests that are for it."""

import re
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from asbuilt.infrastructure import manifests
from habits.manifests import faults

ROOT = Path(__file__).parents[2]
FILE = yaml.safe_load((ROOT / "services/banking/kind.yaml").read_text(encoding="utf-8"))
BASE = {one.name: one.body for one in manifests(ROOT / "kubernetes/banking/base")}
ZONE = "topology.kubernetes.io/zone"
# Of Kind's types, what is used here; Kind refuses a field that it does not know.
# https://pkg.go.dev/sigs.k8s.io/kind/pkg/apis/config/v1alpha4
_NODE = {
    "type": "object",
    "properties": {
        "role": {"enum": ["control-plane", "worker"]},
        "image": {"type": "string", "pattern": r"^kindest/node:v[\d.]+@sha256:[0-9a-f]{64}$"},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["role", "image"],
    "additionalProperties": False,
}
_CLUSTER = {
    "type": "object",
    "properties": {
        "kind": {"const": "Cluster"},
        "apiVersion": {"const": "kind.x-k8s.io/v1alpha4"},
        "name": {"type": "string"},
        "nodes": {"type": "array", "items": _NODE},
    },
    "required": ["kind", "apiVersion", "nodes"],
    "additionalProperties": False,
}


def misfits(cluster: dict[str, Any]) -> Iterator[str]:
    """What Kind would refuse, and where nodes are not what the manifests spread over."""
    yield from (error.message for error in jsonschema.Draft7Validator(_CLUSTER).iter_errors(cluster))
    zones = [node["labels"].get(ZONE) for node in cluster["nodes"] if "labels" in node]
    brokers = BASE["banking/KafkaNodePool/broker"]["spec"]["replicas"]
    if len(set(zones)) != brokers:
        yield f"{len(set(zones))} zones for {brokers} brokers"
    wanted = BASE["cluster/Namespace/banking"]["metadata"]["labels"][
        "pod-security.kubernetes.io/enforce-version"
    ]
    for node in cluster["nodes"]:
        if not re.match(rf"kindest/node:{re.escape(wanted)}\.", node["image"]):
            yield f"{node['role']}: not Kubernetes {wanted}"


def test_the_cluster_fits_the_manifests():
    """A worker in each zone that brokers spread over, and the version that the namespaces name."""
    assert [] == list(misfits(FILE))


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("label", {}, "'label' was unexpected"),
        ("role", "master", "'master' is not one of"),
        ("image", "kindest/node:v1.35.1", "does not match"),
        ("labels", {ZONE: "b"}, "2 zones for 3 brokers"),
        ("image", f"kindest/node:v1.34.3@sha256:{'0' * 64}", "worker: not Kubernetes v1.35"),
    ],
)
def test_a_cluster_that_does_not_fit_is_seen(key: str, value: Any, fault: str):
    """A misspelt field, an unknown role, no digest, two workers in a zone, another version."""
    cluster = deepcopy(FILE)
    cluster["nodes"][1][key] = value
    assert fault in "; ".join(misfits(cluster))


def built(overlay: str) -> dict[str, dict[str, Any]]:
    """What an overlay applies, by kind and name."""
    command = ["kubectl", "kustomize", ROOT / "kubernetes/banking" / overlay]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in yaml.safe_load_all(done.stdout)}


def elsewhere(objects: dict[str, dict[str, Any]]) -> list[str]:
    """Objects that need what a laptop does not have: AWS's load balancer, or its API server's address."""
    return [
        name
        for name, body in objects.items()
        if "service.k8s.aws" in str(body) or (body["kind"] == "NetworkPolicy" and "10.31.0.0/16" in str(body))
    ]


def test_the_local_overlay_is_stagings_without_aws():
    """Valid, the same objects and the storage class, our images as loaded; audit alone looks for AWS."""
    local, staging = built("local"), built("staging")
    assert {*local} == {*staging, "StorageClass/gp3-encrypted"}
    assert {} == {name: found for name, body in local.items() if (found := faults(body, "1.35"))}
    assert ["NetworkPolicy/audit"] == elsewhere(local)
    named = re.findall(r"'image': '([\w-]+)(:\w+)?'", str(local))
    assert {
        ("core", ":local"),
        ("authentication", ":local"),
        ("legacy-adapter", ":local"),
        ("audit", ":local"),
    } == {*named}
    assert {"Service/gateway", "NetworkPolicy/kafka", "NetworkPolicy/alloy"} < {*elsewhere(staging)}
