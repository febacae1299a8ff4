"""What is registered in a target group: by a controller in the cluster, by ECS, or one by one.

AWS Load Balancer Controller, "TargetGroupBinding"; Amazon ECS API Reference, "LoadBalancer"; Elastic Load
Balancing, "Register targets".
"""

import functools
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from asbuilt.infrastructure import Manifest, Resource
from asbuilt.prove.network.members import dig, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.services import Services, target_port, written_ports
from asbuilt.prove.verdicts import Evidence

GROUP = "aws_lb_target_group"


@dataclass(frozen=True, slots=True)
class Target:
    """Something registered in a target group, under a port; the port is None where it is not known.

    `doubt` says why it may not be registered after all.
    """

    thing: Resource | Manifest
    port: int | None
    evidence: tuple[Evidence, ...]
    doubt: str = ""


class Registrations:
    """The target groups of one infrastructure, and what is in them."""

    def __init__(self, names: Names, services: Services) -> None:
        self._names = names
        self._services = services
        self._bindings: defaultdict[str, list[Manifest]] = defaultdict(list)
        for manifest in names.infrastructure.manifests:
            if manifest.kind == "TargetGroupBinding":
                spec = manifest.body.get("spec")
                for key in ("targetGroupARN", "targetGroupName"):
                    if is_text(dig(spec, key)):
                        self._bindings[str(dig(spec, key))].append(manifest)

    def of(self, target: Resource | Manifest) -> list[tuple[Resource, Target]]:
        """The target groups that hold `target`."""
        return self._by_thing.get(target, [])

    @functools.cached_property
    def _by_thing(self) -> dict[Resource | Manifest, list[tuple[Resource, Target]]]:
        found: defaultdict[Resource | Manifest, list[tuple[Resource, Target]]] = defaultdict(list)
        for group in self._names.infrastructure.of_type("aws_lb_target_group", "aws_alb_target_group"):
            for one in self.targets(group):
                found[one.thing].append((group, one))
        return dict(found)

    def targets(self, group: Resource) -> Iterator[Target]:
        """Everything that is registered in a target group, as far as files say so."""
        yield from self._bound(group)
        yield from self._attached(group) if type_of(group) == "instance" else ()
        yield from self._by_ecs(group)

    def _bound(self, group: Resource) -> Iterator[Target]:
        """What the AWS Load Balancer Controller registers: pods under their own port."""
        called = {group.values.get("arn"), group.values.get("name")}
        for binding in (one for name in called if is_text(name) for one in self._bindings.get(str(name), ())):
            reference = dig(binding.body, "spec", "serviceRef") or {}
            service = self._names.infrastructure.by_name.get(
                f"{binding.namespace}/Service/{dig(reference, 'name')}"
            )
            if service is None:
                continue
            evidence, doubt = (Evidence.of(binding), Evidence.of(service)), _other_type(binding, group)
            for workload in self._services.behind(service):
                by_pod = type_of(group) == "ip"
                port = _bound_port(service, dig(reference, "port"), workload) if by_pod else None
                yield Target(workload, port, evidence, doubt)

    def _attached(self, group: Resource) -> Iterator[Target]:
        names, port = self._names, number(group.values.get("port"))
        unsure = f"nothing tells whether {group.address} is meant"
        for type_ in ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"):
            for one in names.pointing(group, type_, "target_group_arn"):
                target = names.one(one, "target_id", type_="aws_instance").only
                if target and names.is_managed(target):
                    own = one.values.get("port")
                    doubt = "" if names.one(one, "target_group_arn", type_=GROUP).only is group else unsure
                    yield Target(target, number(own) if own else port, (names.cite(one),), doubt)
        for one in names.surely_pointing(group, "aws_autoscaling_attachment", "lb_target_group_arn"):
            target = names.one(one, "autoscaling_group_name", type_="aws_autoscaling_group").only
            if target:
                yield Target(target, port, (names.cite(one),))
        for one in names.pointing(group, "aws_autoscaling_group", "target_group_arns"):
            exact = names.many(one, "target_group_arns", type_=GROUP).exact
            yield Target(one, port, (), "" if exact else unsure)

    def _by_ecs(self, group: Resource) -> Iterator[Target]:
        """An ECS service registers its tasks under the container's port."""
        for service, block in self._ecs.get(group, []):
            doubt = _refused_by_ecs(self._task(service), service, block, group)
            yield Target(service, number(dig(block, "container_port")), (), doubt)

    def _task(self, service: Resource) -> Resource | None:
        task = self._names.one(service, "task_definition", type_="aws_ecs_task_definition").only
        return task if task and self._names.is_managed(task) else None

    @functools.cached_property
    def _ecs(self) -> dict[Resource, list[tuple[Resource, Any]]]:
        found: dict[Resource, list[tuple[Resource, Any]]] = {}
        for service in self._names.infrastructure.of_type("aws_ecs_service"):
            blocks = service.values.get("load_balancer")
            for block in blocks if isinstance(blocks, list | tuple) else ():
                arn = dig(block, "target_group_arn")
                named = self._names.given(service, arn, "load_balancer.target_group_arn", GROUP)
                if named.only:
                    found.setdefault(named.only, []).append((service, block))
        return found


def type_of(group: Resource) -> str:
    """How a target group names its targets: as instances unless it is told otherwise."""
    return str(group.values.get("target_type") or "instance")


def number(value: object) -> int | None:
    """A port as a number, where it is known."""
    return int(value) if isinstance(value, int | float) else None


def _other_type(binding: Manifest, group: Resource) -> str:
    """Why the controller refuses a binding: it names another type of targets than its group has."""
    written = dig(binding.body, "spec", "targetType")
    differs = is_text(written) and written != type_of(group)
    return (
        f"{binding.name} is for {written} targets, and {group.address} for {type_of(group)}"
        if differs
        else ""
    )


def _refused_by_ecs(task: Resource | None, service: Resource, block: Any, group: Resource) -> str:
    """Why ECS refuses to register a service's tasks; empty where it does not.

    Tasks with a network interface of their own are registered by address, others by instance; the
    container and its port have to be in the task definition.
    """
    mode = task.values.get("network_mode") if task else None
    has_own = bool(service.values.get("network_configuration"))
    if is_text(mode) and has_own is not (mode == "awsvpc"):
        return f"{service.address} does not fit the network mode {mode} of its tasks"
    if has_own is not (type_of(group) == "ip"):
        return f"{service.address} does not register {type_of(group)} targets, which {group.address} wants"
    return _missing_container(task, block) if task else ""


def _missing_container(task: Resource, block: Any) -> str:
    text, name, port = (
        task.values.get("container_definitions"),
        *(dig(block, key) for key in ("container_name", "container_port")),
    )
    try:
        listed = json.loads(str(text)) if is_text(text) else None
    except ValueError:
        listed = []
    found = [one for one in listed or () if dig(one, "name") == name]
    mapped = {dig(one, "containerPort") for box in found for one in dig(box, "portMappings") or ()}
    is_there = listed is None or port in mapped
    return "" if is_there else f"{task.address} has no container {name} with the port {port}"


def _bound_port(service: Manifest, reference: object, workload: Manifest) -> int | None:
    """The pods' port behind the Service port that a binding names by number or by name."""
    ports: list[Mapping[str, Any]] = [
        port for port in written_ports(service) if reference in (port.get("port"), port.get("name"))
    ]
    return target_port(ports[0], workload) if len(ports) == 1 else None
