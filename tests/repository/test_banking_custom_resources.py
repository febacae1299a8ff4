"""The custom resources of banking and schedules are what Strimzi and the Prometheus Operator publish.

Two npm packages hold the published schemas, as types and as validators: Strimzi's and the Prometheus
Operator's. The types refuse a field that does not exist, the validators a value that is not allowed.
"""

import json
import shutil
import subprocess
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PACKAGES = {"kafka.strimzi.io": "strimzi-kafka-operator", "monitoring.coreos.com": "prometheus-operator"}
OVERLAYS = ("banking/production", "banking/staging", "schedules/production", "schedules/staging")
KINDS = {
    "banking": {"Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser"},
    "schedules": {"Alertmanager", "PrometheusRule"},
}
TSC = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "objects.ts"]
VALIDATE = """\
import { readFileSync } from "node:fs";
const found = [];
for (const [module, body] of JSON.parse(readFileSync(0, "utf-8"))) {
  const kinds = await import(module);
  try {
    new kinds[body.kind](body).validate();
  } catch (error) {
    found.push(`${body.kind}/${body.metadata.name}: ${error.message}`);
  }
}
console.log(JSON.stringify(found));
"""
Objects = dict[str, dict[str, Any]]


@cache
def built(overlay: str) -> Objects:
    """The custom resources that an overlay applies, by kind and name."""
    command = ["kubectl", "kustomize", ROOT / "kubernetes" / overlay]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    bodies = [one for one in yaml.safe_load_all(done.stdout) if one["apiVersion"].split("/")[0] in PACKAGES]
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in bodies}


def module(body: dict[str, Any]) -> str:
    """Where a kind's type and validator are."""
    group, version = body["apiVersion"].split("/")
    return f"@kubernetes-models/{PACKAGES[group]}/{group}/{version}/{body['kind']}"


def faults(objects: Objects, folder: Path) -> list[str]:
    """What the types and the validators refuse.

    One exception: the package of the Prometheus Operator wants `apiVersion` and `kind` in a volume claim's
    template, made up from its Go type. The operator's CRD does not: they are put in before it is asked.
    """
    bodies = deepcopy(list(objects.values()))
    for body in bodies:
        if body["apiVersion"].startswith("monitoring.coreos.com/") and "storage" in body.get("spec", {}):
            claim = body["spec"]["storage"]["volumeClaimTemplate"]
            claim |= {"apiVersion": "monitoring.coreos.com/v1", "kind": "EmbeddedPersistentVolumeClaim"}
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    (folder / "objects.ts").write_text("\n".join(_typed(bodies)), encoding="utf-8")
    (folder / "validate.mjs").write_text(VALIDATE, encoding="utf-8")
    types = _run([ROOT / "node_modules/.bin/tsc", *TSC], folder)
    values = _run(["node", "validate.mjs"], folder, json.dumps([(module(body), body) for body in bodies]))
    assert "" == values.stderr
    return [*types.stdout.splitlines(), *json.loads(values.stdout)]


def _typed(bodies: list[dict[str, Any]]) -> list[str]:
    lines = [
        f'import type {{ I{one["kind"]} as T{at} }} from "{module(one)}";' for at, one in enumerate(bodies)
    ]
    return [*lines, *(f"export const o{at}: T{at} = {json.dumps(one)};" for at, one in enumerate(bodies))]


def _run(command: list[Any], folder: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, input=text, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(autouse=True)
def node() -> None:
    """The checkers need Node.js, which `make programs` installs."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed: make programs")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_custom_resource_is_as_published(overlay: str, tmp_path: Path):
    """All of them, in both environments, by their published types and values."""
    kinds = {one["kind"] for one in built(overlay).values()}
    assert KINDS[overlay.partition("/")[0]] | {"Prometheus", "ServiceMonitor"} <= kinds
    assert [] == faults(built(overlay), tmp_path)


WRONG = [
    ("Kafka/banking", "spec.kafka.metricConfig", {}, "'\"metricConfig\"' does not exist"),
    ("Kafka/banking", "spec.kafka.listeners.0.tls", "yes", "listeners/0/tls must be boolean"),
    (
        "KafkaUser/core",
        "spec.authorization.acls.0.operations.0",
        "Post",
        "must be equal to one of the allowed",
    ),
    ("KafkaNodePool/broker", "spec.roles.0", "brokers", "roles/0 must be equal to one of the allowed values"),
    ("ServiceMonitor/core", "spec.endpoints.0.intervall", "15s", "'\"intervall\"' does not exist"),
    ("ServiceMonitor/core", "spec", {"endpoints": []}, "data/spec must have required property selector"),
    ("Prometheus/banking", "spec.retention", "15 days", "spec/retention must match pattern"),
    ("Alertmanager/banking", "spec.replica", 3, "'\"replica\"' does not exist"),
]


def test_a_wrong_custom_resource_is_refused(tmp_path: Path):
    """A misspelt field, a wrong type, an unknown value, a missing field: each of either operator."""
    seen = []
    for at, (name, path, value, fault) in enumerate(WRONG):
        body = put(deepcopy(built("banking/production")[name]), path, value)
        folder = tmp_path / str(at)
        folder.mkdir()
        seen.append(fault in "\n".join(faults({name: body}, folder)))
    assert [True] * len(WRONG) == seen


def put(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with one field changed; `path` is dotted, list indexes are numbers."""
    *above, last = path.split(".")
    place: Any = body
    for key in above:
        place = place[int(key) if isinstance(place, list) else key]
    place[int(last) if isinstance(place, list) else last] = value
    return body
