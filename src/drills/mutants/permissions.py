"""Changes to policies, roles, keys and who runs under what."""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

from drills.mutants.mutant import Mutant, Mutants
from drills.mutants.world import World, add, edit, remove

_POLICIES = {
    "aws_iam_role_policy": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_sqs_queue_policy": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_kms_key": "policy",
    "aws_iam_role": "assume_role_policy",
}
_NOBODY = {"StringEquals": {"aws:PrincipalAccount": "000000000000"}}
_DENY_ALL = {"Sid": "Mutant", "Effect": "Deny", "Action": "*", "Resource": "*"}

Statement = dict[str, Any]


def permission_mutants(clean: World) -> Mutants:
    """Each statement of each policy, each role and each tie between the two, changed."""
    for item in clean.resources():
        attribute = _POLICIES.get(item["type"])
        if attribute and item["values"].get(attribute):
            yield from _policy(clean, item, attribute)
        if item["type"] == "aws_iam_role":
            yield from _role(clean, item)
        if item["type"] == "aws_eks_pod_identity_association":
            yield from _association(clean, item)
        if item["type"] in _POLICIES and item["type"] not in {"aws_iam_role", "aws_kms_key"}:
            yield Mutant("policy: deleted", item["address"], remove(clean, item["address"]))
        if item["type"] in {"aws_sfn_state_machine", "aws_batch_job_definition"}:
            yield from _executor(clean, item)
        if item["type"] == "aws_sns_topic_subscription":
            yield Mutant("subscription: deleted", item["address"], remove(clean, item["address"]))


def _policy(clean: World, item: Mapping[str, Any], attribute: str) -> Mutants:
    """Every statement: deleted, denied, conditioned away, moved; every action left out."""
    statements = _statements(item["values"][attribute])
    for index, statement in enumerate(statements):
        name = f"{item['address']}#{statement.get('Sid', index)}"

        def mutant(family: str, text: str, change: Callable[[list[Statement]], None]) -> Mutant:
            return Mutant(family, text, _rewritten(clean, item["address"], attribute, change))

        yield mutant("statement: deleted", name, lambda all_, i=index: all_.pop(i))
        flipped = "Allow" if statement["Effect"] == "Deny" else "Deny"
        yield mutant(
            f"statement: becomes {flipped}", name, lambda all_, i=index, f=flipped: all_[i].update(Effect=f)
        )
        yield mutant(
            "statement: condition that nobody meets",
            name,
            lambda all_, i=index: all_[i].update(Condition=_NOBODY),
        )
        if statement.get("Resource") not in (None, "*", ["*"]):
            other = "arn:aws:s3:::somebody-elses/*"
            yield mutant(
                "statement: resource changed", name, lambda all_, i=index: all_[i].update(Resource=other)
            )
        actions = _listed(statement.get("Action"))
        for action in actions if len(actions) > 1 else ():
            rest = [one for one in actions if one != action]
            yield mutant(
                "statement: action removed",
                f"{name}: {action}",
                lambda all_, i=index, r=rest: all_[i].update(Action=r),
            )
    principal = {} if item["type"] == "aws_iam_role_policy" else {"Principal": "*"}
    if item["type"] != "aws_iam_role":
        world = _rewritten(clean, item["address"], attribute, lambda all_: all_.append(_DENY_ALL | principal))
        yield Mutant("policy: deny added", item["address"], world)


def _role(clean: World, item: Mapping[str, Any]) -> Mutants:
    boundary = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}]}
    arn = "arn:aws:iam::123456789012:policy/mutant"
    values = {"id": arn, "arn": arn, "name": "mutant", "path": "/", "policy": json.dumps(boundary)}
    world = add(clean, "aws_iam_policy", "mutant", values)
    world = edit(world, item["address"], lambda own: own.update(permissions_boundary=arn))
    yield Mutant("role: boundary set", item["address"], world)

    def distrust(all_: list[Statement]) -> None:
        all_[0]["Principal"] = {"Service": "polly.amazonaws.com"}

    world = _rewritten(clean, item["address"], "assume_role_policy", distrust)
    yield Mutant("role: trusts another service", item["address"], world)


def _association(clean: World, item: Mapping[str, Any]) -> Mutants:
    web = next(i["values"]["arn"] for i in clean.resources() if i["address"] == "aws_iam_role.web")
    changes = {
        "pod identity: role swapped": {"role_arn": web},
        "pod identity: other service account": {"service_account": "another"},
        "pod identity: other namespace": {"namespace": "another"},
    }
    for family, change in changes.items():
        world = edit(clean, item["address"], lambda own, new=change: own.update(new))
        yield Mutant(family, item["address"], world)
    yield Mutant("pod identity: deleted", item["address"], remove(clean, item["address"]))


def _executor(clean: World, item: Mapping[str, Any]) -> Mutants:
    """The state machine or the jobs run under the role of the web pods."""
    roles = {i["address"]: i["values"]["arn"] for i in clean.resources() if i["type"] == "aws_iam_role"}
    own = next(arn for arn in roles.values() if arn in json.dumps(item["values"]))

    def swap(values: dict[str, Any]) -> None:
        values.update(json.loads(json.dumps(values).replace(own, roles["aws_iam_role.web"])))

    yield Mutant("executor: role swapped", item["address"], edit(clean, item["address"], swap))


def _rewritten(
    clean: World, address: str, attribute: str, change: Callable[[list[Statement]], object]
) -> World:
    def rewrite(values: dict[str, Any]) -> None:
        policy = json.loads(values[attribute])
        policy["Statement"] = copy.deepcopy(_listed(policy["Statement"]))
        change(policy["Statement"])
        values[attribute] = json.dumps(policy)

    return edit(clean, address, lambda own: rewrite(own) if own.get(attribute) else None)


def _statements(text: str) -> list[Statement]:
    return _listed(json.loads(text)["Statement"])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
