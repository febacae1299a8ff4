"""biotech-x's manifests are valid, restricted, and fit the Terraform that they run on."""

import ipaddress
import re
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from asbuilt.infrastructure import manifests
from asbuilt.prove.selectors import selects

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
    built = built_objects(environment).values()
    found = [body for body in built if body["kind"] == "TargetGroupBinding"]
    return {body["metadata"]["name"]: body["spec"]["targetGroupName"] for body in found}


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


def guard_faults(objects: dict[str, Any], name: str) -> list[str]:
    """What a Deployment lacks to live through a drain, a peak, a lost zone and a roll-out."""
    body = objects[name]
    workload, pods = body["metadata"]["name"], body["spec"]["template"]
    has, faults = pods["metadata"]["labels"], []
    budget = objects.get(f"biotech-x/PodDisruptionBudget/{workload}", {"spec": {}})["spec"]
    scaler = objects.get(f"biotech-x/HorizontalPodAutoscaler/{workload}", {"spec": {}})["spec"]
    if not budget or not selects(budget["selector"], has):
        faults.append("a drain may take all pods")
    if budget.get("maxUnavailable") != 1 or scaler.get("minReplicas", 0) < 2:
        faults.append("a drain may wait for ever, or take more than one")
    if scaler.get("scaleTargetRef") != {"apiVersion": "apps/v1", "kind": "Deployment", "name": workload}:
        faults.append("a peak adds no pod")
    if "replicas" in body["spec"]:
        faults.append("a release undoes what the autoscaler did")
    spreads = {one["topologyKey"]: one for one in pods["spec"].get("topologySpreadConstraints", [])}
    zones = spreads.get("topology.kubernetes.io/zone", {})
    if zones.get("whenUnsatisfiable") != "DoNotSchedule" or not selects(zones["labelSelector"], has):
        faults.append("one zone may hold all pods")
    pause = pods["spec"]["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    if pods["spec"].get("terminationGracePeriodSeconds", 30) < pause + 30:
        faults.append("a pod is killed over the requests that it still answers")
    return faults


DEPLOYMENTS = [name for name in WORKLOADS if "/Deployment/" in name]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_is_guarded(name: str):
    """A budget, an autoscaler, a spread over zones, and time to end."""
    assert [] == guard_faults(OBJECTS, name)


@pytest.mark.parametrize(
    ("kind", "path", "value", "expected"),
    [
        ("PodDisruptionBudget", "spec.selector.matchLabels", {"app": "x"}, "a drain may take all pods"),
        (
            "PodDisruptionBudget",
            "spec.maxUnavailable",
            0,
            "a drain may wait for ever, or take more than one",
        ),
        (
            "HorizontalPodAutoscaler",
            "spec.minReplicas",
            1,
            "a drain may wait for ever, or take more than one",
        ),
        ("HorizontalPodAutoscaler", "spec.scaleTargetRef.name", "web", "a peak adds no pod"),
        ("Deployment", "spec.replicas", 3, "a release undoes what the autoscaler did"),
        (
            "Deployment",
            "spec.template.spec.topologySpreadConstraints",
            [],
            "one zone may hold all pods",
        ),
        (
            "Deployment",
            "spec.template.spec.terminationGracePeriodSeconds",
            30,
            "a pod is killed over the requests that it still answers",
        ),
    ],
)
def test_a_missing_guard_is_seen(kind: str, path: str, value: Any, expected: str):
    """Each of them is looked at."""
    objects = deepcopy(OBJECTS)
    *above, last = path.split(".")
    place = objects[f"biotech-x/{kind}/api"]
    for key in above:
        place = place[key]
    place[last] = value
    assert [expected] == guard_faults(objects, "biotech-x/Deployment/api")


def test_nothing_passes_that_no_policy_names():
    """One policy denies both directions to every pod; each workload has its own, open to nobody at large."""
    policies = {name: body["spec"] for name, body in OBJECTS.items() if body["kind"] == "NetworkPolicy"}
    assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} == policies.pop(
        "biotech-x/NetworkPolicy/default-deny"
    )
    for name, body in WORKLOADS.items():
        has = body["spec"]["template"]["metadata"]["labels"]
        own = policies[f"biotech-x/NetworkPolicy/{name.rpartition('/')[2]}"]
        assert selects(own["podSelector"], has)
        assert ["Ingress", "Egress"] == own["policyTypes"]
    rules = [rule for one in policies.values() for way in ("ingress", "egress") for rule in one.get(way, [])]
    assert rules
    assert all((rule.get("from") or rule.get("to")) and rule.get("ports") for rule in rules)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_policies_name_the_subnets_of_their_environment(environment: str):
    """The load balancer stands in the private subnets, the database in its own, as Terraform divides them."""
    text = (ROOT / f"terraform/biotech-x/{environment}.tfvars").read_text(encoding="utf-8")
    network = ipaddress.ip_network(re.findall(r'vpc_cidr += "(.+)"', text)[0])
    private = {str(one) for one in list(network.subnets(2))[:3]}
    database = {str(one) for one in list(network.subnets(8))[208:211]}
    built = built_objects(environment)
    for name in ("web", "api"):
        assert private == set(blocks_of(built, name, "ingress", "from", "http"))
    for name in ("api", "migration"):
        assert database == set(blocks_of(built, name, "egress", "to", 5432))


