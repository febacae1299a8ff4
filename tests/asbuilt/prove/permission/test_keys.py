"""What an action needs of the key that encrypts its target."""

import json

import pytest

PLACE = "eu-west-1:111122223333"
CONFIGURATION = "aws_s3_bucket_server_side_encryption_configuration.files"


def encrypted(world, algorithm="aws:kms", key=None, bucket_key=True):
    """The bucket's default encryption."""
    default = {"sse_algorithm": algorithm, "kms_master_key_id": key or world.key}
    rule = {"bucket_key_enabled": bucket_key, "apply_server_side_encryption_by_default": [default]}
    world.set(CONFIGURATION, rule=[rule])


def keyed(world, *statements):
    """What the key policy says."""
    world.set("aws_kms_key.data", policy=world.policy(*statements))


BROKEN = {
    "no statement": (lambda w: w.drop("aws_iam_role_policy.key"), "refuted"),
    "only decrypt": (lambda w: w.grant("api", w.allow("kms:Decrypt", w.key), name="key"), "refuted"),
    "another key": (lambda w: w.grant("api", w.allow("kms:*", w.key + "2"), name="key"), "refuted"),
    "an alias": (
        lambda w: w.grant("api", w.allow("kms:*", f"arn:aws:kms:{PLACE}:alias/shop"), name="key"),
        "refuted",
    ),
    "a deny": (lambda w: w.grant("api", w.deny("kms:GenerateDataKey*"), name="no"), "refuted"),
    "a disabled key": (lambda w: w.set("aws_kms_key.data", is_enabled=False), "refuted"),
    "a key policy without the account": (
        lambda w: keyed(w, w.allow("kms:*", Principal={"AWS": "arn:aws:iam::111122223333:role/web"})),
        "refuted",
    ),
    "a key policy for administration only": (
        lambda w: keyed(w, w.allow("kms:Put*", Principal=w.root)),
        "refuted",
    ),
    "a key policy that denies": (
        lambda w: keyed(w, w.allow("kms:*", Principal=w.root), w.deny("kms:GenerateDataKey", Principal="*")),
        "refuted",
    ),
    "a key policy through another service": (
        lambda w: keyed(
            w,
            w.allow(
                "kms:*",
                Principal=w.root,
                Condition={"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}},
            ),
        ),
        "refuted",
    ),
    "a key policy under an unknown condition": (
        lambda w: keyed(
            w, w.allow("kms:*", Principal=w.root, Condition={"StringEquals": {"aws:SourceVpc": "v"}})
        ),
        "unknown",
    ),
    "a key outside the files": (lambda w: encrypted(w, key="arn:aws:kms:eu-west-1:1:key/far"), "unknown"),
    "two keys of one name": (
        lambda w: w.set("aws_kms_key.copy", **w.resources["aws_kms_key.data"]),
        "unknown",
    ),
}


@pytest.mark.parametrize(("broken", "verdict"), BROKEN.values(), ids=BROKEN.keys())
def test_a_put_needs_the_key(world, broken, verdict):
    """Both the key policy and the role must let S3 make a data key."""
    assert "proven" == world.put().verdict
    broken(world)
    assert verdict == world.put().verdict, world.put().reason


def test_two_rules_of_one_bucket_overwrite_each_other(world):
    """Which key encrypts then depends on the order of applying."""
    world.set(f"{CONFIGURATION}2", **world.resources[CONFIGURATION])
    assert ("unknown", True) == (world.put().verdict, "overwrite each other" in world.put().reason)


def test_a_direct_request_comes_through_no_service(world):
    """`kms:ViaService` is not there when a role uses the key itself."""
    via = {
        "StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com", "kms:CallerAccount": world.account}
    }
    world.grant("api", world.allow("kms:*", world.key, Condition=via), name="key")
    world.grant("api", world.allow("s3:PutObject", "arn:aws:s3:::files/*"))
    assert "proven" == world.put().verdict
    assert "refuted" == world.prove("aws_iam_role.api", "kms:Decrypt", "aws_kms_key.data").verdict


def test_the_missing_operation_is_named(world):
    """The reader learns which operation on which key is missing."""
    world.drop("aws_iam_role_policy.key")
    assert world.put().reason.startswith("kms:GenerateDataKey on aws_kms_key.data is not granted")


@pytest.mark.parametrize(
    ("granted", "verdict"), [("kms:Decrypt", "proven"), ("kms:GenerateDataKey", "refuted")]
)
def test_a_get_needs_to_decrypt(world, granted, verdict):
    """Reading needs the other operation."""
    world.grant("api", world.allow("s3:GetObject", "arn:aws:s3:::files/*"))
    world.grant("api", world.allow(granted, world.key), name="key")
    assert verdict == world.prove("aws_iam_role.api", "s3:GetObject", "aws_s3_bucket.files").verdict


def test_an_action_without_content_needs_no_key(world):
    """Listing a bucket decrypts nothing."""
    world.grant("api", world.allow("s3:ListBucket", "arn:aws:s3:::files"))
    world.drop("aws_iam_role_policy.key")
    assert "proven" == world.prove("aws_iam_role.api", "s3:ListBucket", "aws_s3_bucket.files").verdict


