"""The `Principal` element of resource policies.

IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asbuilt.prove.permission.requests import Principal
from asbuilt.prove.permission.truth import Truth, Unknown, some

_ACCOUNT = re.compile(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?")
_SESSION = re.compile(r"arn:[^:]*:sts::(\d{12}):assumed-role/([^/]+)/.+")
_ELEMENT = {"role": "AWS", "service": "Service", "web": "Federated"}
_NAMES = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})


@dataclass(frozen=True, slots=True)
class Principals:
    """Those a statement speaks of. `inverted` is the element `NotPrincipal`."""

    named: Mapping[str, tuple[str, ...]]
    inverted: bool = False

    def include(self, principal: Principal) -> Truth:
        """Whether the statement names the principal itself, or everybody."""
        if self.inverted:
            return Unknown("what NotPrincipal leaves out depends on the name of the role's session")
        element = _ELEMENT[principal.kind]
        own = (_is(name, principal) for name in self.named.get(element, ()))
        return some([self.everybody(principal), *own, *self._indirect(principal)])

    def delegate(self, principal: Principal) -> Truth:
        """Whether the statement names the principal's account, which then decides by its own policies."""
        if self.inverted or principal.kind != "role":
            return False
        accounts = (match[1] for name in self.named.get("AWS", ()) if (match := _ACCOUNT.fullmatch(name)))
        if principal.account:
            return principal.account in accounts
        return Unknown("the role's account is not known") if any(accounts) else False

    def name_account(self) -> bool:
        """Whether an account is named, whichever it is."""
        return any(_ACCOUNT.fullmatch(name) for name in self.named.get("AWS", ()))

    def everybody(self, principal: Principal) -> bool:
        """Whether the statement names everybody and not this one."""
        return "*" in self.named.get("AWS", ()) and principal.name not in self.named.get(
            _ELEMENT[principal.kind], ()
        )

    def _indirect(self, principal: Principal) -> list[Truth]:
        """Names that stand for the principal only in ways the files do not tell."""
        others = [name for element in _NAMES for name in self.named.get(element, ()) if name != "*"]
        if "CanonicalUser" in self.named and principal.kind == "role":
            return [Unknown("it names an account by its canonical user")]
        return [Unknown(f"{name} is no principal that AWS accepts") for name in others if "*" in name]


def parse(element: Any, inverted: bool) -> Principals:
    """The principals of a statement. Raises ValueError where the element is malformed."""
    if element == "*":
        return Principals({"AWS": ("*",)}, inverted)
    if not isinstance(element, Mapping) or not element.keys() <= _NAMES:
        raise ValueError("its Principal is malformed")
    named = {name: value if isinstance(value, list) else [value] for name, value in element.items()}
    if not all(isinstance(name, str) for names in named.values() for name in names):
        raise ValueError("its Principal names something that is no text")
    return Principals({name: tuple(values) for name, values in named.items()}, inverted)


def _is(name: str, principal: Principal) -> Truth:
    if name.startswith("${"):
        return Unknown("whom it names is known only after apply")
    if name == "*":
        return principal.kind != "role" and Unknown("it names every principal of a kind")
    if name == principal.name or (name == principal.unique_id and name):
        return True
    if principal.kind == "role":
        return _is_session(name, principal)
    if principal.kind == "service":
        return _is_regional(name, principal)
    return False


def _is_session(name: str, principal: Principal) -> Truth:
    session = _SESSION.fullmatch(name)
    if session and session[2] == principal.name.rpartition("/")[2]:
        return Unknown(f"{name} is one session of the role")
    return False


def _is_regional(name: str, principal: Principal) -> Truth:
    """Some services are also named with their region, as `states.eu-west-1.amazonaws.com`."""
    service, _, domain = principal.name.partition(".")
    if name.startswith(f"{service}.") and name.endswith(domain):
        return Unknown(f"{name} is {principal.name} of one region")
    return False
