"""Policy documents of roles, by role; each document is parsed once."""

import functools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from asbuilt.infrastructure import Resource
from asbuilt.prove.permission.documents import document
from asbuilt.prove.permission.index import Index, values
from asbuilt.prove.permission.managed import NEVER_DENY, is_managed
from asbuilt.prove.permission.outcome import Unresolved
from asbuilt.prove.permission.statements import Statement, parse
from asbuilt.prove.verdicts import Evidence

_ATTACHMENTS = ("aws_iam_role_policy_attachment", "aws_iam_policy_attachment")
_EXCLUSIVE = {
    "name": ("aws_iam_role_policies_exclusive", "policy_names"),
    "policy_arn": ("aws_iam_role_policy_attachments_exclusive", "policy_arns"),
}

_INLINE, _MANAGED = 10_240, 6_144  # characters without white space (IAM User Guide, "IAM and AWS STS quotas")
_LONG = "IAM takes no policies of this length"


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document, or the `problem` that keeps it from being read.

    `links` attach it to its identity. One of unknown text possibly allows and, unless it
    `never_denies`, possibly denies everything. `sure` is false where it may not be in force at
    all, as what a state still lists after Terraform removed it: then it decides nothing.
    """

    evidence: Evidence
    statements: tuple[Statement, ...] = ()
    links: tuple[Evidence, ...] = ()
    problem: str = ""
    never_denies: bool = False
    sure: bool = True


def read(text: Any, holder: Evidence, resource_policy: bool = False) -> Policy:
    """The policy in an attribute's value; a plan may not know it yet."""
    if not isinstance(text, str) or text.startswith("${"):
        return Policy(holder, problem=f"the text of {holder.address} is known only after apply")
    try:
        return Policy(holder, parse(text, holder, resource_policy))
    except ValueError as error:
        return Policy(holder, problem=f"{holder.address} cannot be read: {error}")


def _too_long(policies: list[Policy], sizes: int) -> list[Policy]:
    """The inline policies of a role, or the problem where IAM refuses one of them for its length."""
    if sizes <= _INLINE:
        return policies
    return [replace(one, statements=(), problem=f"{one.evidence.address}: {_LONG}") for one in policies]


def _size(text: Any) -> int:
    return len("".join(text.split())) if isinstance(text, str) else 0


