"""Resource policies that a service refuses as a whole, although IAM's grammar allows them.

S3 User Guide, "Troubleshooting bucket policies" and "Blocking public access to your Amazon S3 storage"; SNS
Developer Guide, "Amazon SNS API permissions".
"""

import re

from asbuilt.infrastructure import Resource
from asbuilt.prove.permission.index import Index, names
from asbuilt.prove.permission.patterns import Wild
from asbuilt.prove.permission.statements import Statement

_SERVICES = {"aws_s3_bucket": "s3:", "aws_sns_topic": "sns:", "aws_sqs_queue": "sqs:"}
_ONLY_ITSELF = {"aws_s3_bucket", "aws_sns_topic"}
_OPEN = re.compile(r"[*?$]")


def refusal(index: Index, target: Resource, statements: tuple[Statement, ...]) -> str:
    """Why a service refuses a policy with these statements; empty where it does not."""
    service, arn = _SERVICES.get(target.type), target.values.get("arn")
    if not service:
        return ""
    for one in statements:
        if any(action[0] != Wild.MANY and action[: len(service)] != tuple(service) for action in one.actions):
            return f"{one.address} names an action of another service"
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


def _is_public(statement: Statement) -> bool:
    named = statement.principals.named.get("AWS", ()) if statement.principals else ()
    return statement.allows and not statement.conditions and "*" in named


def _takes_public(index: Index, bucket: Resource) -> bool:
    """Whether public policies are let in: S3 blocks them at a new bucket unless told otherwise."""
    blocks = index.where("aws_s3_bucket_public_access_block", "bucket", *names(bucket))
    return any(one.values.get("block_public_policy") is False for one in blocks)
