"""What arrows show of the ways that policies open."""

import pytest

from asbuilt.prove.proof import prove


def workload(manifest, name: str):
    """A workload that listens on tcp/8000."""
    labels = {"app": name.rpartition("/")[2]}
    container = {"ports": [{"containerPort": 8000}], "readinessProbe": {"tcpSocket": {"port": 8000}}}
    return manifest(name, template={"metadata": {"labels": labels}, "spec": {"containers": [container]}})


def policy(manifest, name: str, app: str, **spec):
    """A network policy for the pods of one workload."""
    return manifest(f"shop/NetworkPolicy/{name}", podSelector={"matchLabels": {"app": app}}, **spec)


@pytest.fixture
def shop(system, manifest):
    """Web and batch may call the API, and nothing else is let."""
    peers = [
        {"podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "batch"]}]}}
    ]
    to_api = [{"to": [{"podSelector": {"matchLabels": {"app": "api"}}}]}]
    return system(
        *(workload(manifest, f"shop/Deployment/{name}") for name in ("web", "api", "batch")),
        manifest("shop/Service/api", selector={"app": "api"}, ports=[{"port": 8000}]),
        policy(manifest, "api", "api", ingress=[{"from": peers}]),
        policy(manifest, "web", "web", policyTypes=["Egress"], egress=[*to_api, {"ports": DNS}]),
    )


DNS = [{"port": 53, "protocol": protocol} for protocol in ("TCP", "UDP")]
NODES = """
    web = S3("Web", nodeid="shop/Deployment/web")
    batch = S3("Batch", nodeid="shop/Deployment/batch")
    api = S3("API", nodeid="{head}")
"""
EXCUSES = [
    "shop/NetworkPolicy/api",
    "shop/NetworkPolicy/api.ingress[0]",
    "shop/NetworkPolicy/api.ingress[0]: shop/Deployment/batch → shop/Deployment/api",
]


@pytest.mark.parametrize("head", ["shop/Deployment/api", "shop/Service/api"])
def test_a_rule_that_is_used_may_open_more_than_is_drawn(shop, draw, head: str) -> None:
    """A way that a rule names and no arrow shows is a finding, whatever else the rule is for."""
    nodes = NODES.format(head=head)
    one = draw(nodes + '    web >> Edge(label="calls", by="tcp/8000") >> api')
    proof = prove(shop, [one])
    assert ["proven"] == [arrow.finding.verdict for arrow in proof.diagrams[0].arrows]
    undrawn = [item for item in proof.undrawn if item.kind == "path"]
    assert [(EXCUSES[2], "all.yaml", 3)] == [
        (item.address, item.evidence.file, item.evidence.line) for item in undrawn
    ]
    both = draw(nodes + '    [web, batch] >> Edge(label="calls", by="tcp/8000") >> api')
    proof = prove(shop, [both])
    assert {"proven", "absent"} == {arrow.finding.verdict for arrow in proof.diagrams[0].arrows}
    assert [] == [item.address for item in proof.undrawn if item.kind == "path"]


@pytest.mark.parametrize("name", EXCUSES)
def test_a_way_is_excused_by_itself_its_rule_or_its_policy(shop, draw, name: str) -> None:
    """An excused way keeps its reason."""
    drawing = draw(
        NODES.format(head="shop/Deployment/api") + '    web >> Edge(label="calls", by="tcp/8000") >> api'
    )
    proof = prove(shop, [drawing], {name: "It runs at night"})
    assert [] == [item.address for item in proof.undrawn if item.kind == "path"]
    assert (EXCUSES[2], "It runs at night") in [(item.address, item.excuse) for item in proof.excused]


def test_what_selects_nothing_is_one_finding(system, manifest, draw) -> None:
    """Not two, for being neither drawn nor for anything; and it may be excused."""
    drawing = draw('web = S3("Web", nodeid="shop/Deployment/web")')
    idle = manifest("shop/Service/old", selector={"app": "gone"})
    found = system(workload(manifest, "shop/Deployment/web"), idle)
    proof = prove(found, [drawing])
    assert [("shop/Service/old", "selector")] == [(item.address, item.kind) for item in proof.undrawn]
    assert () == prove(found, [drawing], {"shop/Service/old": "It goes next month"}).undrawn
