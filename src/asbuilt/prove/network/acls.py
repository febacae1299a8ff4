"""What network ACLs let through.

An ACL stands at the edge of its subnets, in both directions, and does not know what is an answer. Its
rules are tried in the order of their numbers and the first that fits decides; without one the packet
is dropped. A subnet with no other ACL has its VPC's default one, which lets everything through until
somebody changes it (Amazon VPC User Guide, "Control subnet traffic with network access control lists").
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from asbuilt.claims import Network
from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.network.assignments import Assignment, Assignments
from asbuilt.prove.network.logic import every, proven, refuted, unknown, whichever
from asbuilt.prove.network.members import Members, is_planned, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.rules import inline
from asbuilt.prove.network.spans import EPHEMERAL, PORTS, Column, Line, Span, is_refused, judge, span_of
from asbuilt.prove.verdicts import Evidence, Finding

_ALL = {"-1", "all"}
_ALLOW_ALL = 100  # the number of the rule with which AWS makes a default ACL
_HIGHEST = 32766  # the number of a rule that one may write; the one after it is AWS's own
_NUMBERS = {"tcp": "6", "udp": "17"}


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule of an ACL. A rule with a doubt may or may not be there, or do what it seems to do."""

    number: int
    egress: bool
    protocol: str
    ports: Span
    addresses: Span | None
    allows: bool
    evidence: Evidence
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Packets that cross a subnet's edge: out or in, to these ports, to or from these addresses.

    `anybody` means that all of the addresses have to pass, and `is_answer` that the ports are those of
    answers, of which the client chooses one.
    """

    egress: bool
    claim: Network
    addresses: tuple[Span, ...]
    far: str
    anybody: bool = False
    is_answer: bool = False

    def answer(self) -> "Crossing":
        """The packets that come back."""
        back = Network(self.claim.protocol, *EPHEMERAL)
        return replace(self, egress=not self.egress, claim=back, is_answer=True)


class NetworkAcls:
    """The ACLs of one infrastructure and the subnets they stand around."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._rules: defaultdict[Resource, list[_Rule]] = defaultdict(list)
        self._doubts: dict[Resource, str] = {}
        self._cache: dict[tuple[Resource, Crossing], Finding] = {}
        acls = list(names.infrastructure.of_type("aws_network_acl", "aws_default_network_acl"))
        for rule in names.infrastructure.of_type("aws_network_acl_rule"):
            self._place(rule)
        for acl in acls:
            self._read_inline(acl)
        for rules in self._rules.values():
            rules.sort(key=lambda rule: rule.number)
        self._doubts.update((acl, doubt) for acl, rules in self._rules.items() if (doubt := _refused(rules)))
        self._assignments = Assignments(_assignments(names, acls))

    def let(self, subnet: Resource, crossing: Crossing) -> Finding:
        """Whether a subnet's ACL lets these packets cross."""
        key = (subnet, crossing)
        if key not in self._cache:
            self._cache[key] = self._let(subnet, crossing)
        return self._cache[key]

    def _let(self, subnet: Resource, crossing: Crossing) -> Finding:
        if not self._names.is_managed(subnet):
            return unknown(f"{subnet.address} is not managed here, nor is its network ACL")
        choice = self._assignments.of(subnet)
        if choice.doubt:
            return unknown(choice.doubt)
        owners = [acl for option in choice.options for acl in option.owner.items]
        doubt = next((option.owner.doubt for option in choice.options if option.owner.doubt), "")
        far = next((acl for acl in owners if self._names.are_apart(acl, subnet)), None)
        doubt = doubt or (f"{far.address} is in another VPC than {subnet.address}" if far else "")
        findings = [self._by(acl, crossing) for acl in owners] + ([unknown(doubt)] if doubt else [])
        if not choice.sure:
            findings.append(self._by_default(subnet, crossing))
        return whichever(findings)

    def _by_default(self, subnet: Resource, crossing: Crossing) -> Finding:
        vpc = self._names.vpc_of(subnet)
        thing = self._names.implied.get((vpc, "aws_network_acl")) if vpc else None
        if not thing:
            return unknown(f"the default network ACL around {subnet.address} is not managed here")
        if not thing.sure:
            return unknown(f"nothing tells whether {thing.thing.address} is managed here")
        return self._by(thing.thing, crossing)

    def _by(self, acl: Resource, crossing: Crossing) -> Finding:
        if not self._names.is_managed(acl):
            return unknown(f"the rules of {acl.address} are not managed here")
        if acl in self._doubts:
            return unknown(self._doubts[acl])
        is_as_made = acl.address not in self._names.infrastructure.by_address
        rules = [rule for rule in self._rules[acl] if not is_as_made or rule.number < _ALLOW_ALL]
        lines = [_line(rule, crossing) for rule in rules if _concerns(rule, crossing)]
        if is_as_made:
            lines.append(Line(PORTS, None, proven(self._names.cite(acl))))
        ports = (crossing.claim.first, crossing.claim.last)
        return _fold(judge(lines, ports, crossing.addresses, _nothing(acl, crossing)), crossing)

    def _place(self, resource: Resource) -> None:
        """A rule that is a resource of its own, in the ACL it belongs to."""
        values = resource.values
        owner = self._names.one(resource, "network_acl_id", type_="aws_network_acl")
        rule = _read(
            values, "rule_number", "rule_action", bool(values.get("egress")), self._names.cite(resource)
        )
        if values.get("egress") is UNKNOWN or owner.doubt or not rule:
            acls = owner.items or self._names.infrastructure.of_type(
                "aws_network_acl", "aws_default_network_acl"
            )
            self._doubts.update((acl, f"the plan does not tell what {resource.address} does") for acl in acls)
            return
        for acl in owner.items:
            doubt = "" if owner.only else f"nothing tells which network ACL {resource.address} belongs to"
            self._rules[acl].append(replace(rule, doubt=rule.doubt or doubt))

    def _read_inline(self, acl: Resource) -> None:
        """A state lists separate rules inline too, and still does so after they were destroyed."""
        apart = bool(self._rules[acl]) and not is_planned(acl)
        for argument in ("ingress", "egress"):
            found = inline(acl, argument)
            if found.stale and self._rules[acl]:
                continue
            if found.doubt or found.stale:
                self._doubts[acl] = found.doubt or found.stale
            for index, block in enumerate(found.blocks):
                evidence = replace(self._names.cite(acl), address=f"{acl.address}.{argument}[{index}]")
                rule = _read(block, "rule_no", "action", argument == "egress", evidence)
                if not rule:
                    self._doubts[acl] = f"the plan does not tell what {evidence.address} does"
                elif not any(
                    (one.number, one.egress) == (rule.number, rule.egress) for one in self._rules[acl]
                ):
                    gone = f"{evidence.address} may be a separate rule that is gone" if apart else ""
                    self._rules[acl].append(replace(rule, doubt=rule.doubt or gone))


