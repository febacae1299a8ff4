"""What a load balancer takes of the listeners, rules and target groups that are written for it.

AWS refuses some of them, and a rule that fits all that a later one fits leaves nothing to it (Elastic Load
Balancing, "Listeners for your Application Load Balancers", "Listener rules", "Listeners for your Network Load
Balancers", "Target groups"; API Reference, "CreateLoadBalancer", "CreateListener").
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.network.members import canonical, dig, is_text, region_of
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.spans import addresses4
from asbuilt.prove.permission.patterns import glob, matches

_PROTOCOLS = {
    "application": {"HTTP", "HTTPS"},
    "network": {"QUIC", "TCP", "TCP_QUIC", "TCP_UDP", "TLS", "UDP"},
}
_GROUPS = {  # protocols of the target groups that a network load balancer's listener may forward to
    "TCP": {"TCP", "TCP_UDP"},
    "TCP_UDP": {"TCP_UDP"},
    "TLS": {"TCP", "TLS"},
    "UDP": {"TCP_UDP", "UDP"},
}
_EVERYTHING = {"path_pattern": {"*", "/*"}, "host_header": {"*"}}
_SECURE = {"HTTPS", "TLS"}
_SMALLEST = 32  # addresses of a subnet: /27


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
    is_listener = canonical(part.type) == "aws_lb_listener"
    return _uncertified(balancer, part) if is_listener and protocol in _SECURE else ""


def _uncertified(balancer: Resource, listener: Resource) -> str:
    """A listener for TLS needs a certificate of its own region."""
    certificate = listener.values.get("certificate_arn")
    if certificate in (None, ""):
        return f"{listener.address} has no certificate"
    parts, here = str(certificate).split(":"), region_of(balancer)
    if here and parts[:3] == ["arn", "aws", "acm"] and parts[3] != here:
        return f"the certificate of {listener.address} is in {parts[3]}, not in {here}"
    return ""


def mismatch(*parts: Resource) -> str:
    """Why AWS refuses to let a listener, or a rule, forward to a target group; empty where it does not."""
    if len(parts) < 2:
        return ""
    listener, group = parts
    asked, given = listener.values.get("protocol"), group.values.get("protocol")
    taken = _GROUPS.get(str(asked))
    if taken and is_text(given) and given not in taken:
        return f"{listener.address} is for {asked}, and {group.address} for {given}"
    if group.values.get("protocol_version") == "GRPC" and asked == "HTTP":
        return f"{group.address} is for gRPC, and {listener.address} for HTTP"
    return ""


def misplaced(names: Names, balancer: Resource) -> str:
    """Why AWS refuses the subnets of a load balancer; empty where it does not."""
    subnets = names.many(balancer, "subnets", type_="aws_subnet")
    if subnets.doubt or not subnets.exact or not subnets.items:
        return ""
    zones = [zone for one in subnets.items if is_text(zone := one.values.get("availability_zone"))]
    if len(set(zones)) < len(zones):
        return f"{balancer.address} has two subnets in one zone"
    if balancer.values.get("load_balancer_type") in ("network", "gateway"):
        return ""
    if len(subnets.items) < 2:
        return f"{balancer.address} is in one zone only"
    spans = [(one, span) for one in subnets.items if (span := addresses4(one))]
    small = next((one for one, span in spans if span[1] - span[0] + 1 < _SMALLEST), None)
    return f"{small.address} is too small for {balancer.address}" if small else ""


def health_port(group: Resource, port: int) -> int | None:
    """The port that a target group's health checks ask of a target; nothing where there are none."""
    block = dig(group.values, "health_check", 0)
    if dig(block, "enabled") is False:
        return None
    asked = dig(block, "port")
    return int(asked) if str(asked).isdecimal() else port


def leaves_nothing(rules: Iterable[Resource]) -> bool:
    """Whether a rule fits every request, so that the default action gets none."""
    return any(_priority(rule) != float("inf") and _fits_all(rule) for rule in rules)


def reached(rules: Iterable[Resource]) -> Iterator[Resource]:
    """The rules that get requests: no earlier one fits all that they fit, and none has their priority.

    Rules of one priority are refused; one whose priority is not known may be the first.
    """
    ordered = sorted(rules, key=_priority)
    for place, rule in enumerate(ordered):
        own, others = _priority(rule), [one for one in ordered if one is not rule]
        is_twin = own != float("inf") and any(_priority(one) == own for one in others)
        if not is_twin and not any(own > _priority(one) and _covers(one, rule) for one in ordered[:place]):
            yield rule


def _priority(rule: Resource) -> float:
    own = rule.values.get("priority")
    return own if isinstance(own, int | float) else float("inf")


def _fits_all(rule: Resource) -> bool:
    return _covers(rule, None)


def _covers(rule: Resource, other: Resource | None) -> bool:
    """Whether a rule surely fits every request that another one fits, or every request at all."""
    conditions = rule.values.get("condition")
    theirs = other.values.get("condition") if other else ()
    given = theirs if isinstance(theirs, list | tuple) else ()
    return isinstance(conditions, list | tuple) and all(
        any(wide & {*_texts(condition, kind)} for kind, wide in _EVERYTHING.items())
        or any(_holds(condition, one) for one in given)
        for condition in conditions
    )


def _holds(wide: Any, narrow: Any) -> bool:
    """Whether one condition, on the path or the host, holds wherever another does."""
    for kind in _EVERYTHING:
        outer, inner = _texts(wide, kind), _texts(narrow, kind)
        plain = [glob(text) for text in outer if "?" not in text]
        if inner and plain and all(any(matches(one, text) for one in plain) for text in inner):
            return True
    return False


def _texts(condition: Any, kind: str) -> list[str]:
    """The patterns of a condition of one kind; none where one of them is not known."""
    values = dig(condition, kind, 0, "values") if isinstance(condition, Mapping) else None
    known = [one for one in values or () if isinstance(one, str)] if values is not UNKNOWN else []
    return known if len(known) == len(values or ()) else []
