"""A request as AWS judges it: who does what to which resource, and in which context."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from asbuilt.prove.permission.truth import Unknown


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Some text of which only the beginning is known."""

    prefix: str


Value = tuple[str | StartsWith, ...] | Unknown | None
"""What a condition key holds: its values, nothing when the request has no such key, or unknown."""


@dataclass(frozen=True, slots=True)
class Context:
    """The condition keys of a request, in lower case: key names do not depend on case.

    Below a `closed` prefix, such as `aws:principaltag/`, every key is known: one that is not
    listed is absent. Any other key that is not listed is unknown
    (IAM User Guide, "AWS global condition context keys").
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    def get(self, key: str) -> Value:
        """The value of `key`."""
        lower = key.lower()
        if lower in self.values:
            return self.values[lower]
        if any(lower.startswith(prefix) for prefix in self.closed):
            return None
        return Unknown(f"{key} cannot be told from the files")

    def plus(self, values: Mapping[str, Value], closed: frozenset[str] = frozenset()) -> "Context":
        """This context with more said of it; later words replace earlier ones."""
        return Context({**self.values, **values}, self.closed | closed)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request: a role's session, an AWS service, or a web identity.

    `name` is the role's ARN, the service's name or the identity provider's ARN. `account` is empty
    where it is unknown; `unique_id` is the role's `AROA…`.
    """

    kind: Literal["role", "service", "web"]
    name: str
    account: str = ""
    unique_id: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One concrete request. An ARN that is known only after apply is an empty `resource`."""

    principal: Principal
    action: str
    resource: str
    context: Context

    def within(self, values: Mapping[str, Value]) -> "Request":
        """The same request with more said of its context."""
        return replace(self, context=self.context.plus(values))