class IdentityPolicies:
    """What is attached to roles: inline, customer-managed and AWS-managed policies, and boundaries."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._managed: dict[str, Policy] = {}

    def of(self, role: Resource) -> tuple[Policy, ...]:
        """Every identity policy of a role; one whose role is not known yet may be its own."""
        own, loose = self._by_role.get(role.address, ()), self._by_role.get("", ())
        return (*own, *self._stated(role), *(replace(policy, sure=False) for policy in loose))

    def boundary(self, role: Resource) -> tuple[Policy, ...]:
        """The role's permissions boundary, if it has one."""
        return tuple(
            self._managed_policy(arn, Evidence.of(role)) for arn in values(role, "permissions_boundary")
        )

    def everything(self) -> Iterator[Policy]:
        """Every policy that a resource of its own creates or attaches, and every trust policy."""
        for policies in self._by_role.values():
            yield from policies
        yield from (read_trust(self._index, role) for role in self._index.of_type("aws_iam_role"))

    @functools.cached_property
    def _by_role(self) -> dict[str, list[Policy]]:
        """Policies by the role's address; below the empty one those whose role is not known yet."""
        found: defaultdict[str, list[Policy]] = defaultdict(list)
        sizes: Counter[str] = Counter()
        for item in self._index.of_type("aws_iam_role_policy"):
            text, role = document(self._index, item), self._role(item.values.get("role"))
            sizes[role] += _size(text) if role else 0
            found[role].append(self._lasting(read(text, Evidence.of(item)), item, "name"))
        for role, policies in found.items():
            found[role] = _too_long(policies, sizes[role])
        for item in self._index.of_type(*_ATTACHMENTS):
            policy = self._managed_policy(item.values.get("policy_arn"), Evidence.of(item))
            for name in (*values(item, "role"), *values(item, "roles")):
                found[self._role(name)].append(self._lasting(policy, item, "policy_arn"))
        return dict(found)

    def _role(self, name: Any) -> str:
        """The address of the role that an argument names; a role outside the files keeps its name."""
        try:
            role = self._index.find(name, "aws_iam_role")
        except Unresolved:
            return ""
        return role.address if role else str(name)

    def _lasting(self, policy: Policy, item: Resource, key: str) -> Policy:
        """Some resources undo what others set: then only the order of applying decides what stays.

        Two inline policies of one name overwrite each other, an `aws_iam_role_…_exclusive` removes
        what it does not list, and an `aws_iam_policy_attachment` detaches its policy elsewhere.
        """
        role, value = item.values.get("role"), item.values.get(key)
        kind, listed = _EXCLUSIVE[key]
        rivals = self._index.where("aws_iam_policy_attachment", "policy_arn", value)
        undone = (
            key == "name" and self._inline[_text(item, "role"), _text(item, "name")] > 1,
            any(value not in values(other, listed) for other in self._index.where(kind, "role_name", role)),
            bool(role) and any(role not in values(rival, "roles") for rival in rivals if key == "policy_arn"),
        )
        return replace(policy, sure=False) if any(undone) else policy

    def _stated(self, role: Resource) -> Iterator[Policy]:
        """What the role's own arguments say beyond the resources that attach policies to it.

        Terraform also fills these arguments with whatever it found attached, so in a state they may
        speak of policies that are gone; only a plan says that they were written.
        """
        for block in values(role, "inline_policy"):
            given = block if isinstance(block, Mapping) else {}
            name = str(given.get("name") or "")
            if not self._inline[_text(role, "name"), name] and given.get("policy") != "":
                holder = replace(Evidence.of(role), address=f"{role.address}#{name}")
                yield from self._written(role, "inline_policy", read(given.get("policy"), holder))
        for arn in values(role, "managed_policy_arns"):
            if not isinstance(arn, str) or (_text(role, "name"), arn) not in self._attached:
                yield from self._written(
                    role, "managed_policy_arns", self._managed_policy(arn, Evidence.of(role))
                )

    def _written(self, role: Resource, argument: str, policy: Policy) -> Iterator[Policy]:
        written = argument in role.references
        if written or not role.references or not policy.problem:
            yield replace(policy, sure=written)

    @functools.cached_property
    def _inline(self) -> Counter[tuple[str, str]]:
        """How many resources create an inline policy, by its role and name."""
        items = self._index.of_type("aws_iam_role_policy")
        return Counter((_text(item, "role"), _text(item, "name")) for item in items)

    @functools.cached_property
    def _attached(self) -> set[tuple[str, str]]:
        """Roles with the managed policies that resources attach to them."""
        return {
            (name, _text(item, "policy_arn"))
            for item in self._index.of_type(*_ATTACHMENTS)
            for name in (*values(item, "role"), *values(item, "roles"))
            if isinstance(name, str)
        }

    def _managed_policy(self, arn: Any, link: Evidence) -> Policy:
        """The managed policy that an argument names, linked by `link`."""
        if not isinstance(arn, str):
            return Policy(link, problem=f"the policy of {link.address} is known only after apply")
        if arn not in self._managed:
            self._managed[arn] = self._find(arn)
        return replace(self._managed[arn], links=(link,))

    def _find(self, arn: str) -> Policy:
        unread = Evidence(arn)
        try:
            item = self._index.find(arn, "aws_iam_policy", "data.aws_iam_policy")
        except Unresolved as error:
            return Policy(unread, problem=str(error))
        if item:
            text = document(self._index, item)
            if _size(text) > _MANAGED and not item.is_data:
                return Policy(Evidence.of(item), problem=f"{item.address}: {_LONG}")
            return read(text, Evidence.of(item))
        problem = f"the text of {arn} is not in the files (a data source aws_iam_policy reads it)"
        return Policy(
            unread, problem=problem, never_denies=is_managed(arn) and arn.split("/")[-1] in NEVER_DENY
        )


def _text(item: Resource, argument: str) -> str:
    value = item.values.get(argument)
    return value if isinstance(value, str) else ""


def read_trust(index: Index, role: Resource) -> Policy:
    """A role's trust policy. IAM refuses one that names a resource, or another service's actions."""
    found = read(document(index, role, "assume_role_policy"), Evidence.of(role), resource_policy=True)
    taken = tuple("sts:")
    if any(one.resources or {action[:4] for action in one.actions} != {taken} for one in found.statements):
        return Policy(found.evidence, problem=f"{role.address} trusts in words that IAM refuses")
    return found
