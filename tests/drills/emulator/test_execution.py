"""A state machine that runs, and jobs that are processes: each under its own role."""

import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from drills.emulator import Emulator, running_emulator

REGION = "eu-central-1"
MZML = b'<mzML><spectrum id="1"/><spectrum id="2"/></mzML>'
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::batch:submitJob.sync",
    "Parameters": {
        "JobName": "job",
        "ContainerOverrides": {
            "Environment": [
                {"Name": "INPUT", "Value.$": "$.input"},
                {"Name": "OUTPUT", "Value.$": "$.output"},
            ]
        },
    },
    "ResultSelector": {"job.$": "$.JobId"},
    "End": True,
}


@pytest.fixture(scope="module")
def machine_room() -> Iterator[Emulator]:
    """An emulator whose jobs are analyses."""
    with running_emulator(job=(sys.executable, "-m", "drills.analysis_job")) as emulator:
        yield emulator


@pytest.fixture
def aws(machine_room: Emulator) -> Callable[[str], Any]:
    """Makes clients of an administrator."""
    return lambda service: boto3.client(
        service,
        endpoint_url=machine_room.url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@pytest.fixture
def run(aws: Callable[[str], Any]) -> Callable[..., tuple[str, bytes]]:
    """Analyses one file with a machine and a job that may do what is listed; gives status and result."""

    def analyse(content: bytes, machine: tuple[str, ...], job: tuple[str, ...]) -> tuple[str, bytes]:
        name, s3 = f"a-{uuid.uuid4().hex[:8]}", aws("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=name, Key="in", Body=content)
        places = {"input": f"s3://{name}/in", "output": f"s3://{name}/out"}
        started = aws("stepfunctions").start_execution(
            stateMachineArn=_machine(aws, name, machine, job), input=json.dumps(places)
        )
        status = _ended(aws, started["executionArn"])
        found = {item["Key"] for item in s3.list_objects_v2(Bucket=name)["Contents"]}
        return status, s3.get_object(Bucket=name, Key="out")["Body"].read() if "out" in found else b""

    return analyse


def _machine(aws: Callable[[str], Any], name: str, machine: tuple[str, ...], job: tuple[str, ...]) -> str:
    batch = aws("batch")
    environment = batch.create_compute_environment(
        computeEnvironmentName=name, type="UNMANAGED", serviceRole=_role(aws, f"{name}-batch", ("ec2:*",))
    )
    order = [{"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}]
    queue = batch.create_job_queue(
        jobQueueName=name, state="ENABLED", priority=1, computeEnvironmentOrder=order
    )
    definition = batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        containerProperties={
            "image": "any",
            "vcpus": 1,
            "memory": 4,
            "jobRoleArn": _role(aws, f"{name}-job", job),
        },
    )
    task = json.loads(json.dumps(TASK))
    task["Parameters"] |= {
        "JobQueue": queue["jobQueueArn"],
        "JobDefinition": definition["jobDefinitionArn"],
    }
    made = aws("stepfunctions").create_state_machine(
        name=name,
        definition=json.dumps({"StartAt": "Analyse", "States": {"Analyse": task}}),
        roleArn=_role(aws, f"{name}-machine", machine),
    )
    return made["stateMachineArn"]


def _role(aws: Callable[[str], Any], name: str, actions: tuple[str, ...]) -> str:
    iam = aws("iam")
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=policy)
    return made


def _ended(aws: Callable[[str], Any], execution: str) -> str:
    """How the execution ended, within a bounded time."""
    for _ in range(240):
        status = aws("stepfunctions").describe_execution(executionArn=execution)["status"]
        if status != "RUNNING":
            return status
        time.sleep(0.25)
    return "RUNNING"


MACHINE = ("batch:SubmitJob", "batch:DescribeJobs")
JOB = ("s3:GetObject", "s3:PutObject")


@pytest.mark.parametrize(
    ("content", "machine", "job", "expected"),
    [
        (MZML, MACHINE, JOB, ("SUCCEEDED", b'{"spectra": 2}')),
        (b"corrupt", MACHINE, JOB, ("FAILED", b"")),
        (MZML, ("batch:DescribeJobs",), JOB, ("FAILED", b"")),
        (MZML, MACHINE, ("s3:PutObject",), ("FAILED", b"")),
        (MZML, MACHINE, ("s3:GetObject",), ("FAILED", b"")),
    ],
    ids=["analysed", "corrupt", "may not submit", "may not read", "may not write"],
)
def test_an_analysis_runs_under_its_roles(run, content, machine, job, expected):
    """A file becomes a result only if it is sound, and if machine and job may do each step."""
    assert expected == run(content, machine, job)