@pytest.mark.parametrize(
    ("algorithm", "key", "verdict"),
    [
        ("AES256", "", "proven"),
        ("aws:kms", "alias/aws/s3", "proven"),
        ("aws:kms:dsse", f"arn:aws:kms:{PLACE}:key/data", "refuted"),
    ],
)
def test_only_a_customer_key_must_be_granted(world, algorithm, key, verdict):
    """S3's own keys and the one that AWS manages let the account's roles in."""
    world.drop("aws_iam_role_policy.key")
    encrypted(world, algorithm, key)
    assert verdict == world.put().verdict


@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": {"AWS": "arn:aws:iam::111122223333:role/api"}},
        {
            "Principal": {"AWS": "*"},
            "Condition": {
                "StringEquals": {
                    "kms:CallerAccount": "111122223333",
                    "kms:ViaService": "s3.eu-west-1.amazonaws.com",
                }
            },
        },
        {"Principal": {"AWS": "*"}, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a*"}}},
        {
            "Principal": "*",
            "Condition": {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::files"}},
        },
    ],
)
def test_a_key_policy_may_let_a_role_in_by_itself(world, statement):
    """By name, through a service, by its ARN, or for one bucket; then no identity policy is needed."""
    world.drop("aws_iam_role_policy.key")
    keyed(world, world.allow("kms:GenerateDataKey", **statement))
    assert "proven" == world.put().verdict, world.put().reason


@pytest.mark.parametrize(
    ("bucket_key", "arn", "verdict", "reason"),
    [
        (False, "arn:aws:s3:::files/in/*", "proven", "allowed on arn:aws:s3:::files/*"),
        (False, "arn:aws:s3:::files", "refuted", ""),
        (True, "arn:aws:s3:::files", "proven", ""),
        (True, "arn:aws:s3:::files/in/*", "refuted", ""),
    ],
)
def test_the_encryption_context_names_object_or_bucket(world, bucket_key, arn, verdict, reason):
    """Without an S3 bucket key the context is the object's ARN, with one the bucket's."""
    encrypted(world, bucket_key=bucket_key)
    condition = {"StringLike": {"kms:EncryptionContext:aws:s3:arn": arn}}
    world.grant("api", world.allow("kms:GenerateDataKey", world.key, Condition=condition), name="key")
    assert verdict == world.put().verdict, world.put().reason


@pytest.mark.parametrize(
    ("grant", "verdict"),
    [
        ({"operations": ["GenerateDataKey", "Decrypt"]}, "proven"),
        ({"operations": ["Decrypt"]}, "refuted"),
        (
            {"operations": ["GenerateDataKey"], "grantee_principal": "arn:aws:iam::111122223333:role/web"},
            "refuted",
        ),
        ({"operations": ["GenerateDataKey"], "key_id": "other"}, "refuted"),
        (
            {
                "operations": ["GenerateDataKey"],
                "constraints": [{"encryption_context_subset": {"aws:s3:arn": "arn:aws:s3:::files"}}],
            },
            "proven",
        ),
        (
            {
                "operations": ["GenerateDataKey"],
                "constraints": [{"encryption_context_subset": {"aws:s3:arn": "arn:aws:s3:::other"}}],
            },
            "refuted",
        ),
        (
            {"operations": ["GenerateDataKey"], "constraints": [{"encryption_context_equals": {"a": "b"}}]},
            "unknown",
        ),
    ],
)
def test_a_grant_stands_beside_the_policies(world, grant, verdict):
    """A grant lets in by itself, for its operations and its encryption context."""
    world.drop("aws_iam_role_policy.key")
    usual = {"key_id": world.key, "grantee_principal": "arn:aws:iam::111122223333:role/api"}
    world.set("aws_kms_grant.api", **(usual | grant))
    assert verdict == world.put().verdict, world.put().reason


HEADER, HEADER_KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ({"StringNotEquals": {HEADER: "aws:kms"}}, "proven"),
        ({"StringNotEquals": {HEADER_KEY: f"arn:aws:kms:{PLACE}:key/data"}}, "proven"),
        ({"StringNotEqualsIfExists": {HEADER_KEY: f"arn:aws:kms:{PLACE}:key/data"}}, "proven"),
        ({"StringNotEquals": {HEADER_KEY: f"arn:aws:kms:{PLACE}:key/other"}}, "refuted"),
        ({"StringNotEquals": {HEADER: "AES256"}}, "refuted"),
        ({"Null": {HEADER: "true"}}, "proven"),
    ],
)
def test_a_bucket_may_ask_for_the_encryption_header(world, condition, verdict):
    """A caller may ask for the encryption that the bucket has anyway, and for no other."""
    statement = world.deny("s3:PutObject", "*", Principal="*", Condition=condition)
    world.set("aws_s3_bucket_policy.files", policy=world.policy(statement))
    assert verdict == world.put().verdict, world.put().reason


