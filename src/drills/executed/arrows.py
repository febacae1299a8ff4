"""Which arrows can be tried, under which role, and which statements they stand on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from asbuilt.claims import Permission, parse_claims
from drills.emulator import Session

_POLICY = "aws_iam_role_policy"


@dataclass(frozen=True, slots=True)
class Arrow:
    """A proven permission claim; `cited` are the addresses its proof stands on, statements among them."""

    diagram: str
    source: str
    target: str
    claim: str
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a configuration is applied: its administrator, and the values of its resources by address."""

    administrator: Session
    resources: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, state: Mapping[str, Any], administrator: Session) -> "Place":
        """From `terraform show -json` of the state."""
        found = state["values"]["root_module"]["resources"]
        return cls(administrator, {item["address"]: item["values"] for item in found})


@dataclass(frozen=True, slots=True)
class Grant:
    """A statement of a role's inline policy; `text` is the whole policy, and `others` what is left of it."""

    address: str
    role: str
    policy: str
    text: str
    others: tuple[Mapping[str, Any], ...]
    actions: tuple[str, ...]

    def allows(self, action: str) -> bool:
        """Whether the statement names the action."""
        return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in self.actions)


def permission_arrows(diagrams: Mapping[str, Mapping[str, Any]]) -> list[Arrow]:
    """Every proven permission claim of the diagrams, in the order they are drawn.

    `diagrams` holds what was found about each, as `asbuilt.report.diagram` gives it, by the diagram's name.
    """
    return [
        Arrow(name, arrow["source"], arrow["target"], arrow["claim"], _addresses(arrow))
        for name, diagram in diagrams.items()
        for arrow in diagram["arrows"]
        if arrow["verdict"] == "proven" and isinstance(parse_claims(arrow["claim"])[0], Permission)
    ]


def _addresses(arrow: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(item["address"] for item in arrow["evidence"])


def grants(arrow: Arrow, place: Place) -> list[Grant]:
    """The cited statements without which the claim cannot hold: the action's own, and those for its key."""
    found = [_grant(address, place) for address in arrow.cited if address.startswith(f"{_POLICY}.")]
    return [grant for grant in found if grant.allows(arrow.claim) or _is_for_key(grant)]


def _is_for_key(grant: Grant) -> bool:
    return any(action.lower().startswith("kms:") for action in grant.actions)


def _grant(address: str, place: Place) -> Grant:
    holder, _, name = address.partition("#")
    values = place.resources[holder]
    listed = _listed(json.loads(values["policy"])["Statement"])
    # As the prover cites it: by its Sid, or by its number counted from 0.
    statement = next(item for number, item in enumerate(listed) if name in (item.get("Sid"), str(number)))
    others = tuple(item for item in listed if item is not statement)
    actions = tuple(_listed(statement.get("Action", [])))
    return Grant(address, values["role"], values["name"], values["policy"], others, actions)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
