"""Whether one concrete request is allowed by the policies that apply to it.

IAM User Guide, "Policy evaluation logic", "Policy evaluation for requests within a single account",
"Cross-account policy evaluation logic" and "Permissions boundaries for IAM entities"; AWS KMS
Developer Guide, "Key policies in AWS KMS". Service control policies, resource control policies and
session policies are set outside the files and are not looked at.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from asbuilt.prove.permission.policies import Policy
from asbuilt.prove.permission.requests import Request
from asbuilt.prove.permission.statements import Statement
from asbuilt.prove.permission.truth import Truth, Unknown, every, some
from asbuilt.prove.verdicts import Evidence

_GITHUB = "token.actions.githubusercontent.com"

Speaks = Callable[[Statement], Truth]


@dataclass(frozen=True, slots=True)
class Applicable:
    """The policies that decide about a request.

    `resource_decides` is true for a key policy and for a role's trust policy: nothing is allowed
    that they do not allow or leave to the account. `same_account` may be unknown. `who` and `what`
    are the names of both ends in a reason.
    """

    who: str
    what: str
    identity: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] = ()
    resource: tuple[Policy, ...] = ()
    resource_decides: bool = False
    same_account: Truth = True

    def everything(self) -> tuple[Policy, ...]:
        """All of them."""
        return self.identity + self.boundary + self.resource


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a request is allowed; the reason why not, or what allows it. `weight` ranks reasons."""

    truth: Truth
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    weight: int = 0


@dataclass(frozen=True, slots=True)
class _Grant:
    truth: Truth
    evidence: tuple[Evidence, ...] = ()


def decide(request: Request, by: Applicable) -> Answer:
    """Judge one request: an explicit deny first, then what must allow it."""
    denied = _denied(request, by)
    if denied.truth is True:
        place = denied.evidence[-1].address
        return Answer(False, f"explicit deny in {place} for {by.who} on {by.what}", denied.evidence, 3)
    allowed = _allowed(request, by)
    if allowed.truth is False:
        return allowed
    open_points = [truth for truth in (allowed.truth, denied.truth) if isinstance(truth, Unknown)]
    if open_points:
        return Answer(open_points[0], weight=2)
    return allowed


def _denied(request: Request, by: Applicable) -> _Grant:
    def names(statement: Statement) -> Truth:
        """A deny also reaches who is named only by the account, though how is not documented."""
        if statement.principals is None:
            return True
        account = statement.principals.delegate(request.principal)
        unsure = Unknown("it denies the whole account") if account is not False else False
        return some([_include(statement, request), unsure])

    return _first(request, by.everything(), False, names)


def _allowed(request: Request, by: Applicable) -> Answer:
    identity = _first(request, by.identity, True, lambda _: True)
    direct = _first(request, by.resource, True, lambda s: _include(s, request))
    account = _first(request, by.resource, True, lambda s: _delegate(s, request))
    through = _Grant(every([account.truth, identity.truth]), account.evidence + identity.evidence)
    granted = _either(direct, through) if by.resource_decides else _either(identity, direct)
    if by.same_account is not True and request.principal.kind == "role":
        across = every([identity.truth, some([direct.truth, account.truth])])
        granted = _across(granted, across, identity, direct, account, by)
    if granted.truth is False:
        return Answer(False, _why_not(request, by, identity, account), weight=1)
    return _bounded(request, by, granted)


def _include(statement: Statement, request: Request) -> Truth:
    """Whether a statement names who asks.

    The older way to let a service in names the account and, in a condition, the source.
    """
    if statement.principals is None:
        return False
    included = statement.principals.include(request.principal)
    if (
        included is True
        and request.action.startswith("sts:")
        and statement.principals.everybody(request.principal)
    ):
        return Unknown("it lets everybody take the role")
    if included is True and _trusts_all_of_github(statement):
        return Unknown("it trusts all of GitHub, which IAM refuses")
    by_source = any(condition.key.lower().startswith("aws:source") for condition in statement.conditions)
    if included is False and request.principal.kind == "service" and by_source:
        return statement.principals.name_account() and Unknown("it names an account and a source")
    return included


