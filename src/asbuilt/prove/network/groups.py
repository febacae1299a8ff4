"""What security groups let through.

A path needs egress at the groups of its source and ingress at those of its target; several groups on
one interface let through what any of them does, and answers need no rule (Amazon VPC User Guide,
"Control traffic to your AWS resources using security groups").
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from asbuilt.claims import Network
from asbuilt.infrastructure import Resource
from asbuilt.prove.network.logic import PROVEN, REFUTED, every, proven, refuted, unknown, whichever
from asbuilt.prove.network.members import NOTHING, Members, is_planned, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.rules import Rule, inline_rules, separate_rules
from asbuilt.prove.network.spans import ANY4, PORTS, Column, Line, Span, judge, span_of
from asbuilt.prove.verdicts import Evidence, Finding


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end, as a security group sees it.

    `lists` are AWS's own prefix lists, by name, that hold every address of it. `anybody` means that it is
    not one of these addresses but all of them.
    """

    name: str
    addresses: tuple[Span, ...]
    groups: Members = NOTHING
    lists: frozenset[str] = frozenset()
    anybody: bool = False


class SecurityGroups:
    """The rules of every group of one infrastructure."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._rules: defaultdict[Resource, list[Rule]] = defaultdict(list)
        self._stray: list[Rule] = []
        self._written: dict[Evidence, None] = {}
        inline: defaultdict[Resource, list[Rule]] = defaultdict(list)
        managed = names.infrastructure.of_type("aws_security_group", "aws_default_security_group")
        for group in managed:
            inline[group] = list(inline_rules(names, group))
        separate: defaultdict[Resource, list[Rule]] = defaultdict(list)
        for owner, rule in separate_rules(names):
            self._written[rule.evidence] = None
            self._place(owner, rule, separate)
        for group in {**inline, **separate}:
            self._rules[group] = self._merged(group, inline[group], separate[group])
        for thing in names.implied.values():
            if (
                thing.thing.type == "aws_security_group"
            ):  # and not aws_default_security_group, which has its own
                self._rules[thing.thing] += _given_by_aws(thing.thing, names.cite(thing.thing), thing.sure)

    def _place(self, owner: Members, rule: Rule, separate: dict[Resource, list[Rule]]) -> None:
        if owner.only:
            separate[owner.only].append(rule)
            return
        doubt = rule.doubt or f"nothing tells which group {rule.evidence.address} belongs to"
        if owner.doubt:
            self._stray.append(replace(rule, doubt=doubt))
        for group in owner.items if not owner.doubt else ():
            separate[group].append(replace(rule, doubt=doubt))

    def _merged(self, group: Resource, inline: list[Rule], separate: list[Rule]) -> list[Rule]:
        """A state lists separate rules among the inline ones too; the separate ones are what was written.

        It still lists them after they were destroyed, until it is refreshed. Where both ways are mixed on
        one group, Terraform removes what is not inline when it runs next.
        """
        apart = {rule.meaning for rule in separate}
        kept = [rule for rule in inline if rule.meaning not in apart]
        if not is_planned(group):
            ways = {rule.egress for rule in separate}
            gone = f"{group.address} has separate rules, so what else its state lists inline may be gone"
            kept = [replace(one, doubt=one.doubt or gone) if one.egress in ways else one for one in kept]
        self._written.update((rule.evidence, None) for rule in kept if not rule.doubt)
        there = {rule.meaning for rule in inline}
        only_inline = {rule.egress for rule in kept}
        mixed = (
            f"{group.address} mixes inline rules with separate ones, and Terraform keeps only the inline ones"
        )
        merged = list(kept)
        for rule in separate:
            is_mixed = rule.meaning not in there and rule.egress in only_inline
            merged.append(replace(rule, doubt=rule.doubt or mixed) if is_mixed else rule)
        return merged

    def rules(self) -> tuple[Evidence, ...]:
        """Every rule that is written, in the order of the files."""
        return tuple(sorted(self._written, key=lambda one: (one.file, one.line, one.address)))

    def let(self, groups: Members, egress: bool, peer: Peer, claim: Network) -> Finding:
        """Whether an interface in `groups` may send to `peer` (or receive from it) what is claimed."""
        if groups.doubt:
            return unknown(groups.doubt)
        everything = self._let(groups.items, egress, peer, claim)
        if groups.exact or everything.verdict == REFUTED:
            return everything
        return whichever(self._let((group,), egress, peer, claim) for group in groups.items)

    def _let(self, groups: tuple[Resource, ...], egress: bool, peer: Peer, claim: Network) -> Finding:
        lines = [line for group in groups for line in self._lines(group, egress, peer, claim)]
        lines.sort(key=lambda line: line.finding.verdict != PROVEN)
        columns = judge(
            lines, (claim.first, claim.last), peer.addresses, _nothing(groups, egress, peer, claim)
        )
        return fold(columns, peer.anybody)

    def _lines(self, group: Resource, egress: bool, peer: Peer, claim: Network) -> Iterator[Line]:
        if not self._names.is_managed(group):
            yield Line(PORTS, None, unknown(f"the rules of {group.address} are not managed here"))
            return
        for rule in (*self._rules.get(group, ()), *self._stray):
            if rule.egress == egress and rule.protocol in {"-1", claim.protocol}:
                yield from self._line(rule, peer)

    def _line(self, rule: Rule, peer: Peer) -> Iterator[Line]:
        doubt = rule.doubt or rule.groups.doubt or rule.lists.doubt
        if doubt:
            yield Line(rule.ports, None, unknown(doubt))
        elif rule.addresses:
            yield Line(rule.ports, (rule.addresses,), proven(rule.evidence))
        elif rule.groups.items:
            yield from _by_group(rule, peer)
        else:
            yield from self._by_list(rule, peer)

    def _by_list(self, rule: Rule, peer: Peer) -> Iterator[Line]:
        for listed in rule.lists.items:
            name, entries = listed.values.get("name"), _entries(self._names, listed)
            if rule.lists.exact and name in peer.lists:
                yield Line(rule.ports, None, proven(rule.evidence, self._names.cite(listed)))
            elif str(name).startswith("com.amazonaws."):
                continue  # holds addresses of an AWS service, which the peer is not
            elif entries is None or not rule.lists.exact:
                yield Line(
                    rule.ports, None, unknown(f"nothing tells what the prefix list {listed.address} holds")
                )
            else:
                yield Line(rule.ports, entries, proven(rule.evidence, self._names.cite(listed)))


def _by_group(rule: Rule, peer: Peer) -> Iterator[Line]:
    """A rule that names groups: one of them has to be the peer's, for sure."""
    if peer.groups.doubt:
        yield Line(rule.ports, None, unknown(peer.groups.doubt))
    reached, wanted = set(peer.groups.items), set(rule.groups.items)
    if not reached & wanted:
        return
    is_there = bool(reached & wanted) if peer.groups.exact else reached <= wanted
    is_it = rule.groups.exact or wanted <= reached
    if is_there and is_it and (rule.groups.exact or peer.groups.exact):
        yield Line(rule.ports, None, proven(rule.evidence))
    else:
        yield Line(
            rule.ports, None, unknown(f"nothing tells whether {rule.evidence.address} names {peer.name}")
        )


