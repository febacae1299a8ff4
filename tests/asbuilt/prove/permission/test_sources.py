"""Identities outside the files that sign in with a token."""

import pytest

HOST = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{HOST}"
ASK = ("sts:AssumeRoleWithWebIdentity", "aws_iam_role.deploy")


@pytest.fixture
def delivery(world):
    """GitHub's provider, and a role for one environment of one repository."""
    world.set(
        "aws_iam_openid_connect_provider.github", arn=PROVIDER, url=HOST, client_id_list=["sts.amazonaws.com"]
    )
    equals = {f"{HOST}:sub": "repo:shop/web:environment:live", f"{HOST}:aud": "sts.amazonaws.com"}
    statement = {
        "Sid": "Deploy",
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": PROVIDER},
        "Condition": {"StringEquals": equals},
    }
    world.statement = statement
    world.role("deploy", world.policy(statement))
    return world


def test_a_workflow_takes_its_role(delivery):
    """The reason names the token that is let in, and the proof its statement."""
    found = delivery.prove("external/github", *ASK)
    assert "proven" == found.verdict
    assert f"with {HOST}:sub repo:shop/web:environment:live" in found.reason
    assert [
        "aws_iam_openid_connect_provider.github",
        "aws_iam_role.deploy#Deploy",
        "aws_iam_role.deploy",
    ] == [evidence.address for evidence in found.evidence]


BROKEN = {
    "another audience": ({"Condition": {"StringEquals": {f"{HOST}:aud": "sigstore"}}}, "refuted"),
    "a wildcard that is none": (
        {"Condition": {"StringEquals": {f"{HOST}:sub": "repo:shop/web:*"}}},
        "refuted",
    ),
    "any subject": ({"Condition": {"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}}}, "unknown"),
    "a subject that GitHub never gives": (
        {"Condition": {"StringLike": {f"{HOST}:sub": "project:*"}}},
        "refuted",
    ),
    "a pattern of repositories": ({"Condition": {"StringLike": {f"{HOST}:sub": "repo:shop/*"}}}, "proven"),
    "a claim that cannot be told": ({"Condition": {"StringEquals": {f"{HOST}:actor": "me"}}}, "unknown"),
    "another provider": ({"Principal": {"Federated": PROVIDER + "2"}}, "refuted"),
    "a service": ({"Principal": {"Service": "ec2.amazonaws.com"}}, "refuted"),
    "everybody": ({"Principal": {"AWS": "*"}}, "unknown"),
    "another action": ({"Action": "sts:AssumeRoleWithSAML"}, "refuted"),
    "a deny": ({"Effect": "Deny"}, "refuted"),
}


@pytest.mark.parametrize(("change", "verdict"), BROKEN.values(), ids=BROKEN.keys())
def test_a_trust_policy_decides_about_tokens(delivery, change, verdict):
    """Provider, audience and subject must fit a token that the issuer can give."""
    delivery.role("deploy", delivery.policy({**delivery.statement, **change}))
    assert verdict == delivery.prove("external/github", *ASK).verdict


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("external/github-actions", "proven"),
        ("external/scientist", "unknown"),
        ("external/user", "unknown"),
        ("external/token", "unknown"),
    ],
)
def test_a_node_is_a_provider_only_by_its_name(delivery, source, verdict):
    """A person who is drawn is not GitHub."""
    assert verdict == delivery.prove(source, *ASK).verdict


def test_an_outside_node_does_nothing_but_sign_in(delivery):
    """What an outside identity does afterwards is an arrow of the role."""
    assert "unknown" == delivery.prove("external/github", "s3:PutObject", "aws_s3_bucket.files").verdict
