"""How each action is called. What a call needs beforehand an administrator brings, so that it can succeed."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from drills.emulator import Session

Things = Mapping[str, Mapping[str, Any]]
"""Values of the arrow's target, and of what else its proof cites, by resource type."""
Call = Callable[[Session, Session, Things], object]
_KEY = "drill/file"


def _put_object(role: Session, _: Session, things: Things) -> None:
    role.client("s3").put_object(Bucket=things["aws_s3_bucket"]["bucket"], Key=_KEY, Body=b"drill")


def _get_object(role: Session, administrator: Session, things: Things) -> None:
    _put_object(administrator, administrator, things)
    role.client("s3").get_object(Bucket=things["aws_s3_bucket"]["bucket"], Key=_KEY)


def _start_execution(role: Session, _: Session, things: Things) -> None:
    nothing = json.dumps({"analysis": "drill", "user": "drill", "sample": "drill", "files": []})
    machine = things["aws_sfn_state_machine"]["arn"]
    name = uuid.uuid4().hex  # the names that the emulator makes up collide
    role.client("stepfunctions").start_execution(stateMachineArn=machine, name=name, input=nothing)


def _submit_job(role: Session, _: Session, things: Things) -> None:
    role.client("batch").submit_job(
        jobName="drill",
        jobQueue=things["aws_batch_job_queue"]["arn"],
        jobDefinition=things["aws_batch_job_definition"]["arn"],
    )


def _publish(role: Session, _: Session, things: Things) -> None:
    role.client("sns").publish(TopicArn=things["aws_sns_topic"]["arn"], Message="drill")


def _receive_message(role: Session, _: Session, things: Things) -> Any:
    queue = things["aws_sqs_queue"]["url"]
    return role.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=0)


def _delete_message(role: Session, administrator: Session, things: Things) -> None:
    queue = things["aws_sqs_queue"]["url"]
    administrator.client("sqs").send_message(QueueUrl=queue, MessageBody="drill")
    (message,) = _receive_message(administrator, administrator, things)["Messages"]
    role.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


def _generate_data_key(role: Session, _: Session, things: Things) -> Any:
    key = things["aws_kms_key"]["arn"]
    return role.client("kms").generate_data_key(KeyId=key, KeySpec="AES_256")


def _decrypt(role: Session, administrator: Session, things: Things) -> None:
    sealed = _generate_data_key(administrator, administrator, things)["CiphertextBlob"]
    role.client("kms").decrypt(CiphertextBlob=sealed, KeyId=things["aws_kms_key"]["arn"])


CALLS: Mapping[str, Call] = {
    "batch:SubmitJob": _submit_job,
    "kms:Decrypt": _decrypt,
    "kms:GenerateDataKey": _generate_data_key,
    "s3:GetObject": _get_object,
    "s3:PutObject": _put_object,
    "sns:Publish": _publish,
    "sqs:DeleteMessage": _delete_message,
    "sqs:ReceiveMessage": _receive_message,
    "states:StartExecution": _start_execution,
}

_NO_ROLE = "the service acts as itself, under no role, and the emulator judges requests of roles only"
_NOT_JUDGED = "the emulator judges no requests to this service"
_SETTINGS = "of requests to a bucket the emulator judges those for its objects, not those for its settings"
NOT_CALLED: Mapping[str, str] = {
    "rds-db:connect": "PostgreSQL asks for it, and the emulator runs no database",
    "sts:AssumeRoleWithWebIdentity": "the emulator does not check who signed a token",
    "s3:GetLifecycleConfiguration": _SETTINGS,
    "s3:PutLifecycleConfiguration": _SETTINGS,
    "aws_cloudtrail": _NO_ROLE,
    "aws_cloudwatch_metric_alarm": _NO_ROLE,
    "aws_lb": _NO_ROLE,
    "aws_sns_topic": _NO_ROLE,
    "ecr": _NOT_JUDGED,
    "eks": _NOT_JUDGED,
    "elasticloadbalancing": _NOT_JUDGED,
    "iam": _NOT_JUDGED,
    "logs": _NOT_JUDGED,
    "secretsmanager": _NOT_JUDGED,
}
"""Why an arrow is not tried, by its action, its action's service or the type of its source."""
