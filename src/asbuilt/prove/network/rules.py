"""Security-group rules, however they are written.

Inline blocks, `aws_security_group_rule` and the per-rule resources all become the same: one `Rule` a
peer (Amazon VPC User Guide, "Security group rules"; Terraform AWS provider, "aws_security_group").
A state alone does not say which inline rules were written; a plan beside it does.
Terraform removes the egress that AWS gives a new group, so a group has the rules written here and none
besides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Resource, Symbol
from asbuilt.prove.network.members import NOTHING, Members, is_planned, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.spans import PORTS, Span, is_refused, span_of
from asbuilt.prove.verdicts import Evidence

_PROTOCOLS = {"-1": "-1", "all": "-1", "6": "tcp", "tcp": "tcp", "17": "udp", "udp": "udp"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with one peer: addresses, groups, or prefix lists.

    `protocol` is `tcp`, `udp`, `-1` for all, or what else was written. `doubt` says why it cannot be
    told whether the rule stands or what it lets through.
    """

    egress: bool
    protocol: str
    ports: Span
    evidence: Evidence
    addresses: Span | None = None
    groups: Members = NOTHING
    lists: Members = NOTHING
    doubt: str = ""

    @property
    def meaning(self) -> tuple[object, ...]:
        """Equal for rules that let the same through."""
        peers = frozenset(peer.address for peer in (*self.groups.items, *self.lists.items))
        return (self.egress, self.protocol, self.ports, self.addresses, peers)


@dataclass(frozen=True, slots=True)
class Inline:
    """The blocks inside an argument that AWS reports too.

    `doubt` says why there may be more; `stale` why these may be gone.
    """

    blocks: tuple[Mapping[str, Any], ...] = ()
    doubt: str = ""
    stale: str = ""


def inline(resource: Resource, argument: str) -> Inline:
    """What is written inside a resource's argument.

    A plan repeats what the argument was when it was last read. That counts only where the configuration
    writes it, or the resource is only being created.
    """
    value, is_written = resource.values.get(argument), argument in resource.references
    if value is UNKNOWN:
        return Inline(
            doubt=f"the plan does not tell the {argument} of {resource.address}" if is_written else ""
        )
    written = value if isinstance(value, list | tuple) else ()
    blocks = tuple(block for block in written if isinstance(block, Mapping))
    doubt = (
        "" if len(blocks) == len(written) else f"the plan does not tell all {argument} of {resource.address}"
    )
    is_new = isinstance(resource.values.get("id"), Symbol)
    if is_written or is_new or not is_planned(resource) or not blocks:
        return Inline(blocks, doubt)
    return Inline(
        blocks, doubt, f"the {argument} of {resource.address} may be what is there now, not what is planned"
    )


def inline_rules(names: Names, group: Resource) -> Iterator[Rule]:
    """The rules of a group's own `ingress` and `egress` blocks."""
    for argument in ("ingress", "egress"):
        found, place = inline(group, argument), names.cite(group)
        if found.doubt:
            yield Rule(argument == "egress", "-1", PORTS, place, doubt=found.doubt)
        for index, block in enumerate(found.blocks):
            evidence = replace(place, address=f"{group.address}.{argument}[{index}]")
            for rule in _exploded(names, group, block, argument, evidence, group):
                yield replace(rule, doubt=rule.doubt or found.stale)


def separate_rules(names: Names) -> Iterator[tuple[Members, Rule]]:
    """The rules that are resources of their own, each with the group it belongs to."""
    infrastructure = names.infrastructure
    for rule in infrastructure.of_type("aws_security_group_rule"):
        owner = names.one(rule, "security_group_id", type_="aws_security_group")
        direction = rule.values.get("type")
        for argument in ("ingress", "egress"):
            if direction == argument or not is_text(direction):
                for one in _exploded(names, rule, rule.values, argument, names.cite(rule), owner.only):
                    doubt = "" if is_text(direction) else f"{rule.address} may be ingress or egress"
                    yield owner, replace(one, doubt=one.doubt or doubt)
    for argument in ("ingress", "egress"):
        for rule in infrastructure.of_type(f"aws_vpc_security_group_{argument}_rule"):
            owner = names.one(rule, "security_group_id", type_="aws_security_group")
            yield owner, _single(names, rule, argument)


