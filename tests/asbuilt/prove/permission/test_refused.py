"""What AWS refuses to make, or what is switched off: nothing of it proves a permission."""

import pytest

ACCOUNT, PLACE = "111122223333", "eu-west-1:111122223333"
QUEUE, TOPIC = f"arn:aws:sqs:{PLACE}:news", f"arn:aws:sns:{PLACE}:news"
OBJECTS = "arn:aws:s3:::files/*"
POD = {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}}
TAKES = ["sts:AssumeRole", "sts:TagSession"]


def _role(world, name: str) -> str:
    return f"arn:aws:iam::{world.account}:role/{name}"


@pytest.fixture
def shop(world):
    """Everything that a service may act for, and that a role may call, each allowed."""
    by = lambda name: {"Principal": {"Service": f"{name}.amazonaws.com"}}  # noqa: E731 - used below only
    fills = [world.allow("sqs:SendMessage", QUEUE, **by(name)) for name in ("sns", "events", "s3")]
    world.set("aws_sqs_queue_policy.news", queue_url="https://sqs/news", policy=world.policy(*fills))
    tells = world.allow("sns:Publish", TOPIC, **by("cloudwatch"))
    world.set("aws_sns_topic_policy.news", arn=TOPIC, policy=world.policy(tells))
    world.set("aws_sns_topic_subscription.news", topic_arn=TOPIC, endpoint=QUEUE, protocol="sqs")
    world.set("aws_cloudwatch_event_rule.r", name="r", id="r", arn=f"arn:aws:events:{PLACE}:rule/r")
    world.set("aws_cloudwatch_event_target.t", rule="r", arn=QUEUE)
    world.set("aws_s3_bucket_notification.n", bucket="files", queue=[{"queue_arn": QUEUE}])
    alarm = f"arn:aws:cloudwatch:{PLACE}:alarm:a"
    world.set("aws_cloudwatch_metric_alarm.a", arn=alarm, alarm_actions=[TOPIC], actions_enabled=True)
    world.set("aws_batch_job_queue.q", arn=f"arn:aws:batch:{PLACE}:job-queue/q", name="q", state="ENABLED")
    world.set("aws_batch_job_definition.d", arn=f"arn:aws:batch:{PLACE}:job-definition/d:1", name="d")
    function = f"arn:aws:lambda:{PLACE}:function:f"
    world.set("aws_lambda_function.f", role=_role(world, "f"), arn=function, function_name="f")
    world.role("f", world.trust("lambda", "scheduler"))
    world.grant("f", world.allow(["batch:*", "kms:*", "lambda:*", "sqs:SendMessage", "states:*"]))
    schedule = {"arn": f"arn:aws:scheduler:{PLACE}:schedule/default/s", "state": "ENABLED"}
    world.set("aws_scheduler_schedule.s", target=[{"arn": QUEUE, "role_arn": _role(world, "f")}], **schedule)
    machine = f"arn:aws:states:{PLACE}:stateMachine:m"
    world.set("aws_sfn_state_machine.m", arn=machine, id=machine, name="m", type="EXPRESS")
    key = world.policy(world.allow("kms:*", Principal={"AWS": "*"}))
    world.set("aws_kms_key.k", arn=f"arn:aws:kms:{PLACE}:key/k", key_id="k", is_enabled=True, policy=key)
    return world


@pytest.fixture
def signed(plain):
    """A distribution that signs what it asks of a bucket."""
    control = {"signing_behavior": "always", "origin_access_control_origin_type": "s3"}
    plain.set("aws_cloudfront_origin_access_control.o", id="OAC", **control)
    origin = {"origin_id": "s3", "domain_name": "files.s3.eu-west-1.amazonaws.com"}
    plain.set(
        "aws_cloudfront_distribution.d",
        arn=f"arn:aws:cloudfront::{ACCOUNT}:distribution/D",
        enabled=True,
        origin=[{**origin, "origin_access_control_id": "OAC"}],
        default_cache_behavior=[{"target_origin_id": "s3"}],
    )
    reads = plain.allow("s3:GetObject", OBJECTS, Principal={"Service": "cloudfront.amazonaws.com"})
    plain.set("aws_s3_bucket_policy.files", policy=plain.policy(reads))
    return plain


