"""Whether packets get from one interface to another, or to and from the internet, step by step.

The steps are those of a packet: out through the source's groups and its subnet's ACL, along the routes,
in through the target's ACL and groups; and the answer back through the ACLs, which do not know it is one.
"""

from collections.abc import Callable, Iterable

from asbuilt.claims import Network
from asbuilt.infrastructure import Resource
from asbuilt.prove.network.acls import Crossing, NetworkAcls
from asbuilt.prove.network.gateways import Gateways
from asbuilt.prove.network.groups import Peer, SecurityGroups
from asbuilt.prove.network.interfaces import Interface
from asbuilt.prove.network.logic import PROVEN, REFUTED, every, proven, unknown
from asbuilt.prove.network.members import Members, over
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.routes import Routes
from asbuilt.prove.network.spans import ANY4, PUBLIC, Span, addresses4, addresses6
from asbuilt.prove.verdicts import Finding

Step = Callable[[], Finding]
_GroupKey = tuple[tuple[Resource, ...], bool, bool, Peer, Network]


class Paths:
    """Every way through one infrastructure's network."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.groups = SecurityGroups(names)
        self.acls = NetworkAcls(names)
        self.routes = Routes(names)
        self.gateways = Gateways(names, self.acls, self.routes)
        self._let: dict[_GroupKey, Finding] = {}

    def between(self, source: Interface, target: Interface, claim: Network) -> Finding:
        """Whether `source` may open what is claimed to `target`, over private addresses."""
        way = over(
            source.subnets,
            lambda here: over(target.subnets, lambda there: self._hop(source, here, target, there, claim)),
        )
        return every((proven(*source.evidence), way, proven(*target.evidence)))

    def _hop(
        self, source: Interface, here: Resource, target: Interface, there: Resource, claim: Network
    ) -> Finding:
        """Between two subnets. IPv4 counts, unless both have IPv6 only."""
        if here.values.get("ipv6_native") is True and there.values.get("ipv6_native") is True:
            return self._steps(source, here, addresses6(here), target, there, addresses6(there), claim)
        four = self._steps(source, here, addresses4(here), target, there, addresses4(there), claim)
        if four.verdict == PROVEN or not (addresses6(here) and addresses6(there)):
            return four
        six = self._steps(source, here, addresses6(here), target, there, addresses6(there), claim)
        if six.verdict == REFUTED:
            return four
        return unknown(f"only IPv6 is let through, and nothing tells whether it is used: {four.reason}")

    def _steps(
        self,
        source: Interface,
        here: Resource,
        near: Span | None,
        target: Interface,
        there: Resource,
        far: Span | None,
        claim: Network,
    ) -> Finding:
        near, far = near or ANY4, far or ANY4
        to_target = Peer(_called(target), (far,), target.groups or Members())
        to_source = Peer(_called(source), (near,), source.groups or Members())
        out = Crossing(True, claim, (far,), there.address)
        into = Crossing(False, claim, (near,), here.address)
        is_apart = here is not there  # an ACL does not stand inside its subnet
        steps: tuple[Step, ...] = (
            lambda: self.let(source, True, to_target, claim),
            lambda: self.acls.let(here, out) if is_apart else proven(),
            lambda: self.routes.between(here, near, there, far),
            lambda: self.acls.let(there, into) if is_apart else proven(),
            lambda: self.let(target, False, to_source, claim),
            lambda: self.acls.let(there, into.answer()) if is_apart else proven(),
            lambda: self.acls.let(here, out.answer()) if is_apart else proven(),
        )
        return every(step() for step in steps)

    def let(self, interface: Interface, egress: bool, peer: Peer, claim: Network) -> Finding:
        """What an interface's security groups say."""
        if interface.groups is None:
            return proven()
        key = (interface.groups.items, interface.groups.exact, egress, peer, claim)
        if interface.groups.doubt:
            return unknown(interface.groups.doubt)
        if key not in self._let:
            self._let[key] = self.groups.let(interface.groups, egress, peer, claim)
        return self._let[key]

    def addresses(self, interfaces: Iterable[Interface]) -> tuple[Span, ...]:
        """The private addresses that some interfaces may have."""
        found = [addresses4(subnet) for interface in interfaces for subnet in interface.subnets.items]
        return tuple(dict.fromkeys(span or ANY4 for span in found)) or (ANY4,)

    def to_internet(self, source: Interface, peer: Peer, claim: Network) -> Finding:
        """Whether `source` may open what is claimed to public addresses."""
        way = over(source.subnets, lambda here: self.leave(source, here, peer, claim))
        return every((proven(*source.evidence), way))

    def leave(self, source: Interface, here: Resource, peer: Peer, claim: Network) -> Finding:
        """The same from one of its subnets: over NAT, or straight out with a public address."""
        out = Crossing(True, claim, peer.addresses, peer.name)
        way = self.gateways.out(here, out, source.has_public_address)
        return every((self.cross_out(source, here, peer, claim), way))

    def cross_out(self, source: Interface, here: Resource, peer: Peer, claim: Network) -> Finding:
        """What groups and ACL at the source say of packets to `peer`, however they are routed."""
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


def internet(name: str, anybody: bool = False, lists: frozenset[str] = frozenset()) -> Peer:
    """Something on the internet whose address is not known, or (`anybody`) all of the internet."""
    return Peer(name, PUBLIC, lists=lists, anybody=anybody)


def _called(interface: Interface) -> str:
    groups = interface.groups.items if interface.groups else ()
    return " and ".join(group.address for group in groups) or interface.owner
