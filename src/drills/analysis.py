"""One analysis of biotech-x on the emulator, from the upload to the results, each step under its role.

The API's role sends the files, starts the state machine, takes the outcome from the queue and fetches the
results; the state machine and its jobs act under theirs.
"""

import json
import sys
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from drills.emulator import Emulator, Session

JOB = (sys.executable, "-m", "drills.analysis_job")
"""The program that the emulator has to run for a job."""
TIME_LIMIT = 120.0
"""Seconds within which an analysis must end; one of three files takes about two."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """How an execution ended, what the queue told of it, and the results by file."""

    status: str
    outcome: Mapping[str, Any]
    results: Mapping[str, Mapping[str, Any]]


def analyse(emulator: Emulator, state: Mapping[str, Any], files: Mapping[str, bytes]) -> Analysis:
    """Analyse a sample's files where `state`, as `terraform show -json`, says that biotech-x is applied.

    Raises botocore's ClientError where a role may not do what its step needs, TimeoutError after the limit.
    """
    outputs = {name: output["value"] for name, output in state["values"]["outputs"].items()}
    administrator = Session(emulator, outputs["state_machine_arn"].split(":")[3])
    api = administrator.under(_arn(state, "aws_iam_role.api"))
    for name, content in files.items():
        key = f"scientist/sample/{name}"
        api.client("s3").put_object(Bucket=outputs["uploads_bucket"], Key=key, Body=content)
    analysis = uuid.uuid4().hex
    sample = {"analysis": analysis, "user": "scientist", "sample": "sample", "files": list(files)}
    asked = {"stateMachineArn": outputs["state_machine_arn"], "name": analysis, "input": json.dumps(sample)}
    started = api.client("stepfunctions").start_execution(**asked)
    status = _ended(administrator, started["executionArn"])
    outcome = _outcome(api, outputs["outcome_queue_url"], analysis)
    return Analysis(status, outcome, _results(api, outputs["results_bucket"], f"scientist/{analysis}", files))


def _arn(state: Mapping[str, Any], address: str) -> str:
    found = state["values"]["root_module"]["resources"]
    return next(str(item["values"]["arn"]) for item in found if item["address"] == address)


def _ended(session: Session, execution: str) -> str:
    """How the execution ended."""
    client, limit = session.client("stepfunctions"), time.monotonic() + TIME_LIMIT
    while time.monotonic() < limit:
        status = str(client.describe_execution(executionArn=execution)["status"])
        if status != "RUNNING":
            return status
        time.sleep(0.2)
    raise TimeoutError(f"{execution} has not ended after {TIME_LIMIT:.0f} s")


def _outcome(api: Session, queue: str, analysis: str) -> Mapping[str, Any]:
    """What the topic said of this analysis; the queue's other messages are taken and passed over."""
    sqs = api.client("sqs")
    while messages := sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=0).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            told: dict[str, Any] = json.loads(message["Body"])
            if told["analysis"] == analysis:
                return told
    return {}


def _results(api: Session, bucket: str, folder: str, files: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    s3, found = api.client("s3"), {}
    for name in files:
        try:
            body = s3.get_object(Bucket=bucket, Key=f"{folder}/{name}.json")["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
        else:
            found[name] = json.loads(body.read())
    return found
