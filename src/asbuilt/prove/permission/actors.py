"""Who makes the requests of a node: a principal, and how the node comes to be it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from asbuilt.infrastructure import Resource
from asbuilt.prove.permission.requests import Context, Principal, StartsWith, Value
from asbuilt.prove.permission.targets import ARN
from asbuilt.prove.verdicts import Evidence

PRINCIPAL_TAG = "aws:principaltag/"


@dataclass(frozen=True, slots=True)
class Actor:
    """A principal with what is known of its requests.

    `name` is what a reason calls it, and `evidence` how the node comes to act as it. `in_vpc` says
    that its requests may pass a VPC endpoint. `places` are the only ARNs it names, where those are
    given by the service and not by the request (as a trail's log files). `also` are actions that it
    must be allowed besides. `chosen` are condition keys that it sets itself: to one of several
    values, or to any text of a pattern.
    """

    name: str
    principal: Principal
    context: Context
    evidence: tuple[Evidence, ...]
    role: Resource | None = None
    in_vpc: bool = False
    places: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    chosen: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


_SESSION: dict[str, Value] = {
    "aws:calledvia": None,
    "aws:calledviafirst": None,
    "aws:calledvialast": None,
    "aws:principalisawsservice": ("false",),
    "aws:principalservicename": None,
    "aws:principaltype": ("AssumedRole",),
    "aws:securetransport": ("true",),
    "aws:sourceaccount": None,
    "aws:sourcearn": None,
    "aws:username": None,
    "aws:viaawsservice": ("false",),
    "kms:viaservice": None,
}
"""What every request says that a role's session makes itself, over TLS."""


def role_actor(
    role: Resource, evidence: tuple[Evidence, ...], tags: Mapping[str, Value] | None, in_vpc: bool
) -> Actor:
    """A session of a role. `tags` are all its session tags, or None where those are unknown."""
    arn, unique_id = str(role.values.get("arn")), str(role.values.get("unique_id") or "")
    match = ARN.fullmatch(arn)
    account = (match["account"] or "") if match else ""
    context = dict(_SESSION)
    if account:
        own_account = dict.fromkeys(("aws:principalaccount", "kms:calleraccount"), (account,))
        context |= {"aws:principalarn": (arn,), **own_account}
    if unique_id:
        context["aws:userid"] = (StartsWith(f"{unique_id}:"),)
    own = _own_tags(role)
    closed = frozenset({PRINCIPAL_TAG}) if own is not None and tags is not None else frozenset[str]()
    if closed:
        context |= {
            f"{PRINCIPAL_TAG}{key}".lower(): value for key, value in {**(own or {}), **(tags or {})}.items()
        }
    principal = Principal("role", arn, account, unique_id)
    return Actor(role.address, principal, Context(context, closed), evidence, role, in_vpc)


def _own_tags(role: Resource) -> dict[str, Value] | None:
    """The role's tags; None where they are known only after apply, or two differ only in case."""
    tags = role.values.get("tags_all")
    if tags is None:
        return {}
    if not isinstance(tags, Mapping) or not all(isinstance(text, str) for text in tags.values()):
        return None
    lower = {key.lower(): (text,) for key, text in tags.items()}
    return dict(lower) if len(lower) == len(tags) else None


def service_actor(
    service: str,
    name: str,
    evidence: tuple[Evidence, ...],
    context: Mapping[str, Value],
    places: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
) -> Actor:
    """An AWS service that acts on behalf of a resource, without a role."""
    known: dict[str, Value] = {
        "aws:principalisawsservice": ("true",),
        "aws:principalservicename": (service,),
        "aws:securetransport": ("true",),
        "aws:username": None,
    }
    principal = Principal("service", service)
    return Actor(name, principal, Context({**known, **context}), evidence, places=places, also=also)