def _single(names: Names, resource: Resource, argument: str) -> Rule:
    """A per-rule resource: it has exactly one peer."""
    values = resource.values
    rule = _bare(values, "ip_protocol", argument, names.cite(resource))
    for key in ("cidr_ipv4", "cidr_ipv6"):
        if values.get(key) not in (None, ""):
            return _with_addresses(rule, values[key])
    group, listed = (values.get(key) for key in ("referenced_security_group_id", "prefix_list_id"))
    if group not in (None, ""):
        return replace(rule, groups=_group(names, resource, group, "referenced_security_group_id"))
    if listed not in (None, ""):
        peers = names.given(resource, listed, "prefix_list_id", "aws_ec2_managed_prefix_list")
        return replace(rule, lists=peers)
    return replace(rule, doubt=rule.doubt or f"{resource.address} names no peer")


def _exploded(
    names: Names,
    resource: Resource,
    values: Mapping[str, Any],
    argument: str,
    evidence: Evidence,
    owner: Resource | None,
) -> Iterator[Rule]:
    """A rule that may name several peers of several kinds, as one rule a peer."""
    rule = _bare(values, "protocol", argument, evidence)
    key = argument if "security_groups" in values else "prefix_list_ids"
    for cidr in (*_listed(values.get("cidr_blocks")), *_listed(values.get("ipv6_cidr_blocks"))):
        yield _with_addresses(rule, cidr)
    for name in _listed(values.get("prefix_list_ids")):
        yield replace(rule, lists=names.given(resource, name, key, "aws_ec2_managed_prefix_list"))
    for name in _listed(values.get("security_groups")):
        yield replace(rule, groups=_group(names, resource, name, argument))
    source = values.get("source_security_group_id")
    if source not in (None, "") and (
        source is not UNKNOWN or "source_security_group_id" in resource.references
    ):
        yield replace(rule, groups=_group(names, resource, source, "source_security_group_id"))
    if values.get("self") is UNKNOWN:
        yield replace(rule, doubt=f"{evidence.address} may be open to its own group")
    elif values.get("self"):
        its_own = Members((owner,)) if owner else Members(doubt=f"{evidence.address} belongs to no one group")
        yield replace(rule, groups=its_own)


def _group(names: Names, resource: Resource, name: Any, argument: str) -> Members:
    """A peer group; one of another account is written `account/group`."""
    plain = name.rpartition("/")[2] if is_text(name) else name
    return names.given(resource, plain, argument, "aws_security_group")


def _listed(value: Any) -> list[Any]:
    if value is UNKNOWN:
        return [UNKNOWN]
    return list(value) if isinstance(value, list | tuple) else []


def _bare(values: Mapping[str, Any], key: str, argument: str, evidence: Evidence) -> Rule:
    written = values.get(key)
    protocol = _PROTOCOLS.get(str(written).lower(), str(written))
    ports = tuple(values.get(name) for name in ("from_port", "to_port"))
    doubt = ""
    if not is_text(written) and not isinstance(written, int):
        protocol, ports, doubt = "-1", PORTS, f"the plan does not tell the protocol of {evidence.address}"
    if protocol == "-1":
        is_limited = key == "protocol" and any(isinstance(port, int) and port > 0 for port in ports)
        doubt = f"AWS takes no ports for all protocols in {evidence.address}" if is_limited else doubt
        ports = PORTS
    elif not all(isinstance(port, int | float) for port in ports):
        ports, doubt = PORTS, f"the plan does not tell the ports of {evidence.address}"
    first, last = ports
    if protocol in {"tcp", "udp"} and is_refused((int(first or 0), int(last or 0))):
        first, last, doubt = *PORTS, f"AWS refuses the ports of {evidence.address}"
    return Rule(argument == "egress", protocol, (int(first or 0), int(last or 0)), evidence, doubt=doubt)


def _with_addresses(rule: Rule, cidr: Any) -> Rule:
    span = span_of(cidr) if is_text(cidr) else None
    if span is None:
        return replace(
            rule, doubt=rule.doubt or f"the plan does not tell the addresses of {rule.evidence.address}"
        )
    return replace(rule, addresses=span)
