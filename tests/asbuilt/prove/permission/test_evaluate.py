"""Policy evaluation: explicit denies, boundaries, resource policies, and two accounts."""

import pytest

OTHER = "444455556666"
OBJECTS = "arn:aws:s3:::files/*"


def test_no_statement_means_no_permission(plain):
    """Everything is denied that nothing allows."""
    plain.drop("aws_iam_role_policy.api")
    reason = "aws_iam_role.api: no statement allows s3:PutObject on aws_s3_bucket.files"
    assert ("refuted", reason) == (plain.put().verdict, plain.put().reason)


@pytest.mark.parametrize("resources", ["*", OBJECTS, "arn:aws:s3:::fi*", ["arn:aws:s3:::other/*", OBJECTS]])
def test_a_deny_that_covers_the_allow_refutes(plain, resources):
    """An explicit deny overrides every allow, and is named."""
    plain.grant("api", plain.deny("s3:Put*", resources, Sid="No"), name="no")
    assert ("refuted", True) == (
        plain.put().verdict,
        "explicit deny in aws_iam_role_policy.no#No" in plain.put().reason,
    )


def test_a_deny_that_leaves_something_proves_the_rest(plain):
    """A claim holds for the keys that are left, and the reason names what allows them."""
    plain.grant("api", plain.deny("s3:Put*", "arn:aws:s3:::files/a*"), name="no")
    assert ("proven", f"allowed on {OBJECTS}") == (plain.put().verdict, plain.put().reason)


def test_two_denies_that_together_cover_the_allow_refute(plain):
    """A prefix that is allowed and denied bit by bit is denied as a whole."""
    plain.grant("api", plain.allow("s3:PutObject", "arn:aws:s3:::files/?"), name="api")
    denied = [f"arn:aws:s3:::files/{part}" for part in ("?", "a")]
    plain.grant("api", *(plain.deny("s3:PutObject", arn) for arn in denied), name="no")
    assert "refuted" == plain.put().verdict


def test_an_allowed_prefix_is_named(plain):
    """Some keys are enough for a proof, and the reason says which."""
    plain.grant("api", plain.allow("s3:PutObject", "arn:aws:s3:::files/in/*"))
    assert ("proven", "allowed on arn:aws:s3:::files/in/*") == (plain.put().verdict, plain.put().reason)


