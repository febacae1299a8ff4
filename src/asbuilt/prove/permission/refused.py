"""Resource policies that a service refuses as a whole, although IAM's grammar allows them.

S3 User Guide, "Troubleshooting bucket policies" and "Blocking public access to your Amazon S3 storage"; SNS
Developer Guide, "Amazon SNS API permissions": a topic's policy names actions on topics one by one.
"""

import re

from asbuilt.infrastructure import Resource
from asbuilt.prove.permission.actions import find
from asbuilt.prove.permission.conditions import Condition
from asbuilt.prove.permission.index import Index, names
from asbuilt.prove.permission.outcome import Refuted
from asbuilt.prove.permission.patterns import Wild
from asbuilt.prove.permission.statements import Statement

_SERVICES = {"aws_s3_bucket": "s3:", "aws_sns_topic": "sns:", "aws_sqs_queue": "sqs:"}
_ONLY_ITSELF = {"aws_s3_bucket", "aws_sns_topic"}
_OPEN = re.compile(r"[*?$]")
_ON_TOPICS = {
    tuple(f"sns:{name}")
    for name in (
        "addpermission",
        "deletetopic",
        "gettopicattributes",
        "listsubscriptionsbytopic",
        "publish",
        "receive",
        "removepermission",
        "settopicattributes",
        "subscribe",
    )
}
_LIMITS = {
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
}
"""Condition keys with which S3 takes a statement for everybody not to be public."""


def refusal(index: Index, target: Resource, statements: tuple[Statement, ...]) -> str:
    """Why a service refuses a policy with these statements; empty where it does not."""
    service, arn = _SERVICES.get(target.type), target.values.get("arn")
    if not service:
        return ""
    for one in statements:
        if any(action[0] != Wild.MANY and action[: len(service)] != tuple(service) for action in one.actions):
            return f"{one.address} names an action of another service"
        if target.type == "aws_sns_topic" and (one.not_actions or not {*one.actions} <= _ON_TOPICS):
            return f"{one.address} names actions that a topic's policy may not name"
        if target.type == "aws_s3_bucket" and (idle := _idle(one)):
            return f"{one.address} names {idle}, which does not apply to any of its resources"
        if (
            isinstance(arn, str)
            and target.type in _ONLY_ITSELF
            and not all(_is_at(arn, r) for r in one.resources)
        ):
            return f"{one.address} names another resource than {target.address}"
        if target.type == "aws_s3_bucket" and _is_public(one) and not _takes_public(index, target):
            return f"{one.address} is public, and {target.address} blocks public policies"
    return ""


def _is_at(arn: str, resource: str) -> bool:
    """Whether a resource may be this one or inside of it, by what stands before its first wildcard."""
    lead = _OPEN.split(resource)[0]
    is_here = resource == arn or (lead != resource and arn.startswith(lead))
    return arn.startswith("${") or is_here or lead.startswith(f"{arn}/")


def _idle(statement: Statement) -> str:
    """An action of a statement that fits none of its resources: buckets, or what is inside of them."""
    if statement.not_resources or any("$" in resource for resource in statement.resources):
        return ""
    inside = any("/" in resource or resource.endswith(("*", "?")) for resource in statement.resources)
    whole = any("/" not in resource for resource in statement.resources)
    for action in statement.actions:
        kinds = () if Wild.MANY in action or Wild.ONE in action else _kinds("".join(map(str, action)))
        is_known = bool({"bucket", "object"} & set(kinds))
        if is_known and not (inside and "object" in kinds) and not (whole and "bucket" in kinds):
            return "".join(map(str, action))
    return ""


def _kinds(action: str) -> tuple[str, ...]:
    """The types of resources that an action works on, none where AWS lists no such action."""
    try:
        return tuple(kind.name for kind in find(action).types)
    except Refuted:
        return ()


def _is_public(statement: Statement) -> bool:
    """Whether S3 takes a statement to let everybody in ("The meaning of public")."""
    by = statement.principals
    is_open = by is not None and (by.inverted or "*" in by.named.get("AWS", ()))
    return statement.allows and is_open and not any(map(_limits, statement.conditions))


def _limits(condition: Condition) -> bool:
    fixed = not condition.negated and not condition.if_exists and condition.quantifier != "ForAllValues"
    return fixed and condition.key.lower() in _LIMITS and condition.base != "Null"


def _takes_public(index: Index, bucket: Resource) -> bool:
    """Whether public policies are let in: S3 blocks them at a new bucket unless told otherwise."""
    blocks = index.where("aws_s3_bucket_public_access_block", "bucket", *names(bucket))
    whole = index.of_type("aws_s3_account_public_access_block")
    if any(one.values.get("block_public_policy") not in (None, False) for one in whole):
        return False
    return any(one.values.get("block_public_policy") is False for one in blocks)
