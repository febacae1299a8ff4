"""What acts only on what it names, whatever its role allows."""

import json

import pytest

PLACE = "eu-west-1:111122223333"
QUEUE, TOPIC = f"arn:aws:sqs:{PLACE}:news", f"arn:aws:sns:{PLACE}:news"
GROUP, STREAM = f"arn:aws:logs:{PLACE}:log-group:calls", f"arn:aws:kinesis:{PLACE}:stream/s"
PUBLISH = "arn:aws:states:::sns:publish"
SEND = ("sqs:SendMessage", "aws_sqs_queue.news")
WRITE = ("logs:PutLogEvents", "aws_cloudwatch_log_group.calls")
STORE = ("s3:PutObject", "aws_s3_bucket.files")


def _sqs(queue: str) -> dict[str, str]:
    return {"arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "input": json.dumps({"QueueUrl": queue})}


CASES = {
    # type: who takes the role, what is asked, what names the target, and what names another one
    "a schedule": (
        "aws_scheduler_schedule",
        "scheduler",
        SEND,
        lambda role: {"target": [{"role_arn": role, "arn": QUEUE}]},
        lambda role: {"target": [{"role_arn": role, "arn": f"{QUEUE}-other"}]},
    ),
    "a schedule of an API call": (
        "aws_scheduler_schedule",
        "scheduler",
        SEND,
        lambda role: {"target": [{"role_arn": role, **_sqs("https://sqs/news")}]},
        lambda role: {"target": [{"role_arn": role, **_sqs("https://sqs/other")}]},
    ),
    "a pipe": (
        "aws_pipes_pipe",
        "pipes",
        SEND,
        lambda role: {"role_arn": role, "source": STREAM, "target": QUEUE},
        lambda role: {"role_arn": role, "source": STREAM, "target": TOPIC},
    ),
    "a target of a rule": (
        "aws_cloudwatch_event_target",
        "events",
        SEND,
        lambda role: {"role_arn": role, "arn": QUEUE},
        lambda role: {"role_arn": role, "arn": TOPIC},
    ),
    "a flow log": (
        "aws_flow_log",
        "vpc-flow-logs",
        WRITE,
        lambda role: {"iam_role_arn": role, "log_destination": GROUP},
        lambda role: {"iam_role_arn": role, "log_destination": f"{GROUP}-other"},
    ),
    "a trail": (
        "aws_cloudtrail",
        "cloudtrail",
        WRITE,
        lambda role: {"cloud_watch_logs_role_arn": role, "cloud_watch_logs_group_arn": f"{GROUP}:*"},
        lambda role: {"cloud_watch_logs_role_arn": role, "cloud_watch_logs_group_arn": f"{GROUP}-other:*"},
    ),
    "a delivery stream": (
        "aws_kinesis_firehose_delivery_stream",
        "firehose",
        STORE,
        lambda role: {"extended_s3_configuration": [{"role_arn": role, "bucket_arn": "arn:aws:s3:::files"}]},
        lambda role: {"extended_s3_configuration": [{"role_arn": role, "bucket_arn": "arn:aws:s3:::else"}]},
    ),
}


@pytest.fixture
def errand(plain):
    """A role that may do everything, for whoever is to take it."""
    plain.set("aws_cloudwatch_log_group.calls", arn=GROUP, id="calls", name="calls")
    plain.grant("worker", plain.allow(["s3:*", "sqs:*", "logs:*", "sns:*", "lambda:*"]))
    return plain


@pytest.mark.parametrize("case", CASES)
def test_a_role_that_allows_more_opens_nothing_else(errand, case):
    """It leads where its arguments say, and nowhere else."""
    type_, service, (action, target), right, wrong = CASES[case]
    role = errand.role("worker", errand.trust(service))
    errand.set(f"{type_}.x", **{"arn": f"arn:aws:x:{PLACE}:x", **right(role)})
    assert "proven" == errand.prove(f"{type_}.x", action, target).verdict
    errand.set(f"{type_}.x", **wrong(role))
    assert "proven" != errand.prove(f"{type_}.x", action, target).verdict


def test_a_schedule_does_one_thing_at_its_target(errand):
    """It sends to a queue and does not read it."""
    role = errand.role("worker", errand.trust("scheduler"))
    errand.set("aws_scheduler_schedule.x", target=[{"role_arn": role, "arn": QUEUE}])
    ends = ("aws_scheduler_schedule.x", "sqs:ReceiveMessage", "aws_sqs_queue.news")
    assert "refuted" == errand.prove(*ends).verdict


def test_a_schedule_sends_to_a_fifo_queue_with_a_message_group(errand):
    """Without one EventBridge Scheduler refuses the target."""
    role = errand.role("worker", errand.trust("scheduler"))
    target = {"role_arn": role, "arn": QUEUE}
    errand.set("aws_sqs_queue.news", fifo_queue=True, content_based_deduplication=True)
    errand.set("aws_scheduler_schedule.x", target=[target])
    assert "unknown" == errand.prove("aws_scheduler_schedule.x", *SEND).verdict
    grouped = {**target, "sqs_parameters": [{"message_group_id": "one"}]}
    errand.set("aws_scheduler_schedule.x", target=[grouped])
    assert "proven" == errand.prove("aws_scheduler_schedule.x", *SEND).verdict


def test_a_version_of_a_function_is_the_function(errand):
    """A target may name an alias."""
    function = f"arn:aws:lambda:{PLACE}:function:f"
    role = errand.role("worker", errand.trust("scheduler"))
    errand.set("aws_lambda_function.f", arn=function, function_name="f", role=role)
    errand.set("aws_scheduler_schedule.x", target=[{"role_arn": role, "arn": f"{function}:live"}])
    ends = ("aws_scheduler_schedule.x", "lambda:InvokeFunction", "aws_lambda_function.f")
    assert "proven" == errand.prove(*ends).verdict


def _publishes(topic: str | None) -> dict:
    named = {"TopicArn": topic} if topic else {"TopicArn.$": "$.topic"}
    return {
        "Type": "Task",
        "Resource": PUBLISH,
        "Parameters": {**named, "Message": "x"},
    }


STATES = {
    "its topic": (_publishes(TOPIC), "proven"),
    "a topic of the input": (_publishes(None), "proven"),
    "inside a map": ({"Type": "Map", "ItemProcessor": {"States": {"P": _publishes(TOPIC)}}}, "proven"),
    "another topic": (_publishes(f"{TOPIC}-other"), "unknown"),
    "nothing": ({"Type": "Pass"}, "unknown"),
    "only in its input": (
        {"Type": "Pass", "Parameters": {"Resource": PUBLISH}},
        "unknown",
    ),
}


@pytest.mark.parametrize("case", STATES)
def test_a_state_machine_does_what_its_states_do(errand, case):
    """Its role may publish; that it does so is in its definition."""
    state, verdict = STATES[case]
    definition = json.dumps({"StartAt": "A", "States": {"A": {**state, "End": True}}})
    machine = {"arn": f"arn:aws:states:{PLACE}:stateMachine:m", "definition": definition}
    role = errand.role("worker", errand.trust("states"))
    errand.set("aws_sfn_state_machine.m", role_arn=role, **machine)
    assert verdict == errand.prove("aws_sfn_state_machine.m", "sns:Publish", "aws_sns_topic.news").verdict