FANOUT = ("aws_sns_topic.news", "sqs:SendMessage", "aws_sqs_queue.news")
EVENT = ("aws_cloudwatch_event_rule.r", "sqs:SendMessage", "aws_sqs_queue.news")
NOTIFIED = ("aws_s3_bucket.files", "sqs:SendMessage", "aws_sqs_queue.news")
ALARM = ("aws_cloudwatch_metric_alarm.a", "sns:Publish", "aws_sns_topic.news")
SUBMIT = ("aws_lambda_function.f", "batch:SubmitJob", "aws_batch_job_queue.q")
INVOKE = ("aws_iam_role.f", "lambda:InvokeFunction", "aws_lambda_function.f")
SYNC = ("aws_lambda_function.f", "states:StartSyncExecution", "aws_sfn_state_machine.m")
DATA_KEY = ("aws_lambda_function.f", "kms:GenerateDataKey", "aws_kms_key.k")
PATTERN = '{"source": ["aws.batch"]}'
SCHEDULE = ("aws_scheduler_schedule.s", "sqs:SendMessage", "aws_sqs_queue.news")

SERVICES = {
    "a FIFO queue behind a standard topic": (FANOUT, "aws_sqs_queue.news", {"fifo_queue": True}, "FIFO"),
    "a FIFO queue behind a bucket": (NOTIFIED, "aws_sqs_queue.news", {"fifo_queue": True}, "FIFO"),
    "a bucket of another region": (NOTIFIED, "aws_s3_bucket.files", {"region": "us-east-1"}, "us-east-1"),
    "two notifications of one bucket": (
        NOTIFIED,
        "aws_s3_bucket_notification.m",
        {"bucket": "files"},
        "overwrite",
    ),
    "a rule that is disabled": (EVENT, "aws_cloudwatch_event_rule.r", {"state": "DISABLED"}, "switched off"),
    "a rule disabled in the older way": (
        EVENT,
        "aws_cloudwatch_event_rule.r",
        {"is_enabled": False},
        "switched off",
    ),
    "a target on another bus": (
        EVENT,
        "aws_cloudwatch_event_target.t",
        {"event_bus_name": "other"},
        "nothing makes",
    ),
    "an alarm of another region": (
        ALARM,
        "aws_cloudwatch_metric_alarm.a",
        {"arn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"},
        "us-east-1",
    ),
    "a queue that is disabled": (SUBMIT, "aws_batch_job_queue.q", {"state": "DISABLED"}, "takes none"),
    "a function that may not run": (
        SUBMIT,
        "aws_lambda_function.f",
        {"reserved_concurrent_executions": 0},
        "switched off",
    ),
    "a function that may not be invoked": (
        INVOKE,
        "aws_lambda_function.f",
        {"reserved_concurrent_executions": 0},
        "takes none",
    ),
    "a filter on a subscription": (
        FANOUT,
        "aws_sns_topic_subscription.news",
        {"filter_policy": '{"kind": ["never"]}'},
        "filter policy",
    ),
    "a FIFO queue behind a rule without a group": (
        EVENT,
        "aws_sqs_queue.news",
        {"fifo_queue": True},
        "message group",
    ),
    "a FIFO topic behind an alarm": (ALARM, "aws_sns_topic.news", {"fifo_topic": True}, "FIFO"),
    "a schedule on a bus of its own": (
        EVENT,
        "aws_cloudwatch_event_rule.r",
        {"event_bus_name": "own", "schedule_expression": "rate(1 day)"},
        "default bus",
    ),
    "AWS's events on a bus of its own": (
        EVENT,
        "aws_cloudwatch_event_rule.r",
        {"event_bus_name": "own", "event_pattern": PATTERN},
        "default bus",
    ),
    "a pattern that fits nothing": (
        EVENT,
        "aws_cloudwatch_event_rule.r",
        {"event_pattern": '{"source": []}'},
        "fits nothing",
    ),
    "a standard machine asked to answer": (
        SYNC,
        "aws_sfn_state_machine.m",
        {"type": "STANDARD"},
        "takes none",
    ),
    "a data key of an asymmetric key": (
        DATA_KEY,
        "aws_kms_key.k",
        {"customer_master_key_spec": "RSA_4096"},
        "symmetric",
    ),
    "a data key of a key that signs": (DATA_KEY, "aws_kms_key.k", {"key_usage": "SIGN_VERIFY"}, "is for"),
    "a schedule that is disabled": (
        SCHEDULE,
        "aws_scheduler_schedule.s",
        {"state": "DISABLED"},
        "switched off",
    ),
}


@pytest.mark.parametrize("case", SERVICES)
def test_what_is_off_or_does_not_fit_proves_nothing(shop, case):
    """Each is proven until one thing is changed, and not proven afterwards, for the reason that is told."""
    ends, address, values, reason = SERVICES[case]
    before = shop.prove(*ends)
    assert "proven" == before.verdict, before
    shop.set(address, **values)
    found = shop.prove(*ends)
    assert (False, True) == (found.verdict == "proven", reason in found.reason), found


