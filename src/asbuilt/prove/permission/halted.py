"""What is switched off, or refused for what it is: it makes no request, or takes none.

EventBridge User Guide, "Disabling or deleting a rule"; Batch API Reference, "UpdateJobQueue"; Lambda
Developer Guide, "Configuring reserved concurrency"; EventBridge Pipes and Scheduler, "State".
"""

from asbuilt.infrastructure import Resource

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
    values, (argument, off) = source.values, _OFF.get(source.type, ("", None))
    by_flag = source.type == "aws_cloudwatch_event_rule" and values.get("is_enabled") is False
    if (by_flag and values.get("state") != "ENABLED") or (argument and _is(values.get(argument), off)):
        return f"{source.address} is switched off"
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
    here, there = region(source), region(target)
    if (source.type, target.type) in _ONE_REGION and here and there and here != there:
        return f"{source.address} is in {here} and {target.address} in {there}"
    return ""


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
