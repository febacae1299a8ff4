"""Objects that are made for others, and find none."""

import pytest

from asbuilt.prove.network import NetworkProver

API = {"app": "api"}
IDLE = {
    "Service": ({"selector": {"app": "gone"}}, {"selector": API}),
    "NetworkPolicy": (
        {"podSelector": {"matchLabels": {"app": "gone"}}},
        {"podSelector": {"matchLabels": API}},
    ),
    "PodDisruptionBudget": (
        {"selector": {"matchLabels": {"app": "gone"}}},
        {"selector": {"matchLabels": API}},
    ),
    "HorizontalPodAutoscaler": (
        {"scaleTargetRef": {"kind": "Deployment", "name": "gone"}},
        {"scaleTargetRef": {"kind": "Deployment", "name": "api"}},
    ),
}
MEANT = {
    "no selector": ("Service", {"ports": []}),
    "another name": ("Service", {"type": "ExternalName", "selector": {"app": "gone"}}),
    "all pods": ("NetworkPolicy", {"podSelector": {}}),
}


@pytest.fixture
def shop(net):
    """One workload, and one of the same labels in another namespace."""
    for namespace in ("shop", "other"):
        pod = {"metadata": {"labels": {"app": "api" if namespace == "shop" else "gone"}}}
        net.object(f"{namespace}/Deployment/api", spec={"template": pod})
    return net


def idle(net) -> list[str]:
    """The names of what is for nothing."""
    return [one.address for one in NetworkProver(net.infrastructure()).idle()]


@pytest.mark.parametrize("kind", IDLE)
def test_a_selector_that_selects_nothing_is_told(shop, kind: str) -> None:
    """Pods of another namespace do not count; one that selects something is fine."""
    wrong, right = IDLE[kind]
    shop.object(f"shop/{kind}/x", spec=wrong)
    assert [f"shop/{kind}/x"] == idle(shop)
    shop.object(f"shop/{kind}/x", spec=right)
    assert [] == idle(shop)


@pytest.mark.parametrize("what", MEANT)
def test_what_selects_nothing_on_purpose_is_fine(shop, what: str) -> None:
    """A Service without a selector, another name for a host, and a policy for a whole namespace."""
    kind, spec = MEANT[what]
    shop.object(f"empty/{kind}/x", spec=spec)
    assert [] == idle(shop)