def _trusts_all_of_github(statement: Statement) -> bool:
    """IAM asks for the subject of a token that GitHub gives anybody.

    IAM User Guide, "Identity-provider controls for shared OIDC providers".
    """
    named = statement.principals.named.get("Federated", ()) if statement.principals else ()
    asked = {condition.key.lower() for condition in statement.conditions}
    return any(name.endswith(_GITHUB) for name in named) and f"{_GITHUB}:sub" not in asked


def _delegate(statement: Statement, request: Request) -> Truth:
    return statement.principals is not None and statement.principals.delegate(request.principal)


def _either(one: _Grant, other: _Grant) -> _Grant:
    truth = some([one.truth, other.truth])
    evidence = one.evidence if one.truth is True else other.evidence if other.truth is True else ()
    return _Grant(truth, evidence)


def _across(
    granted: _Grant, across: Truth, identity: _Grant, direct: _Grant, account: _Grant, by: Applicable
) -> _Grant:
    """Between accounts both sides must allow; where the accounts are open, both answers must agree."""
    both = _Grant(across, identity.evidence + (direct.evidence or account.evidence))
    if by.same_account is False or across is True:
        return both
    if granted.truth is True:
        return _Grant(Unknown(f"whether {by.who} and {by.what} are in one account is not told by the files"))
    return granted


def _bounded(request: Request, by: Applicable, granted: _Grant) -> Answer:
    for boundary in by.boundary:
        within = _first(request, (boundary,), True, lambda _: True)
        if within.truth is False:
            limit = f"the permissions boundary {boundary.evidence.address} of {by.who}"
            return Answer(False, f"{limit} does not allow {request.action} on {by.what}", weight=2)
        granted = _Grant(every([granted.truth, within.truth]), granted.evidence + within.evidence)
    return Answer(granted.truth, evidence=granted.evidence)


def _first(request: Request, policies: Iterable[Policy], allows: bool, speaks: Speaks) -> _Grant:
    """The first statement of one effect that surely applies, or what is open about the others."""
    unknown: Truth = False
    for policy, statement, truth in _applying(request, policies, allows, speaks):
        if truth is True and policy.sure:
            return _Grant(True, (*policy.links, statement.evidence if statement else policy.evidence))
        if truth is True:
            truth = Unknown(f"{policy.evidence.address} may no longer be in force")
        if isinstance(truth, Unknown) and unknown is False:
            unknown = truth
    return _Grant(unknown)


def _applying(
    request: Request, policies: Iterable[Policy], allows: bool, speaks: Speaks
) -> Iterator[tuple[Policy, Statement | None, Truth]]:
    for policy in policies:
        if policy.problem:
            yield policy, None, Unknown(policy.problem) if allows or not policy.never_denies else False
        for statement in policy.statements:
            if statement.allows is allows and statement.names_action(request.action):
                applies = statement.applies(request)
                if applies is not False:
                    yield policy, statement, _named(every([speaks(statement), applies]), statement)


def _named(truth: Truth, statement: Statement) -> Truth:
    return Unknown(f"{statement.address}: {truth.why}") if isinstance(truth, Unknown) else truth


def _why_not(request: Request, by: Applicable, identity: _Grant, account: _Grant) -> str:
    """The first thing that stops the request, in words."""
    action, who, what = request.action, by.who, by.what
    if by.resource_decides:
        if account.truth is True:
            return f"{action} on {what} is not granted: no statement of {who} allows it"
        return f"{action} on {what} is not granted: its policy does not allow it to {who}"
    if by.same_account is False and identity.truth is not False:
        return f"{what} is in another account, and its policy does not allow {action} to {who}"
    near = next(_near(request, by), "")
    if request.principal.kind == "service":
        return f"the policy of {what} does not allow {action} to {request.principal.name}{near}"
    return f"{who}: no statement allows {action} on {what}{near}"


def _near(request: Request, by: Applicable) -> Iterator[str]:
    """A statement that would allow the request but for its condition."""
    for policy in by.identity + by.resource:
        for statement in policy.statements:
            if statement.allows and statement.covers(request) is True and statement.fits(request) is False:
                failed = next(c for c in statement.conditions if c.holds(request.context) is False)
                yield f" ({statement.address} asks for {failed})"
