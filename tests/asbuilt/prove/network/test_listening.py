"""What AWS refuses at a load balancer, or what gets no requests there."""

from collections.abc import Callable

import pytest

FORWARD = ("aws_lb.main", "aws_instance.service", "tcp/8000")
LISTEN = ("external/internet", "aws_lb.main", "tcp/443")
GROUP, HTTPS = "aws_lb_target_group.main", "aws_lb_listener.https"
NOTHING = {"default_action": [{"type": "fixed-response"}]}


def _rule(net, name: str, priority: int, *paths: str, forwards: bool = False) -> None:
    action = {"type": "forward", "target_group_arn": "arn:group"} if forwards else {"type": "fixed-response"}
    condition = [{"path_pattern": [{"values": list(paths)}]}]
    given = {"listener_arn": "arn:listener", "priority": priority, "condition": condition}
    net.add(f"aws_lb_listener_rule.{name}", action=[action], **given)


def _rules(net, *earlier: str, priority: int = 1) -> None:
    """A rule for all of the API, behind another one."""
    net.change(HTTPS, **NOTHING)
    _rule(net, "first", priority, *earlier)
    _rule(net, "second", 2, "/api/v1/*", forwards=True)


def _network(net, listener: str, group: str) -> None:
    net.change("aws_lb.main", load_balancer_type="network")
    net.change(HTTPS, protocol=listener)
    net.change(GROUP, protocol=group)


def _second(net) -> None:
    groups = ["<aws_security_group.balancer>"]
    subnets = ["<aws_subnet.one>", "<aws_subnet.two>"]
    net.add(
        "aws_lb.second", load_balancer_type="application", subnets=subnets, security_groups=groups, arn="two"
    )
    action = {"type": "forward", "target_group_arn": "arn:group"}
    listener = {"load_balancer_arn": "two", "port": 443, "protocol": "HTTPS", "certificate_arn": "arn:c"}
    net.add("aws_lb_listener.second", arn="arn:second", default_action=[action], **listener)


def _twin(net) -> None:
    listener = {"load_balancer_arn": "arn:lb", "port": 443, "protocol": "HTTPS", "certificate_arn": "arn:c"}
    net.add("aws_lb_listener.twin", arn="arn:twin", default_action=[{"type": "fixed-response"}], **listener)


def _zones(net, **zones: str) -> None:
    for subnet, zone in zones.items():
        net.change(f"aws_subnet.{subnet}", availability_zone=zone)


def _far_certificate(net) -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/main/1"
    net.change("aws_lb.main", arn=arn)
    net.change(HTTPS, load_balancer_arn=arn, certificate_arn="arn:aws:acm:us-east-1:1:certificate/c")


Ends = tuple[str, str, str]
REFUSED: dict[str, tuple[Ends, Callable, str]] = {
    "no certificate": (LISTEN, lambda n: n.change(HTTPS, certificate_arn=""), "no listener"),
    "no certificate to forward": (FORWARD, lambda n: n.change(HTTPS, certificate_arn=""), "no certificate"),
    "a certificate of another region": (FORWARD, _far_certificate, "us-east-1"),
    "two listeners on one port": (LISTEN, _twin, "one listener only"),
    "one subnet": (LISTEN, lambda n: n.change("aws_lb.main", subnets=["<aws_subnet.one>"]), "one zone only"),
    "two subnets in one zone": (LISTEN, lambda n: _zones(n, one="a", two="a"), "two subnets in one zone"),
    "a subnet too small": (
        LISTEN,
        lambda n: n.change("aws_subnet.one", cidr_block="10.0.1.0/28"),
        "too small",
    ),
    "a target in a zone of its own": (
        FORWARD,
        lambda n: _zones(n, one="a", two="b", private="c"),
        "not in the zone",
    ),
    "a group behind two": (FORWARD, _second, "takes one only"),
    "a group of TLS behind TCP": (FORWARD, lambda n: _network(n, "TCP", "TLS"), "is for TCP"),
    "a group of TCP and UDP behind TLS": (FORWARD, lambda n: _network(n, "TLS", "TCP_UDP"), "is for TLS"),
    "gRPC over HTTP": (
        FORWARD,
        lambda n: (n.change(HTTPS, protocol="HTTP"), n.change(GROUP, protocol_version="GRPC")),
        "gRPC",
    ),
    "a rule for the same": (FORWARD, lambda n: _rules(n, "/api/v1/*"), "no listener"),
    "a rule for more": (FORWARD, lambda n: _rules(n, "/api/*"), "no listener"),
    "a rule of the same priority": (FORWARD, lambda n: _rules(n, "/other", priority=2), "no listener"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_gets_no_requests_proves_nothing(public, case: str) -> None:
    """Each is proven until one thing is changed."""
    ends, change, reason = REFUSED[case]
    assert "proven" == public.prove(*ends).verdict
    change(public)
    found = public.prove(*ends)
    assert (False, True) == (found.verdict == "proven", reason in found.reason), found


FITTING: dict[str, tuple[Ends, Callable]] = {
    "two zones": (LISTEN, lambda n: _zones(n, one="a", two="b")),
    "a target in one of the zones": (FORWARD, lambda n: _zones(n, one="a", two="b", private="a")),
    "a network load balancer in one zone": (
        LISTEN,
        lambda n: (_network(n, "TCP", "TCP"), n.change("aws_lb.main", subnets=["<aws_subnet.one>"])),
    ),
    "TLS to TCP": (FORWARD, lambda n: _network(n, "TLS", "TCP")),
    "a rule for less": (FORWARD, lambda n: _rules(n, "/api/v1/health")),
    "a rule for others": (FORWARD, lambda n: _rules(n, "/api/v2/*")),
    "a rule that may fit less": (FORWARD, lambda n: _rules(n, "/api/v?/*")),
    "a later rule for more": (FORWARD, lambda n: _rules(n, "/api/*", priority=3)),
}


@pytest.mark.parametrize("case", FITTING)
def test_what_only_looks_alike_gets_its_requests(public, case: str) -> None:
    """The neighbour of each refusal is no refusal."""
    ends, change = FITTING[case]
    change(public)
    found = public.prove(*ends)
    assert "proven" == found.verdict, found
