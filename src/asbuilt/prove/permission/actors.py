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


def role_actor(
    role: Resource, evidence: tuple[Evidence, ...], tags: Mapping[str, Value] | None, in_vpc: bool
) -> Actor:
    """A session of a role. `tags` are all its session tags, or None where those are unknown."""
    arn = str(role.values.get("arn"))
    match = ARN.fullmatch(arn)
    account = (match["account"] or "") if match else ""
    unique_id = str(role.values.get("unique_id") or "")
    context: dict[str, Value] = {
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
    }
    if account:
        context |= {"aws:principalarn": (arn,), "aws:principalaccount": (account,)}
    if unique_id:
        context["aws:userid"] = (StartsWith(f"{unique_id}:"),)
    own = role.values.get("tags_all")
    own = {} if own is None else own  # not `or`: an unknown value is no empty one
    closed: frozenset[str] = frozenset()
    if tags is not None and isinstance(own, Mapping) and all(isinstance(text, str) for text in own.values()):
        context |= {f"{PRINCIPAL_TAG}{key}".lower(): (text,) for key, text in own.items()}
        context |= {f"{PRINCIPAL_TAG}{key}".lower(): value for key, value in tags.items()}
        closed = frozenset({PRINCIPAL_TAG})
    principal = Principal("role", arn, account, unique_id)
    return Actor(role.address, principal, Context(context, closed), evidence, role, in_vpc)


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
