"""Raw documents and manifests, looked up by the oracle. Nothing of the proof's own reading is used."""

import functools
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from drills.mutants.operators import operated

Item = dict[str, Any]
_CLUSTER_WIDE = {"Namespace"}


class Cloud:
    """What one state and one folder of manifests say exists."""

    def __init__(self, state: Mapping[str, Any], texts: Iterable[str]) -> None:
        self.items: list[Item] = state["values"]["root_module"]["resources"]
        self._types: dict[str, list[Item]] = defaultdict(list)
        for item in self.items:
            self._types[item["type"]].append(item["values"])
        bodies = [body for text in texts for body in _bodies(text)]
        self.objects: dict[str, Item] = operated({_name(body): body for body in bodies if "metadata" in body})

    def find(self, name: str) -> list[Item]:
        """Every instance of a resource, or the one object, that a node may be bound to."""
        if name in self.objects:
            return [self.objects[name]]
        return [item for item in self.items if item["address"] == name or _is_instance(item["address"], name)]

    def all(self, type_: str) -> list[Item]:
        """The values of every resource of a type."""
        return self._types.get(type_, [])

    def by(self, type_: str, **wanted: Any) -> Item | None:
        """The values of the first resource of a type that has the wanted arguments."""
        for values in self.all(type_):
            if all(values.get(name) == value for name, value in wanted.items()):
                return values
        return None

    def of_kind(self, kind: str, namespace: str) -> list[Item]:
        """Objects of one kind in one namespace."""
        return [body for name, body in self.objects.items() if name.startswith(f"{namespace}/{kind}/")]

    def starts(self, workload: Item) -> bool:
        """Whether a workload's pods start and stay: their service account exists, and no probe ends them.

        A namespace may be made elsewhere: the API server refuses objects in one that is missing.
        """
        spec = template(workload)["spec"]
        account = spec.get("serviceAccountName", "default")
        full = f"{namespace_of(workload)}/ServiceAccount/{account}"
        is_there = account == "default" or full in self.objects
        return is_there and all(map(_is_left_alone, spec.get("containers", ())))


def namespace_of(body: Item) -> str:
    """The namespace of an object."""
    return str(body["metadata"].get("namespace", "default"))


def template(workload: Item) -> Item:
    """The pod of a workload; empty where nothing is known to make pods of it."""
    found: Item = workload.get("spec", {}).get("template", {})
    return found


def is_object(thing: Item) -> bool:
    """Whether this is a Kubernetes object and no resource."""
    return "metadata" in thing and "kind" in thing


def listed(value: Any) -> list[Any]:
    """A value that may be written alone, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def statements(text: str | None) -> list[Item]:
    """The statements of a policy document."""
    return listed(json.loads(text)["Statement"]) if text else []


def _is_left_alone(container: Item) -> bool:
    """Whether no probe that ends a container asks for a port that the container does not declare."""
    ports = container.get("ports", ())
    names = {port.get(key) for port in ports for key in ("name", "containerPort")}
    probes = [container.get(f"{kind}Probe") or {} for kind in ("startup", "liveness")]
    asked = [probe[way].get("port") for probe in probes for way in ("httpGet", "tcpSocket") if way in probe]
    return all(port in names for port in asked if ports or isinstance(port, str))


@functools.cache
def _bodies(text: str) -> tuple[Item, ...]:
    return tuple(body for body in yaml.safe_load_all(text) if body)


def _name(body: Item) -> str:
    place = "cluster" if body["kind"] in _CLUSTER_WIDE else namespace_of(body)
    return f"{place}/{body['kind']}/{body['metadata']['name']}"


def _is_instance(address: str, name: str) -> bool:
    return address.startswith(f"{name}[")
