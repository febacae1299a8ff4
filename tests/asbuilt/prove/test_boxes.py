"""Members of boxes: where they are inside, where not, and where nothing tells."""

from typing import Any

import pytest

from asbuilt.infrastructure import UNKNOWN, Infrastructure, Location, Manifest, Resource
from asbuilt.prove.boxes import BoxProver

ACCOUNT = "123456789012"


def _resource(address: str, **values: Any) -> Resource:
    type_ = address.removeprefix("data.").split(".")[0]
    return Resource(address, type_, {"id": f"<{address}>", **values}, {}, Location("main.tf", 1))


def _object(name: str, **body: Any) -> Manifest:
    return Manifest(name, body, Location("objects.yaml", 1))


RESOURCES = {
    one.address: one
    for one in (
        _resource("aws_vpc.main", cidr_block="10.0.0.0/16"),
        _resource("aws_vpc.other", cidr_block="10.1.0.0/16"),
        _resource('aws_subnet.private["a"]', vpc_id="<aws_vpc.main>", cidr_block="10.0.0.0/24"),
        _resource('aws_subnet.private["b"]', vpc_id="<aws_vpc.main>", cidr_block="10.0.1.0/24"),
        _resource("aws_subnet.public", vpc_id="<aws_vpc.main>", cidr_block="10.0.2.0/24"),
        _resource("aws_subnet.elsewhere", vpc_id="<aws_vpc.other>", cidr_block="10.1.0.0/24"),
        _resource("aws_security_group.node", vpc_id="<aws_vpc.main>"),
        _resource("aws_security_group.other", vpc_id="<aws_vpc.main>"),
        _resource(
            "aws_db_subnet_group.main",
            name="main",
            subnet_ids=['<aws_subnet.private["a"]>', '<aws_subnet.private["b"]>'],
        ),
        _resource(
            "aws_db_instance.main",
            db_subnet_group_name="main",
            vpc_security_group_ids=["<aws_security_group.other>"],
            arn=f"arn:aws:rds:us-east-1:{ACCOUNT}:db:main",
        ),
        _resource(
            "aws_eks_cluster.main",
            name="main",
            arn=f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/main",
            vpc_config=[{"subnet_ids": ['<aws_subnet.private["a"]>'], "security_group_ids": []}],
        ),
        _resource("aws_launch_template.node", vpc_security_group_ids=["<aws_security_group.node>"]),
        _resource(
            "aws_eks_node_group.main",
            cluster_name="main",
            subnet_ids=['<aws_subnet.private["a"]>', '<aws_subnet.private["b"]>'],
            launch_template=[{"id": "<aws_launch_template.node>"}],
        ),
        _resource("aws_eks_addon.cni", cluster_name="main"),
        _resource("aws_eks_pod_identity_association.api", cluster_name="main", namespace="shop"),
        _resource("aws_nat_gateway.main", subnet_id="<aws_subnet.public>"),
        _resource("aws_internet_gateway.main", vpc_id="<aws_vpc.main>"),
        _resource("aws_vpc_endpoint.s3", vpc_id="<aws_vpc.main>", vpc_endpoint_type="Gateway"),
        _resource("aws_lambda_function.free", vpc_config=[]),
        _resource("aws_s3_bucket.files", arn="arn:aws:s3:::files"),
        _resource("aws_sqs_queue.far", arn="arn:aws:sqs:eu-west-1:999999999999:far"),
        _resource("aws_ecs_cluster.main", arn="arn:ecs"),
        _resource("aws_ecs_service.web", cluster="arn:ecs"),
        _resource("aws_iam_role.api", arn=f"arn:aws:iam::{ACCOUNT}:role/api"),
        _resource("aws_quantum_computer.main"),
        _resource("data.aws_caller_identity.current", account_id=ACCOUNT),
        _resource("data.aws_region.current", name="us-east-1"),
    )
}
POD = {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": []}}
OBJECTS = (
    _object("cluster/Namespace/shop"),
    _object("shop/Deployment/api", spec={"template": POD}),
    _object("shop/Service/api", spec={"selector": {"app": "api"}}),
    _object("other/Deployment/api", spec={"template": POD}),
)


def _prove(box: str, node: str, **changed: dict[str, Any]) -> Any:
    found = dict(RESOURCES)
    for address, values in changed.items():
        old = RESOURCES[address.replace("__", ".")]
        found[old.address] = _resource(old.address, **{**old.values, **values})
    return BoxProver(Infrastructure(tuple(found.values()), OBJECTS)).prove(box, node)


INSIDE = [
    ("aws_subnet.private", "aws_db_instance.main"),
    ("aws_vpc.main", "aws_db_instance.main"),
    ("aws_subnet.private", "shop/Deployment/api"),
    ("aws_vpc.main", "shop/Deployment/api"),
    ("aws_vpc.main", "shop/Service/api"),
    ("aws_subnet.private", "aws_eks_cluster.main"),
    ('aws_subnet.private["a"]', "aws_eks_cluster.main"),
    ("aws_subnet.public", "aws_nat_gateway.main"),
    ("aws_vpc.main", "aws_nat_gateway.main"),
    ("aws_vpc.main", "aws_internet_gateway.main"),
    ("aws_vpc.main", "aws_vpc_endpoint.s3"),
    ("aws_vpc.main", "aws_subnet.private"),
    ("aws_vpc.main", "aws_db_subnet_group.main"),
    ("aws_security_group.node", "shop/Deployment/api"),
    ("aws_eks_cluster.main", "shop/Deployment/api"),
    ("aws_eks_cluster.main", "aws_eks_node_group.main"),
    ("aws_eks_cluster.main", "aws_eks_addon.cni"),
    ("aws_ecs_cluster.main", "aws_ecs_service.web"),
    ("cluster/Namespace/shop", "shop/Deployment/api"),
    ("cluster/Namespace/shop", "aws_eks_pod_identity_association.api"),
    ("data.aws_caller_identity.current", "aws_db_instance.main"),
    ("data.aws_caller_identity.current", "shop/Deployment/api"),
    ("data.aws_region.current", "aws_db_instance.main"),
]


@pytest.mark.parametrize(("box", "node"), INSIDE)
def test_what_is_inside_is_proven_with_evidence(box: str, node: str) -> None:
    """Through its own subnets, its subnet group, its nodes, its cluster, its namespace or its ARN."""
    found = _prove(box, node)
    assert "proven" == found.verdict, found.reason
    assert found.evidence


OUTSIDE = [
    ("aws_vpc.main", "external/internet", "stands outside"),
    ("aws_vpc.main", "aws_s3_bucket.files", "is not in a VPC"),
    ("aws_vpc.main", "aws_lambda_function.free", "is not in a VPC"),
    ("aws_vpc.other", "aws_db_instance.main", "is in aws_vpc.main, not in aws_vpc.other"),
    ("aws_subnet.public", "aws_db_instance.main", "not in aws_subnet.public"),
    ('aws_subnet.private["a"]', "aws_db_instance.main", 'is in aws_subnet.private["b"]'),
    ("aws_subnet.private", "aws_nat_gateway.main", "is in aws_subnet.public"),
    ("aws_security_group.node", "aws_db_instance.main", "is not in aws_security_group.node"),
    ("aws_eks_cluster.main", "aws_db_instance.main", "is no part of aws_eks_cluster.main"),
    ("cluster/Namespace/shop", "other/Deployment/api", "is in the namespace other"),
    ("cluster/Namespace/shop", "aws_db_instance.main", "is no Kubernetes object"),
    ("data.aws_caller_identity.current", "aws_sqs_queue.far", "in the account 999999999999"),
    ("data.aws_region.current", "aws_sqs_queue.far", "in the region eu-west-1"),
    ("data.aws_region.current", "aws_iam_role.api", "of a global service"),
]


@pytest.mark.parametrize(("box", "node", "reason"), OUTSIDE)
def test_what_is_not_inside_is_refuted(box: str, node: str, reason: str) -> None:
    """The reason says where it is instead."""
    found = _prove(box, node)
    assert ("refuted", True) == (found.verdict, reason in found.reason), found


OPEN = [
    (
        "aws_quantum_computer.main",
        "aws_db_instance.main",
        "does not know what is inside of aws_quantum_computer",
    ),
    ("aws_vpc.main", "aws_quantum_computer.main", "aws_quantum_computer"),
    ("aws_eks_cluster.main", "aws_quantum_computer.main", "aws_quantum_computer"),
    ("aws_vpc.gone", "aws_db_instance.main", "aws_vpc.gone is not there"),
    ("aws_vpc.main", "aws_db_instance.main[3]", "aws_db_instance.main[3] is not there"),
    ("data.aws_caller_identity.current", "aws_s3_bucket.files", "nothing tells the account"),
]


@pytest.mark.parametrize(("box", "node", "reason"), OPEN)
def test_what_is_not_told_is_unknown(box: str, node: str, reason: str) -> None:
    """An unknown type is named, and so is what is not there."""
    found = _prove(box, node)
    assert ("unknown", True) == (found.verdict, reason in found.reason), found


def test_moved_members_are_caught() -> None:
    """One subnet of a subnet group elsewhere, a node group elsewhere, subnets that are not told."""
    both = {"subnet_ids": ['<aws_subnet.private["a"]>', "<aws_subnet.elsewhere>"]}
    assert "refuted" == _prove("aws_vpc.main", "aws_db_instance.main", aws_db_subnet_group__main=both).verdict
    nodes = {"subnet_ids": ["<aws_subnet.public>"]}
    found = _prove("aws_subnet.private", "shop/Deployment/api", aws_eks_node_group__main=nodes)
    assert ("refuted", True) == (found.verdict, "is in aws_subnet.public" in found.reason)
    hidden = {"subnet_ids": UNKNOWN}
    assert (
        "unknown" == _prove("aws_vpc.main", "aws_db_instance.main", aws_db_subnet_group__main=hidden).verdict
    )
