"""What the manifests of schedules have to say besides what those of every system have."""

import re
import subprocess
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.mirrored import MADE, objects

ROOT = Path(__file__).parents[2]
VERSIONS = {"v1": "/healthz", "v2": "/v2/healthz"}
HOSTS = {"production": "schedules.example", "staging": "staging.schedules.example"}
ROUTES = {"/v1": "schedules-v1", "/healthz": "schedules-v1", "/v2": "schedules-v2"}
Objects = dict[str, dict[str, Any]]


@cache
def built(folder: str) -> Objects:
    """What a folder of the manifests applies, by kind and name; a test may not change it."""
    command = ["kubectl", "kustomize", ROOT / "kubernetes/schedules" / folder]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    bodies = yaml.safe_load_all(done.stdout)
    return {f"{body['kind']}/{body['metadata']['name']}": body for body in bodies}


@pytest.mark.parametrize("made", objects(ROOT), ids=lambda path: path.stem)
def test_what_is_mirrored_is_what_is_written(made: Path):
    """Rules, routes, log rules and dashboard are those of observability/schedules, to the letter."""
    assert objects(ROOT)[made] == (ROOT / made).read_text(encoding="utf-8"), (
        "python -m drills.mirrored --write"
    )


@pytest.mark.parametrize("name", ["slo", "alerts"])
def test_every_rule_is_in_the_cluster(name: str):
    """Each group, with every rule, expression and label, as Prometheus' own tests know it."""
    written = yaml.safe_load(
        (ROOT / f"observability/schedules/rules/{name}.yaml").read_text(encoding="utf-8")
    )
    applied = built("production")["PrometheusRule/schedules"]["spec"]["groups"]
    assert written["groups"] == [group for group in applied if group in written["groups"]]


def unheard(found: Objects) -> list[str]:
    """What would keep the rules from finding the API's own label `service`, or the days that they look at."""
    faults = []
    monitor, prometheus = found["ServiceMonitor/schedules"]["spec"], found["Prometheus/schedules"]["spec"]
    if any(endpoint.get("honorLabels") is not True for endpoint in monitor["endpoints"]):
        faults.append("the operator's label service takes the place of the API's")
    period = yaml.safe_load((ROOT / "observability/schedules/slo.yaml").read_text(encoding="utf-8"))[
        "period_days"
    ]
    if int(prometheus["retention"].rstrip("d")) <= period:
        faults.append("Prometheus forgets a part of the period")
    return faults


def test_the_rules_find_what_they_ask_for():
    """The API's labels are kept, and more than the period is."""
    assert [] == unheard(built("production"))


def test_a_lost_label_and_a_short_memory_are_seen():
    """Without the line, and with Prometheus' default."""
    found = deepcopy(built("production"))
    del found["ServiceMonitor/schedules"]["spec"]["endpoints"][0]["honorLabels"]
    found["Prometheus/schedules"]["spec"]["retention"] = "15d"
    assert 2 == len(unheard(found))


def test_versions_differ_in_nothing_else():
    """Their names, their argument and their health point: one file is the other."""
    first, second = (
        (ROOT / f"kubernetes/schedules/base/{one}.yaml").read_text(encoding="utf-8") for one in VERSIONS
    )
    named = re.sub(r"(schedules-|/version: |--version, |# Version )v1", r"\1v2", first)
    assert second == named.replace(VERSIONS["v1"], VERSIONS["v2"])


def test_a_release_finds_what_it_changes():
    """One image, named as the workflow names it, in Deployments with the label that it waits for."""
    inputs = yaml.safe_load((ROOT / ".github/workflows/schedules.yml").read_text(encoding="utf-8"))
    inputs = inputs["jobs"]["schedules"]["with"]
    found = [one for key, one in built("base").items() if key.startswith("Deployment/schedules-")]
    assert [inputs["name"]] * 2 == [
        one["spec"]["template"]["spec"]["containers"][0]["image"] for one in found
    ]
    assert [inputs["name"]] * 2 == [one["metadata"]["labels"]["app.kubernetes.io/name"] for one in found]
    assert {inputs["system"]} == {one["metadata"]["namespace"] for one in found}
    assert [None] * 2 == [one["spec"].get("replicas") for one in found]
    assert {one: f"https://{HOSTS[one]}" for one in HOSTS} == {one: inputs[f"{one}-url"] for one in HOSTS}


