"""What acts only on the things that its own arguments name, whatever its role allows besides.

EventBridge Scheduler User Guide, "Managing targets", "Using universal targets"; EventBridge User Guide,
"Event bus targets", "Amazon EventBridge Pipes"; Firehose Developer Guide, "Source, destination, and name";
VPC User Guide, "Publish flow logs to CloudWatch Logs"; CloudTrail User Guide, "Sending events to CloudWatch
Logs".
"""

from collections.abc import Iterator
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.permission.index import names, values
from asbuilt.prove.permission.machine import check_tasks
from asbuilt.prove.permission.outcome import Refuted, Unresolved

_NAMED: dict[str, tuple[str, ...]] = {
    "aws_cloudtrail": ("cloud_watch_logs_group_arn",),
    "aws_cloudwatch_event_target": ("arn", "ecs_target.task_definition_arn", "batch_target.job_definition"),
    "aws_flow_log": ("log_destination", "log_group_name"),
    "aws_kinesis_firehose_delivery_stream": (
        "extended_s3_configuration.bucket_arn",
        "extended_s3_configuration.s3_backup_configuration.bucket_arn",
        "extended_s3_configuration.cloudwatch_logging_options.log_group_name",
        "extended_s3_configuration.processing_configuration.processors.parameters.parameter_value",
        "kinesis_source_configuration.kinesis_stream_arn",
    ),
    "aws_pipes_pipe": (
        "source",
        "target",
        "enrichment",
        "log_configuration.cloudwatch_logs_log_destination.log_group_arn",
        "log_configuration.firehose_log_destination.delivery_stream_arn",
        "log_configuration.s3_log_destination.bucket_name",
    ),
    "aws_scheduler_schedule": ("target.arn", "target.ecs_parameters.task_definition_arn"),
}
"""Arguments that name what a resource acts on, by its type."""

_DEAD_LETTERS = ("dead_letter_config.arn", "target.dead_letter_config.arn")
_ORDERED = (
    "sqs_target.message_group_id",
    "target.sqs_parameters.message_group_id",
    "target_parameters.sqs_queue_parameters.message_group_id",
)
_UNIVERSAL = ":aws-sdk:"  # a target of the scheduler that names an API call instead of a thing
_BESIDES = ("iam:", "kms:", "sts:")  # what an errand needs besides itself
_DOES = {
    "aws_cloudwatch_event_bus": "events:PutEvents",
    "aws_codebuild_project": "codebuild:StartBuild",
    "aws_codepipeline": "codepipeline:StartPipelineExecution",
    "aws_lambda_function": "lambda:InvokeFunction",
    "aws_sfn_state_machine": "states:StartExecution",
    "aws_sns_topic": "sns:Publish",
    "aws_sqs_queue": "sqs:SendMessage",
}
"""What a schedule or a rule does at a target of a type."""


def check(source: Resource, target: Resource, action: str) -> None:
    """Raises Refuted where `source` surely does not do `action` at `target`, Unresolved where it may not."""
    if source.type == "aws_sfn_state_machine":
        check_tasks(source, target, action)
    if source.type not in _NAMED or action.startswith(_BESIDES):
        return
    if (universal := _universal(source)) is not None:
        _check_universal(source, universal, target, action)
        return
    named = list(_named(source))
    if UNKNOWN in named or any(str(name).startswith("${") for name in named):
        if not any(_is(name, target) for name in named):
            raise Unresolved(f"what {source.address} leads to is known only after apply")
    elif not any(_is(name, target) for name in named):
        raise Refuted(f"{source.address} does not lead to {target.address}")
    if target.values.get("fifo_queue") is True and not any(any(values(source, path)) for path in _ORDERED):
        raise Unresolved(f"{source.address} names no message group, and {target.address} is FIFO")
    does = _DOES.get(target.type)
    if does and source.type != "aws_pipes_pipe" and action != does:
        raise Refuted(f"{source.address} does {does} at {target.address}, not {action}")


def _named(source: Resource) -> Iterator[Any]:
    for path in (*_NAMED[source.type], *_DEAD_LETTERS):
        yield from values(source, path)


def _is(name: Any, target: Resource) -> bool:
    """Whether an argument names a resource, or something of it, as a version of a function."""
    arn = str(target.values.get("arn"))
    return isinstance(name, str) and (name in names(target) or name.startswith((f"{arn}:", f"{arn}/")))


def _universal(source: Resource) -> str | None:
    """The API call that a schedule makes, as `sqs:sendmessage`; nothing where it has a target of its own."""
    for name in values(source, "target.arn") if source.type == "aws_scheduler_schedule" else ():
        if isinstance(name, str) and _UNIVERSAL in name:
            return name.partition(_UNIVERSAL)[2].lower()
    return None


def _check_universal(source: Resource, call: str, target: Resource, action: str) -> None:
    if call != action.lower():
        raise Unresolved(f"{source.address} calls {call}: nothing tells whether that needs {action}")
    given = " ".join(str(text) for text in values(source, "target.input"))
    if not any(f'"{name}"' in given for name in names(target)):
        raise Unresolved(f"nothing tells whether {source.address} calls {call} on {target.address}")
