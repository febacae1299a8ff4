"""Whether packets find their way from one subnet to another, or to the internet and back.

The narrowest route that holds an address is taken; a VPC's own addresses are always local (Amazon VPC
User Guide, "Configure route tables", "Route priority").
"""

from collections.abc import Callable, Sequence

from asbuilt.infrastructure import Resource
from asbuilt.prove.network.logic import every, proven, refuted, unknown, whichever
from asbuilt.prove.network.members import canonical, dig, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.spans import ANY4, PORTS, PUBLIC, Line, Span, holds, is_v4, judge, meet, span_of
from asbuilt.prove.network.tables import Route, RouteTables
from asbuilt.prove.verdicts import Finding

Follow = Callable[[Route], Finding]


class Routes:
    """The ways between the subnets of one infrastructure, and out of them."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._tables = RouteTables(names)
        self._cache: dict[tuple[Resource, Span, Resource, Span], Finding] = {}

    def between(self, source: Resource, here: Span, target: Resource, there: Span) -> Finding:
        """Whether packets from one subnet's addresses reach the other's, and the answers come back."""
        key = (source, here, target, there)
        if key not in self._cache:
            self._cache[key] = self._between(*key)
        return self._cache[key]

    def _between(self, source: Resource, near: Span, target: Resource, far: Span) -> Finding:
        here, there = (self._names.one(subnet, "vpc_id", type_="aws_vpc") for subnet in (source, target))
        if not here.only or not there.only:
            which = source if not here.only else target
            return unknown(f"the plan does not tell the VPC of {which.address}")
        if source is target:
            return proven(self._names.cite(here.only))
        if here.only is there.only:
            return every((self._local(source, target, far), self._local(target, source, near)))
        return every((self._far(source, target, far), self._far(target, source, near)))

    def _local(self, source: Resource, target: Resource, far: Span) -> Finding:
        """Inside one VPC: the local route, unless a narrower one leads elsewhere."""
        vpc = self._names.vpc_of(source)
        if vpc is None or not self._names.is_managed(vpc):
            return unknown(
                f"the VPC of {source.address} is not managed here, nor are all of its route tables"
            )
        local = proven(self._names.cite(vpc))

        def follow(route: Route) -> Finding:
            if route.argument == "local":
                return local
            return unknown(f"{route.evidence.address} sends {target.address} past the local route")

        return self._along(source, (far,), follow, local, self._width(vpc, far))

    def _width(self, vpc: Resource, addresses: Span) -> int:
        """Of the VPC's local route that holds these addresses; a wider route does not matter."""
        owners = [vpc, *self._names.surely_pointing(vpc, "aws_vpc_ipv4_cidr_block_association", "vpc_id")]
        written = [one.values.get(key) for one in owners for key in ("cidr_block", "ipv6_cidr_block")]
        blocks = (span_of(cidr) for cidr in written if is_text(cidr))
        widths = (block[1] - block[0] for block in blocks if block and holds(block, addresses))
        return next(widths, ANY4[1] - 1 if is_v4(addresses) else 2**128 - 2)

    def _far(self, source: Resource, target: Resource, far: Span) -> Finding:
        """Into another VPC, one way: over a peering connection or a transit gateway."""

        def follow(route: Route) -> Finding:
            if route.argument == "vpc_peering_connection_id":
                return self._peering(route, source, target)
            if route.argument == "transit_gateway_id":
                return self._transit(route, source, target)
            if self._stays_out(route):
                where = " or ".join(item.address for item in route.target.items) or "its own VPC"
                return refuted(
                    f"{route.evidence.address} sends {target.address} to {where}, which does not lead there"
                )
            return unknown(f"{route.evidence.address} sends {target.address} where it is not followed")

        nothing = refuted(f"the route table of {source.address} has no route to {target.address}")
        return self._along(source, (far,), follow, nothing, None)

    def _stays_out(self, route: Route) -> bool:
        """Whether a route surely leads to the internet only, or nowhere else than its own VPC."""
        is_way_out = route.argument in {"gateway_id", "nat_gateway_id", "local"}
        return is_way_out and all(self._names.is_managed(item) for item in route.target.items)

    def internet(self, subnet: Resource, follow: Follow) -> Finding:
        """Whether a subnet's routes lead to all of the internet, each as `follow` judges it."""
        nothing = refuted(f"the route table of {subnet.address} has no route to the internet")
        return self._along(subnet, PUBLIC, follow, nothing, None)

    def tables(self, subnet: Resource) -> tuple[list[Resource], str]:
        """The route tables one of which a subnet has, and a doubt where that cannot be told."""
        found, doubt = self._tables.of(subnet)
        return [table for table, _ in found], doubt

    def _along(
        self,
        subnet: Resource,
        addresses: tuple[Span, ...],
        follow: Follow,
        otherwise: Finding,
        limit: int | None,
    ) -> Finding:
        """What becomes of packets by the routes of a subnet's table, up to a width if there is a limit."""
        if not self._names.is_managed(subnet):
            return unknown(f"{subnet.address} is not managed here, nor is its route table")
        tables, doubt = self._tables.of(subnet)
        findings = [unknown(doubt)] if doubt else []
        for table, evidence in tables:
            routes, gap = self._tables.routes(table)
            gap = gap or (self._tables.learned(table) if limit is None else "")
            near = [route for route in routes if limit is None or route.width <= limit]
            lines = _lines(near, follow)
            columns = judge(lines, (0, 0), addresses, lambda _: otherwise)
            way = whichever(finding for _, column in columns for finding in column)
            cited = proven(evidence) if limit is None else proven()  # the local route is in every table
            findings.append(every((cited, way, *([unknown(gap)] if gap else ()))))
        return whichever(findings)

    def _peering(self, route: Route, source: Resource, target: Resource) -> Finding:
        """A peering connection joins two VPCs, once it is accepted (Amazon VPC Peering Guide)."""
        connection = route.target.only
        if connection is None or not self._names.is_managed(connection):
            return unknown(f"nothing tells which peering connection {route.evidence.address} leads to")
        ends = {self._names.one(connection, key, type_="aws_vpc").only for key in ("vpc_id", "peer_vpc_id")}
        if None in ends:
            return unknown(f"nothing tells which VPCs {connection.address} joins")
        if ends != {self._names.vpc_of(source), self._names.vpc_of(target)}:
            return refuted(
                f"{connection.address} does not join the VPCs of {source.address} and {target.address}"
            )
        blocks = [span_of(str(one.values.get("cidr_block"))) for one in ends if one]
        if len(blocks) == 2 and blocks[0] and blocks[1] and meet(blocks[0], blocks[1]):
            return unknown(f"the VPCs of {connection.address} overlap: AWS refuses it")
        if not self._is_accepted(connection):
            return unknown(f"nothing here accepts {connection.address}")
        return proven(route.evidence, self._names.cite(connection))

    def _is_accepted(self, connection: Resource) -> bool:
        is_far = connection.values.get("peer_region") or connection.values.get("peer_owner_id")
        if (connection.values.get("auto_accept") is True and not is_far) or connection.values.get(
            "accept_status"
        ) == "active":
            return True
        key = "vpc_peering_connection_id"
        accepters = self._names.surely_pointing(connection, "aws_vpc_peering_connection_accepter", key)
        return any(
            one.values.get("auto_accept") is True
            and self._names.one(one, key, type_=connection.type).only is connection
            for one in accepters
        )

    def _transit(self, route: Route, source: Resource, target: Resource) -> Finding:
        """A transit gateway with its default route table joins all VPCs attached to it in their zones.

        Amazon VPC Transit Gateways guide, "How transit gateways work". Anything beyond the default table is
        not followed.
        """
        gateway = route.target.only
        if gateway is None or not self._names.is_managed(gateway):
            return unknown(f"nothing tells which transit gateway {route.evidence.address} leads to")
        keys = ("default_route_table_association", "default_route_table_propagation")
        own = ("aws_ec2_transit_gateway_route", "aws_ec2_transit_gateway_route_table_association")
        if any(gateway.values.get(key) not in (None, "enable") for key in keys) or any(
            True for _ in self._names.infrastructure.of_type(*own)
        ):
            return unknown(f"{gateway.address} has route tables of its own, which are not followed")
        ends = [self._attachment(gateway, subnet) for subnet in (source, target)]
        return every((proven(route.evidence, self._names.cite(gateway)), *ends))

    def _attachment(self, gateway: Resource, subnet: Resource) -> Finding:
        vpc, zone = self._names.vpc_of(subnet), subnet.values.get("availability_zone")
        for one in self._names.pointing(
            gateway, "aws_ec2_transit_gateway_vpc_attachment", "transit_gateway_id"
        ):
            its = self._names.one(one, "transit_gateway_id", type_=canonical(gateway.type)).only
            if its is not gateway or self._names.vpc_of(one) is not vpc:
                continue
            keys = ("association", "propagation")
            if any(one.values.get(f"transit_gateway_default_route_table_{key}") is False for key in keys):
                return unknown(f"{one.address} is not in the default route table of {gateway.address}")
            places = self._names.many(one, "subnet_ids", type_="aws_subnet")
            zones = {dig(place.values, "availability_zone") for place in places.items}
            if places.doubt or not places.exact or not is_text(zone) or zone not in zones:
                return unknown(
                    f"nothing tells whether {one.address} reaches into the zone of {subnet.address}"
                )
            return proven(self._names.cite(one))
        return unknown(f"nothing here attaches the VPC of {subnet.address} to {gateway.address}")


def _lines(routes: Sequence[Route], follow: Follow) -> list[Line]:
    """A line a destination; several routes to one are those of which a table has one."""
    same: dict[Span, list[Route]] = {}
    for route in routes:
        same.setdefault(route.destination, []).append(route)
    return [
        Line(PORTS, (destination,), whichever(_maybe(route, follow) for route in options))
        for destination, options in same.items()
    ]


def _maybe(route: Route, follow: Follow) -> Finding:
    if route.target.doubt:
        return unknown(route.target.doubt)
    return (
        follow(route) if route.sure else unknown(f"nothing tells which table {route.evidence.address} is in")
    )
