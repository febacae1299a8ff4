"""Where a role's policies come from, and which of them are surely in force."""

import json

import pytest

from asbuilt.prove.permission import PermissionProver
from asbuilt.prove.permission.managed import NEVER_DENY

OBJECTS = "arn:aws:s3:::files/*"
CUSTOMER = "arn:aws:iam::111122223333:policy/put"
MANAGED = "arn:aws:iam::aws:policy/"


@pytest.fixture
def bare(plain):
    """A role without any policy."""
    plain.drop("aws_iam_role_policy.api")
    plain.drop("aws_iam_role_policy.key")
    return plain


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("aws_iam_role_policy_attachment.a", {"role": "api"}),
        ("aws_iam_policy_attachment.a", {"roles": ["web", "api"]}),
    ],
)
def test_an_attached_policy_allows(bare, address, link):
    """A customer's policy is cited with the attachment that gives it to the role."""
    bare.set("aws_iam_policy.put", arn=CUSTOMER, policy=bare.policy(bare.allow("s3:PutObject", OBJECTS)))
    bare.set(address, policy_arn=CUSTOMER, **link)
    cited = {evidence.address for evidence in bare.put().evidence}
    assert ("proven", True) == (bare.put().verdict, {address, "aws_iam_policy.put#0"} <= cited)
    bare.set(address, role="web", roles=["web"])
    assert "refuted" == bare.put().verdict
    bare.drop(address)
    assert "refuted" == bare.put().verdict


def test_a_deny_in_an_attached_policy_counts(plain):
    """However a deny is attached, it denies."""
    plain.set("aws_iam_policy.no", arn=CUSTOMER, policy=plain.policy(plain.deny("s3:*")))
    plain.set("aws_iam_role_policy_attachment.no", role="api", policy_arn=CUSTOMER)
    assert "refuted" == plain.put().verdict


def test_a_policy_outside_the_files_leaves_everything_open(plain):
    """It may deny whatever another policy allows."""
    plain.set("aws_iam_role_policy_attachment.a", role="api", policy_arn=CUSTOMER)
    assert ("unknown", True) == (plain.put().verdict, CUSTOMER in plain.put().reason)


def test_an_aws_managed_policy_is_unknown_until_it_is_read(bare):
    """A data source brings the text, with which it counts like any other."""
    arn = f"{MANAGED}AmazonS3FullAccess"
    bare.set("aws_iam_role_policy_attachment.a", role="api", policy_arn=arn)
    assert ("unknown", True) == (bare.put().verdict, "aws_iam_policy reads it" in bare.put().reason)
    bare.set("data.aws_iam_policy.s3", arn=arn, policy=bare.policy(bare.allow("s3:*")))
    assert "proven" == bare.put().verdict
    bare.set("data.aws_iam_policy.s3", policy=bare.policy(bare.deny("s3:*")))
    assert "refuted" == bare.put().verdict


@pytest.mark.parametrize(
    ("arn", "verdict"),
    [
        (f"{MANAGED}service-role/AWSLambdaBasicExecutionRole", "proven"),
        (f"{MANAGED}AWSDenyAll", "unknown"),
        (f"{MANAGED}SomethingNew", "unknown"),
        ("arn:aws:iam::111122223333:policy/AWSLambdaBasicExecutionRole", "unknown"),
    ],
)
def test_only_a_policy_that_surely_denies_nothing_may_stay_unread(plain, arn, verdict):
    """Of some AWS-managed policies it is known that they only allow; of no customer's policy."""
    plain.set("aws_iam_role_policy_attachment.a", role="api", policy_arn=arn)
    assert verdict == plain.put().verdict


def test_the_policies_that_deny_nothing_deny_nothing():
    """The list agrees with a published copy of AWS' documents."""
    text = pytest.importorskip("moto.iam.aws_managed_policies").aws_managed_policies_data
    documents = {name: policy["Document"] for name, policy in json.loads(text).items()}
    statements = {name: documents[name]["Statement"] for name in NEVER_DENY}
    effects = {
        s["Effect"] for found in statements.values() for s in (found if isinstance(found, list) else [found])
    }
    assert effects == {"Allow"}


def test_what_a_state_says_of_a_role_may_be_stale(bare):
    """Terraform lists attached policies on the role, also those that it has just removed."""
    bare.set("aws_iam_role.api", inline_policy=[{"name": "put", "policy": bare.policy(bare.allow("s3:*"))}])
    assert "unknown" == bare.put().verdict
    bare.set("aws_iam_role.api", inline_policy=[])
    bare.set("aws_iam_policy.put", arn=CUSTOMER, policy=bare.policy(bare.allow("s3:*")))
    bare.set("aws_iam_role.api", managed_policy_arns=[CUSTOMER])
    assert "unknown" == bare.put().verdict


def test_what_a_plan_writes_on_a_role_counts(bare):
    """Where the configuration sets the argument, it is no copy of something else."""
    bare.set("aws_iam_role.api", inline_policy=[{"name": "put", "policy": bare.policy(bare.allow("s3:*"))}])
    bare.references["aws_iam_role.api"] = {"inline_policy": ()}
    cited = {evidence.address for evidence in bare.put().evidence}
    assert ("proven", True) == (bare.put().verdict, "aws_iam_role.api#put#0" in cited)


