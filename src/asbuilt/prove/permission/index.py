"""Find resources by what other resources call them."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Infrastructure, Resource
from asbuilt.prove.permission.outcome import Unresolved
from asbuilt.prove.permission.truth import Truth, Unknown

_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):")
_NAMES = (
    "id",
    "arn",
    "name",
    "arn_prefix",
    "arn_without_revision",
    "key_id",
    "url",
    "function_name",
    "bucket",
    "bucket_regional_domain_name",
    "bucket_domain_name",
)


class Index:
    """Managed and read resources by type and name.

    A name is any of the attributes by which Terraform lets one resource refer to another; in a plan
    it may be a symbol, which equals itself.
    """

    def __init__(self, infrastructure: Infrastructure) -> None:
        self.infrastructure = infrastructure
        self._named: dict[str, dict[str, list[Resource]]] = {}
        self._valued: dict[tuple[str, str], defaultdict[str | None, list[Resource]]] = {}

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Managed resources of the given types."""
        yield from self.infrastructure.of_type(*types)

    @functools.cached_property
    def account(self) -> str:
        """The one account that the files speak of, or nothing where there are several.

        Some ARNs, as those of buckets, hold no account: they are taken to be in this one.
        """
        arns = [item.values.get("arn") for items in self.infrastructure.by_type.values() for item in items]
        accounts = {match[1] for arn in arns if isinstance(arn, str) and (match := _ACCOUNT.match(arn))}
        accounts |= {item.values.get("account_id") for item in self._read["data.aws_caller_identity"]}
        return str(accounts.pop()) if len(accounts) == 1 else ""

    @functools.cached_property
    def _read(self) -> defaultdict[str, list[Resource]]:
        found: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in self.infrastructure.resources:
            if resource.is_data:
                found[f"data.{resource.type}"].append(resource)
        return found

    def find(self, value: Any, *types: str) -> Resource | None:
        """The one resource of these types that `value` names; a data source's type starts with `data.`.

        Raises Unresolved where the value is not known or names several.
        """
        if not isinstance(value, str):
            raise Unresolved(f"a reference to an {types[0]} is known only after apply")
        found = {id(item): item for type_ in types for item in self._by_name(type_).get(value, ())}
        if len(found) > 1:
            raise Unresolved(f"{value} names several: {', '.join(item.address for item in found.values())}")
        return next(iter(found.values()), None)

    def where(self, type_: str, path: str, *wanted: Any) -> list[Resource]:
        """Resources of a type with one of the wanted texts at `path`, or with something not known yet."""
        if (type_, path) not in self._valued:
            valued = self._valued[type_, path] = defaultdict(list)
            for item in self.of_type(type_):
                for value in dict.fromkeys(v if isinstance(v, str) else None for v in values(item, path)):
                    valued[value].append(item)
        valued = self._valued[type_, path]
        texts = dict.fromkeys([*(text for text in wanted if isinstance(text, str)), None])
        return list(dict.fromkeys(item for text in texts for item in valued.get(text, ())))

    def _by_name(self, type_: str) -> dict[str, list[Resource]]:
        if type_ not in self._named:
            named = self._named[type_] = defaultdict(list)
            items = self._read.get(type_, ()) if type_.startswith("data.") else self.of_type(type_)
            for item in items:
                for name in dict.fromkeys(names(item)):
                    named[name].append(item)
        return self._named[type_]


def values(resource: Resource, path: str) -> list[Any]:
    """Everything at a dotted path, through lists and blocks; what is not set is left out.

    `UNKNOWN` stays in the list: it must not be taken for nothing.
    """
    found: list[Any] = [resource.values]
    for name in path.split("."):
        found = [part for item in found for part in _parts(_step(item, name))]
    return found


def names(resource: Resource) -> list[str]:
    """Everything that other resources may call this one."""
    return [value for key in _NAMES if isinstance(value := resource.values.get(key), str) and value]


def is_named(value: Any, resource: Resource) -> Truth:
    """Whether an argument's value names this resource; a name known only after apply may be any."""
    if not isinstance(value, str):
        return Unknown("it is known only after apply")
    if value in names(resource):
        return True
    given = [resource.values.get(key) for key in _NAMES]
    open_ = any(name is UNKNOWN or str(name).startswith("${") for name in given)
    return Unknown("its name is known only after apply") if open_ and not value.startswith("${") else False


def _step(item: Any, name: str) -> Any:
    if item is UNKNOWN:
        return item
    return item.get(name) if isinstance(item, Mapping) else None


def _parts(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
