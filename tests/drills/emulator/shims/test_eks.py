"""Add-ons, access entries and pod identities of a cluster."""

import uuid

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/deploy"
POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


@pytest.fixture
def eks(client):
    """A client of EKS."""
    return client("eks")


@pytest.fixture
def cluster(eks):
    """The name of a new cluster."""
    name = f"cluster-{uuid.uuid4().hex[:8]}"
    settings = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    role = "arn:aws:iam::123456789012:role/cluster"
    eks.create_cluster(name=name, roleArn=role, resourcesVpcConfig={}, accessConfig=settings)
    return name


def refused(call, **arguments) -> str:
    """The code of the error that a call ends in."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_an_addon_is_kept_and_deleted(eks, cluster):
    """What was asked for comes back, until it is deleted."""
    which = {"clusterName": cluster, "addonName": "vpc-cni"}
    eks.create_addon(**which, configurationValues='{"enableNetworkPolicy":"true"}', tags={"a": "b"})
    found = eks.describe_addon(**which)["addon"]
    eks.delete_addon(**which)
    assert ("ACTIVE", {"a": "b"}) == (found["status"], found["tags"])
    assert '{"enableNetworkPolicy":"true"}' == found["configurationValues"]
    assert "ResourceNotFoundException" == refused(eks.describe_addon, **which)


def test_addons_are_listed(eks, cluster):
    """By name, and only the cluster's own."""
    for name in ("vpc-cni", "coredns"):
        eks.create_addon(clusterName=cluster, addonName=name)
    assert ["coredns", "vpc-cni"] == eks.list_addons(clusterName=cluster)["addons"]
    assert [] == eks.list_addons(clusterName=f"{cluster}-2")["addons"]


def test_a_change_of_a_node_group_has_succeeded(eks, cluster):
    """Who waits for the update that a change gives sees it end, and the node group is changed."""
    which = {"clusterName": cluster, "nodegroupName": "main"}
    eks.create_nodegroup(**which, subnets=["subnet-1"], nodeRole=ROLE)
    sizes = {"minSize": 4, "maxSize": 6, "desiredSize": 4}
    asked = eks.update_nodegroup_config(**which, scalingConfig=sizes)["update"]
    update = eks.describe_update(name=cluster, updateId=asked["id"], nodegroupName="main")["update"]
    assert (asked["id"], "Successful") == (update["id"], update["status"])
    assert sizes == eks.describe_nodegroup(**which)["nodegroup"]["scalingConfig"]


def test_a_pod_identity_is_kept_and_deleted(eks, cluster):
    """An association is found by the id it was given."""
    asked = {"clusterName": cluster, "namespace": "biotech-x", "serviceAccount": "api", "roleArn": ROLE}
    made = eks.create_pod_identity_association(**asked)["association"]
    which = {"clusterName": cluster, "associationId": made["associationId"]}
    found = eks.describe_pod_identity_association(**which)["association"]
    eks.delete_pod_identity_association(**which)
    assert asked == {name: found[name] for name in asked}
    assert "ResourceNotFoundException" == refused(eks.describe_pod_identity_association, **which)


def test_an_access_entry_is_kept_and_deleted(eks, cluster):
    """A principal with slashes and colons in its name is one principal."""
    which = {"clusterName": cluster, "principalArn": ROLE}
    eks.create_access_entry(**which)
    found = eks.describe_access_entry(**which)["accessEntry"]
    eks.delete_access_entry(**which)
    assert (ROLE, "STANDARD") == (found["principalArn"], found["type"])
    assert "ResourceNotFoundException" == refused(eks.describe_access_entry, **which)


def test_an_access_policy_is_listed_until_it_is_taken_away(eks, cluster):
    """A policy belongs to its principal in its cluster."""
    which = {"clusterName": cluster, "principalArn": ROLE}
    scope = {"type": "cluster"}
    eks.associate_access_policy(**which, policyArn=POLICY, accessScope=scope)
    listed = eks.list_associated_access_policies(**which)["associatedAccessPolicies"]
    eks.disassociate_access_policy(**which, policyArn=POLICY)
    left = eks.list_associated_access_policies(**which)["associatedAccessPolicies"]
    assert [(POLICY, scope)] == [(item["policyArn"], item["accessScope"]) for item in listed]
    assert [] == left


def test_who_may_administer_a_cluster_is_given_back(eks, cluster):
    """moto forgets a cluster's access settings."""
    found = eks.describe_cluster(name=cluster)["cluster"]["accessConfig"]
    assert ("API", False) == (found["authenticationMode"], found["bootstrapClusterCreatorAdminPermissions"])


def test_how_nodes_are_replaced_is_given_back(eks, cluster):
    """moto forgets a node group's update settings, and makes an SSH key up."""
    which = {"clusterName": cluster, "nodegroupName": "main"}
    update = {"maxUnavailablePercentage": 33}
    eks.create_nodegroup(**which, subnets=["subnet-1"], nodeRole=ROLE, updateConfig=update)
    found = eks.describe_nodegroup(**which)["nodegroup"]
    assert (update, None) == (found["updateConfig"], found.get("remoteAccess"))


def test_an_unknown_cluster_is_moto_s_answer(eks):
    """What moto refuses stays refused."""
    assert "ResourceNotFoundException" == refused(eks.describe_cluster, name="absent")
