"""Workloads that are written, drawn and let through, and that have no pods: a cluster would run none."""

import copy
from typing import Any

import pytest
import yaml

ENDS = ("shop/Deployment/web", "shop/Deployment/api", "tcp/8000")
CONTEXT = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def workload(net, name: str, kind: str = "Deployment", pod: str = "{}", spec: str = "{}") -> None:
    """A workload that the restricted level lets in, with more in its pods or in its own spec."""
    container: dict[str, Any] = {"name": "main", "ports": [{"name": "http", "containerPort": 8000}]}
    container |= {"securityContext": copy.deepcopy(CONTEXT), "readinessProbe": {"httpGet": {"port": "http"}}}
    container |= {"resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}}
    inner = {"containers": [container]}
    more = yaml.safe_load(pod)
    inner["containers"][0] |= more.pop("main", {})
    template = {"metadata": {"labels": {"app": name}}, "spec": inner | more}
    outer = {"template": template} | yaml.safe_load(spec)
    outer = {"jobTemplate": {"spec": outer}} | yaml.safe_load(spec) if kind == "CronJob" else outer
    version = "apps/v1" if kind == "Deployment" else "batch/v1"
    net.object(f"shop/{kind}/{name}", apiVersion=version, spec=outer)


@pytest.fixture
def shop(net):
    """Web may call the API, and both run."""
    net.object(
        "cluster/Namespace/shop", metadata={"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}
    )
    workload(net, "web")
    workload(net, "api")
    pods = {"podSelector": {"matchLabels": {"app": "web"}}}
    net.object(
        "shop/NetworkPolicy/all",
        spec={
            "podSelector": {},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [pods]}],
            "egress": [{}],
        },
    )
    return net


def test_both_run(shop) -> None:
    """What the cases below break."""
    assert "proven" == shop.prove(*ENDS).verdict


SPECS = {  # more of the API's own spec
    "paused": ("{paused: true}", "has paused: true"),
    "no pods": ("{replicas: 0}", "replicas is 0"),
}


@pytest.mark.parametrize("what", SPECS)
def test_a_workload_that_makes_no_pods(shop, what: str) -> None:
    """It is told to wait, or to have none."""
    spec, reason = SPECS[what]
    workload(shop, "api", spec=spec)
    found = shop.prove(*ENDS)
    assert ("unknown", True) == (found.verdict, reason in found.reason), found


@pytest.mark.parametrize(
    ("kind", "spec", "verdict"),
    [
        ("Job", "{suspend: true}", "unknown"),
        ("CronJob", "{suspend: true}", "unknown"),
        ("Job", "{parallelism: 0}", "unknown"),
        ("Job", "{suspend: false, parallelism: 2}", "proven"),
        ("CronJob", "{}", "proven"),
    ],
)
def test_a_job_that_is_switched_off(shop, kind: str, spec: str, verdict: str) -> None:
    """Suspended, or without a pod at a time."""
    workload(shop, "web", kind, spec=spec)
    assert verdict == shop.prove(f"shop/{kind}/web", *ENDS[1:]).verdict


