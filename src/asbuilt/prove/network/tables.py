"""Which route table a subnet has, and the routes in it (Amazon VPC User Guide, "Configure route tables")."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.network.assignments import Assignment, Assignments, Choice
from asbuilt.prove.network.members import Members, is_planned, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.rules import inline
from asbuilt.prove.network.spans import Span, span_of
from asbuilt.prove.verdicts import Evidence

_TARGETS = {  # a route's argument and the type of what it names; nothing for what is not followed
    "gateway_id": "aws_internet_gateway",
    "nat_gateway_id": "aws_nat_gateway",
    "transit_gateway_id": "aws_ec2_transit_gateway",
    "vpc_peering_connection_id": "aws_vpc_peering_connection",
    "carrier_gateway_id": "",
    "core_network_arn": "",
    "egress_only_gateway_id": "",
    "instance_id": "",
    "local_gateway_id": "",
    "network_interface_id": "",
    "vpc_endpoint_id": "",
}


@dataclass(frozen=True, slots=True)
class Route:
    """Where packets to `destination` go: through the `target` that `argument` names, or `local`.

    `sure` is false where nothing tells whether this table has the route.
    """

    destination: Span
    argument: str
    target: Members
    evidence: Evidence
    sure: bool = True

    @property
    def width(self) -> int:
        """How many addresses the destination holds, less one; the narrowest route is taken."""
        return self.destination[1] - self.destination[0]


class RouteTables:
    """The route tables of one infrastructure."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._routes: defaultdict[Resource, list[Route]] = defaultdict(list)
        self._doubts: dict[Resource, str] = {}
        self._learned: dict[Resource, str] = {}
        infrastructure = names.infrastructure
        self._subnets = Assignments(_associations(names))
        self._mains = Assignments(
            Assignment(_table(names, one), names.one(one, "vpc_id", type_="aws_vpc"), one)
            for one in infrastructure.of_type("aws_main_route_table_association")
        )
        self._place_separate(list(infrastructure.of_type("aws_route")))
        for table in infrastructure.of_type("aws_route_table", "aws_default_route_table"):
            self._read_inline(table)
        for one in infrastructure.of_type("aws_vpn_gateway_route_propagation"):
            for table in _table(names, one).items or self._every_table():
                self._learned[table] = f"{one.address} adds routes that are not known"
        for routes in self._routes.values():
            routes.sort(key=lambda route: route.width)

    def of(self, subnet: Resource) -> tuple[list[tuple[Resource, Evidence]], str]:
        """The tables one of which a subnet has, each with what says so; and a doubt where it is not told."""
        choice = self._subnets.of(subnet)
        found = [(table, self._names.cite(one.source)) for one in choice.options for table in one.owner.items]
        doubt = choice.doubt or next((one.owner.doubt for one in choice.options if one.owner.doubt), "")
        doubt = doubt or next((far for table, _ in found if (far := self._stranger(table, subnet))), "")
        if choice.sure or doubt:
            return found, doubt
        vpc = self._names.vpc_of(subnet)
        if not vpc or not self._names.is_managed(vpc):
            return found, f"the route table of {subnet.address} is not managed here"
        main = self._mains.of(vpc)
        return found + self._main(vpc, main), main.doubt

    def _stranger(self, table: Resource, subnet: Resource) -> str:
        """Why AWS refuses to give a subnet this table: it is of another VPC."""
        far = self._names.are_apart(table, subnet)
        return f"{table.address} is in another VPC than {subnet.address}" if far else ""

    def _main(self, vpc: Resource, main: Choice) -> list[tuple[Resource, Evidence]]:
        found = [(table, self._names.cite(one.source)) for one in main.options for table in one.owner.items]
        original = self._names.implied[vpc, "aws_route_table"].thing
        return found if main.sure else [*found, (original, self._names.cite(original))]

    def routes(self, table: Resource) -> tuple[list[Route], str]:
        """A table's routes, narrowest first, besides the local one; and a doubt where some are not known."""
        if not self._names.is_managed(table):
            return [], f"the routes of {table.address} are not managed here"
        return self._routes.get(table, []), self._doubts.get(table, "")

    def learned(self, table: Resource) -> str:
        """Why a table may hold routes that a gateway learned; they never replace the local one."""
        return self._learned.get(table, "")

    def _read_inline(self, table: Resource) -> None:
        found = inline(table, "route")
        if table.values.get("propagating_vgws"):
            self._learned[table] = f"a VPN gateway adds routes to {table.address} that are not known"
        if found.doubt:
            self._doubts[table] = found.doubt
        apart = {route.destination for route in self._routes.get(table, [])}
        for block in found.blocks if not (found.stale and apart) else ():
            is_apart = _destination(block)[1] in apart  # a state lists separate routes inline too
            if not is_apart or is_planned(table):
                self._add(table, block, table, "route", not found.stale and (not apart or is_planned(table)))

    def _place_separate(self, routes: list[Resource]) -> None:
        """Routes that are resources of their own. A table has one route to a destination at most."""
        placed = [(route, _table(self._names, route)) for route in routes]
        by_destination: defaultdict[str, list[Assignment]] = defaultdict(list)
        for route, owner in placed:
            single = Assignment(Members((route,)), owner, route)
            by_destination[_destination(route.values)[0]].append(single)
        for same in by_destination.values():
            choices = Assignments(same)
            for table in dict.fromkeys(table for one in same for table in one.subjects.items):
                self._add_choice(table, choices.of(table))
        for _, owner in placed:
            if owner.doubt:
                self._doubts.update((table, owner.doubt) for table in self._every_table())

    def _every_table(self) -> Iterator[Resource]:
        yield from self._names.infrastructure.of_type("aws_route_table", "aws_default_route_table")

    def _add_choice(self, table: Resource, choice: Choice) -> None:
        if choice.doubt:
            self._doubts[table] = choice.doubt
        for option in choice.options:
            self._add(table, option.source.values, option.source, "", choice.sure)

    def _add(
        self, table: Resource, values: Mapping[str, Any], source: Resource, argument: str, sure: bool
    ) -> None:
        written, destination = _destination(values)
        evidence = self._names.cite(source)
        if destination is None:
            if not written:
                self._doubts[table] = f"the plan does not tell the destination of {source.address}"
            elif not written.startswith("com.amazonaws."):
                self._doubts[table] = f"{source.address} leads to a prefix list, which is not followed"
            return
        for name, type_ in _TARGETS.items():
            value, key = values.get(name), argument or name
            if not value and (value is not UNKNOWN or key not in source.references):
                continue
            is_local = name == "gateway_id" and value == "local"
            target = self._names.given(source, value, key, type_) if type_ and not is_local else Members()
            if values.get("state") == "blackhole":  # what it leads to is gone
                target = Members(doubt=f"{source.address} is a blackhole")
            route = Route(destination, "local" if is_local else name, target, evidence, sure)
            self._routes[table].append(route)


def _destination(values: Mapping[str, Any]) -> tuple[str, Span | None]:
    """A route's destination as written and as addresses."""
    keys = ("destination_cidr_block", "cidr_block", "destination_ipv6_cidr_block", "ipv6_cidr_block")
    for key in keys:
        if is_text(values.get(key)):
            return str(values[key]), span_of(values[key])
    listed = values.get("destination_prefix_list_id")
    return (str(listed) if is_text(listed) else "", None)


def _table(names: Names, resource: Resource) -> Members:
    return names.one(resource, "route_table_id", type_="aws_route_table")


def _associations(names: Names) -> Iterator[Assignment]:
    for one in names.infrastructure.of_type("aws_route_table_association"):
        is_edge = one.values.get("gateway_id") and not is_text(one.values.get("subnet_id"))
        if not is_edge:
            yield Assignment(_table(names, one), names.one(one, "subnet_id", type_="aws_subnet"), one)
