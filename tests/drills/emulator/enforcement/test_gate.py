"""Requests under a role: allowed, denied, or not judged."""

import json
import urllib.error
import urllib.request

import pytest

PUT = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
GET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def under(action: str, resource: str, effect: str = "Allow", **more) -> dict[str, object]:
    """A statement."""
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def test_an_administrator_is_not_judged(client, bucket, outcome):
    """Keys that belong to no role may do everything: Terraform's among them."""
    assert "allowed" == outcome(client("s3").put_object, Bucket=bucket, Key="x")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], "AccessDenied"),
        ([PUT], "allowed"),
        ([GET], "AccessDenied"),
        ([PUT, under("s3:*", "*", "Deny")], "AccessDenied"),
        ([under("s3:put*", "arn:aws:s3:::bucket-*/raw/?")], "allowed"),
        ([under("s3:PutObject", "arn:aws:s3:::bucket-*/other/*")], "AccessDenied"),
        ([{"Effect": "Allow", "NotAction": "s3:Get*", "NotResource": "arn:aws:s3:::other/*"}], "allowed"),
        ([{"Effect": "Allow", "NotAction": "s3:Put*", "Resource": "*"}], "AccessDenied"),
    ],
    ids=["nothing", "allowed", "other action", "denied", "patterns", "other key", "all but", "all but this"],
)
def test_the_role_s_policies_decide(role, bucket, outcome, statements, expected):
    """An allow is needed, and a deny wins."""
    assert expected == outcome(role(*statements)("s3").put_object, Bucket=bucket, Key="raw/b")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"Bool": {"aws:SecureTransport": "true"}}, "allowed"),
        ({"Bool": {"aws:SecureTransport": "false"}}, "AccessDenied"),
        ({"StringEquals": {"s3:prefix": ["other/", "raw/"]}}, "allowed"),
        ({"StringNotEquals": {"s3:prefix": "raw/"}}, "AccessDenied"),
        ({"StringNotEquals": {"s3:unknown": "raw/"}}, "allowed"),
        ({"StringEquals": {"s3:unknown": "raw/"}}, "AccessDenied"),
        ({"StringEqualsIfExists": {"s3:unknown": "raw/"}}, "allowed"),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/role-*"}}, "allowed"),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:*"}}, "AccessDenied"),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, "NotJudged"),
        ({"StringLike": {"s3:prefix": "${aws:username}/"}}, "NotJudged"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_conditions_are_judged(role, bucket, outcome, condition, expected):
    """A condition that is not met makes the statement say nothing; an unknown one is not judged."""
    s3 = role(under("s3:ListBucket", "*", Condition=condition))("s3")
    assert expected == outcome(s3.list_objects_v2, Bucket=bucket, Prefix="raw/")


def test_a_boundary_limits(role, bucket, outcome):
    """What the boundary does not allow is denied, whatever the role's policy says."""
    s3 = role(EVERYTHING, boundary=GET)("s3")
    assert "allowed" == outcome(s3.get_object, Bucket=bucket, Key="raw/a")
    assert "AccessDenied" == outcome(s3.put_object, Bucket=bucket, Key="raw/b")


def test_a_session_policy_limits(role, bucket, outcome):
    """So does a policy handed over when the role is taken."""
    s3 = role(EVERYTHING, Policy=json.dumps({"Version": "2012-10-17", "Statement": [GET]}))("s3")
    assert "allowed" == outcome(s3.get_object, Bucket=bucket, Key="raw/a")
    assert "AccessDenied" == outcome(s3.put_object, Bucket=bucket, Key="raw/b")


@pytest.mark.parametrize(
    ("principal", "effect", "expected"),
    [
        ("*", "Deny", "AccessDenied"),
        ({"AWS": "*"}, "Allow", "allowed"),
        ({"AWS": "arn:aws:iam::123456789012:root"}, "Allow", "AccessDenied"),
        ({"Service": "s3.amazonaws.com"}, "Allow", "AccessDenied"),
    ],
    ids=["denied", "everybody", "account", "service"],
)
def test_the_bucket_s_policy_counts(client, role, bucket, outcome, principal, effect, expected):
    """It may grant or deny; to name the account only leaves it to the role's policies."""
    statement = under("s3:PutObject", f"arn:aws:s3:::{bucket}/*", effect, Principal=principal)
    client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": statement}))
    statements = [PUT] if effect == "Deny" else []
    assert expected == outcome(role(*statements)("s3").put_object, Bucket=bucket, Key="raw/b")


def test_a_bucket_that_wants_tls_takes_files(client, role, bucket, outcome):
    """A policy that denies what comes without TLS denies nothing here: the emulator stands for TLS."""
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    statement = under("s3:*", f"arn:aws:s3:::{bucket}/*", "Deny", Principal="*", Condition=plain)
    client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": statement}))
    assert "allowed" == outcome(role(PUT)("s3").put_object, Bucket=bucket, Key="raw/b")
    assert "allowed" == outcome(client("s3").put_object, Bucket=bucket, Key="raw/b")


@pytest.mark.parametrize(
    ("granted", "put", "get", "multipart"),
    [
        ([], "AccessDenied", "AccessDenied", "AccessDenied"),
        (["kms:GenerateDataKey"], "allowed", "AccessDenied", "AccessDenied"),
        (["kms:GenerateDataKey", "kms:Decrypt"], "allowed", "allowed", "allowed"),
    ],
    ids=["no grant", "to write", "to write and read"],
)
def test_a_customer_s_key_counts(client, role, bucket, outcome, granted, put, get, multipart):
    """A file under a key needs the key: to write, to read, and both to join parts."""
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}
    client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)
    upload = client("s3").create_multipart_upload(Bucket=bucket, Key="b")["UploadId"]
    s3 = role(PUT, GET, *[under(action, key) for action in granted])("s3")
    part = {"Bucket": bucket, "Key": "b", "UploadId": upload, "PartNumber": 1, "Body": b"b"}
    assert put == outcome(s3.put_object, Bucket=bucket, Key="raw/b")
    assert get == outcome(s3.get_object, Bucket=bucket, Key="raw/a")
    assert multipart == outcome(s3.upload_part, **part)


