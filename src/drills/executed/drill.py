"""Try arrows: as applied, without each statement that they stand on, and as applied again."""

import functools
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError

from drills.executed.arrows import Arrow, Grant, Place, grants
from drills.executed.calls import CALLS, NOT_CALLED, Things

_ALLOWED, _DENIED = "allowed", "denied"


@dataclass(frozen=True, slots=True)
class Executed:
    """What trying an arrow brought; `allowed` is None where it was not tried.

    `denied_without` are the statements that were each taken away and missed. `reason` says why the arrow
    was not tried, or, where `wrong`, in what the emulator contradicts the proof.
    """

    diagram: str
    source: str
    target: str
    claim: str
    allowed: bool | None
    denied_without: tuple[str, ...] = ()
    reason: str = ""
    wrong: bool = False


def execute(arrows: Iterable[Arrow], place: Place) -> list[Executed]:
    """Try each arrow; the same claim between the same nodes is tried once for all diagrams."""
    tried = functools.cache(lambda arrow: _tried(arrow, place))
    return [replace(tried(replace(arrow, diagram="")), diagram=arrow.diagram) for arrow in arrows]


def _tried(arrow: Arrow, place: Place) -> Executed:
    untried = Executed(arrow.diagram, arrow.source, arrow.target, arrow.claim, None)
    for name in (arrow.claim, arrow.claim.partition(":")[0], arrow.source.partition(".")[0]):
        if reason := NOT_CALLED.get(name):
            return replace(untried, reason=reason)
    needed = grants(arrow, place)
    if arrow.claim not in CALLS or not any(grant.allows(arrow.claim) for grant in needed):
        return replace(untried, reason="the drill knows no way to try it", wrong=True)
    answer = _answer(arrow, needed[0], place)
    if answer != _ALLOWED:
        return replace(untried, allowed=False, reason=f"with every statement it is {answer}", wrong=True)
    answers = {grant.address: _answer_without(arrow, grant, place) for grant in needed}
    missed = tuple(address for address, answer in answers.items() if answer == _DENIED)
    reason = "; ".join(
        f"without {address} it is {answer}" for address, answer in answers.items() if address not in missed
    )
    return replace(untried, allowed=True, denied_without=missed, reason=reason, wrong=bool(reason))


def _answer_without(arrow: Arrow, grant: Grant, place: Place) -> str:
    with removed(grant, place):
        answer = _answer(arrow, grant, place)
    again = _answer(arrow, grant, place)
    return answer if again == _ALLOWED else f"{answer}, and once it is back {again}"


def _answer(arrow: Arrow, grant: Grant, place: Place) -> str:
    """`allowed`, `denied`, or what else the emulator says."""
    role = next(
        values["arn"]
        for address, values in place.resources.items()
        if address.startswith("aws_iam_role.") and values["name"] == grant.role
    )
    try:
        CALLS[arrow.claim](place.administrator.under(role), place.administrator, _things(arrow, place))
    except ClientError as error:
        code = str(error.response["Error"]["Code"]).removesuffix("Exception")
        return _DENIED if code == "AccessDenied" else f"answered with {code}"
    return _ALLOWED


def _things(arrow: Arrow, place: Place) -> Things:
    """The target comes last: it is what the arrow points to, whatever else of its type is cited."""
    found = (address for address in (*arrow.cited, arrow.target) if address in place.resources)
    return {address.partition(".")[0]: place.resources[address] for address in found}


@contextmanager
def removed(grant: Grant, place: Place) -> Iterator[None]:
    """The role's policy without the statement; whole again on leaving."""
    iam, name = place.administrator.client("iam"), {"RoleName": grant.role, "PolicyName": grant.policy}
    if grant.others:
        document = json.dumps({"Version": "2012-10-17", "Statement": grant.others})
        iam.put_role_policy(**name, PolicyDocument=document)
    else:
        iam.delete_role_policy(**name)
    try:
        yield
    finally:
        iam.put_role_policy(**name, PolicyDocument=grant.text)
