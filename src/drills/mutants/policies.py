"""Evaluate IAM statements by brute force: the rules of the IAM user guide for one account, no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from drills.mutants.cloud import Cloud, Item, listed, statements


@dataclass(frozen=True, slots=True)
class Request:
    """An action on a resource, with what AWS knows about the request."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def role_may(cloud: Cloud, role: Item, request: Request, policy: str | None = None) -> bool:
    """Whether a role may do it: its policies, its boundary, and the policy of the resource, if it has one."""
    account = role["arn"].split(":")[4]
    known = {"aws:SecureTransport": "true", "aws:PrincipalAccount": account, "AWS:SourceOwner": account}
    asked = Request(request.action, request.resource, known | dict(request.context))
    own, on_resource = identity(cloud, role), statements(policy)
    to_us = [one for one in on_resource if _is_for(one, role["arn"], account)]
    if denied([*own, *to_us], asked) or not _within_boundary(cloud, role, asked):
        return False
    direct = [one for one in to_us if f":{account}:root" not in str(_principals(one, "AWS"))]
    if request.action.startswith("kms:"):
        return allowed(direct, asked) or (allowed(to_us, asked) and allowed(own, asked))
    return allowed(own, asked) or allowed(direct, asked)


def service_may(policy: str | None, service: str, request: Request) -> bool:
    """Whether a resource's policy lets an AWS service do it."""
    for_it = [one for one in statements(policy) if _is_service(one, service)]
    return allowed(for_it, request) and not denied(for_it, request)


def identity(cloud: Cloud, role: Item) -> list[Item]:
    """The statements of a role's inline policies and of the attached ones whose text is in the files."""
    texts = [one["policy"] for one in cloud.all("aws_iam_role_policy") if one["role"] == role["name"]]
    for tie in cloud.all("aws_iam_role_policy_attachment"):
        found = cloud.by("aws_iam_policy", arn=tie["policy_arn"]) if tie["role"] == role["name"] else None
        texts += [found["policy"]] if found else []
    return [one for text in texts for one in statements(text)]


def trusts(role: Item, service: str, actions: Iterable[str]) -> bool:
    """Whether a role's trust policy lets a service take it."""
    return all(service_may(role["assume_role_policy"], service, Request(one, role["arn"])) for one in actions)


def allowed(all_: Iterable[Item], request: Request) -> bool:
    """Whether a statement surely allows it: a condition that nothing is known about does not hold."""
    return any(one["Effect"] == "Allow" and _fits(one, request, doubt=False) for one in all_)


def denied(all_: Iterable[Item], request: Request) -> bool:
    """Whether a statement may deny it: a condition that nothing is known about holds."""
    return any(one["Effect"] == "Deny" and _fits(one, request, doubt=True) for one in all_)


def _within_boundary(cloud: Cloud, role: Item, request: Request) -> bool:
    arn = role.get("permissions_boundary")
    found = cloud.by("aws_iam_policy", arn=arn) if arn else None
    text = statements(found["policy"]) if found else []
    return not arn or (allowed(text, request) and not denied(text, request))


def _fits(statement: Item, request: Request, doubt: bool) -> bool:
    return (
        _listed_in(statement, "Action", request.action.lower(), lower=True)
        and _listed_in(statement, "Resource", request.resource, lower=False)
        and all(_holds(*one, request.context, doubt) for one in _conditions(statement))
    )


def _listed_in(statement: Item, key: str, value: str, lower: bool) -> bool:
    def matches(patterns: Iterable[str]) -> bool:
        return any(_like(value, one.lower() if lower else one) for one in patterns)

    if f"Not{key}" in statement:
        return not matches(listed(statement[f"Not{key}"]))
    return matches(listed(statement.get(key, "*")))  # a trust policy names no resource


def _conditions(statement: Item) -> list[tuple[str, str, Any]]:
    condition = statement.get("Condition") or {}
    return [(operator, key, value) for operator, keys in condition.items() for key, value in keys.items()]


def _holds(operator: str, key: str, wanted: Any, context: Mapping[str, str], doubt: bool) -> bool:
    known = {name.lower(): value for name, value in context.items()}
    if key.lower() not in known:
        return doubt
    value = known[key.lower()]
    match operator:
        case "StringEquals" | "Bool":
            return value in map(str, listed(wanted))
        case "ArnLike" | "ArnEquals" | "StringLike":
            return any(_like(value, one) for one in listed(wanted))
    return doubt


def _like(value: str, pattern: str) -> bool:
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _principals(statement: Item, kind: str) -> list[str]:
    said = statement.get("Principal", {})
    return ["*"] if said == "*" else listed(said.get(kind))


def _is_for(statement: Item, arn: str, account: str) -> bool:
    names = {arn, "*", account, f"arn:aws:iam::{account}:root"}
    return bool(names & set(_principals(statement, "AWS")))


def _is_service(statement: Item, service: str) -> bool:
    return bool({service, "*"} & {*_principals(statement, "Service"), *_everybody(statement)})


def _everybody(statement: Item) -> list[str]:
    return [one for one in _principals(statement, "AWS") if one == "*"]