@pytest.mark.parametrize(
    ("action", "operations"),
    [
        ("sqs:SendMessage", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("sqs:ReceiveMessage", ["kms:Decrypt"]),
        ("sqs:DeleteMessage", []),
    ],
)
def test_a_queue_with_a_key_needs_it_for_its_messages(world, action, operations):
    """All the operations are enough, and each of them is needed."""
    world.set("aws_sqs_queue.news", kms_master_key_id=world.key)
    world.grant("api", world.allow(action))
    ask = ("aws_iam_role.api", action, "aws_sqs_queue.news")
    for missing in operations:
        granted = [operation for operation in operations if operation != missing]
        world.grant("api", world.allow([*granted, "kms:List*"], world.key), name="key")
        assert "refuted" == world.prove(*ask).verdict
    world.grant("api", world.allow([*operations, "kms:List*"], world.key), name="key")
    assert "proven" == world.prove(*ask).verdict


@pytest.mark.parametrize("key", ["arn", "id", "alias"])
def test_a_topic_names_its_key_in_several_ways(world, key):
    """By ARN, by id and by alias."""
    name = {"arn": world.key, "id": "data", "alias": "alias/shop"}[key]
    world.set("aws_kms_alias.shop", name="alias/shop", target_key_id="data")
    world.set("aws_sns_topic.news", kms_master_key_id=name)
    world.grant("api", world.allow("sns:Publish"))
    assert "proven" == world.prove("aws_iam_role.api", "sns:Publish", "aws_sns_topic.news").verdict
    world.drop("aws_iam_role_policy.key")
    assert "refuted" == world.prove("aws_iam_role.api", "sns:Publish", "aws_sns_topic.news").verdict


def test_a_databases_secret_needs_its_key(world):
    """The password that RDS keeps is a secret under a key of its own."""
    secret = f"arn:aws:secretsmanager:{PLACE}:secret:rds!db-1-abc"
    given = {"secret_arn": secret, "kms_key_id": world.key}
    world.set("aws_db_instance.main", arn=f"arn:aws:rds:{PLACE}:db:main", master_user_secret=[given])
    world.grant("api", world.allow("secretsmanager:GetSecretValue", secret))
    ask = ("aws_iam_role.api", "secretsmanager:GetSecretValue", "aws_db_instance.main")
    assert "proven" == world.prove(*ask).verdict
    world.drop("aws_iam_role_policy.key")
    assert "refuted" == world.prove(*ask).verdict
    world.grant("api", world.allow("kms:Decrypt", world.key), name="key")
    deny = world.policy(world.deny("secretsmanager:*", Principal="*"))
    world.set("aws_secretsmanager_secret_policy.main", secret_arn=secret, policy=deny)
    assert "refuted" == world.prove(*ask).verdict
    world.drop("aws_secretsmanager_secret_policy.main")
    world.set("aws_db_instance.main", master_user_secret=[])
    assert ("refuted", True) == (world.prove(*ask).verdict, "has no secret" in world.prove(*ask).reason)


def test_a_table_under_a_customer_key_is_not_judged(world):
    """What DynamoDB asks of a key for its callers is not understood."""
    arn = f"arn:aws:dynamodb:{PLACE}:table/t"
    world.set("aws_dynamodb_table.t", arn=arn)
    world.grant("api", world.allow("dynamodb:GetItem", arn))
    ask = ("aws_iam_role.api", "dynamodb:GetItem", "aws_dynamodb_table.t")
    assert "proven" == world.prove(*ask).verdict
    world.set("aws_dynamodb_table.t", server_side_encryption=[{"enabled": True, "kms_key_arn": world.key}])
    assert "unknown" == world.prove(*ask).verdict


def test_the_key_sees_a_request_that_a_service_made(world):
    """S3 asks KMS on the role's behalf: a statement for direct requests alone does not count."""
    direct = {"Bool": {"aws:ViaAWSService": "false"}}
    world.grant("api", world.allow("kms:*", world.key, Condition=direct), name="key")
    assert "refuted" == world.put().verdict
    assert "proven" == world.prove("aws_iam_role.api", "kms:Decrypt", "aws_kms_key.data").verdict


def test_an_inline_rule_encrypts_too(world):
    """The bucket's own, older argument holds the same rule."""
    rule = json.loads(json.dumps(world.resources[CONFIGURATION]["rule"]))
    world.unencrypted().set("aws_s3_bucket.files", server_side_encryption_configuration=[{"rule": rule}])
    assert "proven" == world.put().verdict
    world.drop("aws_iam_role_policy.key")
    assert "refuted" == world.put().verdict


def test_a_disabled_key_refuses_its_use(world):
    """Whatever the policies say: nothing is encrypted or decrypted with it."""
    world.grant("api", world.allow("kms:*", world.key), name="key")
    ends = ("aws_iam_role.api", "kms:Decrypt", "aws_kms_key.data")
    assert "proven" == world.prove(*ends).verdict
    world.set("aws_kms_key.data", is_enabled=False)
    assert "refuted" == world.prove(*ends).verdict
