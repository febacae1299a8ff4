"""Permission claims executed on the emulator: allowed under the role, and denied without its statement.

A proof names the statements that it stands on (`aws_iam_role_policy.api#SignUploads`). Executing it takes
that role, makes the call, then takes the statement out of the policy, makes the call again, and puts it back.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import ClientError

from drills.emulator import Session

_Values = Mapping[str, Mapping[str, Any]]
_KEY = "drill/permission"
_DENIED = ("AccessDenied", "AccessDeniedException")


@dataclass(frozen=True, slots=True)
class Claim:
    """An action on a target, and the addresses of the proof that a role may do it."""

    action: str
    target: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Executed:
    """Whether the call was allowed, and whether it was denied without the statement that grants it."""

    allowed: bool
    denied_without: bool


def execute(administrator: Session, state: Mapping[str, Any], claim: Claim) -> Executed | None:
    """Execute a claim where `state`, as `terraform show -json`, says that the system is applied.

    Gives nothing for a claim that no call of a role can show: an action without an API call here, or a
    proof without a role's own statement. Raises botocore's ClientError for what the emulator does not judge.
    """
    values = {item["address"]: item["values"] for item in state["values"]["root_module"]["resources"]}
    granting = _granting(values, claim)
    call = _CALLS.get(claim.action)
    if not granting or not call:
        return None
    policy = values[granting[0].partition("#")[0]]
    session = administrator.under(_role(values, policy["role"]))
    allowed = _allowed(lambda: call(session, values, claim))
    with _without(administrator, policy, {name.partition("#")[2] for name in granting}):
        denied = not _allowed(lambda: call(session, values, claim))
    return Executed(allowed, denied)


def claims(arrows: Iterable[Mapping[str, Any]]) -> Iterator[Claim]:
    """The proven permission claims among the arrows of recorded evidence, each once."""
    found = {
        Claim(arrow["claim"], arrow["target"], tuple(item["address"] for item in arrow["evidence"])): None
        for arrow in arrows
        if arrow["verdict"] == "proven" and ":" in arrow["claim"]
    }
    yield from found


def _granting(values: _Values, claim: Claim) -> list[str]:
    """The role's own statements in the proof that hold the claimed action."""
    own = (name for name in claim.evidence if name.startswith("aws_iam_role_policy.") and "#" in name)
    return [name for name in own if _holds(values, name, claim.action)]


def _holds(values: _Values, name: str, action: str) -> bool:
    address, _, sid = name.partition("#")
    for statement in json.loads(values[address]["policy"])["Statement"]:
        if statement.get("Sid") == sid:
            held = statement.get("Action", [])
            patterns = [held] if isinstance(held, str) else held
            return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
    return False


def _role(values: _Values, name: str) -> str:
    roles = (item for address, item in values.items() if address.startswith("aws_iam_role."))
    return next(str(item["arn"]) for item in roles if item["name"] == name)


@contextmanager
def _without(administrator: Session, policy: Mapping[str, Any], sids: set[str]) -> Iterator[None]:
    """The policy without these statements, until leaving."""
    iam, which = administrator.client("iam"), {"RoleName": policy["role"], "PolicyName": policy["name"]}
    document = json.loads(policy["policy"])
    left = [statement for statement in document["Statement"] if statement.get("Sid") not in sids]
    if left:
        iam.put_role_policy(**which, PolicyDocument=json.dumps(document | {"Statement": left}))
    else:
        iam.delete_role_policy(**which)
    try:
        yield
    finally:
        iam.put_role_policy(**which, PolicyDocument=policy["policy"])


def _allowed(call: Callable[[], object]) -> bool:
    """Whether the call passed the policies; what fails beyond them was allowed."""
    try:
        call()
    except ClientError as error:
        if "NotJudged" in error.response["Error"]["Code"]:
            raise
        return error.response["Error"]["Code"] not in _DENIED
    return True


def _submit(session: Session, values: _Values, claim: Claim) -> object:
    kinds = {"jobQueue": "aws_batch_job_queue.", "jobDefinition": "aws_batch_job_definition."}
    named = {
        argument: next(values[name]["arn"] for name in claim.evidence if name.startswith(kind))
        for argument, kind in kinds.items()
    }
    return session.client("batch").submit_job(jobName="drill", **named)


_CALLS: Mapping[str, Callable[[Session, _Values, Claim], object]] = {
    "batch:SubmitJob": _submit,
    "kms:Decrypt": lambda session, values, claim: session.client("kms").decrypt(
        KeyId=values[claim.target]["arn"], CiphertextBlob=b"none"
    ),
    "kms:GenerateDataKey": lambda session, values, claim: session.client("kms").generate_data_key(
        KeyId=values[claim.target]["arn"], KeySpec="AES_256"
    ),
    "s3:GetObject": lambda session, values, claim: session.client("s3").get_object(
        Bucket=values[claim.target]["bucket"], Key=_KEY
    ),
    "s3:PutObject": lambda session, values, claim: session.client("s3").put_object(
        Bucket=values[claim.target]["bucket"], Key=_KEY, Body=b""
    ),
    "sns:Publish": lambda session, values, claim: session.client("sns").publish(
        TopicArn=values[claim.target]["arn"], Message="drill"
    ),
    "sqs:DeleteMessage": lambda session, values, claim: session.client("sqs").delete_message(
        QueueUrl=values[claim.target]["url"], ReceiptHandle="none"
    ),
    "sqs:ReceiveMessage": lambda session, values, claim: session.client("sqs").receive_message(
        QueueUrl=values[claim.target]["url"], WaitTimeSeconds=0
    ),
    "states:StartExecution": lambda session, values, claim: session.client("stepfunctions").start_execution(
        stateMachineArn=values[claim.target]["arn"], name=uuid.uuid4().hex, input="{}"
    ),
}
