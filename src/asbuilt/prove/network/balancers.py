"""What a load balancer listens on, and to what it forwards.

An arrow from a load balancer is true where one of its listeners forwards to a target group, and the
arrow's head is registered in that group under the arrow's port (Elastic Load Balancing, "Listeners", "Target
groups").
"""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator

from asbuilt.claims import Network
from asbuilt.infrastructure import UNKNOWN, Manifest, Resource
from asbuilt.prove.network import listening
from asbuilt.prove.network.firewalls import Firewalls
from asbuilt.prove.network.logic import either, every, proven, refuted, unknown
from asbuilt.prove.network.members import Members, canonical, dig, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.registrations import GROUP, Registrations, Target, number
from asbuilt.prove.network.services import Services
from asbuilt.prove.verdicts import Finding

_CARRIED = {
    "tcp": {"HTTP", "HTTPS", "TCP", "TLS", "TCP_UDP"},
    "udp": {"UDP", "TCP_UDP", "QUIC", "TCP_QUIC"},
}
_SPEAKS = {"http": {"HTTP", "TCP", "TCP_UDP"}, "https": {"HTTPS", "TCP", "TCP_UDP", "TLS"}}


class Balancers:
    """The load balancers of one infrastructure."""

    def __init__(self, names: Names, services: Services) -> None:
        self._names = names
        self._registrations = Registrations(names, services)
        self._firewalls = Firewalls(names)

    def listens(self, balancer: Resource, claim: Network) -> Finding:
        """Whether a load balancer has a listener for all that is claimed, and a web ACL lets requests in."""
        ports = range(claim.first, claim.last + 1)
        listening_ = (self._listens(balancer, claim, port) for port in ports)
        return every((*listening_, self._made(balancer), self._firewalls.before(balancer)))

    def _made(self, balancer: Resource) -> Finding:
        why = listening.misplaced(self._names, balancer)
        return unknown(f"{why}: AWS refuses it") if why else proven()

    def speaks(self, balancer: Resource, claim: Network, protocol: str) -> bool:
        """Whether a listener on the port that is claimed may speak `http` or `https`."""
        at = (one for one in self._listeners(balancer)[0] if one.values.get("port") == claim.first)
        spoken = [one.values.get("protocol") for one in at]
        return any(not is_text(one) or one in _SPEAKS[protocol] for one in spoken) or not spoken

    def _listens(self, balancer: Resource, claim: Network, port: int) -> Finding:
        nothing = refuted(f"{balancer.address} has no listener for {claim.protocol}/{port}")
        sure, unsure = self._listeners(balancer)
        doubts = [unknown(f"nothing tells which load balancer {one.address} belongs to") for one in unsure]
        same = [one.address for one in sure if one.values.get("port") == port]
        if len(same) > 1:
            return unknown(f"{' and '.join(same)} are for one port, of which AWS makes one listener only")
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
                elif group is members.only and len(users := self._users[group]) > 1:
                    where = " and ".join(user.address for user in users)
                    findings.append(unknown(f"{group.address} is behind {where}, and AWS takes one only"))
                elif group is members.only:
                    cited = proven(self._names.cite(listener), self._names.cite(group))
                    findings.append(every((cited, _registered(group, registered, claim))))
        if findings:
            return either(findings)
        groups = " or ".join(dict.fromkeys(group.address for group, _ in held))
        return unknown(doubt) if doubt else refuted(f"no listener of {balancer.address} forwards to {groups}")

    def _refused(self, balancer: Resource, *parts: Resource) -> str:
        """Why AWS refuses one of these parts at a load balancer; empty where it does not."""
        reasons = [why for part in parts if (why := listening.misfit(self._names, balancer, part))]
        return next(iter(reasons), "") or listening.mismatch(*parts)

    def _held(self, target: Resource | Manifest) -> list[tuple[Resource, Target]]:
        """The target groups that hold `target`; a target group holds itself, under its own port."""
        if isinstance(target, Resource) and canonical(target.type) == GROUP:
            return [(target, Target(target, number(target.values.get("port")), ()))]
        return self._registrations.of(target)

    def checks(self, balancer: Resource, target: Resource | Manifest, claim: Network) -> Iterator[Network]:
        """What the load balancer's health checks ask of a target, besides what is claimed."""
        forwarded = {members.only for _, members in self._groups(balancer)}
        for group, registered in self._registrations.of(target):
            if group in forwarded and registered.port == claim.first:
                asked = listening.health_port(group, claim.first)
                if asked is not None and Network("tcp", asked, asked) != claim:
                    yield Network("tcp", asked, asked)

    @functools.cached_property
    def _users(self) -> dict[Resource, set[Resource]]:
        """The load balancers in front of each target group."""
        found: defaultdict[Resource, set[Resource]] = defaultdict(set)
        for balancer in self._names.infrastructure.of_type("aws_lb", "aws_alb"):
            for _, members in self._groups(balancer):
                if members.only:
                    found[members.only].add(balancer)
        return found

    def _groups(self, balancer: Resource) -> Iterator[tuple[Resource, Members]]:
        """Each target group that a listener, or a rule of it, forwards to."""
        listeners, unsure = self._listeners(balancer)
        for listener in listeners:
            types = ("aws_lb_listener_rule", "aws_alb_listener_rule")
            rules, more = self._parts(listener, types, "listener_arn")
            unsure += more
            if not listening.leaves_nothing(rules):
                yield from self._forwarded(listener, "default_action")
            for rule in listening.reached(rules):
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
                    yield resource, self._names.given(resource, arn, key, GROUP)

    def targets(self, group: Resource) -> Iterator[Target]:
        """Everything that is registered in a target group, as far as files say so."""
        yield from self._registrations.targets(group)


def _registered(group: Resource, target: Target, claim: Network) -> Finding:
    if target.doubt:
        return unknown(target.doubt)
    if target.port is None:
        return unknown(f"nothing tells under which port {group.address} has its targets")
    if (target.port, target.port) != (claim.first, claim.last) or claim.protocol != _protocol(group):
        return refuted(f"{group.address} has its targets under {_protocol(group)}/{target.port}, not {claim}")
    default = number(group.values.get("port"))
    if default is not None and default != target.port and isinstance(target.thing, Manifest):
        return unknown(
            f"{group.address} is for port {default}, and its targets are registered under {target.port}"
        )
    return proven(*target.evidence)


def _protocol(group: Resource) -> str:
    return "udp" if group.values.get("protocol") == "UDP" else "tcp"


def balancer_of(names: Names, resource: Resource) -> Resource:
    """The load balancer that a node of an arrow stands for: itself, or a listener's."""
    if canonical(resource.type) != "aws_lb_listener":
        return resource
    return names.one(resource, "load_balancer_arn", type_="aws_lb").only or resource