@pytest.mark.parametrize("folder", ["base", *HOSTS])
def test_the_way_in(folder: str):
    """Each path leads to its version, with TLS where an environment has its own host; metrics to nobody."""
    spec = built(folder)["Ingress/schedules"]["spec"]
    (rule,) = spec["rules"]
    host = HOSTS.get(folder, "dev.local")
    assert host == rule["host"]
    assert ROUTES == {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    secured = [{"hosts": [host], "secretName": "schedules-tls"}] if folder in HOSTS else None
    assert secured == spec.get("tls")
    asked = [f"/{version}/appoints/available-schedule" for version in VERSIONS]
    assert ["schedules-v1", "schedules-v2"] == [led(rule, path) for path in asked]
    assert ["schedules-v1", "schedules-v2"] == [led(rule, path) for path in VERSIONS.values()]
    assert "" == led(rule, "/metrics")


def led(rule: dict[str, Any], path: str) -> str:
    """The Service that a path is handed to: the longest that fits, part by part (Kubernetes, "Ingress")."""
    fitting = [
        (one["path"], one["backend"]["service"]["name"])
        for one in rule["http"]["paths"]
        if path == one["path"] or (one["pathType"] == "Prefix" and path.startswith(f"{one['path']}/"))
    ]
    return max(fitting, key=lambda one: len(one[0]), default=("", ""))[1]


def test_who_is_let_in():
    """The controller's pods and Prometheus, at one port; and nothing goes out."""
    spec = built("production")["NetworkPolicy/schedules"]["spec"]
    peers = [
        {**peer["namespaceSelector"]["matchLabels"], **peer["podSelector"]["matchLabels"]}
        for rule in spec["ingress"]
        for peer in rule["from"]
    ]
    assert [
        {
            "kubernetes.io/metadata.name": "ingress-nginx",
            "app.kubernetes.io/name": "ingress-nginx",
            "app.kubernetes.io/component": "controller",
        },
        {"kubernetes.io/metadata.name": "observability", "app.kubernetes.io/name": "prometheus"},
    ] == peers
    assert [[{"protocol": "TCP", "port": 8000}]] * 2 == [rule["ports"] for rule in spec["ingress"]]
    assert (["Ingress", "Egress"], None) == (spec["policyTypes"], spec.get("egress"))


def nested(found: Objects) -> list[str]:
    """Folders that would have to be made inside another mount that is read-only."""
    faults = []
    for key, body in found.items():
        pod = body.get("spec", {}).get("template", {}).get("spec", {})
        mounts = [one for container in pod.get("containers", ()) for one in container.get("volumeMounts", ())]
        faults += [
            f"{key}: {inner['mountPath']} in {outer['mountPath']}"
            for outer in mounts
            for inner in mounts
            if outer.get("readOnly") and inner["mountPath"].startswith(f"{outer['mountPath']}/")
        ]
    return faults


def test_no_folder_is_mounted_into_a_read_only_one():
    """Loki's ruler did not start for that."""
    assert [] == nested(built("production"))


def test_a_folder_in_a_read_only_one_is_seen():
    """Where Loki's rules would usually be put."""
    found = deepcopy(built("production"))
    mounts = found["StatefulSet/loki"]["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
    next(one for one in mounts if one["name"] == "rules")["mountPath"] = "/etc/loki/rules"
    assert ["StatefulSet/loki: /etc/loki/rules in /etc/loki"] == nested(found)


def test_loki_reads_the_rules_that_are_mounted():
    """One folder for each tenant, below the one that it looks into, and what it writes is on its volume."""
    found = built("production")
    ruler = yaml.safe_load(found["ConfigMap/loki"]["data"]["loki.yaml"])["ruler"]
    container = found["StatefulSet/loki"]["spec"]["template"]["spec"]["containers"][0]
    mounts = {one["name"]: one["mountPath"] for one in container["volumeMounts"]}
    assert f"{ruler['storage']['local']['directory']}/fake" == mounts["rules"]
    assert ruler["rule_path"].startswith(f"{mounts['data']}/")


def test_staging_has_its_own_network_and_calls_nobody():
    """Nothing of production's addresses, and no receiver."""
    found = built("staging")
    assert {*built("production")} == {*found}
    assert [] == [key for key, body in found.items() if "10.40." in yaml.safe_dump(body)]
    assert "url" not in found["Secret/alertmanager-schedules"]["stringData"]["alertmanager.yaml"]
    environments = [
        found[f"Deployment/schedules-{one}"]["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"]
        for one in VERSIONS
    ]
    assert ["staging"] * 2 == environments


def test_what_is_mirrored_lies_where_it_is_applied():
    """All four files are among the base's resources."""
    base = ROOT / "kubernetes/schedules/base"
    written = yaml.safe_load((base / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    assert {f"observability/{path.name}" for path in objects(ROOT)} <= {*written}
    assert ROOT / MADE == base / "observability"
