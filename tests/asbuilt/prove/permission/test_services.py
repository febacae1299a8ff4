"""Services that act for a resource without a role."""

import pytest

PLACE = "eu-west-1:111122223333"
QUEUE, TOPIC = f"arn:aws:sqs:{PLACE}:news", f"arn:aws:sns:{PLACE}:news"


@pytest.fixture
def fanout(world):
    """A topic that fills a queue."""
    named = {
        "Principal": {"Service": "sns.amazonaws.com"},
        "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}},
    }
    world.set("aws_sns_topic_subscription.news", topic_arn=TOPIC, endpoint=QUEUE, protocol="sqs")
    world.set(
        "aws_sqs_queue_policy.news",
        queue_url="https://sqs/news",
        policy=world.policy(world.allow("sqs:SendMessage", QUEUE, Sid="Fill", **named)),
    )
    return world


def delivered(world):
    """The verdict over the topic's messages."""
    return world.prove("aws_sns_topic.news", "sqs:SendMessage", "aws_sqs_queue.news")


def filled(world, **more):
    """Change the statement that lets the topic in."""
    named = {"Principal": {"Service": "sns.amazonaws.com"}, **more}
    statement = world.allow(more.pop("actions", "sqs:SendMessage"), QUEUE, **named)
    statement.pop("actions", None)
    world.set("aws_sqs_queue_policy.news", policy=world.policy(statement))


def test_a_topic_fills_a_queue(fanout):
    """Subscription and queue policy are cited."""
    found = delivered(fanout)
    cited = [evidence.address for evidence in found.evidence]
    assert "proven" == found.verdict
    assert cited == [
        "aws_sns_topic.news",
        "aws_sns_topic_subscription.news",
        "aws_sqs_queue_policy.news#Fill",
        "aws_sqs_queue.news",
    ]


BROKEN = {
    "no subscription": (lambda w: w.drop("aws_sns_topic_subscription.news"), "refuted"),
    "a subscription by mail": (
        lambda w: w.set("aws_sns_topic_subscription.news", protocol="email"),
        "refuted",
    ),
    "a subscription of another topic": (
        lambda w: w.set("aws_sns_topic_subscription.news", topic_arn=TOPIC + "2"),
        "refuted",
    ),
    "a subscription of another queue": (
        lambda w: w.set("aws_sns_topic_subscription.news", endpoint=QUEUE + "2"),
        "refuted",
    ),
    "no policy": (lambda w: w.drop("aws_sqs_queue_policy.news"), "refuted"),
    "a policy for another topic": (
        lambda w: filled(w, Condition={"ArnEquals": {"aws:SourceArn": TOPIC + "2"}}),
        "refuted",
    ),
    "a policy for another account": (
        lambda w: filled(w, Condition={"StringEquals": {"aws:SourceAccount": "444455556666"}}),
        "refuted",
    ),
    "a policy for another service": (
        lambda w: filled(w, Principal={"Service": "s3.amazonaws.com"}),
        "refuted",
    ),
    "a policy for a role": (
        lambda w: filled(w, Principal={"AWS": "arn:aws:iam::111122223333:role/api"}),
        "refuted",
    ),
    "a policy for the account and the source": (
        lambda w: filled(w, Principal=w.root, Condition={"ArnEquals": {"aws:SourceArn": TOPIC}}),
        "unknown",
    ),
    "a policy under an unknown condition": (
        lambda w: filled(w, Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}}),
        "unknown",
    ),
    "a policy that denies": (lambda w: filled(w, Effect="Deny"), "refuted"),
    "a policy for another action": (lambda w: filled(w, Action="sqs:ReceiveMessage"), "refuted"),
}


@pytest.mark.parametrize(("broken", "verdict"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_delivery_is_found(fanout, broken, verdict):
    """The subscription and every part of the queue's policy are needed."""
    broken(fanout)
    assert verdict == delivered(fanout).verdict, delivered(fanout).reason


@pytest.mark.parametrize(
    "more",
    [
        {"Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:{PLACE}:*"}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "true"}}},
    ],
)
def test_a_policy_may_name_the_source_in_several_ways(fanout, more):
    """By a pattern, by its account, or as a service over TLS."""
    filled(fanout, **more)
    assert "proven" == delivered(fanout).verdict


def test_a_topic_does_nothing_else_to_a_queue(fanout):
    """A service's one action is named."""
    found = fanout.prove("aws_sns_topic.news", "sqs:DeleteMessage", "aws_sqs_queue.news")
    assert ("refuted", True) == (found.verdict, "sqs:SendMessage" in found.reason)


