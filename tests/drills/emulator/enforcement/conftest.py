"""Roles whose every request is judged."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.client import Config
from botocore.exceptions import ClientError

from drills.emulator import Emulator

REGION = "eu-central-1"
Role = Callable[..., Callable[[str], Any]]


@pytest.fixture
def role(emulator: Emulator, client: Callable[[str], Any]) -> Role:
    """Makes a role with statements; gives what makes clients under it. `named` tells the role's name."""

    def make(*statements: dict[str, Any], **session: Any) -> Callable[[str], Any]:
        iam, name = client("iam"), f"role-{uuid.uuid4().hex[:8]}"
        boundary = session.pop("boundary", None)
        limited = {"PermissionsBoundary": _policy(iam, boundary)} if boundary else {}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}", **limited)["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=document(*statements))
        taken = client("sts").assume_role(RoleArn=arn, RoleSessionName="test", **session)["Credentials"]
        return lambda service: boto3.client(
            service,
            endpoint_url=emulator.url,
            region_name=REGION,
            aws_access_key_id=taken["AccessKeyId"],
            aws_secret_access_key=taken["SecretAccessKey"],
            aws_session_token=taken["SessionToken"],
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )

    return make


@pytest.fixture
def bucket(client: Callable[[str], Any]) -> str:
    """The name of a new bucket with one file, `raw/a`."""
    s3, name = client("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=name, Key="raw/a", Body=b"a")
    return name


def document(*statements: dict[str, Any]) -> str:
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _policy(iam: Any, *statements: dict[str, Any]) -> str:
    made = iam.create_policy(
        PolicyName=f"policy-{uuid.uuid4().hex[:8]}", PolicyDocument=document(*statements)
    )
    return made["Policy"]["Arn"]


@pytest.fixture
def outcome() -> Callable[..., str]:
    """Calls, and gives `allowed` or the error's code."""

    def call(operation: Callable[..., Any], **arguments: Any) -> str:
        try:
            operation(**arguments)
        except ClientError as error:
            return error.response["Error"]["Code"].removesuffix("Exception")
        return "allowed"

    return call
