"""From a load balancer to its targets: what registers them, and whether health checks reach them."""

import json

import pytest

GROUP = "aws_lb_target_group.main"
FORWARD = ("aws_lb.main", "aws_instance.service", "tcp/8000")
TASKS = ("aws_lb.main", "aws_ecs_service.web", "tcp/8000")


def _check(**block) -> list[dict]:
    return [{"enabled": True, "port": "traffic-port", "protocol": "HTTP", **block}]


def _open(net, port: str) -> None:
    group = {"referenced_security_group_id": "<aws_security_group.service>"}
    net.rule("check", "balancer", "egress", f"tcp/{port}", **group)
    group = {"referenced_security_group_id": "<aws_security_group.balancer>"}
    net.rule("check", "service", "ingress", f"tcp/{port}", **group)


CHECKS = {
    "on the port of the traffic": (lambda net: net.change(GROUP, health_check=_check()), "proven"),
    "on a closed port": (lambda net: net.change(GROUP, health_check=_check(port="9000")), "unknown"),
    "on another open port": (
        lambda net: (net.change(GROUP, health_check=_check(port="9000")), _open(net, "9000")),
        "proven",
    ),
    "not at all": (lambda net: net.change(GROUP, health_check=_check(port="9000", enabled=False)), "proven"),
}


@pytest.mark.parametrize("case", CHECKS)
def test_health_checks_have_to_pass_too(public, case: str) -> None:
    """On a port of their own they need rules of their own."""
    change, verdict = CHECKS[case]
    change(public)
    found = public.prove(*FORWARD)
    assert verdict == found.verdict, found


def _task(net, mode: str, port: int, name: str = "web") -> None:
    boxes = json.dumps([{"name": name, "portMappings": [{"containerPort": port}]}])
    net.add("aws_ecs_task_definition.web", arn="arn:task", network_mode=mode, container_definitions=boxes)
    net.change("aws_ecs_service.web", task_definition="arn:task")


ECS = {
    "addresses": (lambda net: None, "proven", ""),
    "instances": (lambda net: net.change(GROUP, target_type="instance"), "unknown", "instance targets"),
    "a task with interfaces of its own": (lambda net: _task(net, "awsvpc", 8000), "proven", ""),
    "a task on its host's bridge": (lambda net: _task(net, "bridge", 8000), "unknown", "network mode"),
    "another port of the container": (lambda net: _task(net, "awsvpc", 80), "unknown", "the port 8000"),
    "another container": (lambda net: _task(net, "awsvpc", 8000, "api"), "unknown", "no container web"),
}


@pytest.mark.parametrize("case", ECS)
def test_ecs_registers_what_fits(public, case: str) -> None:
    """Tasks with a network interface of their own are registered by address, under a port they have."""
    change, verdict, reason = ECS[case]
    public.drop("aws_lb_target_group_attachment.main")
    public.change(GROUP, target_type="ip")
    inside = {"subnets": ["<aws_subnet.private>"], "security_groups": ["<aws_security_group.service>"]}
    block = {"target_group_arn": "arn:group", "container_name": "web", "container_port": 8000}
    public.add("aws_ecs_service.web", network_configuration=[inside], load_balancer=[block])
    change(public)
    found = public.prove(*TASKS)
    assert (verdict, True) == (found.verdict, reason in found.reason), found


@pytest.mark.parametrize(
    ("written", "verdict"), [("ip", "proven"), (None, "proven"), ("instance", "unknown")]
)
def test_a_binding_is_for_the_targets_of_its_group(public, written: str | None, verdict: str) -> None:
    """The controller refuses a binding of another type."""
    public.drop("aws_lb_target_group_attachment.main")
    public.change(GROUP, target_type="ip")
    public.add("aws_eks_cluster.main", name="main")
    public.add(
        "aws_launch_template.node", latest_version=1, vpc_security_group_ids=["<aws_security_group.service>"]
    )
    nodes = {"cluster_name": "main", "subnet_ids": ["<aws_subnet.private>"]}
    template = [{"id": "<aws_launch_template.node>", "version": "1"}]
    public.add("aws_eks_node_group.main", launch_template=template, **nodes)
    box = {"name": "web", "ports": [{"containerPort": 8000}], "readinessProbe": {"tcpSocket": {"port": 8000}}}
    pod = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [box]}}
    public.object("shop/Deployment/web", spec={"template": pod})
    public.object("shop/Service/web", spec={"selector": {"app": "web"}, "ports": [{"port": 8000}]})
    reference = {"serviceRef": {"name": "web", "port": 8000}, "targetType": written}
    public.object("shop/TargetGroupBinding/web", spec={"targetGroupName": "main", **reference})
    found = public.prove("aws_lb.main", "shop/Deployment/web", "tcp/8000")
    assert verdict == found.verdict, found
