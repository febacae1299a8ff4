"""What a load balancer listens on, and to what it forwards.

An arrow from a load balancer is true where one of its listeners forwards to a target group, and the
arrow's head is registered in that group under the arrow's port (Elastic Load Balancing, "Target groups";
AWS Load Balancer Controller, "TargetGroupBinding").
"""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from asbuilt.claims import Network
from asbuilt.infrastructure import UNKNOWN, Manifest, Resource
from asbuilt.prove.network import listening
from asbuilt.prove.network.logic import either, every, proven, refuted, unknown
from asbuilt.prove.network.members import Members, canonical, dig, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.services import Services, target_port, written_ports
from asbuilt.prove.verdicts import Evidence, Finding

_GROUP = "aws_lb_target_group"
_CARRIED = {
    "tcp": {"HTTP", "HTTPS", "TCP", "TLS", "TCP_UDP"},
    "udp": {"UDP", "TCP_UDP", "QUIC", "TCP_QUIC"},
}


@dataclass(frozen=True, slots=True)
class Target:
    """Something registered in a target group, under a port; the port is None where it is not known."""

    thing: Resource | Manifest
    port: int | None
    evidence: tuple[Evidence, ...]
    sure: bool = True


class Balancers:
    """The load balancers of one infrastructure."""

    def __init__(self, names: Names, services: Services) -> None:
        self._names = names
        self._services = services
        self._registrations: defaultdict[Resource | Manifest, list[tuple[Resource, Target]]] | None = None
        self._bindings: defaultdict[str, list[Manifest]] = defaultdict(list)
        for manifest in names.infrastructure.manifests:
            if manifest.kind == "TargetGroupBinding":
                spec = manifest.body.get("spec")
                for key in ("targetGroupARN", "targetGroupName"):
                    if is_text(dig(spec, key)):
                        self._bindings[str(dig(spec, key))].append(manifest)

    def listens(self, balancer: Resource, claim: Network) -> Finding:
        """Whether a load balancer has a listener for all that is claimed."""
        return every(self._listens(balancer, claim, port) for port in range(claim.first, claim.last + 1))

    def _listens(self, balancer: Resource, claim: Network, port: int) -> Finding:
        nothing = refuted(f"{balancer.address} has no listener for {claim.protocol}/{port}")
        sure, unsure = self._listeners(balancer)
        doubts = (unknown(f"nothing tells which load balancer {one.address} belongs to") for one in unsure)
        return either([nothing, *(self._is_on(balancer, one, claim, port) for one in sure), *doubts])

    def _is_on(self, balancer: Resource, listener: Resource, claim: Network, port: int) -> Finding:
        at, protocol = listener.values.get("port"), listener.values.get("protocol")
        if refused := self._refused(balancer, listener):
            return refuted(refused)
        if at is UNKNOWN or (protocol is UNKNOWN and "protocol" in listener.references):
            return unknown(f"the plan does not tell what {listener.address} listens on")
        carried = _CARRIED.get(claim.protocol, set())
        if at == port and (str(protocol) in carried or (protocol is UNKNOWN and claim.protocol == "tcp")):
            return proven(self._names.cite(listener))
        return refuted(f"{listener.address} listens on {str(protocol).lower()}/{at}")

    def _listeners(self, balancer: Resource) -> tuple[list[Resource], list[Resource]]:
        """The listeners that surely are a load balancer's, and those that may be."""
        return self._parts(balancer, ("aws_lb_listener", "aws_alb_listener"), "load_balancer_arn")

    def _parts(
        self, whole: Resource, types: Iterable[str], argument: str
    ) -> tuple[list[Resource], list[Resource]]:
        found = [one for type_ in types for one in self._names.pointing(whole, type_, argument)]
        sure = [one for type_ in types for one in self._names.surely_pointing(whole, type_, argument)]
        return sure, [one for one in found if one not in sure]

    def forwards(self, balancer: Resource, target: Resource | Manifest, claim: Network) -> Finding:
        """Whether a load balancer forwards to `target` on the port that is claimed."""
        held = self._held(target)
        name = target.address if isinstance(target, Resource) else target.name
        if not held:
            return unknown(f"nothing here registers {name} in a target group")
        doubt, findings = "", []
        for listener, members in self._groups(balancer):
            if members.only is None:
                doubt = members.doubt or f"nothing tells to which target group {listener.address} forwards"
            for group, registered in held:
                if group is members.only and (refused := self._refused(balancer, listener, group)):
                    findings.append(refuted(refused))
                elif group is members.only:
                    cited = proven(self._names.cite(listener), self._names.cite(group))
                    findings.append(every((cited, _registered(group, registered, claim))))
        if findings:
            return either(findings)
        groups = " or ".join(dict.fromkeys(group.address for group, _ in held))
        return unknown(doubt) if doubt else refuted(f"no listener of {balancer.address} forwards to {groups}")

    def _refused(self, balancer: Resource, *parts: Resource) -> str:
        """Why AWS refuses one of these parts at a load balancer; empty where it does not."""
        return next((why for part in parts if (why := listening.misfit(self._names, balancer, part))), "")

    def _held(self, target: Resource | Manifest) -> list[tuple[Resource, Target]]:
        """The target groups that hold `target`; a target group holds itself, under its own port."""
        if isinstance(target, Resource) and canonical(target.type) == _GROUP:
            return [(target, Target(target, _number(target.values.get("port")), ()))]
        if self._registrations is None:
            self._registrations = defaultdict(list)
            for group in self._names.infrastructure.of_type("aws_lb_target_group", "aws_alb_target_group"):
                for one in self.targets(group):
                    self._registrations[one.thing].append((group, one))
        return self._registrations.get(target, [])

    def _groups(self, balancer: Resource) -> Iterator[tuple[Resource, Members]]:
        """Each target group that a listener, or a rule of it, forwards to."""
        listeners, unsure = self._listeners(balancer)
        for listener in listeners:
            types = ("aws_lb_listener_rule", "aws_alb_listener_rule")
            rules, more = self._parts(listener, types, "listener_arn")
            unsure += more
            end = listening.last(rules)
            yield from self._forwarded(listener, "default_action") if end == float("inf") else ()
            for rule in (one for one in rules if not listening.is_after(one, end)):
                yield from self._forwarded(rule, "action")
        for one in unsure:
            yield one, Members(doubt=f"nothing tells which load balancer {one.address} belongs to")

    def _forwarded(self, resource: Resource, argument: str) -> Iterator[tuple[Resource, Members]]:
        actions = resource.values.get(argument)
        if actions is UNKNOWN:
            yield resource, Members(doubt=f"the plan does not tell to what {resource.address} forwards")
            return
        for action in actions or ():
            if dig(action, "type") not in ("forward", UNKNOWN):
                continue
            blocks = dig(action, "forward", 0, "target_group") or ()
            weighted = [dig(block, "arn") for block in blocks if dig(block, "weight") != 0]
            written = [(arn, f"{argument}.forward.target_group.arn") for arn in weighted]
            if not blocks:
                written = [(dig(action, "target_group_arn"), f"{argument}.target_group_arn")]
            for arn, key in written:
                if arn is not None and arn != "":
                    yield resource, self._names.given(resource, arn, key, _GROUP)

    def targets(self, group: Resource) -> Iterator[Target]:
        """Everything that is registered in a target group, as far as files say so."""
        yield from self._bound(group)
        yield from self._attached(group) if listening.holds_by_id(group) else ()
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
            by_pod = group.values.get("target_type") == "ip"
            evidence = (Evidence.of(binding), Evidence.of(service))
            for workload in self._services.behind(service):
                port = _bound_port(service, dig(reference, "port"), workload) if by_pod else None
                yield Target(workload, port, evidence)

    def _attached(self, group: Resource) -> Iterator[Target]:
        names, port = self._names, _number(group.values.get("port"))
        for type_ in ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"):
            for one in names.pointing(group, type_, "target_group_arn"):
                target = names.one(one, "target_id", type_="aws_instance").only
                if target and names.is_managed(target):
                    own = one.values.get("port")
                    sure = names.one(one, "target_group_arn", type_=_GROUP).only is group
                    yield Target(target, _number(own) if own else port, (names.cite(one),), sure)
        for one in names.surely_pointing(group, "aws_autoscaling_attachment", "lb_target_group_arn"):
            target = names.one(one, "autoscaling_group_name", type_="aws_autoscaling_group").only
            if target:
                yield Target(target, port, (names.cite(one),))
        for one in names.pointing(group, "aws_autoscaling_group", "target_group_arns"):
            sure = names.many(one, "target_group_arns", type_=_GROUP).exact
            yield Target(one, port, (), sure)

    def _by_ecs(self, group: Resource) -> Iterator[Target]:
        """An ECS service registers its tasks under the container's port."""
        for service, block in self._ecs.get(group, []):
            yield Target(service, _number(dig(block, "container_port")), ())

    @functools.cached_property
    def _ecs(self) -> dict[Resource, list[tuple[Resource, Any]]]:
        found: dict[Resource, list[tuple[Resource, Any]]] = {}
        for service in self._names.infrastructure.of_type("aws_ecs_service"):
            blocks = service.values.get("load_balancer")
            for block in blocks if isinstance(blocks, list | tuple) else ():
                arn = dig(block, "target_group_arn")
                named = self._names.given(service, arn, "load_balancer.target_group_arn", _GROUP)
                if named.only:
                    found.setdefault(named.only, []).append((service, block))
        return found


