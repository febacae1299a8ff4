"""Small parts of which names are made: values inside blocks, and sets of resources known in part."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Resource, Symbol
from asbuilt.prove.network.logic import every, unknown, whichever
from asbuilt.prove.verdicts import Finding

_SAME = {  # types whose resources are of one kind
    "aws_alb": "aws_lb",
    "aws_alb_listener": "aws_lb_listener",
    "aws_alb_listener_rule": "aws_lb_listener_rule",
    "aws_alb_target_group": "aws_lb_target_group",
    "aws_alb_target_group_attachment": "aws_lb_target_group_attachment",
    "aws_default_network_acl": "aws_network_acl",
    "aws_default_route_table": "aws_route_table",
    "aws_default_security_group": "aws_security_group",
    "aws_default_subnet": "aws_subnet",
    "aws_prefix_list": "aws_ec2_managed_prefix_list",
}


def canonical(type_: str) -> str:
    """One type for all that are of one kind (`aws_alb` → `aws_lb`)."""
    return _SAME.get(type_, type_)


def dig(values: Any, *path: str | int) -> Any:
    """A value inside blocks and lists; None where one of them is absent, UNKNOWN where one is unknown."""
    for step in path:
        if values is UNKNOWN or values is None:
            return values
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def is_text(value: Any) -> bool:
    """Whether a value is a text known now, and no symbol."""
    return isinstance(value, str) and not isinstance(value, Symbol) and bool(value)


def is_planned(resource: Resource) -> bool:
    """Whether a plan tells of it, and not a state alone."""
    return bool(resource.provider or resource.references)


@dataclass(frozen=True, slots=True)
class Members:
    """The resources that an argument names.

    `exact`: these and no others. Otherwise at least one of these, and nothing else. `doubt` says why
    it cannot be told at all; `is_left` that the argument is not written and AWS chooses.
    """

    items: tuple[Resource, ...] = ()
    exact: bool = True
    doubt: str = ""
    is_left: bool = False

    @property
    def only(self) -> Resource | None:
        """The one resource that this surely is."""
        return self.items[0] if self.exact and not self.doubt and len(self.items) == 1 else None

    @staticmethod
    def union(parts: Iterable["Members"]) -> "Members":
        """All members of all parts."""
        every = list(parts)
        items = dict.fromkeys(item for part in every for item in part.items)
        doubt = next((part.doubt for part in every if part.doubt), "")
        return Members(tuple(items), all(part.exact for part in every), doubt)


NOTHING = Members()
"""What an argument names that is not written and has no default."""


def over(members: Members, judge: Callable[[Resource], Finding]) -> Finding:
    """All of the members where they are known exactly, else whichever of the candidates it may be."""
    if members.doubt:
        return unknown(members.doubt)
    findings = [judge(item) for item in members.items]
    return every(findings) if members.exact else whichever(findings)


def chains(mentioned: Sequence[str]) -> Iterable[Sequence[str]]:
    """Terraform lists `a.b["x"].id`, `a.b["x"]` and `a.b` for one reference: one chain of three."""
    chains: list[list[str]] = []
    for name in mentioned:
        if chains and chains[-1][-1].startswith((f"{name}.", f"{name}[")):
            chains[-1].append(name)
        else:
            chains.append([name])
    return chains


def region_of(resource: Resource) -> str:
    """A resource's region, from its own attributes, its zone or its ARN; nothing where none tells."""
    values = resource.values
    if is_text(values.get("region")):
        return str(values["region"])
    if is_text(values.get("availability_zone")):
        return str(values["availability_zone"])[:-1]
    parts = str(values["arn"]).split(":") if is_text(values.get("arn")) else []
    return parts[3] if len(parts) > 4 else ""