def _read(
    values: Mapping[str, Any], number: str, action: str, egress: bool, evidence: Evidence
) -> _Rule | None:
    """One rule; nothing where its place in the order or what it does is not known."""
    order, does = values.get(number), str(values.get(action)).lower()
    if not isinstance(order, int | float) or does not in {"allow", "deny"}:
        return None
    written, doubt = values.get("protocol"), ""
    protocol = "-1" if str(written).lower() in _ALL else _NUMBERS.get(str(written).lower(), str(written))
    ports = values.get("from_port"), values.get("to_port")
    if protocol == "-1":
        ports = PORTS
    if not is_text(written) or not all(isinstance(port, int | float) for port in ports):
        ports, doubt = PORTS, f"the plan does not tell the ports of {evidence.address}"
        protocol = protocol if is_text(written) else "-1"
    cidr = values.get("cidr_block") or values.get("ipv6_cidr_block")
    if values.get("cidr_block") is UNKNOWN or values.get("ipv6_cidr_block") is UNKNOWN:
        cidr = UNKNOWN
    addresses = span_of(cidr) if is_text(cidr) else None
    if addresses is None:
        doubt = f"the plan does not tell the addresses of {evidence.address}"
    first, last = ports
    span = (int(first or 0), int(last or 0))
    if protocol in _NUMBERS.values() and is_refused(span):
        span, doubt = PORTS, f"AWS refuses the ports of {evidence.address}"
    return _Rule(int(order), egress, protocol, span, addresses, does == "allow", evidence, doubt)


def _refused(rules: list[_Rule]) -> str:
    """Why AWS refuses a rule: each has a number of its own, from 1 to 32766, in its direction."""
    seen: set[tuple[int, bool]] = set()
    for rule in (one for one in rules if not one.doubt):
        if (rule.number, rule.egress) in seen:
            return f"another rule has the number of {rule.evidence.address}"
        if not 1 <= rule.number <= _HIGHEST:
            return f"{rule.evidence.address} has a number that AWS refuses"
        seen.add((rule.number, rule.egress))
    return ""


def _concerns(rule: _Rule, crossing: Crossing) -> bool:
    return rule.egress == crossing.egress and rule.protocol in {"-1", _NUMBERS[crossing.claim.protocol]}


def _line(rule: _Rule, crossing: Crossing) -> Line:
    addresses = (rule.addresses,) if rule.addresses else None
    if rule.doubt:
        return Line(rule.ports, addresses, unknown(rule.doubt))
    if rule.allows:
        return Line(rule.ports, addresses, proven(rule.evidence))
    reason = f"{rule.evidence.address} denies {_words(crossing)}"
    return Line(rule.ports, addresses, refuted(reason, rule.evidence))


def _words(crossing: Crossing) -> str:
    way = ("egress", "to") if crossing.egress else ("ingress", "from")
    answers = "answers on " if crossing.is_answer else ""
    return f"{way[0]} of {answers}{crossing.claim} {way[1]} {crossing.far}"


def _nothing(acl: Resource, crossing: Crossing) -> Callable[[Span], Finding]:
    finding = refuted(f"{acl.address} allows no {_words(crossing)}")
    return lambda _: finding


def _fold(columns: list[Column], crossing: Crossing) -> Finding:
    """One finding of many; a client answers from one port of many, so those are judged together."""
    over_addresses = every if crossing.anybody else whichever
    over_ports = whichever if crossing.is_answer else every
    return over_ports([over_addresses(column) for _, column in columns])


def _assignments(names: Names, acls: list[Resource]) -> Iterator[Assignment]:
    for acl in acls:
        subnets = names.many(acl, "subnet_ids", type_="aws_subnet")
        if is_planned(acl) and "subnet_ids" not in acl.references:  # as it was last read
            subnets = replace(subnets, exact=False)
        if not subnets.is_left:
            yield Assignment(Members((acl,)), subnets, acl, is_single=False)
    for one in names.infrastructure.of_type("aws_network_acl_association"):
        subnet = names.one(one, "subnet_id", type_="aws_subnet")
        yield Assignment(names.one(one, "network_acl_id", type_="aws_network_acl"), subnet, one)
