"""Changes to policies, roles, keys and who runs under what."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from drills.mutants.mutant import Mutant, Mutants
from drills.mutants.world import World, add, edit, remove

_POLICIES = {
    "aws_iam_role_policy": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_sqs_queue_policy": "policy",
    "aws_sns_topic": "policy",
    "aws_kms_key": "policy",
    "aws_vpc_endpoint": "policy",
    "aws_iam_role": "assume_role_policy",
}
_DELETED = {
    "aws_eks_addon": "add-on",
    "aws_iam_openid_connect_provider": "identity provider",
    "aws_sns_topic_subscription": "subscription",
}
_SETTINGS: dict[str, dict[str, dict[str, Any]]] = {
    "aws_cloudwatch_metric_alarm": {"alarm: tells nobody": {"alarm_actions": [], "ok_actions": []}},
    "aws_db_instance": {"database: no sign-in by role": {"iam_database_authentication_enabled": False}},
    "aws_iam_openid_connect_provider": {"identity provider: other audience": {"client_id_list": ["another"]}},
    "aws_kms_key": {"key: disabled": {"is_enabled": False}},
}
_NOBODY = {"StringEquals": {"aws:PrincipalAccount": "000000000000"}}
_DENY_ALL = {"Sid": "Mutant", "Effect": "Deny", "Action": "*", "Resource": "*"}

Statement = dict[str, Any]


def permission_mutants(clean: World) -> Mutants:
    """Each statement of each policy, each role and each tie between the two, changed."""
    for item in clean.resources():
        type_, address = item["type"], item["address"]
        attribute = _POLICIES.get(type_)
        if attribute and item["values"].get(attribute):
            yield from _policy(clean, item, attribute)
        if type_ in _POLICIES and type_.endswith("_policy"):
            yield Mutant("policy: deleted", address, remove(clean, address))
        if type_ in _DELETED:
            yield Mutant(f"{_DELETED[type_]}: deleted", address, remove(clean, address))
        for family, values in _SETTINGS.get(type_, {}).items():
            yield Mutant(family, address, edit(clean, address, partial(_update, values)))
        if type_ in _TIES:
            yield from _TIES[type_](clean, item)


def _update(values: Mapping[str, Any], own: dict[str, Any]) -> None:
    own.update(values)


def _policy(clean: World, item: Mapping[str, Any], attribute: str) -> Mutants:
    """Every statement: deleted, denied, conditioned away, moved; every action left out; a denial added."""
    address = item["address"]
    for index, statement in enumerate(_statements(item["values"][attribute])):
        name = f"{address}#{statement.get('Sid', index)}"
        yield Mutant("statement: deleted", name, _rewritten(clean, address, attribute, partial(_drop, index)))
        for family, detail, values in _changes(statement):
            world = _rewritten(clean, address, attribute, partial(_set, index, values))
            yield Mutant(family, name + detail, world)
    if item["type"] != "aws_iam_role":
        principal = {} if item["type"] == "aws_iam_role_policy" else {"Principal": "*"}
        world = _rewritten(clean, address, attribute, partial(_append, _DENY_ALL | principal))
        yield Mutant("policy: deny added", address, world)


def _changes(statement: Statement) -> Iterator[tuple[str, str, Statement]]:
    """A family, what to add to the mutant's name, and what to write into the statement."""
    flipped = "Allow" if statement["Effect"] == "Deny" else "Deny"
    yield f"statement: becomes {flipped}", "", {"Effect": flipped}
    yield "statement: condition that nobody meets", "", {"Condition": _NOBODY}
    resources = _listed(statement.get("Resource"))
    if resources and resources != ["*"]:
        yield "statement: resource changed", "", {"Resource": "arn:aws:s3:::somebody-elses/*"}
    if any("s3:::" in one for one in resources):
        narrowed = resources[0].removesuffix("/*") + "/only-this/*"
        yield "statement: resource narrowed", "", {"Resource": narrowed}
    actions = _listed(statement.get("Action"))
    for action in actions if len(actions) > 1 else ():
        rest = [one for one in actions if one != action]
        yield "statement: action removed", f": {action}", {"Action": rest}


def _drop(index: int, all_: list[Statement]) -> None:
    del all_[index]


def _set(index: int, values: Statement, all_: list[Statement]) -> None:
    all_[index].update(values)


def _append(statement: Statement, all_: list[Statement]) -> None:
    all_.append(statement)


def _role(clean: World, item: Mapping[str, Any]) -> Mutants:
    boundary = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}],
    }
    arn = "arn:aws:iam::123456789012:policy/mutant"
    values = {"id": arn, "arn": arn, "name": "mutant", "path": "/", "policy": json.dumps(boundary)}
    world = add(clean, "aws_iam_policy", "mutant", values)
    world = edit(world, item["address"], lambda own: own.update(permissions_boundary=arn))
    yield Mutant("role: boundary set", item["address"], world)

    def distrust(all_: list[Statement]) -> None:
        all_[0]["Principal"] = {"Service": "polly.amazonaws.com"}

    world = _rewritten(clean, item["address"], "assume_role_policy", distrust)
    yield Mutant("role: trusts another service", item["address"], world)


def _sealed(clean: World, item: Mapping[str, Any]) -> Mutants:
    """A bucket's objects are encrypted with the key that the others do not use."""
    keys = [one["values"]["arn"] for one in clean.resources() if one["type"] == "aws_kms_key"]
    used = json.dumps(item["values"])
    other = next(key for key in keys if key not in used)

    def swap(own: dict[str, Any]) -> None:
        own["rule"][0]["apply_server_side_encryption_by_default"][0]["kms_master_key_id"] = other

    yield Mutant("bucket: another key", item["address"], edit(clean, item["address"], swap))


def _association(clean: World, item: Mapping[str, Any]) -> Mutants:
    web = next(i["values"]["arn"] for i in clean.resources() if i["address"] == "aws_iam_role.web")
    changes = {
        "pod identity: role swapped": {"role_arn": web},
        "pod identity: other service account": {"service_account": "another"},
        "pod identity: other namespace": {"namespace": "another"},
    }
    for family, change in changes.items():
        yield Mutant(family, item["address"], edit(clean, item["address"], partial(_update, change)))
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


_TIES: dict[str, Callable[[World, Mapping[str, Any]], Mutants]] = {
    "aws_batch_job_definition": _executor,
    "aws_eks_pod_identity_association": _association,
    "aws_iam_role": _role,
    "aws_s3_bucket_server_side_encryption_configuration": _sealed,
    "aws_sfn_state_machine": _executor,
}
