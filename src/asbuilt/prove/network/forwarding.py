"""The way from a load balancer to its targets.

A network load balancer may hand on its clients' own addresses, which the targets' rules then have to let
in (Elastic Load Balancing, "Client IP preservation"); an application load balancer sends from its own.
"""

from dataclasses import replace

from asbuilt.claims import Network
from asbuilt.infrastructure import Manifest, Resource
from asbuilt.prove.network.acls import Crossing
from asbuilt.prove.network.endpoints import Endpoints
from asbuilt.prove.network.groups import Peer
from asbuilt.prove.network.interfaces import Interface
from asbuilt.prove.network.logic import every, unknown
from asbuilt.prove.network.members import Members, over
from asbuilt.prove.network.paths import Paths
from asbuilt.prove.network.spans import ANY4
from asbuilt.prove.verdicts import Finding


def reach(
    paths: Paths, endpoints: Endpoints, balancer: Resource, target: Resource | Manifest, claim: Network
) -> Finding:
    """Whether a load balancer's packets reach a target."""
    here, there = endpoints.of(balancer), endpoints.of(target)
    way = here.all(lambda tail: there.all(lambda head: paths.between(tail, head, claim)))
    if balancer.values.get("load_balancer_type") != "network":
        return way
    return every(
        (way, here.all(lambda tail: there.all(lambda head: _from_clients(paths, tail, head, claim))))
    )


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
