"""Ports and addresses as ranges of numbers, and what a list of rules does to them."""

import functools
import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from asbuilt.infrastructure import Resource
from asbuilt.prove.network.members import is_text
from asbuilt.prove.verdicts import Finding

Span = tuple[int, int]
"""The first and the last number of a range, both included."""

PORTS: Span = (0, 65535)
EPHEMERAL: Span = (1024, 65535)
"""Ports that answers go to, whatever the client (Amazon VPC User Guide, "Ephemeral ports")."""

_V6 = 2**32  # IPv6 addresses are counted from here, so that one number names one address of either family
ANY4: Span = (0, _V6 - 1)


@functools.cache
def span_of(cidr: str) -> Span | None:
    """The addresses of a CIDR block of either family; nothing where it is none."""
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return None
    first, last = int(network.network_address), int(network.broadcast_address)
    return (first, last) if network.version == 4 else (first + _V6, last + _V6)


def addresses4(subnet: Resource) -> Span | None:
    """A subnet's IPv4 addresses, where they are known."""
    cidr = subnet.values.get("cidr_block")
    return span_of(cidr) if is_text(cidr) else None


def addresses6(subnet: Resource) -> Span | None:
    """A subnet's IPv6 addresses, where it has any and they are known."""
    cidr = subnet.values.get("ipv6_cidr_block")
    return span_of(cidr) if is_text(cidr) else None


def is_v4(span: Span) -> bool:
    """Whether these are IPv4 addresses."""
    return span[1] < _V6


def is_refused(ports: Span) -> bool:
    """Whether AWS refuses a rule for these ports of TCP or UDP: none are beyond 65535, or run backwards."""
    return not PORTS[0] <= ports[0] <= ports[1] <= PORTS[1]


def meet(one: Span, other: Span) -> bool:
    """Whether two ranges share a number."""
    return one[0] <= other[1] and other[0] <= one[1]


def holds(outer: Span, inner: Span) -> bool:
    """Whether `inner` lies wholly in `outer`."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _public() -> tuple[Span, ...]:
    """IPv4 addresses that the internet carries: all but IANA's private, shared, local and multicast ones."""
    here = "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16"
    spans, start = [], 0
    for cidr in [*here.split(), "224.0.0.0/3"]:
        first, last = span_of(cidr) or ANY4
        if first > start:
            spans.append((start, first - 1))
        start = last + 1
    return tuple(spans)


PUBLIC = _public()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rule list: what becomes of packets to these ports and these addresses.

    No addresses at all (`None`) stand for every address.
    """

    ports: Span
    addresses: tuple[Span, ...] | None
    finding: Finding


Column = tuple[Span, list[Finding]]
"""Ports that are judged alike, and the findings for the addresses asked about."""


def judge(
    lines: Sequence[Line], ports: Span, addresses: Sequence[Span], otherwise: Callable[[Span], Finding]
) -> list[Column]:
    """What the first matching line says of each packet; `otherwise` judges ports that no line matches."""
    near = [line for line in lines if meet(line.ports, ports) and _touches(line, addresses)]
    columns = []
    for cell in _cells(ports, [line.ports for line in near]):
        here = [line for line in near if holds(line.ports, cell)]
        columns.append((cell, _column(here, addresses, otherwise(cell))))
    return columns


def _touches(line: Line, addresses: Sequence[Span]) -> bool:
    return line.addresses is None or any(meet(a, b) for a in line.addresses for b in addresses)


def _column(lines: Sequence[Line], addresses: Sequence[Span], otherwise: Finding) -> list[Finding]:
    if lines and lines[0].addresses is None:
        return [lines[0].finding]
    cuts = [span for line in lines for span in line.addresses or ()]
    found: dict[int, Finding] = {}
    for wanted in addresses:
        for cell in _cells(wanted, cuts):
            finding = next((line.finding for line in lines if _holds(line, cell)), otherwise)
            found[id(finding)] = finding
    return list(found.values())


def _holds(line: Line, cell: Span) -> bool:
    return line.addresses is None or any(holds(span, cell) for span in line.addresses)


def _cells(whole: Span, cuts: Sequence[Span]) -> Iterator[Span]:
    """`whole`, cut wherever one of `cuts` begins or ends."""
    starts = {whole[0]}
    for first, last in cuts:
        starts.update(start for start in (first, last + 1) if whole[0] < start <= whole[1])
    ordered = sorted(starts)
    for start, following in zip(ordered, [*ordered[1:], whole[1] + 1], strict=True):
        yield start, following - 1
