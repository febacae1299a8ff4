"""Which Kubernetes objects belong to what is drawn."""

import pytest

from asbuilt.prove.objects import object_owners

WEB = {
    "metadata": {"labels": {"app": "web", "tier": "front"}},
    "spec": {"serviceAccountName": "web", "volumes": [{"name": "c", "configMap": {"name": "web"}}, {}]},
}
TIER = {"key": "tier", "operator": "In", "values": ["front", "edge"]}


def owners(things) -> dict[str, set[str]]:
    """Owners by name."""
    found: dict[str, set[str]] = {}
    for name, owner in object_owners(things.manifests):
        found.setdefault(name, set()).add(owner)
    return found


@pytest.mark.parametrize(
    ("name", "spec", "expected"),
    [
        ("shop/ServiceAccount/web", {}, True),
        ("shop/ServiceAccount/default", {}, False),
        ("other/ServiceAccount/web", {}, False),
        ("cluster/Namespace/shop", {}, True),
        ("cluster/Namespace/other", {}, False),
        ("shop/Service/web", {"selector": {"app": "web"}}, True),
        ("shop/Service/web", {"selector": {"app": "web", "tier": "back"}}, False),
        ("shop/Service/web", {"selector": {}}, False),
        ("shop/Service/web", {}, False),
        ("other/Service/web", {"selector": {"app": "web"}}, False),
        ("shop/PodDisruptionBudget/web", {"selector": {"matchLabels": {"app": "web"}}}, True),
        ("shop/PodDisruptionBudget/web", {"selector": {"matchLabels": {"app": "api"}}}, False),
        ("shop/HorizontalPodAutoscaler/web", {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}, True),
        (
            "shop/HorizontalPodAutoscaler/web",
            {"scaleTargetRef": {"kind": "Deployment", "name": "api"}},
            False,
        ),
        ("shop/ConfigMap/web", {}, True),
        ("shop/ConfigMap/api", {"selector": {"app": "web"}}, False),
        ("shop/NetworkPolicy/all", {"podSelector": {}}, True),
        ("shop/NetworkPolicy/web", {"podSelector": {"matchExpressions": [TIER]}}, True),
        ("shop/NetworkPolicy/api", {"podSelector": {"matchLabels": {"app": "api"}}}, False),
        ("other/NetworkPolicy/all", {"podSelector": {}}, False),
    ],
)
def test_objects_belong_to_the_workload_they_serve(system, manifest, name, spec, expected):
    """A Service, an account, a namespace, an autoscaler belong to the workload they select or name."""
    workload = manifest("shop/Deployment/web", template=WEB)
    found = owners(system(workload, manifest(name, **spec)))
    assert found.get(name, set()) == ({"shop/Deployment/web"} if expected else set())


def test_a_workload_without_account_runs_under_the_default_one(system, manifest):
    """Kubernetes gives a pod its namespace's default account."""
    workload = manifest("shop/Deployment/web", template={"spec": {}})
    assert owners(system(workload))["shop/ServiceAccount/default"] == {"shop/Deployment/web"}


def test_a_binding_belongs_to_its_service(system, manifest):
    """What registers a Service's pods in a target group is a part of that Service."""
    binding = manifest("shop/TargetGroupBinding/web", serviceRef={"name": "web", "port": 80})
    assert owners(system(binding)) == {"shop/TargetGroupBinding/web": {"shop/Service/web"}}


def test_a_role_belongs_to_who_may_use_it(system, manifest):
    """By its binding, in whatever namespace the account is."""
    binding = manifest("shop/RoleBinding/read")
    binding.body["roleRef"] = {"kind": "Role", "name": "read"}
    binding.body["subjects"] = [{"kind": "ServiceAccount", "name": "web", "namespace": "front"}]
    found = owners(system(binding))
    assert found["shop/Role/read"] == {"shop/RoleBinding/read"}
    assert found["shop/RoleBinding/read"] == {"front/ServiceAccount/web"}
