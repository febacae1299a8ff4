"""A small shop in one account, of which each test changes what it is about."""

import json
from typing import Any

import pytest

from asbuilt.claims import Permission
from asbuilt.infrastructure import Infrastructure, Location, Manifest, Resource
from asbuilt.prove import Finding
from asbuilt.prove.permission import PermissionProver

ACCOUNT = "111122223333"
PLACE = f"eu-west-1:{ACCOUNT}"
KEY = f"arn:aws:kms:{PLACE}:key/data"


def allow(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that denies."""
    return allow(actions, resources, **more) | {"Effect": "Deny"}


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> str:
    """A policy document."""
    return json.dumps({"Version": version, "Statement": list(statements)})


def trust(*services: str, **more: Any) -> str:
    """A trust policy for services."""
    named = [f"{service}.amazonaws.com" for service in services]
    actions = ["sts:AssumeRole", "sts:TagSession"]
    return policy({"Effect": "Allow", "Action": actions, "Principal": {"Service": named}, **more})


ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
TLS_ONLY = {"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}

_RESOURCES: dict[str, dict[str, Any]] = {
    "aws_eks_cluster.main": {"name": "shop", "id": "shop", "arn": f"arn:aws:eks:{PLACE}:cluster/shop"},
    "aws_eks_addon.agent": {"cluster_name": "shop", "addon_name": "eks-pod-identity-agent"},
    "aws_eks_pod_identity_association.api": {
        "cluster_name": "shop",
        "namespace": "shop",
        "service_account": "api",
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/api",
    },
    "aws_kms_key.data": {
        "arn": KEY,
        "id": "data",
        "key_id": "data",
        "is_enabled": True,
        "policy": policy(allow("kms:*", Sid="Account", Principal=ROOT)),
    },
    "aws_s3_bucket.files": {
        "arn": "arn:aws:s3:::files",
        "id": "files",
        "bucket": "files",
        "bucket_regional_domain_name": "files.s3.eu-west-1.amazonaws.com",
        "region": "eu-west-1",
    },
    "aws_s3_bucket_policy.files": {
        "bucket": "files",
        "policy": policy(deny("s3:*", ["arn:aws:s3:::files", "arn:aws:s3:::files/*"], Sid="Tls", **TLS_ONLY)),
    },
    "aws_s3_bucket_server_side_encryption_configuration.files": {
        "bucket": "files",
        "rule": [
            {
                "bucket_key_enabled": True,
                "apply_server_side_encryption_by_default": [
                    {"sse_algorithm": "aws:kms", "kms_master_key_id": KEY}
                ],
            }
        ],
    },
    "aws_sns_topic.news": {
        "arn": f"arn:aws:sns:{PLACE}:news",
        "id": f"arn:aws:sns:{PLACE}:news",
        "name": "news",
    },
    "aws_sqs_queue.news": {
        "arn": f"arn:aws:sqs:{PLACE}:news",
        "id": "https://sqs/news",
        "url": "https://sqs/news",
        "name": "news",
    },
}


class World:
    """Resources and manifests that a test changes before it asks the prover."""

    allow, deny, policy, trust = map(staticmethod, (allow, deny, policy, trust))
    account, place, key, root = ACCOUNT, PLACE, KEY, ROOT

    def __init__(self) -> None:
        self.resources = {address: dict(values) for address, values in _RESOURCES.items()}
        self.manifests: dict[str, dict[str, Any]] = {}
        self.references: dict[str, dict[str, tuple[str, ...]]] = {}
        self.workload("api")
        self.role("api", trust("pods.eks"))
        self.grant("api", allow("s3:PutObject", "arn:aws:s3:::files/*", Sid="Put"))
        self.grant("api", allow(["kms:GenerateDataKey", "kms:Decrypt"], KEY, Sid="Key"), name="key")

    def workload(self, name: str, kind: str = "Deployment") -> None:
        """A Kubernetes workload with a service account of its own name."""
        pod = {"spec": {"serviceAccountName": name}}
        self.manifests[f"shop/{kind}/{name}"] = {"kind": kind, "spec": {"template": pod}}
        self.manifests[f"shop/ServiceAccount/{name}"] = {"kind": "ServiceAccount", "metadata": {}}

    def role(self, name: str, document: str, **more: Any) -> str:
        """A role with its trust policy; gives its ARN."""
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        self.set(
            f"aws_iam_role.{name}",
            arn=arn,
            id=name,
            name=name,
            unique_id="AROA" + name,
            assume_role_policy=document,
        )
        self.set(f"aws_iam_role.{name}", **more)
        return arn

    def grant(self, role: str, *statements: dict[str, Any], name: str = "") -> None:
        """An inline policy of a role; the same name replaces it."""
        self.set(
            f"aws_iam_role_policy.{name or role}", role=role, name=name or role, policy=policy(*statements)
        )

    def set(self, address: str, **values: Any) -> None:
        """Create a resource or change some of its arguments."""
        self.resources.setdefault(address, {}).update(values)

    def drop(self, address: str) -> None:
        """Remove a resource."""
        del self.resources[address]

    def infrastructure(self) -> Infrastructure:
        """Everything, as the readers would give it."""
        resources = tuple(
            Resource(
                address,
                address.removeprefix("data.").split(".")[0],
                values,
                self.references.get(address, {}),
                Location("main.tf", line),
            )
            for line, (address, values) in enumerate(self.resources.items(), 1)
        )
        place = Location("all.yaml", 1)
        return Infrastructure(
            resources, tuple(Manifest(n, body, place) for n, body in self.manifests.items())
        )

    def prove(self, source: str, action: str, target: str) -> Finding:
        """The verdict over one claim."""
        return PermissionProver(self.infrastructure()).prove(source, target, Permission(action))

    def put(self) -> Finding:
        """The verdict over the claim that most tests are about."""
        return self.prove("shop/Deployment/api", "s3:PutObject", "aws_s3_bucket.files")

    def unencrypted(self) -> "World":
        """The same shop without a key on its bucket."""
        self.drop("aws_s3_bucket_server_side_encryption_configuration.files")
        return self


@pytest.fixture
def world() -> World:
    """The shop."""
    return World()


@pytest.fixture
def plain() -> World:
    """The shop with a bucket that no key encrypts."""
    return World().unencrypted()