@pytest.mark.parametrize("actions", ["*", "sns:*", ["sns:Publish", "sns:CreateTopic"]])
def test_a_topic_policy_names_actions_on_topics_one_by_one(shop, actions):
    """SNS refuses wildcards and actions that are on no topic."""
    assert "proven" == shop.prove(*ALARM).verdict
    tells = shop.allow(actions, TOPIC, Principal={"Service": "cloudwatch.amazonaws.com"})
    shop.set("aws_sns_topic_policy.news", policy=shop.policy(tells))
    found = shop.prove(*ALARM)
    assert ("unknown", True) == (found.verdict, "may not name" in found.reason), found


def test_a_fifo_topic_leads_to_queues_only(shop):
    """SNS refuses to subscribe a function to one."""
    ends = ("aws_sns_topic.news", "lambda:InvokeFunction", "aws_lambda_function.f")
    function = f"arn:aws:lambda:{PLACE}:function:f"
    shop.set("aws_sns_topic_subscription.f", topic_arn=TOPIC, endpoint=function, protocol="lambda")
    given = {"function_name": "f", "action": "lambda:InvokeFunction", "principal": "sns.amazonaws.com"}
    shop.set("aws_lambda_permission.f", **given)
    assert "proven" == shop.prove(*ends).verdict
    shop.set("aws_sns_topic.news", fifo_topic=True)
    assert "refuted" == shop.prove(*ends).verdict


def test_a_topic_policy_knows_no_conditions_for_eventbridge(shop):
    """What the policy asks of the source is never met, or nobody says how."""
    ends = ("aws_cloudwatch_event_rule.r", "sns:Publish", "aws_sns_topic.news")
    shop.set("aws_cloudwatch_event_target.n", rule="r", arn=TOPIC)
    tells = shop.allow("sns:Publish", TOPIC, Principal={"Service": "events.amazonaws.com"})
    shop.set("aws_sns_topic_policy.news", policy=shop.policy(tells))
    assert "proven" == shop.prove(*ends).verdict
    source = {"ArnEquals": {"aws:SourceArn": f"arn:aws:events:{PLACE}:rule/r"}}
    shop.set("aws_sns_topic_policy.news", policy=shop.policy({**tells, "Condition": source}))
    assert "unknown" == shop.prove(*ends).verdict


def test_a_topic_policy_about_another_topic_is_refused(shop):
    """SNS takes none that names anything but its own topic."""
    named = {"Principal": {"Service": "cloudwatch.amazonaws.com"}}
    statements = [shop.allow("sns:Publish", arn, **named) for arn in (TOPIC, f"{TOPIC}2")]
    shop.set("aws_sns_topic_policy.news", policy=shop.policy(*statements))
    assert ("unknown", True) == (shop.prove(*ALARM).verdict, "another resource" in shop.prove(*ALARM).reason)


ORIGINS = {
    "a distribution that is off": ("aws_cloudfront_distribution.d", {"enabled": False}, "switched off"),
    "an origin that no behavior names": (
        "aws_cloudfront_distribution.d",
        {"default_cache_behavior": [{"target_origin_id": "other"}]},
        "nothing makes",
    ),
    "a control for functions": (
        "aws_cloudfront_origin_access_control.o",
        {"origin_access_control_origin_type": "lambda"},
        "not surely sign",
    ),
}


@pytest.mark.parametrize("case", ORIGINS)
def test_a_distribution_that_does_not_ask_or_sign_proves_nothing(signed, case):
    """It reads the bucket until one thing is changed."""
    address, values, reason = ORIGINS[case]
    ends = ("aws_cloudfront_distribution.d", "s3:GetObject", "aws_s3_bucket.files")
    assert "proven" == signed.prove(*ends).verdict
    signed.set(address, **values)
    found = signed.prove(*ends)
    assert (False, True) == (found.verdict == "proven", reason in found.reason), found