def _registered(group: Resource, target: Target, claim: Network) -> Finding:
    if target.port is None or not target.sure:
        return unknown(f"nothing tells under which port {group.address} has its targets")
    if (target.port, target.port) != (claim.first, claim.last) or claim.protocol != _protocol(group):
        return refuted(f"{group.address} has its targets under {_protocol(group)}/{target.port}, not {claim}")
    default = _number(group.values.get("port"))
    if default is not None and default != target.port and isinstance(target.thing, Manifest):
        return unknown(
            f"{group.address} is for port {default}, and its targets are registered under {target.port}"
        )
    return proven(*target.evidence)


def _protocol(group: Resource) -> str:
    return "udp" if group.values.get("protocol") == "UDP" else "tcp"


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _bound_port(service: Manifest, reference: object, workload: Manifest) -> int | None:
    """The pods' port behind the Service port that a binding names by number or by name."""
    ports: list[Mapping[str, Any]] = [
        port for port in written_ports(service) if reference in (port.get("port"), port.get("name"))
    ]
    return target_port(ports[0], workload) if len(ports) == 1 else None


def balancer_of(names: Names, resource: Resource) -> Resource:
    """The load balancer that a node of an arrow stands for: itself, or a listener's."""
    if canonical(resource.type) != "aws_lb_listener":
        return resource
    return names.one(resource, "load_balancer_arn", type_="aws_lb").only or resource
