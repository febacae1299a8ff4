"""The shape of what provers read."""

from pathlib import Path

import pytest
import yaml

from asbuilt import files
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import manifests
from asbuilt.infrastructure.shapes import misshapen

POLICY = {
    "kind": "NetworkPolicy",
    "metadata": {"name": "api"},
    "spec": {
        "podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["api"]}]},
        "policyTypes": ["Ingress"],
        "ingress": [
            {"from": [{"podSelector": {}}], "ports": [{"port": "http"}, {"port": 80, "endPort": 90}]}
        ],
    },
}


def broken(value: object, *path: str | int) -> dict:
    """The policy with another value at one place."""
    body = yaml.safe_load(yaml.safe_dump(POLICY))
    *steps, last = path
    place = body
    for step in steps:
        place = place[step]
    place[last] = value
    return body


FROM = ("spec", "ingress", 0, "from")
PORTS = ("spec", "ingress", 0, "ports")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (POLICY, ""),
        (broken(None, "spec", "ingress"), ""),
        (broken("app=api", "spec", "podSelector"), "spec.podSelector is no mapping"),
        (broken({"podSelector": {}}, *FROM), "spec.ingress[0].from is no list of mappings"),
        (broken([None], "spec", "ingress"), "spec.ingress is no list of mappings"),
        (broken("Ingress", "spec", "policyTypes"), "spec.policyTypes is no list of texts"),
        (broken("90", *PORTS, 1, "endPort"), "spec.ingress[0].ports[1].endPort is no number"),
        (broken([80], *PORTS, 0, "port"), "spec.ingress[0].ports[0].port is no text or number"),
        (broken("text", "spec"), "spec is no mapping"),
        (broken([{"form": []}], "spec", "ingress"), "spec.ingress has no field form"),
        (broken({"matchlabels": {}}, "spec", "podSelector"), "spec.podSelector has no field matchlabels"),
        (broken([{"podselector": {}}], *FROM), "spec.ingress[0].from has no field podselector"),
        ({**broken("text", "spec"), "kind": "Another"}, ""),
        ({"kind": "Ingress", "port": {"number": 80}}, ""),
        ({"kind": "Gateway", "from": "All"}, ""),
    ],
)
def test_a_field_of_the_wrong_shape_is_told(body: dict, expected: str) -> None:
    """By its path; nothing is asked of kinds and fields that no prover reads."""
    assert expected == misshapen(body)


def test_it_is_refused_with_its_place(project) -> None:
    """With the file, the line on which the object starts, and a hint."""
    body = broken({"podSelector": {}}, "spec", "ingress", 0, "from")
    files.write(Path("k/all.yaml"), "---\n" + yaml.safe_dump(body))
    with pytest.raises(UnusableInput) as caught:
        manifests(Path("k"))
    assert ("spec.ingress[0].from is no list of mappings", "k/all.yaml:2") == (
        caught.value.message,
        caught.value.place,
    )
    assert caught.value.hint


UNTOLD = {
    "a version as a label": (
        "Deployment",
        "spec: {template: {metadata: {labels: {version: 1.10}}}}",
        "spec.template.metadata.labels.version is no text: put it in quotes",
    ),
    "yes as a label of a policy": (
        "NetworkPolicy",
        "spec: {podSelector: {matchLabels: {public: yes}}}",
        "spec.podSelector.matchLabels.public is no text: put it in quotes",
    ),
    "a label with a space": (
        "Deployment",
        "spec: {template: {metadata: {labels: {app: 'web shop'}}}}",
        "spec.template.metadata.labels.app may not be web shop: "
        "it is 63 letters, digits, dots, - and _ at most",
    ),
    "what a volume calls endpoints": ("Pod", "spec: {volumes: [{name: a, glusterfs: {endpoints: b}}]}", ""),
    "a label of one letter": ("Service", "metadata: {labels: {app: w}}", ""),
    "an annotation with a space": ("Service", "metadata: {annotations: {app: 'web shop'}}", ""),
    "a number as a setting": ("ConfigMap", "data: {PORT: 8080}", "data.PORT is no text: put it in quotes"),
    "a number as a variable": (
        "Deployment",
        "spec: {template: {spec: {containers: [{name: a, env: [{name: PORT, value: 8080}]}]}}}",
        "spec.template.spec.containers[0].env[0].value is no text: put it in quotes",
    ),
    "a number as an argument": (
        "Deployment",
        "spec: {template: {spec: {containers: [{name: a, args: [--port, 8080]}]}}}",
        "spec.template.spec.containers[0].args is no list of texts",
    ),
    "a boolean in quotes": (
        "Deployment",
        "spec: {template: {spec: {hostNetwork: 'true'}}}",
        "spec.template.spec.hostNetwork is no true or false",
    ),
    "suspended in quotes": ("CronJob", "spec: {suspend: 'false'}", "spec.suspend is no true or false"),
    "a number of pods that is a boolean": (
        "Deployment",
        "spec: {replicas: yes}",
        "spec.replicas is no number",
    ),
    "a year as a namespace's label": (
        "Namespace",
        "metadata: {labels: {since: 2026}}",
        "metadata.labels.since is no text: put it in quotes",
    ),
    "a date as a label": ("ServiceAccount", "metadata: {labels: {since: 2026-01-01}}", ""),
    "a label without a value": ("Service", "metadata: {labels: {app: }}", ""),
    "a setting that is called like a field": ("ConfigMap", "data: {replicas: two, ports: none}", ""),
    "a number among an autoscaler's policies": (
        "HorizontalPodAutoscaler",
        "spec: {behavior: {scaleUp: {policies: [{type: Pods, value: 4, periodSeconds: 15}]}}}",
        "",
    ),
}


@pytest.mark.parametrize("what", UNTOLD)
def test_texts_numbers_and_booleans_are_told_apart(what: str) -> None:
    """As YAML reads them: Kubernetes takes no number for a text, and no text for a boolean."""
    kind, text, expected = UNTOLD[what]
    assert expected == misshapen({"kind": kind, "metadata": {"name": "x"}, **yaml.safe_load(text)})


def test_another_makers_kind_may_have_any_shape() -> None:
    """What Calico calls a network policy has fields of its own."""
    assert "" == misshapen(broken("all()", "spec", "podSelector") | {"apiVersion": "projectcalico.org/v3"})