@pytest.mark.parametrize(
    ("key", "statements", "verdict"),
    [
        ("arn:aws:kms:eu-west-1:111122223333:key/data", [], "refuted"),
        ("data", ["kms:GenerateDataKey*", "kms:Decrypt"], "proven"),
        ("data", ["kms:GenerateDataKey"], "refuted"),
        ("data", ["kms:Decrypt"], "refuted"),
        ("alias/aws/sqs", ["kms:*"], "refuted"),
        ("alias/shop", ["kms:*"], "proven"),
        ("alias/none", ["kms:*"], "unknown"),
        ("other", ["kms:*"], "unknown"),
    ],
)
def test_a_topic_fills_an_encrypted_queue_only_with_its_key(fanout, key, statements, verdict):
    """The key policy must let SNS make and read data keys; AWS' own key lets nobody else in."""
    named = {
        "Principal": {"Service": "sns.amazonaws.com"},
        "Condition": {"ArnLike": {"aws:SourceArn": TOPIC}},
    }
    given = [fanout.allow(statements, **named)] if statements else []
    account = fanout.allow("kms:*", Principal=fanout.root)
    fanout.set("aws_sqs_queue.news", kms_master_key_id=key)
    fanout.set("aws_kms_alias.shop", name="alias/shop", target_key_id="data")
    fanout.set("aws_kms_key.data", policy=fanout.policy(account, *given))
    assert verdict == delivered(fanout).verdict, delivered(fanout).reason


@pytest.fixture
def trail(plain):
    """A trail that writes into the bucket."""
    arn = f"arn:aws:cloudtrail:{PLACE}:trail/shop"
    plain.set("aws_cloudtrail.shop", arn=arn, s3_bucket_name="files", enable_logging=True, s3_key_prefix="")
    named = {
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceArn": arn, "s3:x-amz-acl": "bucket-owner-full-control"}},
    }
    look = plain.allow("s3:GetBucketAcl", "arn:aws:s3:::files", Principal=named["Principal"])
    write = plain.allow("s3:PutObject", "arn:aws:s3:::files/AWSLogs/111122223333/*", Sid="Write", **named)
    plain.set("aws_s3_bucket_policy.files", policy=plain.policy(look, write))
    return plain


def written(world):
    """The verdict over the trail's files."""
    return world.prove("aws_cloudtrail.shop", "s3:PutObject", "aws_s3_bucket.files")


def test_a_trail_writes_where_it_writes(trail):
    """The policy must allow the trail's own folder, not just some folder."""
    assert "proven" == written(trail).verdict, written(trail).reason
    trail.set("aws_cloudtrail.shop", s3_key_prefix="trail")
    assert "refuted" == written(trail).verdict


def test_a_trail_of_an_organization_writes_elsewhere_too(trail):
    """Its folder is named after the organization, which is not in the files."""
    trail.set("aws_cloudtrail.shop", is_organization_trail=True)
    assert "unknown" == written(trail).verdict


def test_access_logs_go_to_no_bucket_that_retains_what_it_gets(plain):
    """S3 refuses to deliver them where Object Lock has a default retention."""
    plain.set("aws_s3_bucket.shop", arn="arn:aws:s3:::shop", id="shop", bucket="shop", region="eu-west-1")
    plain.set("aws_s3_bucket_logging.shop", bucket="shop", target_bucket="files", target_prefix="shop/")
    logs = {"Principal": {"Service": "logging.s3.amazonaws.com"}}
    document = plain.policy(plain.allow("s3:PutObject", "arn:aws:s3:::files/*", **logs))
    plain.set("aws_s3_bucket_policy.files", policy=document)
    ends = ("aws_s3_bucket.shop", "s3:PutObject", "aws_s3_bucket.files")
    assert "proven" == plain.prove(*ends).verdict
    lock = [{"default_retention": [{"mode": "GOVERNANCE", "days": 1}]}]
    plain.set("aws_s3_bucket_object_lock_configuration.files", bucket="files", rule=lock)
    assert "unknown" == plain.prove(*ends).verdict


def test_a_trail_that_may_write_only_some_of_its_files_is_open(trail):
    """CloudTrail picks the names, so a policy for some of them is not enough."""
    document = trail.resources["aws_s3_bucket_policy.files"]["policy"].replace("333/*", "333/CloudTrail/*")
    trail.set("aws_s3_bucket_policy.files", policy=document)
    assert ("unknown", True) == (written(trail).verdict, "333/CloudTrail/*" in written(trail).reason)


def test_a_trail_that_is_off_or_elsewhere_writes_nothing(trail):
    """A trail that does not log, or logs to another bucket, is no arrow."""
    trail.set("aws_cloudtrail.shop", enable_logging=False)
    assert "refuted" == written(trail).verdict
    trail.set("aws_cloudtrail.shop", enable_logging=True, s3_bucket_name="other")
    assert "refuted" == written(trail).verdict