def built_objects(environment: str) -> dict[str, Any]:
    """What an environment applies, by name."""
    folder = BASE.parent / environment
    done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, check=True, timeout=60)
    found = yaml.safe_load_all(done.stdout)
    return {f"{body['kind']}/{body['metadata']['name']}": body for body in found}


def blocks_of(objects: dict[str, Any], name: str, way: str, side: str, port: str | int) -> list[str]:
    """The ranges of a workload's rule for one port."""
    rules = objects[f"NetworkPolicy/{name}"]["spec"][way]
    (rule,) = [one for one in rules if [port] == [item["port"] for item in one["ports"]]]
    return [peer["ipBlock"]["cidr"] for peer in rule[side]]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_applies_everything(environment: str):
    """Each overlay builds, with every object of the base, each as Kubernetes expects it."""
    built = built_objects(environment)
    assert len(OBJECTS) == len(built)
    for body in built.values():
        if body["kind"] != "TargetGroupBinding":
            kubernetes_validate.validate(body, "1.35", strict=True)


# What "restricted" lets through wherever it stands, in a pod or in one container of it.
# https://kubernetes.io/docs/concepts/security/pod-security-standards/
_LET_THROUGH: dict[str, tuple[Any, ...]] = {
    "runAsNonRoot": (True,),
    "allowPrivilegeEscalation": (False,),
    "privileged": (False,),
    "procMount": ("Default",),
    "sysctls": ([],),
    "seccompProfile": ({"type": "RuntimeDefault"},),
    "appArmorProfile": ({"type": "RuntimeDefault"},),
    "seLinuxOptions": ({},),
}
_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def override_faults(spec: dict[str, Any]) -> list[str]:
    """What a pod, or one of its containers for itself, says against the standard."""
    contexts = [one.get("securityContext", {}) for one in (spec, *spec["containers"])]
    faults = [
        f"sets {name}"
        for context in contexts
        for name, values in _LET_THROUGH.items()
        if name in context and context[name] not in values
    ]
    faults += ["runs as root" for context in contexts if context.get("runAsUser") == 0]
    faults += [f"has {name}" for name in ("initContainers", "ephemeralContainers") if name in spec]
    for one in spec["containers"]:
        faults += ["takes a port of the node" for port in one.get("ports", []) if "hostPort" in port]
        asked = [one[name]["httpGet"] for name in _PROBES if name in one]
        faults += ["probes another host" for how in asked if "host" in how]
        named = {port["name"] for port in one.get("ports", [])}
        faults += [f"probes no port {how['port']}" for how in asked if how["port"] not in named]
    return faults


