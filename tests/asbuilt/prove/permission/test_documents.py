"""What a plan tells of policies before apply: names are open, actions are not."""

import pytest

from asbuilt.infrastructure import UNKNOWN, Infrastructure, Symbol
from asbuilt.prove.permission.documents import document
from asbuilt.prove.permission.index import Index

SOURCE = "data.aws_iam_policy_document.api"


@pytest.fixture
def planned(plain):
    """The role's policy comes from a data source that names a bucket which is to be created."""
    plain.set(
        "aws_s3_bucket.files",
        arn=Symbol("${aws_s3_bucket.files.arn}"),
        id=Symbol("${aws_s3_bucket.files.id}"),
    )
    plain.set("aws_s3_bucket_policy.files", bucket=Symbol("${aws_s3_bucket.files.id}"))
    statement = {"actions": ["s3:PutObject"], "resources": [UNKNOWN], "effect": None, "sid": "Put"}
    plain.set(SOURCE, statement=[statement], version=None)
    plain.set("aws_iam_role_policy.api", policy=UNKNOWN)
    plain.references["aws_iam_role_policy.api"] = {"policy": (f"{SOURCE}.json", SOURCE), "role": ()}
    return plain


def test_a_name_known_after_apply_leaves_the_claim_open(planned):
    """The statement speaks of the action, on something that the plan does not name."""
    found = planned.put()
    assert ("unknown", True) == (found.verdict, "aws_iam_role_policy.api#Put" in found.reason)


def test_an_action_that_no_statement_names_is_refuted(planned):
    """However its resources are called, a policy for another action allows nothing."""
    found = planned.prove("aws_iam_role.api", "s3:GetObject", "aws_s3_bucket.files")
    assert "refuted" == found.verdict


@pytest.mark.parametrize(
    "change",
    [
        {"override_policy_documents": ["{}"]},
        {"source_json": UNKNOWN, "statement": UNKNOWN},
        {"version": "2008-10-17"},
        {"statement": [UNKNOWN]},
        {"statement": [{"actions": UNKNOWN, "resources": ["*"]}]},
        {"statement": [{"actions": [UNKNOWN], "resources": ["*"]}]},
    ],
)
def test_a_document_whose_actions_are_open_refutes_nothing(planned, change):
    """Nothing is concluded from a document that may say anything."""
    planned.set(SOURCE, **change)
    assert "unknown" == planned.prove("aws_iam_role.api", "s3:GetObject", "aws_s3_bucket.files").verdict


def test_a_policy_built_in_place_is_open(planned):
    """Without a data source to look into, the text is simply unknown."""
    planned.references["aws_iam_role_policy.api"] = {
        "policy": ("aws_s3_bucket.files.arn", "aws_s3_bucket.files")
    }
    assert ("unknown", True) == (planned.put().verdict, "known only after apply" in planned.put().reason)


def test_every_part_of_a_statement_is_carried_over(resource):
    """Negations, principals and conditions, with open names marked as such."""
    block = {
        "sid": "S",
        "effect": "Deny",
        "not_actions": ["s3:*"],
        "not_resources": ["arn", UNKNOWN],
        "principals": [{"type": "Service", "identifiers": UNKNOWN}],
        "condition": [{"test": "StringEquals", "variable": "aws:SourceArn", "values": [UNKNOWN]}],
    }
    source = resource(SOURCE, statement=[block])
    holder = resource("aws_iam_policy.x", {"policy": (f"{SOURCE}.json", SOURCE)}, policy=UNKNOWN)
    text = document(Index(Infrastructure((source, holder))), holder)
    named = '"${a name known only after apply}"'
    assert text == (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Sid": "S", "NotAction": ["s3:*"], '
        f'"NotResource": ["arn", {named}], "Principal": {{"Service": [{named}]}}, '
        f'"Condition": {{"StringEquals": {{"aws:SourceArn": [{named}]}}}}}}]}}'
    )


def test_a_new_resource_has_no_policy_that_nobody_wrote(planned):
    """A plan leaves the copy of the policy on the resource itself open; that is no policy."""
    planned.set("aws_s3_bucket.files", policy=UNKNOWN, arn="arn:aws:s3:::files", id="files", bucket="files")
    planned.references["aws_s3_bucket.files"] = {"bucket": ()}
    planned.grant("api", planned.allow("s3:PutObject"))
    planned.drop("aws_s3_bucket_policy.files")
    assert "proven" == planned.put().verdict
    planned.references["aws_s3_bucket.files"] = {"policy": ("aws_iam_role.api.arn", "aws_iam_role.api")}
    assert "unknown" == planned.put().verdict


def test_a_policy_whose_role_is_open_may_be_anybodys(plain):
    """A deny that is attached to a role which the plan does not name yet may be this role's."""
    plain.set("aws_iam_role_policy.no", role=UNKNOWN, name="no", policy=plain.policy(plain.deny("s3:*")))
    assert "unknown" == plain.put().verdict
    plain.grant("api", plain.allow("s3:GetObject"))
    plain.set("aws_iam_role_policy.no", policy=plain.policy(plain.allow("sqs:*")))
    assert "refuted" == plain.put().verdict


def test_a_bucket_policy_whose_bucket_is_open_may_be_any_buckets(plain):
    """The same holds for policies of resources."""
    named = plain.policy(plain.deny("s3:*", Principal="*"))
    plain.set("aws_s3_bucket_policy.other", bucket=UNKNOWN, policy=named)
    assert "unknown" == plain.put().verdict


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("aws_iam_role.api", {"permissions_boundary": UNKNOWN}),
        ("aws_iam_role.api", {"assume_role_policy": UNKNOWN}),
        ("aws_eks_pod_identity_association.api", {"role_arn": UNKNOWN}),
        ("aws_iam_role_policy_attachment.x", {"role": "api", "policy_arn": UNKNOWN}),
        ("aws_iam_policy_attachment.x", {"roles": [UNKNOWN], "policy_arn": UNKNOWN}),
        ("aws_s3_bucket.files", {"arn": Symbol("${aws_s3_bucket.files.arn}")}),
    ],
)
def test_whatever_is_open_proves_nothing(plain, address, values):
    """Each link of a proof may be known only after apply."""
    plain.set(address, **values)
    assert "unknown" == plain.put().verdict


def test_open_tags_of_a_role_prove_nothing(plain):
    """Whether a role has a tag is not told by a plan that leaves its tags open."""
    missing = {"Null": {"aws:PrincipalTag/team": "true"}}
    plain.grant("api", plain.allow("s3:PutObject", "arn:aws:s3:::files/*", Condition=missing))
    assert "proven" == plain.put().verdict
    plain.set("aws_iam_role.api", tags_all=UNKNOWN)
    assert "unknown" == plain.put().verdict


def test_an_open_key_proves_nothing(world):
    """Which key encrypts the bucket is part of the proof."""
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": UNKNOWN}
    rule = {"apply_server_side_encryption_by_default": [default]}
    world.set("aws_s3_bucket_server_side_encryption_configuration.files", rule=[rule])
    assert "unknown" == world.put().verdict
    world.set("aws_s3_bucket_server_side_encryption_configuration.files", rule=UNKNOWN)
    assert "unknown" == world.put().verdict


def test_an_open_encryption_rule_may_be_this_buckets(plain):
    """A rule for a bucket that the plan does not name yet may bring a key."""
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": plain.key}
    rule = {"apply_server_side_encryption_by_default": [default]}
    plain.set("aws_s3_bucket_server_side_encryption_configuration.x", bucket=UNKNOWN, rule=[rule])
    assert "unknown" == plain.put().verdict
