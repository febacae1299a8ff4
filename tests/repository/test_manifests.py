"""biotech-x's manifests are valid, restricted, and fit the Terraform that they run on."""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from asbuilt.infrastructure import manifests

ROOT = Path(__file__).parents[2]
BASE = ROOT / "kubernetes/biotech-x/base"
ENVIRONMENTS = ("production", "staging")
OBJECTS = {manifest.name: manifest.body for manifest in manifests(BASE)}
WORKLOADS = {name: body for name, body in OBJECTS.items() if "template" in body.get("spec", {})}
BINDINGS = {name: body for name, body in OBJECTS.items() if body["kind"] == "TargetGroupBinding"}

# Of the custom resource elbv2.k8s.aws/v1beta1, what a binding here needs; the controller knows target groups
# by their names since v2.11.0.
_BINDING = ("targetGroupName", "targetType", "serviceRef")


def binding_faults(body: dict[str, Any]) -> list[str]:
    """What the custom resource's schema would refuse, and fields that a manifest here has no need of."""
    spec = body["spec"]
    faults = [f"unknown field {name}" for name in spec if name not in _BINDING]
    faults += [f"missing {name}" for name in _BINDING if name not in spec]
    if body["apiVersion"] != "elbv2.k8s.aws/v1beta1":
        faults.append(f"unknown version {body['apiVersion']}")
    if spec.get("targetType") not in ("instance", "ip"):
        faults.append("targetType is neither instance nor ip")
    if set(spec.get("serviceRef", {})) != {"name", "port"}:
        faults.append("serviceRef needs a name and a port")
    return faults


def pod_faults(template: dict[str, Any]) -> list[str]:
    """What the Pod Security Standard "restricted" refuses, and what a pod here must say besides."""
    spec, faults = template["spec"], []
    pod = spec.get("securityContext", {})
    if pod.get("runAsNonRoot") is not True or not pod.get("runAsUser"):
        faults.append("may run as root")
    if pod.get("seccompProfile") != {"type": "RuntimeDefault"}:
        faults.append("has no seccomp profile")
    faults += [
        f"shares the node's {name}" for name in ("hostNetwork", "hostPID", "hostIPC") if spec.get(name)
    ]
    faults += [f"mounts {volume['name']}" for volume in spec.get("volumes", []) if "emptyDir" not in volume]
    for container in spec["containers"]:
        context = container.get("securityContext", {})
        if context.get("allowPrivilegeEscalation") is not False:
            faults.append("may gain privileges")
        if context.get("capabilities") != {"drop": ["ALL"]}:
            faults.append("keeps capabilities")
        if context.get("readOnlyRootFilesystem") is not True:
            faults.append("may write to its image")
        if not {"cpu", "memory"} <= set(container.get("resources", {}).get("requests", {})):
            faults.append("asks for no resources")
        if "memory" not in container.get("resources", {}).get("limits", {}):
            faults.append("has no memory limit")
    return faults


def blocks(type_: str) -> dict[str, str]:
    """The Terraform blocks of a type, by name."""
    text = (ROOT / "terraform/biotech-x/main.tf").read_text(encoding="utf-8")
    found = re.findall(rf'^resource "{type_}" "(\w+)" {{\n(.*?)^}}$', text, re.MULTILINE | re.DOTALL)
    assert found, f"no {type_} in the Terraform"
    return dict(found)


def argument(block: str, name: str) -> str:
    """The first value that a Terraform block gives to an argument, without its quotation marks."""
    return re.findall(rf"^ +{name} += +(.+)$", block, re.MULTILINE)[0].strip('"')


def workload(binding: dict[str, Any]) -> dict[str, Any]:
    """The container that receives what arrives at a binding's target group."""
    namespace, reference = binding["metadata"]["namespace"], binding["spec"]["serviceRef"]
    service = OBJECTS[f"{namespace}/Service/{reference['name']}"]["spec"]
    found = [
        body["spec"]["template"]
        for body in WORKLOADS.values()
        if service["selector"].items() <= body["spec"]["template"]["metadata"]["labels"].items()
    ]
    (port,) = [port for port in service["ports"] if port["name"] == reference["port"]]
    (template,) = found
    (container,) = template["spec"]["containers"]
    (received,) = [one for one in container["ports"] if one["name"] == port["targetPort"]]
    return container | {"received": received["containerPort"]}


def target_group_names(environment: str) -> dict[str, str]:
    """The target group of each binding in an environment, by the binding's name."""
    names = {body["metadata"]["name"]: body["spec"]["targetGroupName"] for body in BINDINGS.values()}
    path = BASE.parent / environment / "kustomization.yaml"
    for patch in yaml.safe_load(path.read_text(encoding="utf-8")).get("patches", []):
        assert "TargetGroupBinding" == patch["target"]["kind"]
        (change,) = yaml.safe_load(patch["patch"])
        assert ("replace", "/spec/targetGroupName") == (change["op"], change["path"])
        names[patch["target"]["name"]] = change["value"]
    return names