@pytest.mark.parametrize("name", WORKLOADS)
def test_no_container_says_otherwise(name: str):
    """A container's own settings go before its pod's; a probe asks a port that is there."""
    assert [] == override_faults(WORKLOADS[name]["spec"]["template"]["spec"])


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("securityContext.sysctls", [{"name": "kernel.msgmax", "value": "1"}], "sets sysctls"),
        ("securityContext.appArmorProfile", {"type": "Unconfined"}, "sets appArmorProfile"),
        ("securityContext.seLinuxOptions", {"type": "spc_t"}, "sets seLinuxOptions"),
        ("initContainers", [{"name": "first"}], "has initContainers"),
        ("containers.0.securityContext.runAsNonRoot", False, "sets runAsNonRoot"),
        ("containers.0.securityContext.runAsUser", 0, "runs as root"),
        ("containers.0.securityContext.privileged", True, "sets privileged"),
        ("containers.0.securityContext.procMount", "Unmasked", "sets procMount"),
        ("containers.0.securityContext.seccompProfile", {"type": "Unconfined"}, "sets seccompProfile"),
        ("containers.0.ports.0.hostPort", 8000, "takes a port of the node"),
        ("containers.0.livenessProbe.httpGet.host", "10.0.0.1", "probes another host"),
        ("containers.0.livenessProbe.httpGet.port", "htp", "probes no port htp"),
    ],
)
def test_a_container_that_says_otherwise_is_seen(path: str, value: Any, expected: str):
    """Each of them is looked at."""
    spec = deepcopy(OBJECTS["biotech-x/Deployment/api"]["spec"]["template"]["spec"])
    place, (*above, last) = spec, path.split(".")
    for key in above:
        place = place[int(key)] if key.isdecimal() else place[key]
    place[last] = value
    assert [expected] == override_faults(spec)


# The address at which the agent of EKS Pod Identity listens on every node, and where names are looked up.
_AGENT = {"to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}], "ports": [{"protocol": "TCP", "port": 80}]}
_NAMES = {
    "to": [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ],
    "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
}


def supply_faults(objects: dict[str, Any], name: str) -> list[str]:
    """What a workload that acts in AWS cannot get: names, or its role's credentials."""
    has = objects[name]["spec"]["template"]["metadata"]["labels"]
    policies = [body["spec"] for body in objects.values() if body["kind"] == "NetworkPolicy"]
    egress = [rule for one in policies if selects(one["podSelector"], has) for rule in one.get("egress", [])]
    wanted = {"names": _NAMES, "credentials": _AGENT}
    return [f"cannot get {what}" for what, rule in wanted.items() if rule not in egress]


@pytest.mark.parametrize("name", ["biotech-x/Deployment/api", "biotech-x/Job/migration"])
def test_who_acts_in_aws_gets_names_and_credentials(name: str):
    """Default deny stops both, and no picture draws them."""
    assert [] == supply_faults(OBJECTS, name)


def test_a_missing_supply_is_seen():
    """A policy that forgets one workload, and an address that is not the agent's."""
    objects = deepcopy(OBJECTS)
    objects["biotech-x/NetworkPolicy/names"]["spec"]["podSelector"]["matchExpressions"][0]["values"] = ["api"]
    (rule,) = [
        rule for rule in objects["biotech-x/NetworkPolicy/migration"]["spec"]["egress"] if rule == _AGENT
    ]
    rule["to"][0]["ipBlock"]["cidr"] = "169.254.170.24/32"
    assert ["cannot get names", "cannot get credentials"] == supply_faults(objects, "biotech-x/Job/migration")
    assert [] == supply_faults(objects, "biotech-x/Deployment/api")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_deployment_is_guarded_in_each_environment(environment: str):
    """An overlay changes the autoscalers: what it applies is looked at, not only the base."""
    built = {f"biotech-x/{name}": body for name, body in built_objects(environment).items()}
    assert [] == [fault for name in DEPLOYMENTS for fault in guard_faults(built, name)]


def test_the_namespace_enforces_the_version_that_runs():
    """An older version of the standard misses what was added since."""
    labels = OBJECTS["cluster/Namespace/biotech-x"]["metadata"]["labels"]
    modes = ("enforce", "audit", "warn")
    pinned = {labels[f"pod-security.kubernetes.io/{mode}-version"] for mode in modes}
    assert {f"v{version}" for version in versions()} == pinned
