"""What the files create: Terraform resources and Kubernetes objects, by name."""

import difflib
import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_KEY = r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]'
_EVERY_KEY = re.compile(_KEY)
_LAST_KEY = re.compile(rf"{_KEY}$")
_MODULES = re.compile(rf"^(?:module\.[^.\[]+(?:{_KEY})?\.)*")


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file: the path as the reader would type it, the line counted from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One instance of a Terraform resource or data source.

    `values` are those of the state, or of the plan; what a plan does not know yet is a `Symbol`
    where one reference of the configuration names it, else `UNKNOWN`. `references` lists, for each
    argument (`vpc_config.subnet_ids` inside a block), the addresses that its expression mentions, and
    `provider` is the provider configuration that it is created under, as `aws.us_east_1`; both are
    empty where only a state was read.
    """

    address: str
    type: str
    values: Mapping[str, Any]
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    location: Location | None = None
    provider: str = ""

    @property
    def block(self) -> str:
        """The address without its index."""
        return block_of(self.address)

    @property
    def is_data(self) -> bool:
        """Whether it is only read, not created."""
        return self.address[len(module_of(self.address)) :].startswith("data.")


class Symbol(str):
    """Stands for an attribute that is known only after apply, as `${aws_vpc.main.id}`."""

    __slots__ = ()


class _Unknown:
    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return False


UNKNOWN = _Unknown()
"""A value that the plan leaves open and no single reference names."""


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """One Kubernetes object. `name` is `namespace/Kind/name`."""

    name: str
    body: Mapping[str, Any]
    location: Location

    @property
    def kind(self) -> str:
        """The object's kind."""
        return self.name.split("/")[1]

    @property
    def namespace(self) -> str:
        """The object's namespace."""
        return self.name.split("/")[0]


@dataclass(frozen=True, eq=False)
class Infrastructure:
    """Everything that the files of one system create."""

    resources: tuple[Resource, ...] = ()
    manifests: tuple[Manifest, ...] = ()

    @functools.cached_property
    def by_address(self) -> dict[str, tuple[Resource, ...]]:
        """Resources by full address and by block, managed and read ones alike."""
        found: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            for address in {resource.address, resource.block}:
                found[address].append(resource)
        return {address: tuple(items) for address, items in found.items()}

    @functools.cached_property
    def by_type(self) -> dict[str, tuple[Resource, ...]]:
        """Managed resources by type."""
        found: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            if not resource.is_data:
                found[resource.type].append(resource)
        return {type_: tuple(items) for type_, items in found.items()}

    @functools.cached_property
    def by_name(self) -> dict[str, Manifest]:
        """Kubernetes objects by `namespace/Kind/name`."""
        return {manifest.name: manifest for manifest in self.manifests}

    @functools.cached_property
    def _by_place(self) -> dict[tuple[str, str], list[Manifest]]:
        found: defaultdict[tuple[str, str], list[Manifest]] = defaultdict(list)
        for manifest in self.manifests:
            found[manifest.namespace, manifest.kind].append(manifest)
        return found

    def in_namespace(self, namespace: str, *kinds: str) -> list[Manifest]:
        """The Kubernetes objects of the given kinds in a namespace."""
        return [one for kind in kinds for one in self._by_place.get((namespace, kind), ())]

    def of_type(self, *types: str) -> Iterable[Resource]:
        """Managed resources of the given types."""
        return (resource for type_ in types for resource in self.by_type.get(type_, ()))

    def find(self, name: str) -> tuple[Resource, ...] | tuple[Manifest, ...]:
        """What a node's name stands for; an address without an index stands for all instances."""
        if name in self.by_name:
            return (self.by_name[name],)
        return self.by_address.get(name, ())

    def nearest(self, name: str) -> str:
        """The existing name that looks most like `name`, or nothing."""
        close = difflib.get_close_matches(name, [*self.by_address, *self.by_name], n=1, cutoff=0.6)
        return close[0] if close else ""


def block_of(address: str) -> str:
    """`aws_subnet.private["a"]` → `aws_subnet.private`."""
    return _LAST_KEY.sub("", address)


def module_of(address: str) -> str:
    """`module.network["a"].aws_subnet.private` → `module.network["a"].`, nothing for the root module."""
    match = _MODULES.match(address)
    return match[0] if match else ""


def unindexed(address: str) -> str:
    """`module.network["a"].aws_subnet.private["b"]` → `module.network.aws_subnet.private`."""
    return _EVERY_KEY.sub("", address)
