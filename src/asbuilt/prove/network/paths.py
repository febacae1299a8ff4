"""Whether packets get from one interface to another, or to and from the internet, step by step.

The steps are those of a packet: out through the source's groups and its subnet's ACL, along the routes,
in through the target's ACL and groups; and the answer back through the ACLs, which do not know it is one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from asbuilt.claims import Network
from asbuilt.infrastructure import Resource
from asbuilt.prove.network.acls import Crossing, NetworkAcls
from asbuilt.prove.network.gateways import Gateways
from asbuilt.prove.network.groups import Peer, SecurityGroups
from asbuilt.prove.network.interfaces import Interface
from asbuilt.prove.network.logic import PROVEN, REFUTED, every, proven, refuted, unknown
from asbuilt.prove.network.members import Members, over
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.routes import Routes
from asbuilt.prove.network.spans import ANY4, PUBLIC, Span, addresses4, addresses6
from asbuilt.prove.verdicts import Finding

_MAIL = 25

Step = Callable[[], Finding]
_GroupKey = tuple[tuple[Resource, ...], bool, bool, Peer, Network]


class Paths:
    """Every way through one infrastructure's network."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._has_transit = "aws_ec2_transit_gateway" in names.infrastructure.by_type
        self.groups = SecurityGroups(names)
        self.acls = NetworkAcls(names)
        self.routes = Routes(names)
        self.gateways = Gateways(names, self.acls, self.routes)
        self._let: dict[_GroupKey, Finding] = {}
        self._ways: dict[tuple[Resource, Span, Resource, Span, Network], tuple[Finding, ...]] = {}

    def between(self, source: Interface, target: Interface, claim: Network) -> Finding:
        """Whether `source` may open what is claimed to `target`, over private addresses."""
        way = over(
            source.subnets,
            lambda here: over(
                target.subnets, lambda there: self._hop(_End(source, here), _End(target, there), claim)
            ),
        )
        return every((proven(*source.evidence), way, proven(*target.evidence)))

    def _hop(self, source: "_End", target: "_End", claim: Network) -> Finding:
        """Between two subnets. IPv4 counts, unless both have IPv6 only."""
        natives = [end.has_only_ipv6 for end in (source, target)]
        if not any(natives):
            four = self._steps(source.over4(), target.over4(), claim)
            if four.verdict == PROVEN:
                return four
        else:
            names = f"{source.subnet.address} and {target.subnet.address}"
            four = refuted(f"{names} have no IP version in common")
        ends = source.over6(), target.over6()
        if None in (ends[0].span, ends[1].span):
            return four
        six = self._steps(*ends, claim)
        if all(natives) or six.verdict == REFUTED:
            return six if all(natives) else four
        return unknown(f"only IPv6 is let through, and nothing tells whether it is used: {four.reason}")

    def _steps(self, source: "_End", target: "_End", claim: Network) -> Finding:
        here, near = source.subnet, source.span or ANY4
        there, far = target.subnet, target.span or ANY4
        to_target, to_source = self._peer(target, here), self._peer(source, there)
        way = self._way(here, near, there, far, claim)
        may_leave = self.let(source.interface, True, to_target, claim)
        may_enter = self.let(target.interface, False, to_source, claim)
        return every((may_leave, *way[:3], may_enter, *way[3:]))

    def _way(
        self, here: Resource, near: Span, there: Resource, far: Span, claim: Network
    ) -> tuple[Finding, ...]:
        """What ACLs and routes say between two subnets: out, along, in, and the answer out and in."""
        key = (here, near, there, far, claim)
        if key not in self._ways:
            out = Crossing(True, claim, (far,), there.address)
            into = Crossing(False, claim, (near,), here.address)
            crossings = ((here, out), (there, into), (there, into.answer()), (here, out.answer()))
            # an ACL does not stand inside its subnet
            acls = [self.acls.let(*one) if here is not there else proven() for one in crossings]
            self._ways[key] = (acls[0], self.routes.between(here, near, there, far), *acls[1:])
        return self._ways[key]

    def _peer(self, end: "_End", seen_from: Resource) -> Peer:
        """An end as the groups of the other one see it.

        A rule may name a group of another VPC only over a peering connection within one region (Amazon VPC
        Peering Guide, "Update your security groups to reference peer security groups").
        """
        groups = end.interface.groups or Members()
        one, other = self.names.vpc_of(end.subnet), self.names.vpc_of(seen_from)
        is_far = one is not other
        if is_far and (self._has_transit or not self.names.same_region(end.subnet, seen_from)):
            groups = Members(doubt=f"nothing tells whether rules may name groups of {end.subnet.address}")
        return Peer(_called(end.interface), (end.span or ANY4,), groups)

    def let(self, interface: Interface, egress: bool, peer: Peer, claim: Network) -> Finding:
        """What an interface's security groups say."""
        if interface.groups is None:
            return proven()
        key = (interface.groups.items, interface.groups.exact, egress, peer, claim)
        if interface.groups.doubt:
            return unknown(interface.groups.doubt)
        if stranger := self._stranger(interface):
            return unknown(stranger)
        if key not in self._let:
            self._let[key] = self.groups.let(interface.groups, egress, peer, claim)
        return self._let[key]

    def _stranger(self, interface: Interface) -> str:
        """Why AWS refuses a group here: a group is for interfaces of its own VPC, unless it is shared."""
        homes = [(subnet, self.names.vpc_of(subnet)) for subnet in interface.subnets.items]
        for group in interface.groups.items if interface.groups else ():
            vpc = self.names.vpc_of(group)
            for subnet, home in homes if vpc else ():
                if home and home is not vpc and interface.groups and interface.groups.exact:
                    return f"{group.address} is in another VPC than {subnet.address}"
        return ""

    def addresses(self, interfaces: Iterable[Interface]) -> tuple[Span, ...]:
        """The private addresses that some interfaces may have."""
        found = [addresses4(subnet) for interface in interfaces for subnet in interface.subnets.items]
        return tuple(dict.fromkeys(span or ANY4 for span in found)) or (ANY4,)

    def to_internet(self, source: Interface, peer: Peer, claim: Network) -> Finding:
        """Whether `source` may open what is claimed to public addresses."""
        way = over(source.subnets, lambda here: self.leave(source, here, peer, claim))
        return every((proven(*source.evidence), way, unblocked(claim)))

    def leave(self, source: Interface, here: Resource, peer: Peer, claim: Network) -> Finding:
        """The same from one of its subnets: over NAT, or straight out with a public address."""
        out = Crossing(True, claim, peer.addresses, peer.name)
        way = self.gateways.out(here, out, source.has_public_address)
        return every((self.cross_out(source, here, peer, claim), way))

    def cross_out(self, source: Interface, here: Resource, peer: Peer, claim: Network) -> Finding:
        """What groups and ACL at the source say of packets to `peer`, however they are routed."""
        if here.values.get("ipv6_native") is True:
            return unknown(f"{here.address} has IPv6 only, whose ways out are not followed")
        out = Crossing(True, claim, peer.addresses, peer.name)
        steps: tuple[Step, ...] = (
            lambda: self.let(source, True, peer, claim),
            lambda: self.acls.let(here, out),
            lambda: self.acls.let(here, out.answer()),
        )
        return every(step() for step in steps)

    def from_internet(self, target: Interface, peer: Peer, claim: Network) -> Finding:
        """Whether public addresses may open what is claimed to `target`."""
        way = over(target.subnets, lambda there: self._enter(target, there, peer, claim))
        return every((target.has_public_address, way, proven(*target.evidence)))

    def _enter(self, target: Interface, there: Resource, peer: Peer, claim: Network) -> Finding:
        """The same into one of its subnets, which must lead to an internet gateway for the answers."""
        into = Crossing(False, claim, peer.addresses, peer.name, peer.anybody)
        steps: tuple[Step, ...] = (
            lambda: self.gateways.exit(there),
            lambda: self.acls.let(there, into),
            lambda: self.let(target, False, peer, claim),
            lambda: self.acls.let(there, into.answer()),
        )
        return every(step() for step in steps)


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a hop: an interface in one of its subnets, and the addresses that it may have there."""

    interface: Interface
    subnet: Resource
    span: Span | None = None

    @property
    def has_only_ipv6(self) -> bool:
        return self.subnet.values.get("ipv6_native") is True

    def over4(self) -> "_End":
        return replace(self, span=addresses4(self.subnet))

    def over6(self) -> "_End":
        return replace(self, span=addresses6(self.subnet))


def internet(name: str, anybody: bool = False, lists: frozenset[str] = frozenset()) -> Peer:
    """Something on the internet whose address is not known, or (`anybody`) all of the internet."""
    return Peer(name, PUBLIC, lists=lists, anybody=anybody)


def unblocked(claim: Network) -> Finding:
    """Whether AWS carries packets to the internet: mail servers' port only for who asked (EC2 User Guide)."""
    is_mail = claim.protocol == "tcp" and claim.first <= _MAIL <= claim.last
    return (
        unknown(f"AWS blocks tcp/{_MAIL} to the internet until it is asked not to") if is_mail else proven()
    )


def _called(interface: Interface) -> str:
    groups = interface.groups.items if interface.groups else ()
    return " and ".join(group.address for group in groups) or interface.owner
