"""Load balancers: listeners, target groups, and who is registered in them."""

import pytest

from asbuilt.infrastructure import UNKNOWN

ENDS = ("aws_lb.main", "aws_instance.service", "tcp/8000")


def test_the_way_to_a_target_is_cited(public) -> None:
    """Listener, target group, attachment and the rules of both groups."""
    found = public.prove(*ENDS)
    cited = {one.address for one in found.evidence}
    assert "proven" == found.verdict, found.reason
    assert {
        "aws_lb_listener.https",
        "aws_lb_target_group.main",
        "aws_lb_target_group_attachment.main",
        "aws_vpc_security_group_egress_rule.to_service",
        "aws_vpc_security_group_ingress_rule.to_service",
    } <= cited


def _by_rule(net) -> None:
    fixed = [{"type": "fixed-response", "fixed_response": [{"status_code": "404"}]}]
    net.change("aws_lb_listener.https", default_action=fixed)
    net.add(
        "aws_lb_listener_rule.main",
        listener_arn="arn:listener",
        action=[{"type": "forward", "forward": [{"target_group": [{"arn": "arn:group", "weight": 1}]}]}],
    )


CASES = {
    "forwarded by a rule": (_by_rule, "proven", ""),
    "no listener forwards": (
        lambda net: net.change("aws_lb_listener.https", default_action=[{"type": "redirect"}]),
        "refuted",
        "no listener of aws_lb.main forwards to aws_lb_target_group.main",
    ),
    "forwarded elsewhere": (
        lambda net: (
            net.add("aws_lb_target_group.other", arn="arn:other", port=8000, protocol="HTTP"),
            net.change(
                "aws_lb_listener.https", default_action=[{"type": "forward", "target_group_arn": "arn:other"}]
            ),
        ),
        "refuted",
        "no listener of aws_lb.main forwards to aws_lb_target_group.main",
    ),
    "forwarded nobody knows where": (
        lambda net: net.change("aws_lb_listener.https", default_action=UNKNOWN),
        "unknown",
        "to what aws_lb_listener.https forwards",
    ),
    "registered under another port": (
        lambda net: net.change("aws_lb_target_group_attachment.main", port=9000),
        "refuted",
        "has its targets under tcp/9000",
    ),
    "registered nowhere": (
        lambda net: net.drop("aws_lb_target_group_attachment.main"),
        "unknown",
        "nothing here registers aws_instance.service",
    ),
    "no way through the rules": (
        lambda net: net.drop("aws_vpc_security_group_ingress_rule.to_service"),
        "refuted",
        "aws_security_group.service has no ingress for tcp/8000 from aws_security_group.balancer",
    ),
}


@pytest.mark.parametrize("how", CASES)
def test_to_a_target(public, how: str) -> None:
    """An arrow from a load balancer needs a listener that forwards, a registered target, and a path."""
    change, verdict, reason = CASES[how]
    change(public)
    found = public.prove(*ENDS)
    assert verdict == found.verdict, found
    assert reason in found.reason


def test_a_target_group_stands_for_its_targets(public) -> None:
    """The arrow to the group needs the path to each of them, under the group's port."""
    assert "proven" == public.prove("aws_lb.main", "aws_lb_target_group.main", "tcp/8000").verdict
    assert "refuted" == public.prove("aws_lb.main", "aws_lb_target_group.main", "tcp/8001").verdict
    public.drop("aws_lb_target_group_attachment.main")
    assert "unknown" == public.prove("aws_lb.main", "aws_lb_target_group.main", "tcp/8000").verdict


def test_a_network_load_balancer_hands_on_its_clients_addresses(public) -> None:
    """Without a group of its own, a rule for its subnets alone does not let its clients in."""
    public.change("aws_lb.main", load_balancer_type="network", security_groups=[])
    public.change("aws_lb_listener.https", protocol="TCP")
    public.change("aws_lb_target_group.main", protocol="TCP")
    assert "proven" == public.prove("external/internet", "aws_lb.main", "tcp/443").verdict
    rule = "aws_vpc_security_group_ingress_rule.to_service"
    public.change(rule, referenced_security_group_id=None, cidr_ipv4="10.0.0.0/16")
    found = public.prove(*ENDS)
    assert ("unknown", True) == (
        found.verdict,
        "clients of aws_lb.main" in found.reason or "in part" in found.reason,
    )
    public.change(rule, cidr_ipv4="0.0.0.0/0")
    assert "proven" == public.prove(*ENDS).verdict


def test_an_ecs_service_is_registered_under_its_container_port(public) -> None:
    """An awsvpc service behind the load balancer."""
    public.drop("aws_lb_target_group_attachment.main")
    public.change("aws_lb_target_group.main", target_type="ip")
    public.add(
        "aws_ecs_service.web",
        network_configuration=[
            {"subnets": ["<aws_subnet.private>"], "security_groups": ["<aws_security_group.service>"]}
        ],
        load_balancer=[{"target_group_arn": "arn:group", "container_name": "web", "container_port": 8000}],
    )
    assert "proven" == public.prove("aws_lb.main", "aws_ecs_service.web", "tcp/8000").verdict
    assert "refuted" == public.prove("aws_lb.main", "aws_ecs_service.web", "tcp/443").verdict
