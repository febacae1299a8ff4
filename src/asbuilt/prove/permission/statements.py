"""One statement of a policy document, and whether it applies to a request.

IAM User Guide, "Grammar of the IAM JSON policy language", "IAM JSON policy elements: Action",
"… NotAction", "… Resource" and "… NotResource".
"""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from asbuilt.prove.permission import conditions, principals
from asbuilt.prove.permission.conditions import Condition
from asbuilt.prove.permission.operators import segments
from asbuilt.prove.permission.patterns import Glob, Wild, glob, matches
from asbuilt.prove.permission.principals import Principals
from asbuilt.prove.permission.requests import Request
from asbuilt.prove.permission.truth import Truth, Unknown, every, negate, some
from asbuilt.prove.permission.variables import expand, widest
from asbuilt.prove.verdicts import Evidence

_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_SID = re.compile(r"[A-Za-z0-9]*")
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with the address it is cited by, as `aws_iam_role_policy.api#Uploads`.

    `actions` are in lower case. Without `resources` it speaks of what its policy is attached to,
    as a trust policy does. Without `principals` it speaks of the identity it is attached to.
    """

    evidence: Evidence
    allows: bool
    actions: tuple[Glob, ...]
    not_actions: bool
    resources: tuple[str, ...]
    not_resources: bool
    principals: Principals | None
    conditions: tuple[Condition, ...]
    variables: bool

    @property
    def address(self) -> str:
        """What the statement is cited by."""
        return self.evidence.address

    def names_action(self, action: str) -> bool:
        """Whether the statement speaks of `action`; case does not count."""
        named = any(matches(pattern, action.lower()) for pattern in self.actions)
        return named is not self.not_actions

    def covers(self, request: Request) -> Truth:
        """Whether the statement speaks of the request's action and resource."""
        if not self.names_action(request.action):
            return False
        if not self.resources:
            return True
        named = some(self._is(resource, request) for resource in self.resources)
        return negate(named) if self.not_resources else named

    def fits(self, request: Request) -> Truth:
        """Whether the request meets every condition of the statement."""
        return every(condition.holds(request.context) for condition in self.conditions)

    def applies(self, request: Request) -> Truth:
        """Whether the statement decides about the request, whoever makes it."""
        covered = self.covers(request)
        return covered if covered is False else every([covered, self.fits(request)])

    def patterns(self, request: Request) -> list[Glob]:
        """The resource patterns for this request's context, widened where that is open."""
        expanded = ((text, expand(text, request.context, self.variables)) for text in self.resources)
        return [
            widest(text) if isinstance(pattern, Unknown) else pattern
            for text, pattern in expanded
            if pattern is not None
        ]

    def _is(self, resource: str, request: Request) -> Truth:
        pattern = expand(resource, request.context, self.variables)
        if isinstance(pattern, Unknown):
            return arn_matches(widest(resource), request.resource) is not False and pattern
        return pattern is not None and arn_matches(pattern, request.resource)


def arn_matches(pattern: Glob, arn: str) -> Truth:
    """Whether a Resource pattern covers an ARN; `*` stands for an action without a resource.

    AWS compares the six parts of an ARN and the documentation leaves open whether a wildcard may
    reach over a colon, so both readings must agree. An incomplete ARN is open too. Nothing but
    `*` surely covers an ARN that is known only after apply, which is empty here.
    """
    if pattern == (Wild.MANY,):
        return True
    if not arn:
        return Unknown("the ARN is known only after apply")
    whole, parts, given = matches(pattern, arn), segments(pattern), arn.split(":", 5)
    filled = [*parts, *[(Wild.MANY,)] * (6 - len(parts))]
    in_parts = len(given) == 6 and all(map(matches, filled, given))
    if whole is in_parts and (len(parts) == 6 or not whole):
        return whole
    return Unknown("a wildcard in its Resource reaches over the parts of an ARN")


@functools.lru_cache(maxsize=16384)
def parse(document: str, holder: Evidence, resource_policy: bool = False) -> tuple[Statement, ...]:
    """The statements of a policy document, cited below the address of its holder.

    A statement is cited by its Sid, or by its number counted from 0. Raises ValueError with the
    reason where AWS would refuse the document or this reader does not understand it.
    """
    body = json.loads(document, object_pairs_hook=_unique)
    if not isinstance(body, dict) or not body.keys() <= {"Version", "Id", "Statement"}:
        raise ValueError("it is no policy document")
    listed = body.get("Statement", [])
    listed = listed if isinstance(listed, list) else [listed]
    if not all(isinstance(item, dict) for item in listed):
        raise ValueError("its Statement is no object")
    if body.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        raise ValueError("its Version is none of IAM's")
    sids = [str(item["Sid"]) for item in listed if item.get("Sid")]
    if not resource_policy and len(set(sids)) < len(sids):
        raise ValueError("it uses a Sid twice")
    variables = body.get("Version") == "2012-10-17"
    return tuple(
        _statement(item, replace(holder, address=f"{holder.address}#{name}"), variables, resource_policy)
        for item, name in zip(listed, _names(listed), strict=True)
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("it names an element twice")
    return found


def _names(listed: list[dict[str, Any]]) -> list[str]:
    sids = [str(item.get("Sid") or "") for item in listed]
    return [sid if sid and sids.count(sid) == 1 else str(number) for number, sid in enumerate(sids)]


def _statement(
    item: Mapping[str, Any], evidence: Evidence, variables: bool, resource_policy: bool
) -> Statement:
    if not item.keys() <= _ELEMENTS or any(item.keys() >= set(pair) for pair in _PAIRS):
        raise ValueError(f"{evidence.address} has elements that AWS refuses")
    if item.get("Effect") not in ("Allow", "Deny"):
        raise ValueError(f"{evidence.address} has no Effect")
    actions, not_actions = _listed(item, "Action")
    resources, not_resources = _listed(item, "Resource")
    if not actions or not all(map(_ACTION.fullmatch, actions)):
        raise ValueError(f"{evidence.address} names no action")
    if not resource_policy and not _SID.fullmatch(str(item.get("Sid") or "")):
        raise ValueError(f"{evidence.address} has a Sid of other characters than letters and digits")
    if not resource_policy and not all(text.startswith(("arn:", "*", "${")) for text in resources):
        raise ValueError(f"{evidence.address} names a resource that is no ARN")
    if not resources and (not resource_policy or item.keys() & {"Resource", "NotResource"}):
        raise ValueError(f"{evidence.address} names no resource")
    named = _principals(item)
    if (named is not None) is not resource_policy:
        raise ValueError(f"{evidence.address} must {'' if resource_policy else 'not '}name a principal")
    return Statement(
        evidence=evidence,
        allows=item["Effect"] == "Allow",
        actions=tuple(glob(action.lower()) for action in actions),
        not_actions=not_actions,
        resources=resources,
        not_resources=not_resources,
        principals=named,
        conditions=conditions.parse(item.get("Condition", {}), variables),
        variables=variables,
    )


def _listed(item: Mapping[str, Any], element: str) -> tuple[tuple[str, ...], bool]:
    """The texts of an element or of its `Not…` form, and whether it is that."""
    inverted = f"Not{element}" in item
    value = item.get(f"Not{element}" if inverted else element, [])
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"its {element} is no text")
    return tuple(texts), inverted


def _principals(item: Mapping[str, Any]) -> Principals | None:
    inverted = "NotPrincipal" in item
    element = item.get("NotPrincipal" if inverted else "Principal")
    return None if element is None else principals.parse(element, inverted)
