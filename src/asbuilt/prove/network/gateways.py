"""Ways between a subnet and the internet: internet gateways, and NAT gateways in front of them.

Amazon VPC User Guide, "Connect to the internet using an internet gateway", "NAT gateways".
"""

from collections.abc import Callable

from asbuilt.infrastructure import Resource
from asbuilt.prove.network.acls import Crossing, NetworkAcls
from asbuilt.prove.network.logic import every, proven, refuted, unknown
from asbuilt.prove.network.members import over
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.routes import Routes
from asbuilt.prove.network.spans import ANY4, addresses4
from asbuilt.prove.network.tables import Route
from asbuilt.prove.verdicts import Finding


class Gateways:
    """The ways to the internet of one infrastructure."""

    def __init__(self, names: Names, acls: NetworkAcls, routes: Routes) -> None:
        self._names = names
        self._acls = acls
        self._routes = routes
        options = names.infrastructure.of_type("aws_vpc_block_public_access_options")
        blocks = (one.address for one in options if one.values.get("internet_gateway_block_mode") != "off")
        self._is_blocked = next(blocks, "")
        self._exits: dict[Resource, Finding] = {}
        self._outs: dict[tuple[Resource, Crossing, Finding], Finding] = {}

    def exit(self, subnet: Resource) -> Finding:
        """Whether a subnet is public: its routes lead straight to an internet gateway."""
        if subnet not in self._exits:
            self._exits[subnet] = self._routes.internet(subnet, lambda route: self._straight(route, subnet))
        return self._exits[subnet]

    def out(self, subnet: Resource, crossing: Crossing, public: Finding) -> Finding:
        """Whether packets find their way out of a subnet: over NAT, or straight with a public address."""
        key = (subnet, crossing, public)
        if key not in self._outs:
            nats: dict[Resource, Finding] = {}
            self._outs[key] = self._routes.internet(
                subnet, lambda route: self._follow(route, subnet, crossing, public, nats)
            )
        return self._outs[key]

    def _follow(
        self,
        route: Route,
        subnet: Resource,
        crossing: Crossing,
        public: Finding,
        nats: dict[Resource, Finding],
    ) -> Finding:
        if route.argument != "nat_gateway_id":
            return every((public, self._straight(route, subnet))) if _is_gateway(route) else _lost(route)
        for gateway in route.target.items:
            if gateway not in nats:
                nats[gateway] = self._nat(gateway, subnet, crossing)
        return every((proven(route.evidence), over(route.target, nats.__getitem__)))

    def _straight(self, route: Route, subnet: Resource) -> Finding:
        if _is_gateway(route):
            way = over(route.target, lambda gateway: self._internet_gateway(gateway, subnet))
            return every((proven(route.evidence), way))
        if route.argument in {"nat_gateway_id", "local"}:
            return refuted(f"{subnet.address} is no public subnet: {route.evidence.address} leads elsewhere")
        return _lost(route)

    def onward(self, gateway: Resource, out: Crossing) -> Finding:
        """Whether a NAT gateway's own subnet leads to an internet gateway, and its ACL lets packets pass."""
        return self._placed(
            gateway,
            lambda at: every((self._acls.let(at, out), self._acls.let(at, out.answer()), self.exit(at))),
        )

    def _nat(self, gateway: Resource, source: Resource, out: Crossing) -> Finding:
        return self._placed(gateway, lambda at: self._translate(at, source, out))

    def _placed(self, gateway: Resource, judge: Callable[[Resource], Finding]) -> Finding:
        """A public NAT gateway, in a subnet that is judged."""
        if not self._names.is_managed(gateway):
            return unknown(f"{gateway.address} is not managed here")
        if gateway.values.get("connectivity_type") not in (None, "public"):
            return unknown(f"{gateway.address} is a private NAT gateway, which is not followed")
        unaddressed, cited = self._unaddressed(gateway), proven(self._names.cite(gateway))
        subnets = self._names.one(gateway, "subnet_id", type_="aws_subnet")
        if not subnets.items and not subnets.doubt:
            return unknown(f"nothing tells the subnet of {gateway.address}")
        return every((unknown(unaddressed) if unaddressed else cited, over(subnets, judge)))

    def _unaddressed(self, gateway: Resource) -> str:
        """Why a public NAT gateway has no elastic address of its own; each is given to one thing only."""
        argument, type_ = "allocation_id", "aws_nat_gateway"
        if (
            gateway.values.get(argument) in (None, "")
            and gateway.values.get("availability_mode") != "regional"
        ):
            return f"{gateway.address} has no elastic address: AWS refuses it"
        address = self._names.one(gateway, argument, type_="aws_eip").only
        sharing = self._names.surely_pointing(address, type_, argument) if address else []
        others = (one for one in sharing if one is not gateway)
        return next((f"{one.address} has the elastic address of {gateway.address}" for one in others), "")

    def _translate(self, at: Resource, source: Resource, out: Crossing) -> Finding:
        """Through a NAT gateway's own subnet and back."""
        vpc = self._names.vpc_of(at)
        if vpc is None or vpc is not self._names.vpc_of(source):
            return unknown(f"nothing tells that {at.address} is in the VPC of {source.address}")
        into = Crossing(False, out.claim, (addresses4(source) or ANY4,), source.address)
        inside = (into, into.answer()) if at is not source else ()
        crossings = [self._acls.let(at, one) for one in (*inside, out, out.answer())]
        return every((*crossings, self.exit(at)))

    def _internet_gateway(self, gateway: Resource, subnet: Resource) -> Finding:
        """An internet gateway serves the VPC that it is attached to."""
        if gateway.type != "aws_internet_gateway" or not self._names.is_managed(gateway):
            return unknown(f"{gateway.address} is not an internet gateway that is managed here")
        vpc = self._names.vpc_of(gateway)
        if edges := self._names.pointing(gateway, "aws_route_table_association", "gateway_id"):
            return unknown(f"{edges[0].address} routes what {gateway.address} lets in, which is not followed")
        type_, argument = "aws_internet_gateway_attachment", "internet_gateway_id"
        for one in self._names.surely_pointing(gateway, type_, argument):
            vpc = vpc or self._names.vpc_of(one)
        if vpc is None:
            return unknown(f"nothing tells which VPC {gateway.address} is attached to")
        if self._is_blocked:
            return unknown(f"{self._is_blocked} may block {gateway.address}")
        also = (one for one in self._names.surely_pointing(vpc, gateway.type, "vpc_id") if one is not gateway)
        if another := next(also, None):
            return unknown(f"{another.address} is attached there too, and a VPC has one internet gateway")
        if vpc is not self._names.vpc_of(subnet):
            return refuted(f"{gateway.address} is attached to another VPC than that of {subnet.address}")
        return proven(self._names.cite(gateway))


def _is_gateway(route: Route) -> bool:
    return route.argument == "gateway_id"


def _lost(route: Route) -> Finding:
    return unknown(f"{route.evidence.address} leads where it is not followed")
