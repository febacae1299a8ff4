"""What a load balancer takes of the listeners, rules and target groups that are written for it.

AWS refuses some of them, and a rule that fits every request leaves nothing to those after it (Elastic
Load Balancing, "Listeners for your Application Load Balancers", "Target groups").
"""

from collections.abc import Iterable

from asbuilt.infrastructure import Resource
from asbuilt.prove.network.members import dig, is_text
from asbuilt.prove.network.names import Names

_PROTOCOLS = {
    "application": {"HTTP", "HTTPS"},
    "network": {"QUIC", "TCP", "TCP_QUIC", "TCP_UDP", "TLS", "UDP"},
}
_EVERYTHING = {"path_pattern": {"*", "/*"}, "host_header": {"*"}}


def misfit(names: Names, balancer: Resource, part: Resource) -> str:
    """Why AWS refuses a listener or a target group at a load balancer; empty where it does not."""
    kind, protocol = balancer.values.get("load_balancer_type") or "application", part.values.get("protocol")
    taken = _PROTOCOLS.get(str(kind))
    if taken and is_text(protocol) and protocol not in taken:
        return f"{balancer.address} is an {kind} load balancer and takes no {protocol} of {part.address}"
    homes = [names.vpc_of(one) for one in names.many(balancer, "subnets", type_="aws_subnet").items]
    vpc = names.vpc_of(part)
    if vpc and any(home and home is not vpc for home in homes):
        return f"{part.address} is in another VPC than {balancer.address}"
    return ""


def holds_by_id(group: Resource) -> bool:
    """Whether a target group's targets are instances, by their ids."""
    return group.values.get("target_type") not in ("ip", "lambda", "alb")


def last(rules: Iterable[Resource]) -> float:
    """The priority of the first rule that fits every request; infinite without one."""
    return min((_priority(rule) for rule in rules if _fits_all(rule)), default=float("inf"))


def is_after(rule: Resource, priority: float) -> bool:
    """Whether a rule is tried only after the one with this priority."""
    own = rule.values.get("priority")
    return isinstance(own, int | float) and own > priority


def _priority(rule: Resource) -> float:
    own = rule.values.get("priority")
    return own if isinstance(own, int | float) else float("inf")


def _fits_all(rule: Resource) -> bool:
    conditions = rule.values.get("condition")
    return isinstance(conditions, list | tuple) and all(
        any(
            wide & {one for one in dig(condition, kind, 0, "values") or () if isinstance(one, str)}
            for kind, wide in _EVERYTHING.items()
        )
        for condition in conditions
    )
