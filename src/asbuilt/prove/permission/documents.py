"""The text of a policy that a plan leaves open, as far as its data source tells it.

A document made by `aws_iam_policy_document` is read during apply when it names something new. Its
statements are in the plan all the same, with only those names open: enough to see what no
statement speaks of.
"""

import json
from collections.abc import Mapping
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.permission.index import Index

AFTER_APPLY = "${a name known only after apply}"
"""Stands for an open name: a policy variable that no request has, so nothing is concluded from it."""

_MERGED = ("source_json", "override_json", "source_policy_documents", "override_policy_documents")


def document(index: Index, holder: Resource, argument: str = "policy") -> Any:
    """The policy in an argument of `holder`, or whatever else is there."""
    value = holder.values.get(argument)
    if value is not UNKNOWN:
        return value
    match holder.references.get(argument, ()):
        case [str(full), str(block)] if full == f"{block}.json":
            found = index.infrastructure.by_address.get(block, ())
            if len(found) == 1 and found[0].type == "aws_iam_policy_document":
                return _text(found[0].values)
    return value


def _text(given: Mapping[str, Any]) -> Any:
    if any(given.get(name) for name in _MERGED) or given.get("version") not in (None, "2012-10-17"):
        return UNKNOWN
    statements = given.get("statement")
    if not isinstance(statements, list) or any(item is UNKNOWN for item in statements):
        return UNKNOWN
    try:
        return json.dumps({"Version": "2012-10-17", "Statement": [_statement(item) for item in statements]})
    except TypeError:  # what a statement speaks of is open itself
        return UNKNOWN


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": given.get("effect") or "Allow", "Sid": given.get("sid") or ""}
    for element, name in (("Action", "actions"), ("NotAction", "not_actions")):
        if given.get(name):
            made[element] = given[name]
    for element, name in (("Resource", "resources"), ("NotResource", "not_resources")):
        if given.get(name):
            made[element] = _open(given[name])
    for element, name in (("Principal", "principals"), ("NotPrincipal", "not_principals")):
        if given.get(name):
            made[element] = {item["type"]: _open(item["identifiers"]) for item in given[name]}
    for item in given.get("condition") or []:
        made.setdefault("Condition", {}).setdefault(item["test"], {})[item["variable"]] = _open(
            item["values"]
        )
    return made


def _open(texts: Any) -> list[Any]:
    if texts is UNKNOWN:
        return [AFTER_APPLY]
    return [AFTER_APPLY if text is UNKNOWN else text for text in texts]