def versions() -> Iterator[str]:
    """The Kubernetes versions that the environments run."""
    for environment in ENVIRONMENTS:
        text = (ROOT / f"terraform/biotech-x/{environment}.tfvars").read_text(encoding="utf-8")
        yield re.findall(r'kubernetes_version += "(.+)"', text)[0]


@pytest.mark.parametrize("name", [name for name in OBJECTS if name not in BINDINGS])
def test_an_object_is_what_kubernetes_expects(name: str):
    """Strictly, an unknown field included, for every version that an environment runs."""
    for version in versions():
        kubernetes_validate.validate(OBJECTS[name], version, strict=True)


def test_an_unknown_field_is_refused():
    """The check above would see a misspelt field."""
    wrong = deepcopy(OBJECTS["biotech-x/Deployment/api"])
    wrong["spec"]["replica"] = 3
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.35", strict=True)


@pytest.mark.parametrize("name", BINDINGS)
def test_a_binding_is_what_its_controller_expects(name: str):
    """The custom resource's fields, of which Kubernetes' own schemas know nothing."""
    assert [] == binding_faults(BINDINGS[name])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"targetGroupNames": "x"}, ["unknown field targetGroupNames"]),
        ({"targetType": "pod"}, ["targetType is neither instance nor ip"]),
        ({"serviceRef": {"name": "web"}}, ["serviceRef needs a name and a port"]),
        ({"networking": {"ingress": []}}, ["unknown field networking"]),
    ],
)
def test_a_wrong_binding_is_refused(change: dict[str, Any], expected: list[str]):
    """Each field of a binding is looked at."""
    wrong = deepcopy(BINDINGS["biotech-x/TargetGroupBinding/web"])
    wrong["spec"] |= change
    assert expected == binding_faults(wrong)


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_is_restricted(name: str):
    """The namespace enforces the standard; a pod that broke it would not start."""
    enforced = "pod-security.kubernetes.io/enforce"
    assert "restricted" == OBJECTS["cluster/Namespace/biotech-x"]["metadata"]["labels"][enforced]
    assert [] == pod_faults(WORKLOADS[name]["spec"]["template"])


def test_a_pod_without_any_restriction_is_refused():
    """Each restriction is looked at."""
    bare = {"spec": {"hostNetwork": True, "containers": [{}], "volumes": [{"name": "node", "hostPath": {}}]}}
    assert [
        "may run as root",
        "has no seccomp profile",
        "shares the node's hostNetwork",
        "mounts node",
        "may gain privileges",
        "keeps capabilities",
        "may write to its image",
        "asks for no resources",
        "has no memory limit",
    ] == pod_faults(bare)


def test_every_service_account_has_a_pod_identity_and_a_workload():
    """The accounts of the namespace are those that Terraform gives roles to, and those that pods use."""
    identities = blocks("aws_eks_pod_identity_association").values()
    expected = {
        argument(one, "service_account") for one in identities if argument(one, "namespace") == "biotech-x"
    }
    accounts = {body["metadata"]["name"] for body in OBJECTS.values() if body["kind"] == "ServiceAccount"}
    used = {body["spec"]["template"]["spec"]["serviceAccountName"] for body in WORKLOADS.values()}
    assert expected == accounts == used


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_binding_names_a_target_group_of_its_environment(environment: str):
    """Target groups are named by Terraform, bindings find them by that name."""
    groups = blocks("aws_lb_target_group")
    expected = {name: argument(block, "name") for name, block in groups.items()}
    filled = {
        name: text.replace("${local.name}", f"biotech-x-{environment}") for name, text in expected.items()
    }
    assert filled == target_group_names(environment)


@pytest.mark.parametrize("name", BINDINGS)
def test_a_target_group_sends_to_the_port_that_its_pods_listen_on(name: str):
    """Terraform's port and health check are those of the container behind the Service."""
    group = blocks("aws_lb_target_group")[BINDINGS[name]["metadata"]["name"]]
    container = workload(BINDINGS[name])
    assert argument(group, "port") == str(container["received"])
    assert argument(group, "path") == container["readinessProbe"]["httpGet"]["path"]
    assert argument(group, "target_type") == BINDINGS[name]["spec"]["targetType"]


def test_every_file_is_applied():
    """A manifest that the kustomization forgets would be proven and never be there."""
    written = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    assert sorted(path.name for path in BASE.glob("*.yaml") if path.name != "kustomization.yaml") == sorted(
        written
    )
    for environment in ENVIRONMENTS:
        path = BASE.parent / environment / "kustomization.yaml"
        assert ["../base"] == yaml.safe_load(path.read_text(encoding="utf-8"))["resources"]


def test_every_object_names_its_namespace():
    """So that a name in a diagram is the name in the cluster, whoever applies it."""
    assert set() == {name for name in OBJECTS if name.split("/")[0] not in {"biotech-x", "cluster"}}
