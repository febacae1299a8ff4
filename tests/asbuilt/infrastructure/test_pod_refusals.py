"""Workloads that Kubernetes refuses, or whose pods it does."""

import pytest
import yaml

from asbuilt.infrastructure.refusals import refused

VERSIONS = {"CronJob": "batch/v1", "Job": "batch/v1", "Pod": "v1"}


def judged(kind: str, pod: str, spec: str = "{}") -> str:
    """Why a workload with these pods is refused; `spec` is what else its own spec holds."""
    inner = {"metadata": {"labels": {"app": "web"}}, "spec": yaml.safe_load(pod)}
    outer = {"selector": {"matchLabels": {"app": "web"}}, "template": inner} | yaml.safe_load(spec)
    outer = {"jobTemplate": {"spec": outer}} if kind == "CronJob" else outer
    outer = inner["spec"] if kind == "Pod" else outer
    version = VERSIONS.get(kind, "apps/v1")
    return refused({"apiVersion": version, "kind": kind, "metadata": {"name": "web"}, "spec": outer})


def container(more: str) -> str:
    """A pod with one container."""
    return f"{{containers: [{{name: web, {more}}}]}}"


REFUSED = {
    "a container's protocol in small letters": (
        container("ports: [{containerPort: 80, protocol: udp}]"),
        "udp",
    ),
    "a port 0": (container("ports: [{containerPort: 0}]"), "containerPort may not be 0"),
    "a long name of a port": (
        container("ports: [{name: prometheus-metrics, containerPort: 80}]"),
        "may not call a port 'prometheus-metrics'",
    ),
    "a name without a letter": (container("ports: [{name: '8080', containerPort: 8080}]"), "'8080'"),
    "a name with an underscore": (container("ports: [{name: my_port, containerPort: 80}]"), "'my_port'"),
    "two ports of one name": (
        container("ports: [{name: http, containerPort: 80}, {name: http, containerPort: 81}]"),
        "has two ports called http",
    ),
    "two containers of one name": (
        "{containers: [{name: web}, {name: web}]}",
        "two containers are called web",
    ),
    "two volumes of one name": (
        "{containers: [{name: web}], volumes: [{name: a, emptyDir: {}}, {name: a, emptyDir: {}}]}",
        "two volumes are called a",
    ),
    "two volumes at one place": (
        "{containers: [{name: web, volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /a}]}], "
        "volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]}",
        "mounts two volumes at /a",
    ),
    "a probe beyond the last port": (container("livenessProbe: {tcpSocket: {port: 80800}}"), "port 80800"),
    "no containers": ("{containers: []}", "its pods have no containers"),
    "more than its limit": (
        container("resources: {requests: {memory: 2Gi}, limits: {memory: 1024Mi}}"),
        "asks for 2Gi of memory, more than its limit, 1024Mi",
    ),
    "a mount of no volume": (
        container("volumeMounts: [{name: data, mountPath: /data}]"),
        "mounts data, which is no volume of its pod",
    ),
    "a probe in two ways": (
        container("readinessProbe: {httpGet: {port: 80}, tcpSocket: {port: 80}}"),
        "has to ask in one way, and asks in 2",
    ),
    "a probe in no way": (container("livenessProbe: {periodSeconds: 5}"), "asks in 0"),
    "a probe of a number in quotes": (
        container("readinessProbe: {tcpSocket: {port: '80'}}"),
        "the port '80'",
    ),
    "a probe of what ends first": (
        "{containers: [{name: web}], "
        "initContainers: [{name: setup, readinessProbe: {tcpSocket: {port: 80}}}]}",
        "the init container setup may have no probe",
    ),
    "pods that are not started again": (
        "{containers: [{name: web}], restartPolicy: Never}",
        "a Deployment may not have pods with the restartPolicy Never",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_pod_that_kubernetes_refuses(what: str) -> None:
    """The reason names the container and the field."""
    pod, reason = REFUSED[what]
    assert reason in judged("Deployment", pod)


TAKEN = {
    "as much as its limit": container("resources: {requests: {cpu: 500m}, limits: {cpu: '0.5'}}"),
    "15 characters": container("ports: [{name: metrics-and-log, containerPort: 80}]"),
    "one name in two containers": (
        "{containers: [{name: a, ports: [{name: http, containerPort: 80}]}, "
        "{name: b, ports: [{name: http, containerPort: 81}]}]}"
    ),
    "a probe of a container that stays": (
        "{containers: [{name: web}], "
        "initContainers: [{name: log, restartPolicy: Always, readinessProbe: {exec: {command: [x]}}}]}"
    ),
    "a mount of a volume": (
        "{containers: [{name: web, volumeMounts: [{name: a, mountPath: /a}]}], "
        "volumes: [{name: a, emptyDir: {}}]}"
    ),
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_pod_that_kubernetes_takes(what: str) -> None:
    """Odd, and allowed."""
    assert "" == judged("Deployment", TAKEN[what])


def test_a_stateful_set_brings_volumes() -> None:
    """Those that its own template claims."""
    pod = container("volumeMounts: [{name: data, mountPath: /data}]")
    assert "" == judged("StatefulSet", pod, "{volumeClaimTemplates: [{metadata: {name: data}}]}")


@pytest.mark.parametrize("kind", ["Job", "CronJob"])
@pytest.mark.parametrize(("policy", "is_refused"), [("", True), ("Always", True), ("OnFailure", False)])
def test_a_job_says_what_becomes_of_its_pods(kind: str, policy: str, is_refused: bool) -> None:
    """The default of pods, to start again for ever, is none for what has to end."""
    pod = container("").removesuffix("}") + (f", restartPolicy: {policy}}}" if policy else "}")
    assert is_refused == ("restartPolicy" in judged(kind, pod))


def test_a_deployment_selects_its_pods_and_rolls_them_out() -> None:
    """Without a selector, or with neither more nor fewer pods for a while, there is no roll-out."""
    assert "spec.selector is missing" == judged("Deployment", container(""), "{selector: null}")
    rolling = "{strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}}"
    assert "maxSurge and maxUnavailable both at 0" in judged("Deployment", container(""), rolling)
    assert "" == judged("Deployment", container(""), rolling.replace("maxSurge: 0", "maxSurge: 1"))
    assert "" == judged("Pod", container(""))