DOCUMENTS = {
    "a Sid twice": (
        lambda w: w.grant("api", w.allow("s3:*", Sid="A"), w.allow("sqs:*", Sid="A")),
        "a Sid twice",
    ),
    "a Sid with a dash": (lambda w: w.grant("api", w.allow("s3:*", Sid="A-b")), "letters and digits"),
    "a resource that is no ARN": (
        lambda w: w.grant("api", w.allow("s3:*"), w.allow("sqs:*", "news")),
        "no ARN",
    ),
    "a trust policy with a resource": (
        lambda w: w.role("api", w.policy({**POD, "Action": TAKES, "Resource": "*"})),
        "IAM refuses",
    ),
    "a trust policy with an action of another service": (
        lambda w: w.role("api", w.policy({**POD, "Action": [*TAKES, "s3:GetObject"]})),
        "IAM refuses",
    ),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_that_iam_refuses_proves_nothing(plain, case):
    """One wrong word, and none of its statements stands."""
    assert "proven" == plain.put().verdict
    change, reason = DOCUMENTS[case]
    change(plain)
    assert ("unknown", True) == (plain.put().verdict, reason in plain.put().reason), plain.put()


BUCKETS = {
    "another bucket": (lambda own: {"Resource": "arn:aws:s3:::other/*", **own}, "another resource"),
    "another service": (lambda own: {"Action": "sqs:SendMessage", **own}, "another service"),
    "everybody": (lambda own: {"Principal": "*"}, "blocks public"),
    "everybody over TLS": (
        lambda own: {"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        "blocks public",
    ),
    "a list of objects": (lambda own: {"Action": "s3:ListBucket", **own}, "does not apply"),
}


@pytest.mark.parametrize("case", BUCKETS)
def test_a_bucket_policy_that_s3_refuses_proves_nothing(plain, case):
    """Not even what another statement of it allows."""
    plain.drop("aws_iam_role_policy.api")
    own = {"Principal": {"AWS": _role(plain, "api")}}
    good = plain.allow("s3:PutObject", OBJECTS, **own)
    plain.set("aws_s3_bucket_policy.files", policy=plain.policy(good))
    assert "proven" == plain.put().verdict
    change, reason = BUCKETS[case]
    bad = plain.allow("s3:GetObject", OBJECTS, **own) | change(own)
    plain.set("aws_s3_bucket_policy.files", policy=plain.policy(good, bad))
    assert ("unknown", True) == (plain.put().verdict, reason in plain.put().reason), plain.put()


def test_a_bucket_that_lets_public_policies_in(plain):
    """Told to, S3 takes a policy for everybody."""
    plain.drop("aws_iam_role_policy.api")
    everybody = plain.policy(plain.allow("s3:PutObject", OBJECTS, Principal="*"))
    plain.set("aws_s3_bucket_policy.files", policy=everybody)
    plain.set("aws_s3_bucket_public_access_block.files", bucket="files", block_public_policy=False)
    assert "proven" == plain.put().verdict
    plain.set("aws_s3_account_public_access_block.main", block_public_policy=True)
    assert "unknown" == plain.put().verdict


def test_a_statement_for_one_source_is_not_public(plain):
    """Everybody from one VPC endpoint is not everybody."""
    own = {"Principal": {"AWS": _role(plain, "api")}}
    one = {"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}
    statements = (plain.allow("s3:PutObject", OBJECTS, **own), plain.allow("s3:GetObject", OBJECTS, **one))
    plain.drop("aws_iam_role_policy.api")
    plain.set("aws_s3_bucket_policy.files", policy=plain.policy(*statements))
    assert "proven" == plain.put().verdict


def test_a_bucket_takes_no_access_control_lists_unless_told_so(plain):
    """They are switched off for new buckets."""
    ends = ("shop/Deployment/api", "s3:PutObjectAcl", "aws_s3_bucket.files")
    plain.grant("api", plain.allow("s3:PutObjectAcl", OBJECTS))
    assert "unknown" == plain.prove(*ends).verdict
    rule = [{"object_ownership": "ObjectWriter"}]
    plain.set("aws_s3_bucket_ownership_controls.files", bucket="files", rule=rule)
    assert "proven" == plain.prove(*ends).verdict


@pytest.mark.parametrize("managed", [False, True])
def test_a_policy_longer_than_iam_takes_proves_nothing(plain, managed):
    """6,144 characters of a managed policy, 10,240 of all that are inline."""
    resources = ["arn:aws:s3:::files/*", *(f"arn:aws:s3:::files/{number:0100}" for number in range(100))]
    arn = f"arn:aws:iam::{ACCOUNT}:policy/long"
    for length, verdict in ((2, "proven"), (101, "unknown")):
        statement = plain.allow("s3:PutObject", resources[:length])
        if managed:
            plain.resources.pop("aws_iam_role_policy.api", None)
            plain.set("aws_iam_policy.long", arn=arn, policy=plain.policy(statement))
            plain.set("aws_iam_role_policy_attachment.long", role="api", policy_arn=arn)
        else:
            plain.grant("api", statement)
        assert verdict == plain.put().verdict, plain.put()


def test_an_asymmetric_key_encrypts_for_no_service(world):
    """S3 takes symmetric keys alone."""
    assert "proven" == world.put().verdict
    world.set("aws_kms_key.data", customer_master_key_spec="RSA_4096")
    assert "unknown" == world.put().verdict


def test_a_key_that_does_not_encrypt_or_is_far_away(world):
    """A bucket's key is for encryption, and in the region of the bucket."""
    assert "proven" == world.put().verdict
    world.set("aws_kms_key.data", key_usage="SIGN_VERIFY")
    assert "not for encryption" in world.put().reason
    world.set("aws_kms_key.data", key_usage="ENCRYPT_DECRYPT")
    world.set("aws_s3_bucket.files", region="us-east-1")
    assert "different regions" in world.put().reason
