"""What is switched off, or refused for what it is: it makes no request, or takes none.

EventBridge User Guide, "Disabling or deleting a rule"; Batch API Reference, "UpdateJobQueue"; Lambda
Developer Guide, "Configuring reserved concurrency"; EventBridge Pipes and Scheduler, "State"; Step Functions
API Reference, on what express and standard state machines do not support.
"""

import json
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.permission.index import values

_OFF: dict[str, tuple[str, object]] = {
    "aws_cloudfront_distribution": ("enabled", False),
    "aws_cloudtrail": ("enable_logging", False),
    "aws_cloudwatch_event_rule": ("state", "DISABLED"),
    "aws_lambda_function": ("reserved_concurrent_executions", 0),
    "aws_pipes_pipe": ("desired_state", "STOPPED"),
    "aws_scheduler_schedule": ("state", "DISABLED"),
}
_REFUSES: dict[str, tuple[str, str, object]] = {
    "batch:SubmitJob": ("aws_batch_job_queue", "state", "DISABLED"),
    "lambda:InvokeFunction": ("aws_lambda_function", "reserved_concurrent_executions", 0),
    "states:DescribeStateMachineForExecution": ("aws_sfn_state_machine", "type", "EXPRESS"),
    "states:GetExecutionHistory": ("aws_sfn_state_machine", "type", "EXPRESS"),
    "states:RedriveExecution": ("aws_sfn_state_machine", "type", "EXPRESS"),
    "states:StartSyncExecution": ("aws_sfn_state_machine", "type", "STANDARD"),
    "states:StopExecution": ("aws_sfn_state_machine", "type", "EXPRESS"),
}
_ONE_REGION = {
    ("aws_cloudwatch_composite_alarm", "aws_sns_topic"),
    ("aws_cloudwatch_event_rule", "aws_lambda_function"),
    ("aws_cloudwatch_event_rule", "aws_sns_topic"),
    ("aws_cloudwatch_event_rule", "aws_sqs_queue"),
    ("aws_cloudwatch_metric_alarm", "aws_sns_topic"),
    ("aws_lb", "aws_s3_bucket"),
    ("aws_s3_bucket", "aws_lambda_function"),
    ("aws_s3_bucket", "aws_s3_bucket"),
    ("aws_s3_bucket", "aws_sns_topic"),
    ("aws_s3_bucket", "aws_sqs_queue"),
}
"""Sources and targets between which a service acts within one region only."""


def is_off(source: Resource) -> str:
    """Why a resource makes no requests; empty where it may."""
    given, (argument, off) = source.values, _OFF.get(source.type, ("", None))
    is_rule = source.type == "aws_cloudwatch_event_rule"
    by_flag = is_rule and given.get("is_enabled") is False
    if (by_flag and given.get("state") != "ENABLED") or (argument and _is(given.get(argument), off)):
        return f"{source.address} is switched off"
    if is_rule and given.get("schedule_expression") and _is_on_own_bus(source):
        return f"{source.address} has a schedule, which EventBridge takes on the default bus only"
    return ""


def refuses(target: Resource, action: str) -> str:
    """Why a resource takes no request of an action, whoever asks; empty where it may."""
    type_, argument, off = _REFUSES.get(action, ("", "", None))
    refused = target.type == type_ and _is(target.values.get(argument), off)
    return f"{target.address} takes none: {argument} is {off}" if refused else ""


def mismatch(source: Resource, target: Resource) -> str:
    """Why AWS refuses to let a service act from the one on the other; empty where it does not.

    SNS Developer Guide, "Fanout to Amazon SQS queues"; S3 User Guide, "Amazon S3 Event Notifications".
    """
    ordered = target.values.get("fifo_queue") is True or target.values.get("fifo_topic") is True
    sends = source.type in {"aws_s3_bucket", "aws_sns_topic"} and source.values.get("fifo_topic") is not True
    if ordered and sends:
        return f"{target.address} is FIFO, and {source.address} is not"
    if source.values.get("fifo_topic") is True and target.type == "aws_lambda_function":
        return f"{source.address} is FIFO, and such topics lead to queues only"
    here, there = region(source), region(target)
    if (source.type, target.type) in _ONE_REGION and here and there and here != there:
        return f"{source.address} is in {here} and {target.address} in {there}"
    return ""


def doubt(wire: Resource, source: Resource, target: Resource) -> str:
    """Why it is not told whether anything passes from `source` over `wire` to `target`; empty where it does.

    SNS Developer Guide, "Amazon SNS message filtering", "Amazon SNS FIFO topics"; EventBridge User Guide,
    "Amazon SQS FIFO queues" as targets, and "Event patterns".
    """
    written = wire.values.get("filter_policy")
    if written is UNKNOWN or written not in (None, "", "{}"):
        return f"{wire.address} has a filter policy: nothing tells which messages pass it"
    if source.values.get("is_organization_trail") is True:
        return f"{source.address} also writes below its organization's id, which is not in the files"
    grouped = values(wire, "sqs_target.message_group_id")
    if source.type == "aws_cloudwatch_event_rule" and target.values.get("fifo_queue") is True and not grouped:
        return f"{wire.address} names no message group, and {target.address} is FIFO"
    if target.values.get("fifo_topic") is True:
        return f"{target.address} is FIFO: nothing tells whether messages of {source.address} get there"
    return ""


def unmatched(rule: Resource) -> str:
    """Why it is not told whether any event fits a rule of EventBridge; empty where nothing speaks against it.

    AWS's own services put their events on the default bus.
    """
    text = rule.values.get("event_pattern") if rule.type == "aws_cloudwatch_event_rule" else None
    if not isinstance(text, str) or text.startswith("${") or not text:
        return ""
    try:
        pattern: Any = json.loads(text)
    except ValueError:
        return f"the event pattern of {rule.address} is no JSON"
    sources = pattern.get("source") if isinstance(pattern, dict) else None
    if not isinstance(pattern, dict) or "[]" in text.replace(" ", ""):
        return f"the event pattern of {rule.address} fits nothing"
    by_aws = isinstance(sources, list) and all(str(one).startswith("aws.") for one in sources)
    if by_aws and _is_on_own_bus(rule) and not rule.values.get("schedule_expression"):
        return f"{rule.address} waits for events of AWS, which come to the default bus"
    return ""


def _is_on_own_bus(rule: Resource) -> bool:
    bus = rule.values.get("event_bus_name")
    return isinstance(bus, str) and bus.rpartition("/")[2] not in ("", "default") and not bus.startswith("${")


def region(resource: Resource) -> str:
    """A resource's region by its ARN, or as it is written; nothing where neither tells."""
    arn, written = resource.values.get("arn"), resource.values.get("region")
    parts = arn.split(":") if isinstance(arn, str) else []
    own = parts[3] if len(parts) > 5 and parts[0] == "arn" else ""
    return own or (written if isinstance(written, str) and not written.startswith("${") else "")


def _is(value: object, off: object) -> bool:
    return (
        type(value) in (bool, str, int, float)
        and value == off
        and isinstance(value, bool) is isinstance(off, bool)
    )
