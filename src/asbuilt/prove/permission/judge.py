"""Search the requests of an actor for those that its policies allow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asbuilt.prove.permission import keys
from asbuilt.prove.permission.actions import Action
from asbuilt.prove.permission.actors import Actor
from asbuilt.prove.permission.choices import ENCRYPTION, Choice, combinations, free_keys
from asbuilt.prove.permission.endpoints import EndpointPolicies
from asbuilt.prove.permission.evaluate import Answer, Applicable, decide
from asbuilt.prove.permission.index import Index
from asbuilt.prove.permission.outcome import Refuted, Unresolved
from asbuilt.prove.permission.patterns import Glob, Wild, glob, matches, samples
from asbuilt.prove.permission.policies import IdentityPolicies, Policy, read_trust
from asbuilt.prove.permission.requests import Context, Request, Value
from asbuilt.prove.permission.resource_policies import KEYS, ResourcePolicies
from asbuilt.prove.permission.statements import Statement
from asbuilt.prove.permission.targets import RESOURCE_TAG, Aim
from asbuilt.prove.permission.truth import Truth, Unknown
from asbuilt.prove.verdicts import Evidence

_TAKES_ROLE = frozenset({"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"})


@dataclass(frozen=True, slots=True)
class Allowed:
    """A request that is allowed: on which ARN, by what; `note` says what it is limited to."""

    arn: str
    evidence: tuple[Evidence, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Tried:
    """The best answer for one ARN, and the caller's choices with which it was given."""

    arn: str
    answer: Answer
    chosen: Choice


class Judge:
    """Judges requests against every policy of an infrastructure."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.identity = IdentityPolicies(index)
        self.resource = ResourcePolicies(index)
        self._endpoints = EndpointPolicies(index)

    def allowed(self, actor: Actor, action: Action, aim: Aim, everywhere: bool = False) -> list[Allowed]:
        """The requests of `action` at `aim` that are allowed, one for each kind of ARN.

        Raises Refuted where none is, or with `everywhere` not all are; Unresolved where it is open.
        """
        by = self._applicable(actor, action, aim)
        tried = list(self._try(actor, action, aim, by))
        best = min if everywhere else max
        decisive = best(tried, key=lambda item: _rank(item.answer))
        if isinstance(decisive.answer.truth, Unknown):
            raise Unresolved(decisive.answer.truth.why)
        if decisive.answer.truth is False:
            raise Refuted(max((item.answer for item in tried), key=lambda answer: answer.weight).reason)
        found = [self._allowed(item, tried, by, action) for item in tried if item.answer.truth is True]
        if actor.places and len(found) < len(tried):  # the service and not the caller picks the ARN
            raise Unresolved(f"{actor.name} is not allowed all that it may write: it is {found[0].note}")
        return found

    def _applicable(self, actor: Actor, action: Action, aim: Aim) -> Applicable:
        role, target = actor.role, aim.target
        own: tuple[Policy, ...] = ()
        if target and action.name in _TAKES_ROLE:
            own = (read_trust(self._index, target),)
        elif target:
            own = self.resource.of(target, action.service)
        account = aim.account or self._index.account
        same: Truth = Unknown("one of both accounts is not known")
        if actor.principal.account and account:
            same = actor.principal.account == account
        return Applicable(
            who=actor.name,
            what=target.address if target else aim.pattern,
            identity=self.identity.of(role) if role else (),
            boundary=self.identity.boundary(role) if role else (),
            resource=own,
            resource_decides=action.name in _TAKES_ROLE or (target is not None and target.type in KEYS),
            same_account=same,
        )

    def _try(self, actor: Actor, action: Action, aim: Aim, by: Applicable) -> Iterator[_Tried]:
        """The best answer for every ARN that the policies tell apart."""
        passed = self._endpoints.of(action.service) if actor.in_vpc else []
        closed = frozenset({RESOURCE_TAG}) if aim.tags is not None else frozenset()
        context = actor.context.plus(_about(aim, self._index.account), closed)
        policies = (*by.everything(), *passed)
        statements = [s for p in policies for s in p.statements if s.names_action(action.name)]
        chosen = list(self._choices(actor, action, aim, statements, context))
        patterns = [
            pattern for s in statements for pattern in s.patterns(Request(actor.principal, "", "", context))
        ]
        for arn in _arns(actor, action, aim, [*patterns, *self._encryption_contexts(action, aim, by)]):
            request = Request(actor.principal, action.name, arn, context)
            yield max(
                (_Tried(arn, self._answer(request.within(choice), by, passed), choice) for choice in chosen),
                key=lambda item: _rank(item.answer),
            )

    def _answer(self, request: Request, by: Applicable, passed: Sequence[Policy]) -> Answer:
        answer = decide(request, by)
        for policy in passed if answer.truth is True else ():
            within = decide(request, Applicable(by.who, by.what, resource=(policy,)))
            if within.truth is not True:
                way = f"{policy.evidence.address}, which the request may pass, does not surely let it through"
                return Answer(Unknown(way), weight=2)
        return answer

    def _choices(
        self, actor: Actor, action: Action, aim: Aim, statements: Sequence[Statement], context: Context
    ) -> Iterator[Choice]:
        asked = {c.key.lower() for s in statements for c in s.conditions}
        given = {key: value for key, value in actor.chosen.items() if key in asked}
        if actor.principal.kind == "service":
            return combinations({}, statements, context, [])
        open_keys = sorted(key for key in asked if isinstance(context.get(key), Unknown))
        headers = self._headers(aim) if action.name == "s3:PutObject" and asked & set(ENCRYPTION) else []
        return combinations({**free_keys(action, open_keys), **given}, statements, context, headers)

    def _headers(self, aim: Aim) -> list[Choice]:
        """The ways to ask S3 for the encryption that the bucket has anyway."""
        how = keys.encryption(self._index, aim.target, "s3:PutObject") if aim.target else None
        algorithm, key = ENCRYPTION
        plain: dict[str, Value] = {algorithm: None, key: None}
        if how is None:
            return [plain, {algorithm: ("AES256",), key: None}]
        if how.key is None:
            return [plain, {algorithm: (how.algorithm,), key: None}]
        return [plain, {algorithm: (how.algorithm,), key: (str(how.key.values.get("arn")),)}]

    def _encryption_contexts(self, action: Action, aim: Aim, by: Applicable) -> Iterator[Glob]:
        """Objects that policies tell apart by what S3 says of them to the bucket's key."""
        if aim.target is None or action.service != "s3" or not keys.operations(action.name):
            return
        how = keys.encryption(self._index, aim.target, action.name)
        if how is None or how.key is None or how.bucket_key:
            return
        for policy in (*by.identity, *by.boundary, *self.resource.of(how.key, "kms")):
            for condition in (c for s in policy.statements for c in s.conditions):
                if condition.key.lower() == "kms:encryptioncontext:aws:s3:arn":
                    yield from map(glob, condition.wanted)

    def _allowed(self, item: _Tried, tried: Sequence[_Tried], by: Applicable, action: Action) -> Allowed:
        looked = tuple(policy.evidence for policy in by.resource if policy.statements)
        cited = {evidence.address.partition("#")[0] for evidence in item.answer.evidence}
        silent = tuple(evidence for evidence in looked if evidence.address not in cited)
        return Allowed(item.arn, item.answer.evidence + silent, _note(item, tried, by, action))