PODS = {  # more of the API's pods: what a cluster does with them
    "a level that is kept": ("{volumes: [{name: a, emptyDir: {}}, {name: b, configMap: {name: x}}]}", ""),
    "the node's network": ("{hostPID: true}", "violates the Pod Security level restricted"),
    "a folder of the node": ("{volumes: [{name: a, hostPath: {path: /}}]}", "its volume a is a hostPath"),
    "a volume of another kind": (
        "{volumes: [{name: a, nfs: {server: x, path: /}}]}",
        "its volume a is a nfs",
    ),
    "no context": ("{main: {securityContext: {}}}", "does not set allowPrivilegeEscalation: false"),
    "root": ("{securityContext: {runAsUser: 0}}", "it runs as root"),
    "a port of the node": ("{main: {ports: [{containerPort: 8000, hostPort: 80}]}}", "has a hostPort"),
    "a container that sets up": ("{initContainers: [{name: setup}]}", "its container setup does not set"),
    "a container that never ends, before it": (
        "{initContainers: [{name: wait, command: [sh, -c], args: [echo a; sleep infinity], securityContext: "
        "{allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, runAsNonRoot: true, "
        "seccompProfile: {type: RuntimeDefault}}}]}",
        "waits for its init container wait, which does not end",
    ),
    "a gate": ("{schedulingGates: [{name: x}]}", "have schedulingGates"),
    "a node by name": ("{nodeName: node-1}", "asks for the node node-1"),
    "another scheduler": ("{schedulerName: mine}", "asks for the scheduler mine"),
    "a priority that is not there": (
        "{priorityClassName: high}",
        "the PriorityClass high, which no manifest",
    ),
    "a priority that every cluster has": ("{priorityClassName: system-node-critical}", ""),
    "a runtime that is not there": ("{runtimeClassName: gvisor}", "the RuntimeClass gvisor"),
    "nodes by a label": ("{nodeSelector: {disk: ssd}}", "asks for nodes with the label disk"),
    "nodes that all are": ("{nodeSelector: {kubernetes.io/os: linux}}", ""),
    "nodes of another system": ("{nodeSelector: {kubernetes.io/os: windows}}", "the label kubernetes.io/os"),
    "an affinity to a label": (
        "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
        "[{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]}}}}",
        "an affinity to nodes by disk",
    ),
    "an affinity away from a label": (
        "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
        "[{matchExpressions: [{key: compute-type, operator: NotIn, values: [fargate]}]}]}}}}",
        "",
    ),
    "an affinity to a label, or to what all nodes have": (
        "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
        "[{matchExpressions: [{key: disk, operator: Exists}]}, "
        "{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]}}}}",
        "",
    ),
    "an affinity that is preferred": (
        "{affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, "
        "preference: {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}}]}}}",
        "",
    ),
    "an affinity to other pods": (
        "{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
        "[{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: cache}}}]}}}",
        "nodes on which other pods run",
    ),
    "an affinity to its own pods": (
        "{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
        "[{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: api}}}]}}}",
        "",
    ),
    "a claim that is not there": (
        "{volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}",
        "mounts the PersistentVolumeClaim data, which no manifest creates",
    ),
    "a key that is not there": (
        "{main: {env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: portt}}}]}}",
        "needs the key portt of shop/ConfigMap/settings",
    ),
    "a key that may be missing": (
        "{main: {env: [{name: A, valueFrom: {configMapKeyRef: "
        "{name: settings, key: portt, optional: true}}}]}}",
        "",
    ),
    "a key that is there": (
        "{main: {env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: port}}}]}}",
        "",
    ),
    "a key of what is made elsewhere": (
        "{main: {env: [{name: A, valueFrom: {secretKeyRef: {name: password, key: password}}}]}}",
        "",
    ),
    "a file that is not there": (
        "{volumes: [{name: a, configMap: {name: settings, items: [{key: nginx.conf, path: x}]}}]}",
        "needs the key nginx.conf of shop/ConfigMap/settings",
    ),
    "a file among others that is not there": (
        "{volumes: [{name: a, projected: {sources: "
        "[{configMap: {name: settings, items: [{key: x, path: x}]}}]}}]}",
        "needs the key x of shop/ConfigMap/settings",
    ),
}


@pytest.mark.parametrize("what", PODS)
def test_pods_that_do_not_start(shop, what: str) -> None:
    """Refused, or never given to a node, or waiting for what they read."""
    pod, reason = PODS[what]
    shop.object("shop/ConfigMap/settings", data={"port": "80"})
    workload(shop, "api", pod=pod)
    found = shop.prove(*ENDS)
    assert ("unknown" if reason else "proven") == found.verdict, found
    assert reason in found.reason


