"""Look up what a check needs of what the files create."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from asbuilt.infrastructure import Infrastructure


def values(found: Infrastructure, address: str) -> Mapping[str, Any]:
    """The values of the one resource at an address."""
    (item,) = found.by_address[address]
    return item.values


def none(found: Infrastructure, *types: str) -> bool:
    """Whether nothing of the given types is created."""
    return not any(found.by_type.get(type_) for type_ in types)


def kinds(found: Infrastructure) -> set[str]:
    """The kinds of the objects in the cluster."""
    return {one.kind for one in found.manifests}


def statements(found: Infrastructure, policy: str) -> Sequence[Mapping[str, Any]]:
    """The statements of a role's inline policy, by the policy's address."""
    statements: Sequence[Mapping[str, Any]] = json.loads(values(found, policy)["policy"])["Statement"]
    return statements


def many(one_or_more: str | Sequence[str]) -> Sequence[str]:
    """What JSON policies write as a text or a list, as a list."""
    return [one_or_more] if isinstance(one_or_more, str) else one_or_more


def definition(found: Infrastructure) -> Mapping[str, Any]:
    """The analysis' state machine."""
    definition: Mapping[str, Any] = json.loads(values(found, "aws_sfn_state_machine.analysis")["definition"])
    return definition


def accounts(text: str) -> list[str]:
    """The account that each ARN in a text names; AWS's own and S3's have none."""
    return [part for arn in text.split('"arn:')[1:] if (part := arn.split(":")[3]).isdigit()]
