"""Which actions on which resources a request needs, with the values that conditions look at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from drills.emulator.call import ACCOUNT, Call
from drills.emulator.enforcement import encryption


class NotJudged(Exception):
    """The emulator does not know what this request, or this policy, would mean on AWS."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One action on one resource; `context` holds the values of condition keys, which are in lower case."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


# By method, whether a key is named, and the parameters that tell operations apart.
_S3 = {
    ("PUT", True, frozenset()): "s3:PutObject",
    ("PUT", True, frozenset({"partNumber", "uploadId"})): "s3:PutObject",
    ("POST", True, frozenset({"uploads"})): "s3:PutObject",
    ("POST", True, frozenset({"uploadId"})): "s3:PutObject",
    ("GET", True, frozenset()): "s3:GetObject",
    ("DELETE", True, frozenset()): "s3:DeleteObject",
    ("DELETE", True, frozenset({"uploadId"})): "s3:AbortMultipartUpload",
    ("GET", False, frozenset({"list-type"})): "s3:ListBucket",
}
_S3_SAYS_NOTHING = {"x-id", "prefix", "delimiter", "encoding-type", "max-keys", "continuation-token"}
_SQS = {
    "SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
    "ReceiveMessage": ("kms:Decrypt",),
    "DeleteMessage": (),
}


def asked(call: Call) -> tuple[Asked, ...]:
    """All that must be allowed for the request to pass. Raises NotJudged for a request not known here."""
    reader = _READERS.get(call.service)
    found = tuple(reader(call)) if reader else ()
    if not found:
        raise NotJudged(f"{call.service}: {call.action or '/'.join((call.method, *call.segments))}")
    return found


def _s3(call: Call) -> Iterable[Asked]:
    bucket, key = call.segments[0], "/".join(call.segments[1:])
    named = {name for name in call.query if not name.startswith("X-Amz-")} - _S3_SAYS_NOTHING
    action = _S3.get((call.method, bool(key), frozenset(named)))
    if not action or "x-amz-copy-source" in call.headers:
        return
    about = {"s3:prefix": call.query["prefix"][0]} if "prefix" in call.query else {}
    yield Asked(action, f"arn:aws:s3:::{bucket}" + (f"/{key}" if key else ""), about)
    joins = "uploadId" in named
    needs = {"s3:PutObject": ("kms:GenerateDataKey", *(["kms:Decrypt"] if joins else []))}
    needs["s3:GetObject"] = ("kms:Decrypt",)
    arn = encryption.of_bucket(bucket, call)
    yield from _key(call, needs.get(action, ()), arn)


def _sqs(call: Call) -> Iterable[Asked]:
    if call.action in _SQS:
        name = call.document["QueueUrl"].rpartition("/")[2]
        yield Asked(f"sqs:{call.action}", f"arn:aws:sqs:{call.region}:{ACCOUNT}:{name}")
        yield from _key(call, _SQS[call.action], encryption.of_queue(name, call.region))


def _sns(call: Call) -> Iterable[Asked]:
    form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
    if form.get("Action") == "Publish" and "TopicArn" in form:
        yield Asked("sns:Publish", form["TopicArn"])
        needs = ("kms:GenerateDataKey", "kms:Decrypt")
        yield from _key(call, needs, encryption.of_topic(form["TopicArn"], call.region))


def _states(call: Call) -> Iterable[Asked]:
    if call.action == "StartExecution":
        yield Asked("states:StartExecution", call.document["stateMachineArn"])


def _batch(call: Call) -> Iterable[Asked]:
    match call.segments:
        case ["v1", "submitjob"]:
            both = (call.document["jobQueue"], call.document["jobDefinition"])
            yield from (Asked("batch:SubmitJob", arn) for arn in both)
        case ["v1", "describejobs"]:
            yield Asked("batch:DescribeJobs", "*")


def _kms(call: Call) -> Iterable[Asked]:
    if call.action in ("GenerateDataKey", "Decrypt") and "KeyId" in call.document:
        yield Asked(f"kms:{call.action}", encryption.key_arn(call.document["KeyId"], call.region))


def _key(call: Call, actions: Iterable[str], arn: str) -> Iterable[Asked]:
    """What a service asks of a customer's key on the caller's behalf; nothing where there is none."""
    via = {"kms:viaservice": f"{call.service}.{call.region}.amazonaws.com"}
    return (Asked(action, arn, via) for action in actions if arn)


_READERS: Mapping[str, Callable[[Call], Iterable[Asked]]] = {
    "batch": _batch,
    "kms": _kms,
    "s3": _s3,
    "sns": _sns,
    "sqs": _sqs,
    "states": _states,
}