def test_a_trail_looks_at_the_bucket_first(trail):
    """CloudTrail reads the bucket's ACL before it writes."""
    document = trail.resources["aws_s3_bucket_policy.files"]["policy"].replace(
        "GetBucketAcl", "GetBucketTagging"
    )
    trail.set("aws_s3_bucket_policy.files", policy=document)
    assert ("refuted", True) == (written(trail).verdict, "s3:GetBucketAcl" in written(trail).reason)


@pytest.mark.parametrize(
    ("operations", "bucket_key", "verdict"),
    [
        (["kms:GenerateDataKey*", "kms:DescribeKey"], False, "proven"),
        (["kms:GenerateDataKey*", "kms:DescribeKey"], True, "refuted"),
        (["kms:GenerateDataKey*", "kms:DescribeKey", "kms:Decrypt"], True, "proven"),
        (["kms:DescribeKey"], False, "refuted"),
    ],
)
def test_a_trail_uses_its_own_key(trail, operations, bucket_key, verdict):
    """With an S3 bucket key CloudTrail must also be let to decrypt."""
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": trail.key}
    rule = {"bucket_key_enabled": bucket_key, "apply_server_side_encryption_by_default": [default]}
    trail.set("aws_s3_bucket_server_side_encryption_configuration.files", bucket="files", rule=[rule])
    trail.set("aws_cloudtrail.shop", kms_key_id=trail.key)
    statement = trail.allow(operations, Principal={"Service": "cloudtrail.amazonaws.com"})
    trail.set("aws_kms_key.data", policy=trail.policy(statement))
    assert verdict == written(trail).verdict, written(trail).reason


def test_a_trail_without_a_key_into_an_encrypted_bucket_is_open(trail):
    """Which key CloudTrail then uses is not documented."""
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": trail.key}
    rule = {"bucket_key_enabled": True, "apply_server_side_encryption_by_default": [default]}
    trail.set("aws_s3_bucket_server_side_encryption_configuration.files", bucket="files", rule=[rule])
    assert "unknown" == written(trail).verdict


@pytest.mark.parametrize(
    ("access_logs", "encrypted", "verdict"),
    [
        ({"bucket": "files", "enabled": True, "prefix": "lb"}, False, "proven"),
        ({"bucket": "files", "enabled": False, "prefix": "lb"}, False, "refuted"),
        ({"bucket": "files", "enabled": True, "prefix": "x"}, False, "refuted"),
        ({"bucket": "other", "enabled": True, "prefix": "lb"}, False, "refuted"),
        ({"bucket": "files", "enabled": True, "prefix": "lb"}, True, "refuted"),
    ],
)
def test_a_load_balancer_writes_its_log(world, access_logs, encrypted, verdict):
    """Into its own folder, and only under S3's own keys."""
    name = "logdelivery.elasticloadbalancing.amazonaws.com"
    statement = world.allow(
        "s3:PutObject", "arn:aws:s3:::files/lb/AWSLogs/111122223333/*", Principal={"Service": name}
    )
    world.set("aws_s3_bucket_policy.files", policy=world.policy(statement))
    arn = f"arn:aws:elasticloadbalancing:{PLACE}:loadbalancer/app/a/1"
    world.set("aws_lb.main", arn=arn, access_logs=[access_logs])
    if not encrypted:
        world.unencrypted()
    assert verdict == world.prove("aws_lb.main", "s3:PutObject", "aws_s3_bucket.files").verdict


DEFAULT = {
    "Sid": "__default_statement_ID",
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": ["SNS:Publish", "SNS:Subscribe"],
    "Resource": TOPIC,
    "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}},
}


@pytest.mark.parametrize(
    ("alarm", "verdict"),
    [
        ({"alarm_actions": [TOPIC]}, "proven"),
        ({"ok_actions": [TOPIC]}, "proven"),
        ({"alarm_actions": [TOPIC], "actions_enabled": False}, "refuted"),
        ({"alarm_actions": [TOPIC + "2"]}, "refuted"),
    ],
)
def test_an_alarm_reaches_its_topic_by_the_default_policy(world, alarm, verdict):
    """SNS lets CloudWatch in for the topic's owner, until somebody writes a policy."""
    world.set("aws_sns_topic.news", policy=world.policy(DEFAULT, version="2008-10-17"))
    world.set("aws_cloudwatch_metric_alarm.x", arn=f"arn:aws:cloudwatch:{PLACE}:alarm:x", **alarm)
    ask = ("aws_cloudwatch_metric_alarm.x", "sns:Publish", "aws_sns_topic.news")
    assert verdict == world.prove(*ask).verdict
    world.set("aws_sns_topic_policy.news", arn=TOPIC, policy=world.policy())
    assert "refuted" == world.prove(*ask).verdict


