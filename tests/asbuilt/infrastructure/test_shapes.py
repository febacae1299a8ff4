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
