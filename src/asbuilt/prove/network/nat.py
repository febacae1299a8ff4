"""NAT gateways as ends of an arrow: what leaves through them, and that they lead to the internet.

A NAT gateway opens nothing by itself and lets nobody in, so an arrow to it claims a way: all that the tail
sends to the internet leaves through the gateways at the head (Amazon VPC User Guide, "NAT gateways").
"""

from collections.abc import Sequence

from asbuilt.claims import Network
from asbuilt.infrastructure import Manifest, Resource
from asbuilt.prove.network.acls import Crossing
from asbuilt.prove.network.endpoints import Endpoints
from asbuilt.prove.network.interfaces import Interface, Interfaces
from asbuilt.prove.network.logic import PROVEN, either, every, proven, refuted, unknown
from asbuilt.prove.network.members import Members, canonical, over
from asbuilt.prove.network.paths import Paths, internet
from asbuilt.prove.network.pods import Pods
from asbuilt.prove.network.tables import Route
from asbuilt.prove.verdicts import Finding

NAT = "aws_nat_gateway"


class NatGateways:
    """The NAT gateways of one infrastructure."""

    def __init__(self, endpoints: Endpoints, paths: Paths, pods: Pods) -> None:
        self._endpoints = endpoints
        self._paths = paths
        self._pods = pods

    def through(
        self, sources: Sequence[Resource | Manifest], gateways: Sequence[Resource], claim: Network
    ) -> Finding:
        """Whether the sources reach the internet through these gateways alone, and use each of them.

        A subnet stands for whatever is in it, and no security group filters that.
        """
        tails = [(source, self._tail(source)) for source in sources]
        ways = [self._leaves(source, tail, gateways, claim) for source, tail in tails]
        subnets = [subnet for _, tail in tails for item in tail.items for subnet in item.subnets.items]
        return every((*ways, *(self._used(gateway, subnets) for gateway in gateways)))

    def onward(self, gateway: Resource, name: str, claim: Network) -> Finding:
        """Whether a gateway leads to the internet."""
        out = Crossing(True, claim, internet(name).addresses, name)
        return self._paths.gateways.onward(gateway, out)

    def _tail(self, source: Resource | Manifest) -> Interfaces:
        if isinstance(source, Manifest) or canonical(source.type) != "aws_subnet":
            return self._endpoints.of(source)
        cited = (self._paths.names.cite(source),)
        return Interfaces((Interface(source.address, None, Members((source,)), cited),))

    def _leaves(
        self, source: Resource | Manifest, tail: Interfaces, gateways: Sequence[Resource], claim: Network
    ) -> Finding:
        name = " and ".join(gateway.address for gateway in gateways)
        let_out = self._pods.let_out(source, name, claim)
        return every((let_out, tail.all(lambda item: self._by(item, gateways, name, claim))))

    def _by(self, item: Interface, gateways: Sequence[Resource], name: str, claim: Network) -> Finding:
        routed = over(item.subnets, lambda here: self._routed(here, gateways))
        return every((routed, self._paths.to_internet(item, internet(name), claim)))

    def _routed(self, subnet: Resource, gateways: Sequence[Resource]) -> Finding:
        return self._paths.routes.internet(subnet, lambda route: _leads(route, gateways))

    def _used(self, gateway: Resource, subnets: Sequence[Resource]) -> Finding:
        found = [self._routed(subnet, (gateway,)) for subnet in subnets]
        if any(finding.verdict == PROVEN for finding in found):
            return proven(self._paths.names.cite(gateway))
        return either((*found, refuted(f"nothing at the tail leaves through {gateway.address}")))


def _leads(route: Route, gateways: Sequence[Resource]) -> Finding:
    """Whether a route leads to one of these gateways."""
    named = [any(item is gateway for gateway in gateways) for item in route.target.items]
    if route.argument == "nat_gateway_id" and named and all(named):
        return proven(route.evidence)
    if any(named) or route.target.doubt or not route.target.exact:
        return unknown(f"nothing tells which NAT gateway {route.evidence.address} leads to")
    return refuted(f"{route.evidence.address} leads elsewhere")