@pytest.mark.parametrize(
    ("control", "source_arn", "verdict"),
    [
        ("oac", "arn:aws:cloudfront::111122223333:distribution/D", "proven"),
        ("oac", "arn:aws:cloudfront::111122223333:distribution/E", "refuted"),
        ("", "arn:aws:cloudfront::111122223333:distribution/D", "unknown"),
    ],
)
def test_a_distribution_reads_a_bucket_by_its_access_control(plain, control, source_arn, verdict):
    """The origin signs its requests, and the bucket policy names the distribution."""
    named = {
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Condition": {"StringEquals": {"AWS:SourceArn": source_arn}},
    }
    plain.set("aws_s3_bucket_policy.files", policy=plain.policy(plain.allow("s3:GetObject", "*", **named)))
    plain.set("aws_cloudfront_origin_access_control.x", id="oac", signing_behavior="always")
    origin = {"domain_name": "files.s3.eu-west-1.amazonaws.com", "origin_access_control_id": control}
    plain.set(
        "aws_cloudfront_distribution.x",
        arn="arn:aws:cloudfront::111122223333:distribution/D",
        origin=[origin],
    )
    assert (
        verdict == plain.prove("aws_cloudfront_distribution.x", "s3:GetObject", "aws_s3_bucket.files").verdict
    )


@pytest.mark.parametrize("field", ["bucket", "queue"])
def test_a_bucket_tells_a_queue_of_its_files(plain, field):
    """The notification joins both; the queue lets S3 in for the bucket."""
    named = {
        "Principal": {"Service": "s3.amazonaws.com"},
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::files"}},
    }
    policy = plain.policy(plain.allow("sqs:SendMessage", QUEUE, **named))
    plain.set("aws_sqs_queue_policy.news", queue_url="https://sqs/news", policy=policy)
    plain.set("aws_s3_bucket_notification.x", bucket="files", queue=[{"queue_arn": QUEUE, "events": []}])
    ask = ("aws_s3_bucket.files", "sqs:SendMessage", "aws_sqs_queue.news")
    assert "proven" == plain.prove(*ask).verdict
    wrong = {"bucket": "other"} if field == "bucket" else {"queue": []}
    plain.set("aws_s3_bucket_notification.x", **wrong)
    assert "refuted" == plain.prove(*ask).verdict


def test_a_function_is_invoked_by_permission(plain):
    """An `aws_lambda_permission` is a statement of its own."""
    arn = f"arn:aws:lambda:{PLACE}:function:f"
    plain.set("aws_lambda_function.f", arn=arn, function_name="f")
    plain.set("aws_sns_topic_subscription.f", topic_arn=TOPIC, endpoint=arn, protocol="lambda")
    given = {"action": "lambda:InvokeFunction", "principal": "sns.amazonaws.com", "source_arn": TOPIC}
    plain.set("aws_lambda_permission.f", function_name="f", **given)
    ask = ("aws_sns_topic.news", "lambda:InvokeFunction", "aws_lambda_function.f")
    found = plain.prove(*ask)
    assert ("proven", True) == (
        found.verdict,
        "aws_lambda_permission.f" in {e.address for e in found.evidence},
    )
    plain.set("aws_lambda_permission.f", source_arn=TOPIC + "2")
    assert "refuted" == plain.prove(*ask).verdict
    plain.set("aws_lambda_permission.f", source_arn=TOPIC, qualifier="live")
    assert "unknown" == plain.prove(*ask).verdict


def test_a_rule_acts_with_its_targets_role(plain):
    """EventBridge takes the role that the target names."""
    arn = f"arn:aws:states:{PLACE}:stateMachine:flow"
    role = plain.role("rule", plain.trust("events"))
    plain.set("aws_sfn_state_machine.flow", arn=arn)
    plain.set("aws_cloudwatch_event_rule.daily", name="daily")
    plain.set("aws_cloudwatch_event_target.daily", rule="daily", arn=arn, role_arn=role)
    plain.grant("rule", plain.allow("states:StartExecution", arn))
    ask = ("aws_cloudwatch_event_rule.daily", "states:StartExecution", "aws_sfn_state_machine.flow")
    assert "proven" == plain.prove(*ask).verdict
    plain.role("rule", plain.trust("states"))
    assert "refuted" == plain.prove(*ask).verdict
    plain.drop("aws_cloudwatch_event_target.daily")
    assert "refuted" == plain.prove(*ask).verdict