def fold(columns: list[Column], anybody: bool) -> Finding:
    """One finding of many: every port has to pass, for the peer's address or, if it is anybody, for all."""
    over_addresses: Callable[[list[Finding]], Finding] = every if anybody else whichever
    return every(over_addresses(column) for _, column in columns)


def _nothing(
    groups: tuple[Resource, ...], egress: bool, peer: Peer, claim: Network
) -> Callable[[Span], Finding]:
    who = " and ".join(group.address for group in groups) or "it is in no security group: nothing"
    way = ("egress", "to") if egress else ("ingress", "from")

    def finding(ports: Span) -> Finding:
        what = Network(claim.protocol, *ports)
        return refuted(
            f"{who} {'has' if len(groups) == 1 else 'have'} no {way[0]} for {what} {way[1]} {peer.name}"
        )

    return finding


def _entries(names: Names, listed: Resource) -> tuple[Span, ...] | None:
    """The addresses of a customer's prefix list; nothing where one of them is not known."""
    if not names.is_managed(listed) or listed.address not in names.infrastructure.by_address:
        return None
    written = [block.get("cidr") for block in listed.values.get("entry") or ()]
    for entry in names.pointing(listed, "aws_ec2_managed_prefix_list_entry", "prefix_list_id"):
        owner = names.one(entry, "prefix_list_id", type_="aws_ec2_managed_prefix_list")
        written.append(entry.values.get("cidr") if owner.only else None)
    spans = [span_of(cidr) if is_text(cidr) else None for cidr in written]
    return tuple(span for span in spans if span) if all(spans) else None


def _given_by_aws(group: Resource, evidence: Evidence, sure: bool) -> list[Rule]:
    """A group made by AWS: all from itself, all to everywhere (the same for a VPC's and a cluster's)."""
    doubt = "" if sure else f"{group.address} may be taken over by another resource"
    to_itself = Rule(False, "-1", PORTS, evidence, groups=Members((group,)), doubt=doubt)
    return [to_itself, Rule(True, "-1", PORTS, evidence, addresses=ANY4, doubt=doubt)]
