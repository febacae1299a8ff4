"""The verdict over a permission claim, from the node that asks to the node that is asked."""

import pytest

from asbuilt.prove import Finding
from asbuilt.prove.permission import PermissionProver

NODES = {
    "an S3 object is no queue": ("shop/Deployment/api", "s3:PutObject", "aws_sqs_queue.news", "refuted"),
    "a misspelt action": ("shop/Deployment/api", "s3:PutObjet", "aws_s3_bucket.files", "refuted"),
    "a service that is none": ("shop/Deployment/api", "s4:PutObject", "aws_s3_bucket.files", "refuted"),
    "a missing source": ("shop/Deployment/ap", "s3:PutObject", "aws_s3_bucket.files", "refuted"),
    "a missing target": ("shop/Deployment/api", "s3:PutObject", "aws_s3_bucket.flies", "refuted"),
    "a Kubernetes target": ("shop/Deployment/api", "s3:PutObject", "shop/Deployment/api", "refuted"),
    "an outside target": ("shop/Deployment/api", "s3:PutObject", "external/partner", "unknown"),
    "an outside source": ("external/partner", "s3:PutObject", "aws_s3_bucket.files", "unknown"),
    "a target of unknown type": (
        "shop/Deployment/api",
        "glue:GetTable",
        "aws_glue_catalog_table.x",
        "unknown",
    ),
}


def test_a_proof_cites_every_link(world):
    """The workload, its account, association, agent and role, the statements, the key, the bucket."""
    found = world.put()
    cited = [evidence.address for evidence in found.evidence]
    assert ("proven", "") == (found.verdict, found.reason)
    assert cited == [
        "shop/Deployment/api",
        "shop/ServiceAccount/api",
        "aws_eks_pod_identity_association.api",
        "aws_eks_addon.agent",
        "aws_iam_role.api",
        "aws_iam_role.api#0",
        "aws_iam_role_policy.api#Put",
        "aws_s3_bucket_policy.files",
        "aws_kms_key.data",
        "aws_kms_key.data#Account",
        "aws_iam_role_policy.key#Key",
        "aws_s3_bucket.files",
    ]
    assert all(evidence.file for evidence in found.evidence)


@pytest.mark.parametrize(("source", "action", "target", "verdict"), NODES.values(), ids=NODES.keys())
def test_a_claim_between_the_wrong_ends_is_never_proven(world, source, action, target, verdict):
    """What cannot be asked is refuted, and what the files do not hold is unknown; both say why."""
    world.set("aws_glue_catalog_table.x", arn="arn:aws:glue:eu-west-1:111122223333:table/a/b")
    found = world.prove(source, action, target)
    assert (verdict, True) == (found.verdict, bool(found.reason))


def test_a_near_miss_is_suggested(world):
    """An action that AWS does not list names the one that was probably meant."""
    assert (
        "did you mean s3:PutObject?"
        in world.prove("aws_iam_role.api", "s3:PutObjet", "aws_s3_bucket.files").reason
    )


def test_an_action_is_found_in_any_case(world):
    """IAM's actions do not depend on case."""
    assert "proven" == world.prove("shop/Deployment/api", "s3:putobject", "aws_s3_bucket.files").verdict


def test_a_name_for_several_instances_asks_for_all_of_them(plain):
    """One instance that is refused refutes the claim for the block, and each by itself keeps its verdict."""
    for key in "ab":
        plain.set(f'aws_s3_bucket.parts["{key}"]', arn=f"arn:aws:s3:::parts-{key}", id=f"parts-{key}")
    plain.grant("api", plain.allow("s3:PutObject", "arn:aws:s3:::parts-a/*"))
    verdicts = {
        name: plain.prove("aws_iam_role.api", "s3:PutObject", name).verdict
        for name in ("aws_s3_bucket.parts", 'aws_s3_bucket.parts["a"]', 'aws_s3_bucket.parts["b"]')
    }
    assert ["refuted", "proven", "refuted"] == list(verdicts.values())


def test_a_type_that_is_not_understood_is_named(world):
    """The reader learns which resource type the prover does not know."""
    world.set("aws_glue_catalog_table.x", arn="arn:aws:glue:eu-west-1:111122223333:table/a/b")
    found = world.prove("aws_iam_role.api", "glue:GetTable", "aws_glue_catalog_table.x")
    assert "resources of type aws_glue_catalog_table are not understood" == found.reason


def test_what_is_only_read_is_not_judged(world):
    """The policies of a data source are not in the files."""
    world.set("data.aws_s3_bucket.old", arn="arn:aws:s3:::old", id="old")
    assert "unknown" == world.prove("aws_iam_role.api", "s3:PutObject", "data.aws_s3_bucket.old").verdict


def test_every_allowing_statement_is_listed_as_proofs_cite_it(world):
    """Undrawn statements can be found: what a proof cites is among what is listed, and no deny is."""
    listed = {evidence.address for evidence in PermissionProver(world.infrastructure()).statements()}
    assert listed == {
        "aws_iam_role_policy.api#Put",
        "aws_iam_role_policy.key#Key",
        "aws_iam_role.api#0",
        "aws_kms_key.data#Account",
    }
    cited = {evidence.address for evidence in world.put().evidence if "#" in evidence.address}
    assert cited == listed


def test_a_policy_of_unknown_text_is_listed_by_its_attachment(world):
    """What nobody can read still opens a path."""
    arn = "arn:aws:iam::aws:policy/PowerUserAccess"
    world.set("aws_iam_role_policy_attachment.all", role="api", policy_arn=arn)
    listed = PermissionProver(world.infrastructure()).statements()
    assert "aws_iam_role_policy_attachment.all" in {evidence.address for evidence in listed}


def test_statements_are_cited_by_number_where_sids_do_not_tell_them_apart(plain):
    """A Sid that is missing or given twice is replaced by the statement's number."""
    plain.drop("aws_iam_role_policy.api")
    named = {"Sid": "Same", "Principal": {"AWS": f"arn:aws:iam::{plain.account}:role/api"}}
    statements = [plain.allow(f"s3:{verb}Object", "arn:aws:s3:::files/*", **named) for verb in ("Get", "Put")]
    plain.set("aws_s3_bucket_policy.files", policy=plain.policy(*statements))
    assert "aws_s3_bucket_policy.files#1" in {one.address for one in plain.put().evidence}


def test_a_refutation_is_plain_data(plain):
    """A refuted claim cites nothing and says what stops it."""
    plain.grant("api", plain.allow("s3:GetObject", "arn:aws:s3:::files/*"))
    reason = "aws_iam_role.api: no statement allows s3:PutObject on aws_s3_bucket.files"
    assert Finding("refuted", reason) == plain.put()
