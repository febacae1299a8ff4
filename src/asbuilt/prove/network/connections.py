"""All pairs of workloads at once: the ports at which policies surely let the one call the other.

Workloads are bits of numbers, as in selectors, so that a rule is applied to all its peers in one step.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from asbuilt.infrastructure import Manifest
from asbuilt.prove.network.policies import Policies
from asbuilt.prove.network.policy_rules import DNS, Rule
from asbuilt.prove.network.spans import PORTS, Span
from asbuilt.prove.network.workloads import is_on_host_network
from asbuilt.prove.verdicts import Evidence

Rows = list[int]
"""For each workload, by its number, the others as bits."""


@dataclass(frozen=True, slots=True)
class Path:
    """A way from one workload to another that a rule opens and names, and the rule."""

    source: Manifest
    target: Manifest
    rule: Evidence


def connections(policies: Policies, protocol: str) -> Iterator[tuple[Span, Rows]]:
    """Ranges of ports, and for each workload those that it may call there; together they are all ports."""
    tables = _Tables(policies, protocol)
    for number, first in enumerate(tables.starts):
        last = tables.starts[number + 1] - 1 if number + 1 < len(tables.starts) else PORTS[1]
        yield (first, last), tables.rows(number)


def paths(policies: Policies) -> Iterator[Path]:
    """Every open way between two different workloads that a rule names.

    Each is there once, with a rule of the head's policies if one names it.
    """
    workloads = policies.reader.workloads
    rows = [0] * len(workloads)
    for protocol in ("tcp", "udp"):
        for _, here in connections(policies, protocol):
            rows = [one | other for one, other in zip(rows, here, strict=True)]
    seen = set()
    for egress, owner, peer, rule in _named(policies):
        tail, head = (owner, peer) if egress else (peer, owner)
        is_open = rows[tail] >> head & 1 and DNS not in (workloads[tail], workloads[head])
        if is_open and tail != head and (tail, head) not in seen:
            seen.add((tail, head))
            yield Path(workloads[tail], workloads[head], rule)


def _named(policies: Policies) -> Iterator[tuple[bool, int, int, Evidence]]:
    for egress in (False, True):
        for policy in policies.all():
            for rule in policy.rules.get(egress, ()):
                for owner in _numbers(policy.selected.sure):
                    for peer in _numbers(rule.pods.sure):
                        yield egress, owner, peer, rule.evidence


class _Tables:
    """What rules open, by range of ports: whom each workload may call, and by whom it may be called."""

    def __init__(self, policies: Policies, protocol: str) -> None:
        reader = policies.reader
        self._whole = (1 << len(reader.workloads)) - 1
        self._hidden = sum(bit for one, bit in reader.bits.items() if is_on_host_network(one))
        if policies.has_strange:
            self._hidden = self._whole
        self._isolated = {True: 0, False: 0}
        found = []
        for policy in policies.all():
            for egress, rules in policy.rules.items():
                self._isolated[egress] |= policy.selected.may
                for rule in rules:
                    entries = list(_entries(rule, reader.bits, protocol, self._whole))
                    found.append((egress, policy.selected.sure, rule, entries))
        ends = {end for *_, entries in found for (first, last), _ in entries for end in (first, last + 1)}
        self.starts = sorted({PORTS[0], *(end for end in ends if end <= PORTS[1])})
        self._out: list[defaultdict[int, int]] = [defaultdict(int) for _ in self.starts]
        self._into: list[defaultdict[int, int]] = [defaultdict(int) for _ in self.starts]
        for egress, selected, rule, entries in found:
            peers = self._whole if rule.is_for_anyone else rule.pods.sure
            for span, listeners in entries:
                self._open(egress, selected, peers, span, listeners)

    def _open(self, egress: bool, selected: int, peers: int, span: Span, listeners: int) -> None:
        owners = list(_numbers(selected if egress else selected & listeners))
        opened = peers & listeners if egress else peers
        for cell in range(bisect_left(self.starts, span[0]), bisect_left(self.starts, span[1] + 1)):
            table = (self._out if egress else self._into)[cell]
            for owner in owners:
                table[owner] |= opened

    def rows(self, cell: int) -> Rows:
        """For each workload those that it may call: nobody forbids it, neither at its side nor at theirs."""
        open_ = self._whole & ~self._isolated[False]
        callers = [0] * self._whole.bit_length()
        for owner, peers in self._into[cell].items():
            if peers == self._whole:
                open_ |= 1 << owner
            else:
                for peer in _numbers(peers):
                    callers[peer] |= 1 << owner
        out, free, shown = self._out[cell], self._whole & ~self._isolated[True], self._whole & ~self._hidden
        return [
            (self._whole if free >> number & 1 else out.get(number, 0)) & (row | open_) & shown
            if shown >> number & 1
            else 0
            for number, row in enumerate(callers)
        ]


def _entries(rule: Rule, bits: dict[Manifest, int], protocol: str, whole: int) -> Iterator[tuple[Span, int]]:
    """The ports of a rule, with the workloads at which they have these numbers."""
    if not any(isinstance(port.get("port"), str) for port in rule.ports):
        yield from ((span, whole) for span in rule.spans(None, protocol) if span)
        return
    for workload, bit in bits.items():
        yield from ((span, bit) for span in rule.spans(workload, protocol) if span)


def _numbers(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
