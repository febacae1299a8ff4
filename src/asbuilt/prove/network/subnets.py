"""Subnets that AWS refuses to make: for their size, or because they are not in their VPC or overlap.

Amazon VPC User Guide, "Subnet CIDR blocks", "VPC CIDR blocks"; Amazon RDS User Guide, "Working with DB subnet
groups".
"""

import functools
from collections import defaultdict
from collections.abc import Iterable

from asbuilt.infrastructure import Resource
from asbuilt.prove.network.members import Members, canonical, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.spans import Span, addresses4, holds, meet, span_of

_SIZES = range(2**4 - 1, 2**16)  # of /28 to /16, as the last address less the first
_MORE = "aws_vpc_ipv4_cidr_block_association"


class Subnets:
    """The subnets of one infrastructure."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def refused(self, subnets: Iterable[Resource]) -> str:
        """Why AWS refuses one of these subnets; empty where nothing here speaks against them."""
        return next((why for one in subnets if (why := self._reasons.get(one))), "")

    @functools.cached_property
    def _reasons(self) -> dict[Resource, str]:
        found: dict[Resource, str] = {}
        for vpc, placed in self._by_vpc().items():
            wide = self._blocks(vpc)
            if any(block[1] - block[0] not in _SIZES for block in wide):
                found |= {subnet: f"AWS makes no VPC of the size of {vpc.address}" for subnet, _ in placed}
                continue
            last: tuple[Resource, Span] | None = None
            for subnet, span in sorted(placed, key=lambda one: one[1]):
                if last and meet(last[1], span):
                    found[subnet] = found[last[0]] = f"{last[0].address} and {subnet.address} overlap"
                if span[1] - span[0] not in _SIZES:
                    found[subnet] = f"AWS makes no subnet of the size of {subnet.address}"
                if wide and not any(holds(block, span) for block in wide):
                    found[subnet] = f"{subnet.address} is outside the addresses of {vpc.address}"
                last = last if last and last[1][1] > span[1] else (subnet, span)
        return found

    def _by_vpc(self) -> dict[Resource, list[tuple[Resource, Span]]]:
        found: defaultdict[Resource, list[tuple[Resource, Span]]] = defaultdict(list)
        for subnet in self._names.infrastructure.of_type("aws_subnet"):
            vpc, span = self._names.vpc_of(subnet), addresses4(subnet)
            if vpc and span and self._names.is_managed(vpc):
                found[vpc].append((subnet, span))
        return dict(found)

    def _blocks(self, vpc: Resource) -> list[Span]:
        """The blocks of a VPC; nothing where one of them is not known."""
        written = [vpc, *self._names.pointing(vpc, _MORE, "vpc_id")]
        blocks = [one.values.get("cidr_block") for one in written]
        spans = [span_of(str(block)) if is_text(block) else None for block in blocks]
        return [span for span in spans if span] if all(spans) else []


def one_zone(group: Resource, subnets: Members) -> str:
    """Why AWS refuses a DB subnet group: its subnets are not in two zones at least."""
    if canonical(group.type) != "aws_db_subnet_group" or subnets.doubt or not subnets.exact:
        return ""
    zones = {one.values.get("availability_zone") for one in subnets.items}
    is_known = all(map(is_text, zones))
    alone = len(subnets.items) == 1 or (is_known and len(zones) == 1)
    return f"{group.address} is in one zone only" if alone else ""