def _rank(answer: Answer) -> int:
    return 2 if answer.truth is True else 0 if answer.truth is False else 1


def _about(aim: Aim, account: str) -> dict[str, Value]:
    """What a request's context says of its target."""
    found: dict[str, Value] = dict(aim.tags or {})
    if aim.account or account:
        found["aws:resourceaccount"] = (aim.account or account,)
    if aim.region:
        found["aws:requestedregion"] = (aim.region,)
    return found


def _arns(actor: Actor, action: Action, aim: Aim, patterns: Sequence[Glob]) -> Iterator[str]:
    """ARNs at the target: one for every combination of patterns that one can fulfil."""
    for text in actor.places or (aim.pattern,):
        domain = glob(text) if action.types else tuple(text)
        if not any(isinstance(token, Wild) for token in domain):
            yield text
            continue
        found = samples(domain, patterns)
        if found is None:
            raise Unresolved(f"the policies of {action.name} tell apart too many ARNs")
        yield from found


def _note(item: _Tried, tried: Sequence[_Tried], by: Applicable, action: Action) -> str:
    """What an allowed request is limited to, in words; nothing where it is not."""
    words = [
        f"with {key} {value[0]}"
        for key, value in item.chosen.items()
        if value and not isinstance(value, Unknown)
    ]
    if any(other.answer.truth is not True for other in tried):
        cited = {evidence.address for evidence in item.answer.evidence}
        statements = [s for p in by.everything() for s in p.statements if s.address in cited]
        texts = [text for s in statements for text in s.resources if matches(glob(text), item.arn)]
        words = [f"on {texts[0] if texts else item.arn}", *words]
    return f"allowed {', '.join(words)}" if words else ""