def test_a_copy_of_a_policy_is_not_counted_twice(plain):
    """The role's own list repeats what a resource of its own creates; removing that removes it."""
    copy = {"name": "api", "policy": plain.resources["aws_iam_role_policy.api"]["policy"]}
    plain.set("aws_iam_role.api", inline_policy=[copy])
    assert "proven" == plain.put().verdict
    plain.drop("aws_iam_role_policy.api")
    assert "unknown" == plain.put().verdict


def test_an_exclusive_list_removes_what_it_does_not_name(plain):
    """A policy that another resource is about to remove is not surely there."""
    plain.set("aws_iam_role_policies_exclusive.api", role_name="api", policy_names=["api", "key"])
    assert "proven" == plain.put().verdict
    plain.set("aws_iam_role_policies_exclusive.api", policy_names=["key"])
    assert "unknown" == plain.put().verdict


def test_an_exclusive_list_of_attachments_removes_what_it_does_not_name(bare):
    """The same holds for managed policies."""
    bare.set("aws_iam_policy.put", arn=CUSTOMER, policy=bare.policy(bare.allow("s3:*")))
    bare.set("aws_iam_role_policy_attachment.a", role="api", policy_arn=CUSTOMER)
    bare.set("aws_iam_role_policy_attachments_exclusive.a", role_name="api", policy_arns=[])
    assert "unknown" == bare.put().verdict


def test_an_exclusive_attachment_detaches_elsewhere(bare):
    """`aws_iam_policy_attachment` takes its policy away from every role that it does not list."""
    bare.set("aws_iam_policy.put", arn=CUSTOMER, policy=bare.policy(bare.allow("s3:*")))
    bare.set("aws_iam_role_policy_attachment.a", role="api", policy_arn=CUSTOMER)
    assert "proven" == bare.put().verdict
    bare.set("aws_iam_policy_attachment.all", roles=["web"], policy_arn=CUSTOMER)
    assert "unknown" == bare.put().verdict
    bare.set("aws_iam_policy_attachment.all", roles=["web", "api"])
    assert "proven" == bare.put().verdict


def test_inline_policies_of_one_name_overwrite_each_other(plain):
    """Which of the two stays depends on the order of applying."""
    plain.set("aws_iam_role_policy.copy", role="api", name="api", policy=plain.policy(plain.allow("sqs:*")))
    assert "unknown" == plain.put().verdict
    plain.set("aws_iam_role_policy.copy", role="web")
    assert "proven" == plain.put().verdict


def test_policies_of_one_bucket_overwrite_each_other(plain):
    """A bucket has one policy."""
    plain.set(
        "aws_s3_bucket_policy.copy", bucket="files", policy=plain.policy(plain.deny("*", Principal="*"))
    )
    assert "unknown" == plain.put().verdict


def test_a_stale_list_is_told_apart_by_its_role(plain):
    """Another role's policy of the same name does not vouch for what this role's state lists."""
    denied = {"name": "common", "policy": plain.policy(plain.deny("s3:*"))}
    plain.set("aws_iam_role.api", inline_policy=[denied])
    plain.set("aws_iam_role_policy.common", role="web", name="common", policy=plain.policy())
    assert "unknown" == plain.put().verdict


def test_two_roles_of_one_name_are_not_told_apart(plain):
    """A policy names its role, and in another account there may be one of the same name."""
    plain.set("aws_iam_role.copy", name="api", id="api", arn="arn:aws:iam::444455556666:role/api")
    assert "unknown" == plain.put().verdict


@pytest.mark.parametrize(
    ("address", "name"), [("aws_s3_bucket.files", "bucket policy"), ("aws_sqs_queue.news", "queue")]
)
def test_a_policy_on_the_resource_itself_may_be_stale(world, address, name):
    """Terraform also keeps there what a policy resource set: in a state it decides nothing."""
    world.unencrypted().drop("aws_s3_bucket_policy.files")
    action = "s3:PutObject" if "s3" in address else "sqs:SendMessage"
    world.grant("api", world.allow(action))
    world.set(address, policy=world.policy(world.deny("*", Principal="*")))
    assert "unknown" == world.prove("aws_iam_role.api", action, address).verdict, name
    world.references[address] = {"policy": ()}
    assert "refuted" == world.prove("aws_iam_role.api", action, address).verdict, name


def test_a_policy_resource_replaces_the_copy_on_its_target(plain):
    """Where both are there, the resource of its own counts."""
    plain.set("aws_s3_bucket.files", policy=plain.policy(plain.deny("*", Principal="*")))
    assert "proven" == plain.put().verdict


def test_a_kind_of_policy_that_is_not_understood_leaves_it_open(world):
    """A topic's data protection policy may refuse messages."""
    world.grant("api", world.allow("sns:Publish"))
    ask = ("aws_iam_role.api", "sns:Publish", "aws_sns_topic.news")
    assert "proven" == world.prove(*ask).verdict
    world.set("aws_sns_topic_data_protection_policy.x", arn="arn", policy="{}")
    assert "unknown" == world.prove(*ask).verdict
    assert PermissionProver(world.infrastructure()).statements()
