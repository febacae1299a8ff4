"""Analyses that really run: state machines call AWS under their role, jobs are processes under theirs.

A job runs the program that the environment variable names, with the variables that its submission gives it;
its exit status decides the job. Shares, retries and time limits of jobs are not emulated.
"""

import datetime
import os
import shlex
import subprocess
import threading
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from moto.batch_simple.models import BatchSimpleBackend
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_batch as batch_task,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_sns as sns_task,
)
from moto.sts.models import sts_backends

from drills.emulator.call import ACCOUNT
from drills.emulator.process import JOB_COMMAND

_FREE_KEYS = {"Parameters", "parameters", "Tags", "tags"}  # maps whose keys are a person's, not the API's


def execute() -> None:
    """Have moto run what it only stores otherwise. Once, before the first request."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["batch"] = {"use_docker": False}
    for task in (batch_task, sns_task):
        module: Any = task
        module.boto_client_for = _client_under_role
    backend: Any = BatchSimpleBackend
    backend._mark_job_as_finished = _start
    service: Any = batch_task.StateTaskServiceBatch
    service._normalise_parameters = lambda self, parameters, *_, **__: _rename(parameters, str.lower)
    service._normalise_response = lambda self, response, *_, **__: _rename(response, str.upper)


def _client_under_role(region: str, service: str, state_credentials: Any) -> Any:
    """The client with which a state calls a service: of a session of the machine's role."""
    keys = _session(state_credentials.role_arn, "states", region)
    once = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    return boto3.client(service, region_name=region, endpoint_url=_url(), config=once, **keys)


def _session(role: str, name: str, region: str) -> dict[str, str]:
    """Keys of a new session of a role, as AWS itself takes one for a service."""
    session = sts_backends[ACCOUNT]["aws"].assume_role(region, name, role, "", 3600, "")
    return {
        "aws_access_key_id": session.access_key_id,
        "aws_secret_access_key": session.secret_access_key,
        "aws_session_token": session.session_token,
    }


def _start(backend: Any, include_start_attempt: bool, job: Any) -> None:
    """Start a submitted job's process; the answer to the submission does not wait for it."""
    backend.backend._jobs[job.job_id] = job
    job.job_started_at = datetime.datetime.now()
    job.log_stream_name = job._stream_name
    job._start_attempt()
    threading.Thread(target=_run, args=(job, backend.region_name), daemon=True).start()


def _run(job: Any, region: str) -> None:
    keys = _session(job.job_definition.container_properties["jobRoleArn"], "job", region)
    given = {item["name"]: item["value"] for item in (job.container_overrides or {}).get("environment", [])}
    own = {name.upper(): value for name, value in keys.items()}
    where = {"AWS_ENDPOINT_URL": _url(), "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    command = shlex.split(os.environ.get(JOB_COMMAND, "false"))
    done = subprocess.run(
        command, env=os.environ | given | own | where, stdin=subprocess.DEVNULL, check=False
    )
    job._mark_stopped(success=done.returncode == 0)


def _url() -> str:
    return f"http://127.0.0.1:{os.environ['MOTO_PORT']}"


def _rename(value: Any, case: Callable[[str], str]) -> None:
    """Change, in place, the first letter of every key: definitions write `JobName`, Batch's API `jobName`."""
    if isinstance(value, list):
        for item in value:
            _rename(item, case)
    elif isinstance(value, dict):
        for key in list(value):
            inner = value.pop(key)
            value[case(key[:1]) + key[1:]] = inner
            if key not in _FREE_KEYS:
                _rename(inner, case)
