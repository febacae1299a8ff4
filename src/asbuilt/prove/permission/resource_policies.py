"""Policies of resources, by the resource they are attached to; each document is parsed once."""

import functools
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.permission.documents import document
from asbuilt.prove.permission.index import Index, names, values
from asbuilt.prove.permission.outcome import Unresolved
from asbuilt.prove.permission.policies import Policy, read
from asbuilt.prove.permission.refused import refusal
from asbuilt.prove.verdicts import Evidence

KEYS = ("aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key")
"""Types of customer-managed keys."""


@dataclass(frozen=True, slots=True)
class _Holder:
    """A resource type that holds the policy of another, the argument that names that, and the text's."""

    type: str
    names: str
    text: str = "policy"


_HOLDERS = {
    "aws_cloudwatch_event_bus": _Holder("aws_cloudwatch_event_bus_policy", "event_bus_name"),
    "aws_dynamodb_table": _Holder("aws_dynamodb_resource_policy", "resource_arn"),
    "aws_ecr_repository": _Holder("aws_ecr_repository_policy", "repository"),
    "aws_efs_file_system": _Holder("aws_efs_file_system_policy", "file_system_id"),
    "aws_kinesis_stream": _Holder("aws_kinesis_resource_policy", "resource_arn"),
    "aws_opensearch_domain": _Holder("aws_opensearch_domain_policy", "domain_name", "access_policies"),
    "aws_s3_bucket": _Holder("aws_s3_bucket_policy", "bucket"),
    "aws_secretsmanager_secret": _Holder("aws_secretsmanager_secret_policy", "secret_arn"),
    "aws_sns_topic": _Holder("aws_sns_topic_policy", "arn"),
    "aws_sqs_queue": _Holder("aws_sqs_queue_policy", "queue_url"),
    **{key: _Holder("aws_kms_key_policy", "key_id") for key in KEYS},
}
_OWN = {"aws_opensearch_domain": "access_policies"}  # elsewhere a resource's own policy is in `policy`
_WITH_SECRET = frozenset({"aws_db_instance", "aws_rds_cluster"})
_NO_ACCESS_POLICY = {"aws_sqs_queue_redrive_policy", "aws_sqs_queue_redrive_allow_policy"}


class ResourcePolicies:
    """Policies that are attached to resources."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def of(self, target: Resource, service: str = "") -> tuple[Policy, ...]:
        """Every policy of a resource. Raises Unresolved where one is of a type that is not understood.

        What Secrets Manager keeps for a database is a secret with a policy of its own.
        """
        if target.type in _WITH_SECRET and service == "secretsmanager":
            return tuple(self._of_secret(target))
        if not may_have_policy(target):
            return ()
        self._refuse_unread(target)
        return self._read(target)

    def everything(self) -> Iterator[Policy]:
        """Every policy of a resource; SNS's default is not one that somebody wrote."""
        for type_ in sorted({*_HOLDERS, "aws_lambda_function"}):
            for target in self._index.of_type(type_):
                yield from (policy for policy in self._read(target) if not _is_default(policy))

    def _read(self, target: Resource) -> tuple[Policy, ...]:
        held = [self._taken(policy, target) for policy in self._held(target) or self._own(target)]
        return (*held, *self._permissions(target), *self._grants(target))

    def _taken(self, policy: Policy, target: Resource) -> Policy:
        """A policy, or the problem where the service refuses it."""
        refused = refusal(self._index, target, policy.statements) if not policy.problem else ""
        return replace(policy, statements=(), problem=f"{refused}: AWS refuses it") if refused else policy

    def _of_secret(self, target: Resource) -> Iterator[Policy]:
        by_secret = self._by_target("aws_secretsmanager_secret_policy")
        for arn in (*values(target, "master_user_secret.secret_arn"), ""):
            yield from (replace(policy, sure=arn != "") for policy in by_secret.get(arn, ()))

    def _held(self, target: Resource) -> list[Policy]:
        holder = _HOLDERS.get(target.type)
        if not holder:
            return []
        own, loose = (self._by_target(holder.type).get(name, []) for name in (target.address, ""))
        overwritten = len(own) > 1  # a resource has one policy: several overwrite each other
        return [*(replace(p, sure=not overwritten) for p in own), *(replace(p, sure=False) for p in loose)]

    @functools.cache  # noqa: B019 - lives as long as its prover
    def _by_target(self, holder_type: str) -> dict[str, list[Policy]]:
        """Policies by their target's address; below the empty one those whose target is not known yet."""
        holder = next(holder for holder in _HOLDERS.values() if holder.type == holder_type)
        targets = [type_ for type_, other in _HOLDERS.items() if other.type == holder_type]
        found: defaultdict[str, list[Policy]] = defaultdict(list)
        for item in self._index.of_type(holder_type):
            try:
                target = self._index.find(item.values.get(holder.names), *targets)
            except Unresolved:
                address = ""
            else:
                address = target.address if target else str(item.values.get(holder.names))
            text = document(self._index, item, holder.text)
            found[address].append(read(text, Evidence.of(item), resource_policy=True))
        return dict(found)

    def _own(self, target: Resource) -> list[Policy]:
        """The policy in the resource's own argument.

        Terraform also fills it with what a policy resource set, which may be gone since: only a plan
        says that it was written. A key always has a policy, and SNS's default names itself.
        """
        argument = _OWN.get(target.type, "policy")
        text = document(self._index, target, argument)
        written = argument in target.references
        new = text is UNKNOWN and not written and target.type not in KEYS
        if new or text is None or text == "":
            return []
        policy = read(text, Evidence.of(target), resource_policy=True)
        trusted = (target.type in KEYS and not target.references) or _is_default(policy)
        return [replace(policy, sure=written or trusted)]

    def _refuse_unread(self, target: Resource) -> None:
        """A policy resource that this reader does not know may deny everything."""
        known = {holder.type for holder in _HOLDERS.values()} | _NO_ACCESS_POLICY
        for type_ in self._index.infrastructure.by_type.keys() - known:
            if type_.startswith(f"{target.type}_") and type_.endswith("_policy"):
                raise Unresolved(f"policies of type {type_} are not understood")

    def _permissions(self, target: Resource) -> Iterator[Policy]:
        """Lambda's statements, each a resource of its own."""
        if target.type != "aws_lambda_function":
            return
        for item in self._index.where("aws_lambda_permission", "function_name", *names(target)):
            yield replace(_permission(item), sure=isinstance(item.values.get("function_name"), str))

    def _grants(self, target: Resource) -> Iterator[Policy]:
        """A key's grants, each a statement that stands beside the key policy."""
        if target.type not in KEYS:
            return
        for item in self._index.of_type("aws_kms_grant"):
            if item.values.get("key_id") in (target.values.get("key_id"), target.values.get("arn"), UNKNOWN):
                yield _grant(item)