def test_a_level_is_that_of_the_pods_namespace(shop) -> None:
    """Baseline lets more in than restricted, and without a label everything is let in."""
    bare, wide = "{main: {securityContext: {}}}", "{main: {securityContext: {privileged: true}}}"
    for level, verdicts in (
        ("restricted", ("unknown", "unknown")),
        ("baseline", ("proven", "unknown")),
        ("privileged", ("proven", "proven")),
        (None, ("proven", "proven")),
    ):
        labels = {"pod-security.kubernetes.io/enforce": level} if level else {}
        shop.object("cluster/Namespace/shop", metadata={"labels": labels})
        for pod, verdict in zip((bare, wide), verdicts, strict=True):
            workload(shop, "api", pod=pod)
            assert verdict == shop.prove(*ENDS).verdict, (level, pod)


RULES = {
    "no pods at all": ("ResourceQuota", "{hard: {pods: '0'}}", "{}", "allows no pods"),
    "some pods": ("ResourceQuota", "{hard: {pods: '4'}}", "{}", ""),
    "CPU that is asked for": ("ResourceQuota", "{hard: {requests.cpu: '4'}}", "{}", ""),
    "CPU that is limited": (
        "ResourceQuota",
        "{hard: {limits.cpu: '4'}}",
        "{}",
        "is for limits.cpu, and its container main has no limits of cpu",
    ),
    "nothing asked for": (
        "ResourceQuota",
        "{hard: {requests.memory: 4Gi}}",
        "{main: {resources: {}}}",
        "has no requests of memory",
    ),
    "a limit that is a request, too": (
        "ResourceQuota",
        "{hard: {requests.memory: 4Gi}}",
        "{main: {resources: {limits: {memory: 1Gi}}}}",
        "",
    ),
    "more than there is": ("ResourceQuota", "{hard: {requests.cpu: 200m}}", "{}", "alone takes 500m"),
    "as much as there is": ("ResourceQuota", "{hard: {memory: 1024Mi}}", "{}", ""),
    "for others": ("ResourceQuota", "{hard: {pods: '0'}, scopes: [BestEffort]}", "{}", ""),
    "more than a container may": (
        "LimitRange",
        "{limits: [{type: Container, max: {memory: 512Mi}}]}",
        "{}",
        "allows at most 512Mi of memory, unlike main",
    ),
    "less than a container has to": (
        "LimitRange",
        "{limits: [{type: Container, min: {cpu: '1'}}]}",
        "{}",
        "allows at least 1 of cpu, unlike main",
    ),
    "within the limits": (
        "LimitRange",
        "{limits: [{type: Container, max: {memory: 1Gi, cpu: '2'}}]}",
        "{}",
        "",
    ),
}


@pytest.mark.parametrize("what", RULES)
def test_quotas_and_limits_of_the_namespace(shop, what: str) -> None:
    """A pod that they refuse is not made."""
    kind, spec, pod, reason = RULES[what]
    shop.object(f"shop/{kind}/all", spec=yaml.safe_load(spec))
    workload(shop, "api", pod=pod)
    found = shop.prove(*ENDS)
    assert ("unknown" if reason else "proven") == found.verdict, found
    assert reason in found.reason


def test_defaults_of_a_limit_range_are_requests(shop) -> None:
    """What a container does not ask for itself it is given."""
    shop.object("shop/ResourceQuota/all", spec={"hard": {"requests.cpu": "4", "limits.cpu": "4"}})
    for key, verdict in (("defaultRequest", "unknown"), ("default", "proven")):
        shop.object("shop/LimitRange/all", spec={"limits": [{"type": "Container", key: {"cpu": "500m"}}]})
        assert verdict == shop.prove(*ENDS).verdict


def test_what_is_created_here_is_there(shop) -> None:
    """A class, a claim and a priority that the files make."""
    shop.object("cluster/PriorityClass/high")
    shop.object("shop/PersistentVolumeClaim/data")
    claim = "{name: data, persistentVolumeClaim: {claimName: data}}"
    workload(shop, "api", pod=f"{{priorityClassName: high, volumes: [{claim}]}}")
    assert "proven" == shop.prove(*ENDS).verdict