def test_a_deny_of_the_allowed_prefix_refutes(plain):
    """A deny need not cover the bucket: it is enough that it covers what is allowed."""
    plain.grant("api", plain.allow("s3:PutObject", "arn:aws:s3:::files/in/*"))
    plain.grant("api", plain.deny("s3:*", "arn:aws:s3:::files/in*"), name="no")
    assert "refuted" == plain.put().verdict


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ({"Action": "s3:*", "Resource": "*"}, "proven"),
        ({"NotAction": "s3:GetObject", "Resource": "*"}, "proven"),
        ({"NotAction": ["s3:put*"], "Resource": "*"}, "refuted"),
        ({"Action": "s3:GetObject", "Resource": "*"}, "refuted"),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::files/*"}, "refuted"),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::files"}, "proven"),
    ],
)
def test_a_permissions_boundary_must_allow_too(plain, statement, verdict):
    """What a boundary does not allow, no identity policy can."""
    arn = f"arn:aws:iam::{plain.account}:policy/limit"
    plain.set("aws_iam_policy.limit", arn=arn, policy=plain.policy({"Effect": "Allow", **statement}))
    plain.set("aws_iam_role.api", permissions_boundary=arn)
    assert verdict == plain.put().verdict


def test_a_boundary_that_stops_a_request_is_named(plain):
    """The reader learns that it is not the role's own policy."""
    arn = f"arn:aws:iam::{plain.account}:policy/limit"
    plain.set("aws_iam_policy.limit", arn=arn, policy=plain.policy(plain.allow("sqs:*")))
    plain.set("aws_iam_role.api", permissions_boundary=arn)
    assert (
        "the permissions boundary aws_iam_policy.limit of aws_iam_role.api does not allow"
        in plain.put().reason
    )


def test_a_boundary_outside_the_files_leaves_it_open(plain):
    """A boundary of unknown text may refuse anything."""
    plain.set("aws_iam_role.api", permissions_boundary=f"arn:aws:iam::{plain.account}:policy/elsewhere")
    assert "unknown" == plain.put().verdict


@pytest.mark.parametrize(
    ("principal", "verdict"),
    [
        ("*", "proven"),
        ({"AWS": "*"}, "proven"),
        ({"AWS": "arn:aws:iam::111122223333:role/api"}, "proven"),
        ({"AWS": ["arn:aws:iam::111122223333:role/web", "AROAapi"]}, "proven"),
        ({"AWS": "arn:aws:iam::111122223333:root"}, "refuted"),
        ({"AWS": "111122223333"}, "refuted"),
        ({"AWS": "arn:aws:iam::111122223333:role/apis"}, "refuted"),
        ({"AWS": "arn:aws:iam::111122223333:role/*"}, "unknown"),
        ({"AWS": "arn:aws:sts::111122223333:assumed-role/api/one"}, "unknown"),
        ({"AWS": "arn:aws:sts::111122223333:assumed-role/web/one"}, "refuted"),
        ({"Service": "pods.eks.amazonaws.com"}, "refuted"),
        ({"CanonicalUser": "75aa57f09aa0c8caeab4f8c24e99d10f8e7f"}, "unknown"),  # pragma: allowlist secret
    ],
)
def test_in_one_account_a_resource_policy_is_enough(plain, principal, verdict):
    """A bucket policy allows by itself whom it names, but not whom it leaves to the account."""
    plain.drop("aws_iam_role_policy.api")
    statement = plain.allow("s3:PutObject", OBJECTS, Principal=principal)
    plain.set("aws_s3_bucket_policy.files", policy=plain.policy(statement))
    plain.set("aws_s3_bucket_public_access_block.files", bucket="files", block_public_policy=False)
    assert verdict == plain.put().verdict


@pytest.mark.parametrize(
    ("principal", "verdict"),
    [
        ("*", "refuted"),
        ({"AWS": "arn:aws:iam::111122223333:role/api"}, "refuted"),
        ({"AWS": "arn:aws:iam::111122223333:role/web"}, "proven"),
        ({"AWS": "arn:aws:iam::444455556666:root"}, "proven"),
        ({"AWS": "arn:aws:iam::111122223333:root"}, "unknown"),
        ({"AWS": "arn:aws:sts::111122223333:assumed-role/api/one"}, "unknown"),
    ],
)
def test_a_resource_policy_denies_whom_it_names(plain, principal, verdict):
    """An explicit deny of a bucket policy overrides the role's own statement."""
    statement = plain.deny("s3:*", "*", Principal=principal)
    plain.set("aws_s3_bucket_policy.files", policy=plain.policy(statement))
    assert verdict == plain.put().verdict


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_not_principal_is_never_concluded_from(plain, effect):
    """Whom NotPrincipal leaves out depends on the session's name."""
    plain.drop("aws_iam_role_policy.api")
    statement = plain.allow("s3:*", "*", NotPrincipal={"AWS": "arn:aws:iam::111122223333:role/web"})
    plain.set("aws_s3_bucket_policy.files", policy=plain.policy(statement | {"Effect": effect}))
    assert ("unknown" if effect == "Allow" else "refuted") == plain.put().verdict


def foreign_queue(world, *statements):
    """A queue of another account, with its policy."""
    arn = f"arn:aws:sqs:eu-west-1:{OTHER}:far"
    world.set("aws_sqs_queue.far", arn=arn, id="far", url="far", name="far")
    if statements:
        world.set("aws_sqs_queue_policy.far", queue_url="far", policy=world.policy(*statements))
    return world.prove("aws_iam_role.api", "sqs:SendMessage", "aws_sqs_queue.far")


def test_across_accounts_both_sides_must_allow(world):
    """Neither the role's statement nor the queue's policy is enough by itself."""
    named = {"Principal": {"AWS": "arn:aws:iam::111122223333:role/api"}}
    account = {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}
    assert "refuted" == foreign_queue(world, world.allow("sqs:*", **named)).verdict
    world.grant("api", world.allow("sqs:SendMessage"))
    assert "proven" == foreign_queue(world, world.allow("sqs:*", **named)).verdict
    assert "proven" == foreign_queue(world, world.allow("sqs:*", **account)).verdict
    assert "refuted" == foreign_queue(world, world.deny("sqs:*", **account)).verdict
    world.drop("aws_sqs_queue_policy.far")
    assert "another account" in foreign_queue(world).reason


def test_a_bucket_among_several_accounts_is_not_placed(plain):
    """A bucket's ARN holds no account: with two in the files nothing says which is its own."""
    plain.set("aws_sqs_queue.far", arn=f"arn:aws:sqs:eu-west-1:{OTHER}:far")
    assert ("unknown", True) == (plain.put().verdict, "in one account" in plain.put().reason)


def test_a_second_caller_identity_is_a_second_account(plain):
    """A provider for another account is seen even where all its ARNs lack one."""
    plain.set("data.aws_caller_identity.other", account_id=OTHER)
    assert "unknown" == plain.put().verdict
