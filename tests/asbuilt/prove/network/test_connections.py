"""All pairs of workloads at once, and the ways that rules name."""

import itertools

import pytest

from asbuilt.prove.network.connections import connections, paths
from asbuilt.prove.network.policies import Policies


def workload(net, name: str, **spec) -> None:
    """A workload with a port `http` of its own number."""
    port = {"name": "http", "containerPort": 8000 + len(net.manifests)}
    template = {
        "metadata": {"labels": {"app": name.rpartition("/")[2]}},
        "spec": {"containers": [{"ports": [port]}], **spec},
    }
    net.object(name, spec={"template": template})


def policy(net, name: str, app: str, **spec) -> None:
    """A policy for the pods of one workload."""
    net.object(f"shop/NetworkPolicy/{name}", spec={"podSelector": {"matchLabels": {"app": app}}, **spec})


def of(*apps: str) -> list:
    """Peers by the label `app`."""
    return [{"podSelector": {"matchLabels": {"app": app}}} for app in apps]


@pytest.fixture
def three(net):
    """Three workloads, of which one is called by the others only at its named port."""
    for name in ("web", "api", "batch"):
        workload(net, f"shop/Deployment/{name}")
    policy(net, "api", "api", ingress=[{"from": of("web", "batch"), "ports": [{"port": "http"}]}])
    return net


def open_at(net, port: int, protocol: str = "tcp") -> set[str]:
    """Who may call whom at a port."""
    policies = Policies(net.infrastructure())
    names = [one.name.rpartition("/")[2] for one in policies.reader.workloads]
    return {
        f"{names[source]} → {names[target]}"
        for (first, last), rows in connections(policies, protocol)
        if first <= port <= last
        for source, row in enumerate(rows)
        for target in range(len(rows))
        if row >> target & 1 and source != target and "coredns" not in (names[source], names[target])
    }


FREE = {"web → batch", "batch → web", "api → web", "api → batch"}


def test_every_port_of_every_pair(three) -> None:
    """The ranges cover all ports; the named one is that of the pod that is called."""
    spans = [span for span, _ in connections(Policies(three.infrastructure()), "tcp")]
    assert (0, 65535) == (spans[0][0], spans[-1][1])
    assert all(one[1] + 1 == other[0] for one, other in itertools.pairwise(spans))
    assert FREE | {"web → api", "batch → api"} == open_at(three, 8001)
    assert FREE == open_at(three, 8000) == open_at(three, 8002) == open_at(three, 8001, "udp")


HIDDEN = {
    "the node's network": lambda net: workload(net, "shop/Deployment/web", hostNetwork=True),
    "a policy that is not read": lambda net: net.object("shop/CiliumNetworkPolicy/x", spec={}),
    "a label that is not known": lambda net: net.object(
        "shop/NetworkPolicy/x",
        spec={"podSelector": {"matchExpressions": [{"key": "pod-template-hash", "operator": "Exists"}]}},
    ),
}


@pytest.mark.parametrize("what", HIDDEN)
def test_what_is_not_sure_is_not_open(three, what: str) -> None:
    """A way is listed only where nothing can close it."""
    HIDDEN[what](three)
    assert "batch → web" not in open_at(three, 8001)


def named(net) -> set[str]:
    """The ways that rules name, with the rule."""
    return {
        f"{path.source.name.rpartition('/')[2]} → {path.target.name.rpartition('/')[2]}: {path.rule.address}"
        for path in paths(Policies(net.infrastructure()))
    }


def test_ways_are_told_with_the_rule_at_their_head(three) -> None:
    """Once each, even where the tail's policy names them too."""
    policy(three, "web", "web", policyTypes=["Egress"], egress=[{"to": of("api", "batch")}])
    assert {
        "web → api: shop/NetworkPolicy/api.ingress[0]",
        "batch → api: shop/NetworkPolicy/api.ingress[0]",
        "web → batch: shop/NetworkPolicy/web.egress[0]",
    } == named(three)


def test_ways_that_the_other_end_closes_are_none(three) -> None:
    """Both ends have to let a way be; a rule for anybody names nobody."""
    policy(three, "web", "web", policyTypes=["Egress"], egress=[{"to": of("batch")}])
    policy(three, "batch", "batch", ingress=[{}])
    assert {
        "batch → api: shop/NetworkPolicy/api.ingress[0]",
        "web → batch: shop/NetworkPolicy/web.egress[0]",
    } == named(three)


def test_pods_of_one_workload_are_no_way(three) -> None:
    """What brokers say to each other is nothing that an arrow could show."""
    policy(three, "batch", "batch", ingress=[{"from": of("batch")}])
    assert {"api"} == {one.rpartition("/")[2].partition(".")[0] for one in named(three)}
