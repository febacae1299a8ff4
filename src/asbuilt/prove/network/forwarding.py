"""The way from a load balancer to its targets, and that of its health checks.

A network load balancer may hand on its clients' own addresses, which the targets' rules then have to let
in (Elastic Load Balancing, "Client IP preservation"); an application load balancer sends from its own. A
target in a zone that is not enabled gets nothing ("Availability Zones and load balancer nodes"), and one that
no health check reaches gets requests only while none is healthy ("Health checks for target groups").
"""

from collections.abc import Iterable
from dataclasses import replace

from asbuilt.claims import Network
from asbuilt.infrastructure import Manifest, Resource
from asbuilt.prove.network.acls import Crossing
from asbuilt.prove.network.balancers import Balancers, balancer_of
from asbuilt.prove.network.endpoints import Endpoints
from asbuilt.prove.network.groups import Peer
from asbuilt.prove.network.inbound import Inbound
from asbuilt.prove.network.interfaces import Interface, Interfaces
from asbuilt.prove.network.logic import ABSENT, PROVEN, every, proven, unknown
from asbuilt.prove.network.members import Members, canonical, is_text, over
from asbuilt.prove.network.paths import Paths
from asbuilt.prove.network.pods import Pods
from asbuilt.prove.network.spans import ANY4
from asbuilt.prove.verdicts import Finding


class Forwarding:
    """What the load balancers of one infrastructure reach."""

    def __init__(
        self, endpoints: Endpoints, paths: Paths, balancers: Balancers, pods: Pods, inbound: Inbound
    ) -> None:
        self._endpoints = endpoints
        self._paths = paths
        self._balancers = balancers
        self._pods = pods
        self._inbound = inbound

    def reach(self, source: Resource, target: Resource | Manifest, claim: Network) -> Finding:
        """Whether a load balancer, or a listener, forwards to a target and its packets get there."""
        balancer = balancer_of(self._paths.names, source)
        heads: Iterable[Resource | Manifest] = [target]
        if isinstance(target, Resource) and canonical(target.type) == "aws_lb_target_group":
            heads = list(dict.fromkeys(one.thing for one in self._balancers.targets(target)))
            if not heads:
                return unknown(f"nothing here registers a target in {target.address}")
        forwards = self._balancers.forwards(balancer, target, claim)
        steps = zip(*(self._way(balancer, head, claim) for head in heads), strict=True)
        ways = [finding for same in steps for finding in same]
        return every((forwards, *ways, *(self._checked(balancer, head, claim) for head in heads)))

    def _way(self, balancer: Resource, head: Resource | Manifest, claim: Network) -> tuple[Finding, ...]:
        """The steps of packets: out and in, past network policies, to a port on which something listens."""
        return (
            reach(self._paths, self._endpoints, balancer, head, claim),
            self._pods.let_in(balancer, head, claim),
            self._inbound.listens(head, claim),
        )

    def _checked(self, balancer: Resource, head: Resource | Manifest, claim: Network) -> Finding:
        """Whether health checks on another port than the one that is claimed reach a target, too."""
        for asked in self._balancers.checks(balancer, head, claim):
            found = every(self._way(balancer, head, asked))
            if found.verdict not in {PROVEN, ABSENT}:
                return unknown(f"health checks of {balancer.address} on {asked} do not pass: {found.reason}")
        return proven()


def reach(
    paths: Paths, endpoints: Endpoints, balancer: Resource, target: Resource | Manifest, claim: Network
) -> Finding:
    """Whether a load balancer's packets reach a target."""
    here, there = endpoints.of(balancer), endpoints.of(target)
    way = here.all(lambda tail: there.all(lambda head: paths.between(tail, head, claim)))
    way = every((way, _enabled(here, there)))
    if balancer.values.get("load_balancer_type") != "network":
        return way
    return every(
        (way, here.all(lambda tail: there.all(lambda head: _from_clients(paths, tail, head, claim))))
    )


def _enabled(balancer: Interfaces, target: Interfaces) -> Finding:
    """Whether a load balancer is in every zone that its targets may be in, where the zones are known."""
    here = [one.values.get("availability_zone") for item in balancer.items for one in item.subnets.items]
    places = [one for item in target.items for one in item.subnets.items]
    for place in places if all(map(is_text, here)) else ():
        zone = place.values.get("availability_zone")
        if is_text(zone) and zone not in here:
            return unknown(f"the load balancer is not in the zone of {place.address}")
    return proven()


def _from_clients(paths: Paths, tail: Interface, head: Interface, claim: Network) -> Finding:
    """With clients' addresses: a rule may name the balancer's group, or else has to hold every address."""
    clients = Peer(f"the clients of {tail.owner}", (ANY4,), tail.groups or Members())
    into = Crossing(False, claim, clients.addresses, clients.name)
    groups = paths.let(head, False, clients, claim)
    if groups.verdict == "refuted":
        groups = unknown(f"{groups.reason}, whose addresses {tail.owner} may hand on")
    acls = over(
        head.subnets, lambda there: every((paths.acls.let(there, into), paths.acls.let(there, into.answer())))
    )
    return every((groups, acls if acls.verdict != "refuted" else replace(acls, verdict="unknown")))