def test_a_key_s_own_policy_must_allow(client, role, outcome):
    """Unlike elsewhere, the role's policy alone does not do."""
    policy = {"Statement": [under("kms:*", "*", Principal={"AWS": "arn:aws:iam::123456789012:role/other"})]}
    kms = client("kms")
    key = kms.create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"]
    generate = role(EVERYTHING)("kms").generate_data_key
    assert "AccessDenied" == outcome(generate, KeyId=key, KeySpec="AES_256")


@pytest.mark.parametrize(("key", "status"), [("raw/b", 200), ("other/b", 403)])
def test_a_presigned_url_can_do_what_its_signer_can(role, bucket, key, status):
    """A browser that holds the URL acts under the signer's role."""
    s3 = role(under("s3:PutObject", f"arn:aws:s3:::{bucket}/raw/*"))("s3")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": key})
    request = urllib.request.Request(url, b"b", method="PUT")  # noqa: S310 - the emulator's, on loopback
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            answered = response.status
    except urllib.error.HTTPError as error:
        answered = error.code
    assert status == answered


def test_queues_topics_and_machines_are_judged_by_their_arns(client, role, outcome):
    """Each service's requests name their resource in their own way."""
    queues = {name: client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in ("mine", "other")}
    topics = {name: client("sns").create_topic(Name=name)["TopicArn"] for name in ("mine", "other")}
    make = role(
        under("sqs:ReceiveMessage", "arn:aws:sqs:*:*:mine"),
        under("sns:Publish", topics["mine"]),
        under("states:StartExecution", "arn:aws:states:*:*:stateMachine:mine"),
    )
    machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:"
    receive, publish = make("sqs").receive_message, make("sns").publish
    start = make("stepfunctions").start_execution
    assert ["allowed", "AccessDenied"] == [outcome(receive, QueueUrl=url) for url in queues.values()]
    assert ["allowed", "AccessDenied"] == [
        outcome(publish, TopicArn=arn, Message="m") for arn in topics.values()
    ]
    assert ["StateMachineDoesNotExist", "AccessDenied"] == [
        outcome(start, stateMachineArn=machine + name) for name in topics
    ]


def test_a_job_needs_its_queue_and_its_definition(role, outcome):
    """Batch asks for both."""
    batch = "arn:aws:batch:eu-central-1:123456789012:"
    asked = {
        "jobName": "a",
        "jobQueue": f"{batch}job-queue/q",
        "jobDefinition": f"{batch}job-definition/d:1",
    }
    submit = under("batch:SubmitJob", f"{batch}job-queue/q")
    assert "AccessDenied" == outcome(role(submit)("batch").submit_job, **asked)
    definition = under("batch:SubmitJob", f"{batch}job-definition/d:*")
    assert "Client" == outcome(role(submit, definition)("batch").submit_job, **asked)


def test_an_unknown_request_is_not_judged(role, outcome):
    """Neither allowed nor denied: the emulator says that it does not know."""
    assert "NotJudged" == outcome(role(EVERYTHING)("dynamodb").list_tables)
    assert "NotJudged" == outcome(role(EVERYTHING)("s3").list_buckets)
