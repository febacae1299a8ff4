"""What an allowed action needs besides itself.

IAM User Guide, "Grant a user permissions to pass a role to an AWS service"; AWS Batch User Guide,
"Example policies"; and the pages named in `keys` and `machine`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.permission import keys
from asbuilt.prove.permission.actors import Actor
from asbuilt.prove.permission.halted import region
from asbuilt.prove.permission.index import Index, names, values
from asbuilt.prove.permission.machine import companions, submissions
from asbuilt.prove.permission.outcome import Refuted, Unresolved
from asbuilt.prove.permission.requests import Value
from asbuilt.prove.permission.resource_policies import KEYS
from asbuilt.prove.permission.targets import ARN
from asbuilt.prove.permission.truth import Unknown

_SERVICES_OWN_KEY_ONLY = frozenset(
    {"logdelivery.elasticloadbalancing.amazonaws.com", "logging.s3.amazonaws.com"}
)
_PASSES: dict[str, tuple[tuple[str, ...], str]] = {
    "ecs:RegisterTaskDefinition": (("task_role_arn", "execution_role_arn"), "ecs-tasks"),
    "ecs:RunTask": (("task_role_arn", "execution_role_arn"), "ecs-tasks"),
    "ecs:StartTask": (("task_role_arn", "execution_role_arn"), "ecs-tasks"),
    "lambda:CreateFunction": (("role",), "lambda"),
    "lambda:UpdateFunctionConfiguration": (("role",), "lambda"),
    "states:CreateStateMachine": (("role_arn",), "states"),
    "states:UpdateStateMachine": (("role_arn",), "states"),
}
"""Actions that pass roles: the arguments that name them, and the service they are passed to."""

_WITH_KEY = tuple(
    f"kms:{operation}"
    for operation in ("Decrypt", "DeriveSharedSecret", "Encrypt", "Generate", "ReEncrypt", "Sign", "Verify")
)
"""How the operations begin that a disabled key refuses (AWS KMS Developer Guide, "Key states")."""

_ACL_ACTIONS = {"s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"}
_ROLE_ARGUMENTS = ("role", "role_arn", "service_role", "node_role_arn", "iam_role_arn", "monitoring_role_arn")


@dataclass(frozen=True, slots=True)
class Need:
    """Another action that must be allowed on `resource`, on the ARNs of `pattern`, or both.

    `known` replaces what is known of the source's own requests. `everywhere` asks for every ARN of
    the pattern and not just for one: which it will be is not known before.
    """

    action: str
    resource: Resource | None = None
    pattern: str = ""
    known: dict[str, Value] = field(default_factory=dict)
    everywhere: bool = False


def needs(
    index: Index, actor: Actor, source: Resource | None, target: Resource, action: str, named: str
) -> Iterator[Need]:
    """Everything that `action` needs besides itself on the ARN `named`, at `target`.

    Raises Refuted and Unresolved as its parts do.
    """
    for other in actor.also:
        yield Need(other, target, known={})
    yield from _key(index, actor, source, target, action, named)
    yield from _passed(index, target, action)
    if action == "rds-db:connect":
        _accepts_tokens(target)
    if action.startswith(_WITH_KEY) and target.values.get("is_enabled") is False:
        raise Refuted(f"{target.address} is disabled")
    if target.type in KEYS and (misused := keys.misuse(target, action)):
        raise Refuted(misused)
    if source and source.type == target.type == "aws_s3_bucket":
        _takes_logs(index, target)
    if action in _ACL_ACTIONS and target.type == "aws_s3_bucket":
        _takes_acls(index, target)
    if source and source.type == "aws_sfn_state_machine":
        for companion in companions(source, action, named):
            yield Need(companion.action, pattern=companion.pattern, everywhere=True)


def _takes_logs(index: Index, bucket: Resource) -> None:
    """A bucket that retains what it gets takes none (S3 User Guide, "Enabling server access logging")."""
    for one in index.where("aws_s3_bucket_object_lock_configuration", "bucket", *names(bucket)):
        if values(one, "rule.default_retention"):
            raise Unresolved(
                f"{one.address} retains what {bucket.address} gets, which access logs may not be"
            )


def _takes_acls(index: Index, bucket: Resource) -> None:
    """A new bucket takes no access control lists (S3 User Guide, "Controlling ownership of objects")."""
    held = index.where("aws_s3_bucket_ownership_controls", "bucket", *names(bucket))
    ruled = [rule for one in held for rule in values(one, "rule.object_ownership")]
    if not ruled or not all(rule in ("BucketOwnerPreferred", "ObjectWriter") for rule in ruled):
        raise Unresolved(f"{bucket.address} does not surely take access control lists")


def _accepts_tokens(database: Resource) -> None:
    enabled = database.values.get("iam_database_authentication_enabled")
    if enabled is UNKNOWN:
        raise Unresolved(f"whether {database.address} accepts IAM tokens is known only after apply")
    if enabled is not True:
        raise Refuted(f"{database.address} does not accept IAM tokens (iam_database_authentication_enabled)")


def partners(index: Index, source: Resource | None, target: Resource) -> list[list[Need]]:
    """The other half of `batch:SubmitJob`, which names a queue and a definition.

    Each list holds what one submission needs; one of them must hold, or, where a state machine
    writes its submissions out, the only one there is.
    """
    is_queue = target.type == "aws_batch_job_queue"
    other = "aws_batch_job_definition" if is_queue else "aws_batch_job_queue"
    if source and source.type == "aws_sfn_state_machine":
        written = [pair if is_queue else pair[::-1] for pair in submissions(source)]
        mine = [theirs for ours, theirs in written if ours in _calls(target)]
        if mine and all(isinstance(theirs, str) for theirs in mine):
            found = {theirs: index.find(theirs, other) for theirs in mine}
            if None in found.values():
                raise Unresolved(f"{source.address} submits with an {other} that is not in the files")
            return [[Need("batch:SubmitJob", item, str(name)) for name, item in found.items()]]
    return [[Need("batch:SubmitJob", item)] for item in index.of_type(other)]


def _calls(target: Resource) -> list[object]:
    return [name for key in ("arn", "arn_prefix", "name") if (name := target.values.get(key)) is not None]


def _key(
    index: Index, actor: Actor, source: Resource | None, target: Resource, action: str, named: str
) -> Iterator[Need]:
    """What the key that encrypts the target must allow."""
    wanted = keys.operations(action)
    if source and source.type == "aws_cloudtrail" and target.type == "aws_s3_bucket":
        if action == "s3:PutObject":
            yield from _trail_key(index, source, target)
        return
    how = keys.encryption(index, target, action)
    if how is None or not wanted:
        return
    if how.key and len({region(target), region(how.key), ""}) > 2:
        raise Unresolved(f"{target.address} and its key {how.key.address} are in different regions")
    service = actor.principal.kind == "service"
    if service and actor.principal.name in _SERVICES_OWN_KEY_ONLY:
        raise Refuted(f"{actor.principal.name} cannot write to {target.address}, which a KMS key encrypts")
    if how.key is None and service:
        raise Refuted(f"{target.address} is encrypted with {keys.MANAGED}, which lets no other service in")
    if how.key is None:
        return
    for operation in wanted:
        yield Need(operation, how.key, known=_seen_by_key(index, actor, target, action, named, how))


def _seen_by_key(
    index: Index, actor: Actor, target: Resource, action: str, named: str, how: keys.Encryption
) -> dict[str, Value]:
    match = ARN.fullmatch(named)
    if not match:
        raise Unresolved(f"what {target.address} is called is known only after apply, and its key is told so")
    region = match["region"] or str(target.values.get("region") or "")
    known = keys.context(action.partition(":")[0], region, named, how)
    unsaid = Unknown("whether the service passes this on to KMS is not documented")
    if actor.principal.kind == "service":
        known = {key: value for key, value in known.items() if key.startswith("kms:encryptioncontext")}
        if actor.principal.name == "events.amazonaws.com":
            known |= {"aws:sourcearn": unsaid, "aws:sourceaccount": unsaid}
        return known
    passed = (
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:sourcearn",
        "aws:sourceaccount",
    )
    return {**dict.fromkeys(passed, unsaid), **known}


def _trail_key(index: Index, trail: Resource, bucket: Resource) -> Iterator[Need]:
    """A trail names its key itself; with an S3 bucket key it also reads it.

    CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail".
    """
    named = values(trail, "kms_key_id")
    default = keys.encryption(index, bucket, "s3:PutObject")
    if not named and default:
        raise Unresolved(f"{trail.address} names no key, and {bucket.address} has one of its own")
    if not named:
        return
    found = keys.key(index, named[0])
    if found is None:
        raise Refuted(f"{trail.address} names {keys.MANAGED}, which CloudTrail cannot use")
    known: dict[str, Value] = {"kms:encryptioncontext:aws:cloudtrail:arn": (str(trail.values.get("arn")),)}
    operations = ["kms:GenerateDataKey", "kms:DescribeKey"]
    if default and default.bucket_key:
        operations.append("kms:Decrypt")
    for operation in operations:
        yield Need(operation, found, known=known)


def _passed(index: Index, target: Resource, action: str) -> Iterator[Need]:
    """Roles that the action hands to a service."""
    if action not in _PASSES:
        creates = action.partition(":")[2].startswith(("Create", "Register"))
        if creates and any(values(target, name) for name in _ROLE_ARGUMENTS):
            raise Unresolved(
                f"{action} may also need iam:PassRole, which is not understood for {target.type}"
            )
        return
    arguments, service = _PASSES[action]
    for role in (value for name in arguments for value in values(target, name)):
        found = index.find(role, "aws_iam_role")
        if found is None or role is UNKNOWN:
            raise Unresolved(f"a role that {action} passes is not in the files")
        yield Need("iam:PassRole", found, known={"iam:passedtoservice": (f"{service}.amazonaws.com",)})


def seen_as(actor: Actor, known: dict[str, Value]) -> Actor:
    """The same principal, with what is known of a request that is made for it."""
    return replace(actor, context=actor.context.plus(known), places=(), also=())