def may_have_policy(target: Resource) -> bool:
    """Whether a resource is of a type whose own policies are understood."""
    return target.type in _HOLDERS or target.type == "aws_lambda_function"


def _permission(item: Resource) -> Policy:
    """An `aws_lambda_permission` as the statement that AWS makes of it."""
    given = item.values
    principal = given.get("principal")
    service = isinstance(principal, str) and principal.endswith(".amazonaws.com")
    conditions: dict[str, Any] = {}
    if given.get("source_arn"):
        conditions["ArnLike"] = {"AWS:SourceArn": given["source_arn"]}
    if given.get("source_account"):
        conditions["StringEquals"] = {"AWS:SourceAccount": given["source_account"]}
    for unread in ("event_source_token", "principal_org_id", "function_url_auth_type", "qualifier"):
        if given.get(unread):
            return Policy(Evidence.of(item), problem=f"{item.address} sets {unread}, which is not understood")
    named = {"Service": principal} if service else {"AWS": principal}
    return _single(item, {"Action": given.get("action"), "Principal": named, "Condition": conditions})


def _grant(item: Resource) -> Policy:
    """An `aws_kms_grant` as a statement (AWS KMS Developer Guide, "Grants in AWS KMS")."""
    operations = [f"kms:{name}" for name in values(item, "operations") if isinstance(name, str)]
    conditions: dict[str, Any] = {}
    for constraint in values(item, "constraints"):
        if constraint is UNKNOWN or constraint.get("encryption_context_equals"):
            return Policy(Evidence.of(item), problem=f"{item.address} asks for an exact encryption context")
        subset = constraint.get("encryption_context_subset") or {}
        conditions["StringEquals"] = {f"kms:EncryptionContext:{key}": text for key, text in subset.items()}
    grantee = {"AWS": item.values.get("grantee_principal")}
    policy = _single(item, {"Action": operations, "Principal": grantee, "Condition": conditions})
    return replace(policy, never_denies=True)


def _single(item: Resource, statement: dict[str, Any]) -> Policy:
    try:
        text = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}})
    except TypeError:  # an argument is known only after apply
        text = ""
    policy = read(text or None, Evidence.of(item), resource_policy=True)
    own = tuple(replace(statement, evidence=Evidence.of(item)) for statement in policy.statements)
    return replace(policy, statements=own)


def _is_default(policy: Policy) -> bool:
    """SNS's default policy, which every new topic has (SNS Developer Guide)."""
    return [s.address.partition("#")[2] for s in policy.statements] == ["__default_statement_ID"]
