"""Policies of VPC endpoints on the way."""

import pytest

OBJECTS = "arn:aws:s3:::files/*"
SERVICE = "com.amazonaws.eu-west-1.s3"


@pytest.mark.parametrize(
    ("service", "statement", "verdict"),
    [
        (SERVICE, {"Action": "*", "Resource": "*"}, "proven"),
        (SERVICE, {"Action": "s3:GetObject", "Resource": "*"}, "unknown"),
        (SERVICE, {"Action": "*", "Resource": "arn:aws:s3:::images/*"}, "unknown"),
        (SERVICE, {"Action": "*", "Resource": OBJECTS}, "proven"),
        (SERVICE, {"Action": "*", "Resource": "*", "Effect": "Deny"}, "unknown"),
        ("com.amazonaws.eu-west-1.sqs", {"Action": "sqs:*", "Resource": "*"}, "proven"),
    ],
)
def test_a_request_must_pass_its_endpoint(plain, service, statement, verdict):
    """An endpoint that does not let the action through may be on the way of what runs in a VPC."""
    document = plain.policy({"Effect": "Allow", "Principal": "*", **statement})
    plain.set("aws_vpc_endpoint.x", id="vpce-1", service_name=service, policy=document)
    assert verdict == plain.put().verdict
    assert "proven" == plain.prove("aws_iam_role.api", "s3:PutObject", "aws_s3_bucket.files").verdict


@pytest.mark.parametrize("policy", ["", None])
def test_an_endpoint_without_a_policy_lets_everything_through(plain, policy):
    """AWS' default is full access."""
    plain.set("aws_vpc_endpoint.x", id="vpce-1", service_name=SERVICE, policy=policy)
    assert "proven" == plain.put().verdict


def test_a_separate_policy_is_the_endpoints_own(plain):
    """A policy resource names its endpoint."""
    plain.set("aws_vpc_endpoint.x", id="vpce-1", service_name=SERVICE)
    document = plain.policy(plain.allow("s3:GetObject", Principal="*"))
    plain.set("aws_vpc_endpoint_policy.x", vpc_endpoint_id="vpce-1", policy=document)
    assert ("unknown", True) == (plain.put().verdict, "aws_vpc_endpoint_policy.x" in plain.put().reason)


def test_a_prefix_that_the_endpoint_lets_through_is_found(plain):
    """The keys that endpoint and role allow together are enough."""
    document = plain.policy(plain.allow("*", "arn:aws:s3:::files/in/*", Principal="*"))
    plain.set("aws_vpc_endpoint.x", id="vpce-1", service_name=SERVICE, policy=document)
    assert "proven" == plain.put().verdict


@pytest.mark.parametrize("called", ["kinesis-streams", "kinesis-streams-fips"])
def test_an_endpoint_may_be_called_otherwise_than_its_actions(plain, called):
    """The endpoint of `kinesis:PutRecord` is `kinesis-streams`."""
    plain.grant("api", plain.allow("kinesis:PutRecord"))
    stream = f"arn:aws:kinesis:{plain.place}:stream/s"
    plain.set("aws_kinesis_stream.s", arn=stream, name="s", id="s", encryption_type="NONE")
    ends = ("shop/Deployment/api", "kinesis:PutRecord", "aws_kinesis_stream.s")
    assert "proven" == plain.prove(*ends).verdict
    document = plain.policy(plain.deny("*", Principal="*"))
    service = f"com.amazonaws.eu-west-1.{called}"
    plain.set("aws_vpc_endpoint.x", id="vpce-1", service_name=service, policy=document)
    assert "unknown" == plain.prove(*ends).verdict
