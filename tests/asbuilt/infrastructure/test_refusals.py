"""Objects that have the right shape and that Kubernetes refuses: nothing can be proven of them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from asbuilt import files
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import Manifest, manifests

VERSIONS = {
    "CronJob": "batch/v1",
    "Deployment": "apps/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "Ingress": "networking.k8s.io/v1",
    "Job": "batch/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PodDisruptionBudget": "policy/v1",
}
WEB = "{matchLabels: {app: web}}"
POD = "metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}"


def read(kind: str, spec: str, version: str = "") -> tuple[Manifest, ...]:
    """The object with this spec, written in YAML, as its file is read."""
    body: dict[str, Any] = {"apiVersion": version or VERSIONS.get(kind, "v1"), "kind": kind}
    body |= {"metadata": {"name": "x"}, "spec": yaml.safe_load(spec)}
    files.write(Path("k/all.yaml"), yaml.safe_dump(body))
    return manifests(Path("k"))


REFUSED = {
    "a protocol in small letters": (
        "NetworkPolicy",
        "{podSelector: {}, ingress: [{ports: [{port: 80, protocol: tcp}]}]}",
        "the protocol tcp",
    ),
    "a range that ends before it begins": (
        "NetworkPolicy",
        "{podSelector: {}, ingress: [{ports: [{port: 90, endPort: 80}]}]}",
        "ends at 80, before it begins at 90",
    ),
    "a range that begins at a name": (
        "NetworkPolicy",
        "{podSelector: {}, egress: [{ports: [{port: http, endPort: 80}]}]}",
        "an endPort only beside the number",
    ),
    "a range that begins nowhere": (
        "NetworkPolicy",
        "{podSelector: {}, egress: [{ports: [{endPort: 80}]}]}",
        "an endPort only beside the number",
    ),
    "a port beyond the last": (
        "NetworkPolicy",
        "{podSelector: {}, egress: [{ports: [{port: 65536}]}]}",
        "port may not be 65536",
    ),
    "a number in quotes": (
        "NetworkPolicy",
        "{podSelector: {}, egress: [{ports: [{port: '80'}]}]}",
        "may not name a port '80'",
    ),
    "addresses and pods in one peer": (
        "NetworkPolicy",
        "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]}",
        "an ipBlock and a selector in one peer",
    ),
    "an empty peer": ("NetworkPolicy", "{podSelector: {}, ingress: [{from: [{}]}]}", "names nobody"),
    "an exception outside its block": (
        "NetworkPolicy",
        "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.1.0.0/24]}}]}]}",
        "leaves out 10.1.0.0/24, which is no part of 10.0.0.0/16",
    ),
    "an exception that is the whole block": (
        "NetworkPolicy",
        "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.0.0/16]}}]}]}",
        "which is no part",
    ),
    "a type in small letters": (
        "NetworkPolicy",
        "{podSelector: {}, policyTypes: [ingress]}",
        "spec.policyTypes may not be ingress",
    ),
    "In without values": (
        "NetworkPolicy",
        "{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: []}]}}",
        "asks with NotIn for no values",
    ),
    "Exists with values": (
        "NetworkPolicy",
        "{podSelector: {}, ingress: [{from: [{podSelector: "
        "{matchExpressions: [{key: app, operator: Exists, values: [web]}]}}]}]}",
        "asks with Exists, which takes no values",
    ),
    "an operator that is none": (
        "PodDisruptionBudget",
        "{selector: {matchExpressions: [{key: app, operator: Equals, values: [web]}]}}",
        "asks with Equals, which is no operator",
    ),
    "several ports without names": (
        "Service",
        "{ports: [{port: 80}, {port: 443, name: https}]}",
        "not each has a name",
    ),
    "a port twice": (
        "Service",
        "{ports: [{name: a, port: 80}, {name: b, port: 80, protocol: TCP}]}",
        "two ports 80 of TCP",
    ),
    "a name twice": ("Service", "{ports: [{name: a, port: 80}, {name: a, port: 81}]}", "two ports called a"),
    "a target in quotes": (
        "Service",
        "{ports: [{port: 80, targetPort: '8000'}]}",
        "may not lead to a port '8000'",
    ),
    "a Service's protocol in small letters": (
        "Service",
        "{ports: [{port: 80, protocol: tcp}]}",
        "the protocol tcp",
    ),
    "a selector's label without quotes": (
        "Service",
        "{selector: {canary: on}, ports: [{port: 80}]}",
        "spec.selector.canary is no text",
    ),
    "a headless Service in small letters": (
        "Service",
        "{clusterIP: none, ports: [{port: 80}]}",
        "spec.clusterIP may not be none",
    ),
    "a kind in other letters": ("Networkpolicy", "{podSelector: {}}", "there is no kind Networkpolicy"),
    "a job of no time": ("CronJob", "{jobTemplate: {}}", "spec.schedule is missing"),
    "both of a budget": (
        "PodDisruptionBudget",
        f"{{selector: {WEB}, minAvailable: 1, maxUnavailable: 1}}",
        "both minAvailable and maxUnavailable",
    ),
    "an autoscaler without a most": ("HorizontalPodAutoscaler", "{minReplicas: 2}", "spec.maxReplicas"),
    "an autoscaler with more at least than at most": (
        "HorizontalPodAutoscaler",
        "{minReplicas: 5, maxReplicas: 3}",
        "spec.minReplicas is 5, more than maxReplicas, 3",
    ),
    "a path without its type": (
        "Ingress",
        "{rules: [{http: {paths: [{path: /, backend: {service: {name: a, port: {number: 80}}}}]}}]}",
        "needs a pathType",
    ),
    "a port by name and number": (
        "Ingress",
        "{defaultBackend: {service: {name: a, port: {number: 80, name: http}}}}",
        "a port's name and its number",
    ),
    "two backends in one": (
        "Ingress",
        "{defaultBackend: {service: {name: a, port: {number: 80}}, resource: {kind: B, name: b}}}",
        "a service and a resource",
    ),
    "an Ingress for nothing": ("Ingress", "{ingressClassName: nginx}", "neither rules nor a defaultBackend"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_kubernetes_refuses_is_refused(project, what: str) -> None:
    """With the file, the line and the reason."""
    kind, spec, reason = REFUSED[what]
    with pytest.raises(UnusableInput) as caught:
        read(kind, spec)
    assert reason in caught.value.message
    assert "k/all.yaml:1" == caught.value.place


TAKEN = {
    "ports of two protocols under one number": (
        "Service",
        "{ports: [{name: a, port: 53, protocol: UDP}, {name: b, port: 53, protocol: TCP}]}",
    ),
    "a Service with an address": ("Service", "{clusterIP: 10.96.0.9, ports: [{port: 80}]}"),
    "a Service without ports": ("Service", "{clusterIP: None, selector: {app: web}}"),
    "one port without a name": ("Service", "{ports: [{port: 80, targetPort: web-1, protocol: SCTP}]}"),
    "a range of one": ("NetworkPolicy", "{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 80}]}]}"),
    "a protocol alone": ("NetworkPolicy", "{podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]}"),
    "a block with bits of a host": (
        "NetworkPolicy",
        "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.5/16, except: [10.0.1.0/24]}}]}]}",
    ),
    "both types and no rules": ("NetworkPolicy", "{podSelector: {}, policyTypes: [Egress, Ingress]}"),
    "an autoscaler of one size": ("HorizontalPodAutoscaler", "{minReplicas: 3, maxReplicas: 3}"),
    "a default backend alone": ("Ingress", "{defaultBackend: {service: {name: a, port: {name: http}}}}"),
    "a budget for none": ("PodDisruptionBudget", f"{{selector: {WEB}, maxUnavailable: 0}}"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_kubernetes_takes_is_read(project, what: str) -> None:
    """Odd, and allowed."""
    (found,) = read(*TAKEN[what])
    assert TAKEN[what][0] == found.kind


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("CronJob", "batch/v1beta1"),
        ("HorizontalPodAutoscaler", "autoscaling/v2beta2"),
        ("Ingress", "extensions/v1beta1"),
        ("Ingress", "networking.k8s.io/v1beta1"),
        ("NetworkPolicy", "extensions/v1beta1"),
        ("PodDisruptionBudget", "policy/v1beta1"),
        ("Deployment", "apps/v1beta2"),
        ("Service", "v2"),
        ("ServiceAccount", "rbac.authorization.k8s.io/v1"),
    ],
)
def test_a_version_that_is_gone_is_refused(project, kind: str, version: str) -> None:
    """No cluster serves it, or not any more."""
    with pytest.raises(UnusableInput, match=f"{version} has no {kind}: it is of "):
        read(kind, "{}", version)


@pytest.mark.parametrize(
    ("kind", "version", "spec"),
    [
        ("NetworkPolicy", "projectcalico.org/v3", "{selector: app == 'web', ingress: [{action: Allow}]}"),
        ("Service", "serving.knative.dev/v1", "{template: {spec: {containers: [{image: x}]}}}"),
    ],
)
def test_another_makers_kind_has_rules_of_its_own(project, kind: str, version: str, spec: str) -> None:
    """Its name alone says nothing of its fields."""
    (found,) = read(kind, spec, version)
    assert version == found.body["apiVersion"]


@pytest.mark.parametrize("kind", ["Namespace", "NetworkPolicy", "Service", "ServiceAccount"])
def test_an_object_without_a_version_is_refused(project, kind: str) -> None:
    """A cluster takes none: a policy without one denies nothing."""
    files.write(Path("k/all.yaml"), f"kind: {kind}\nmetadata: {{name: x}}\n")
    with pytest.raises(UnusableInput, match=f"this {kind} has no apiVersion"):
        manifests(Path("k"))


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [("my-api", True), ("api.v2", True), ("2", True), ("my_api", False), ("Api", False), ("api-", False)],
)
def test_names_are_small_letters(project, name: str, is_taken: bool) -> None:
    """Of objects, and of their namespaces."""
    for metadata in (f"{{name: '{name}'}}", f"{{name: x, namespace: '{name}'}}"):
        files.write(Path("k/all.yaml"), f"apiVersion: v1\nkind: Service\nmetadata: {metadata}\n")
        if is_taken:
            assert 1 == len(manifests(Path("k")))
        else:
            with pytest.raises(UnusableInput, match=f"may not be {name}"):
                manifests(Path("k"))
