"""What Kubernetes network policies let through.

Pods that no policy selects may do everything. As soon as one selects them for a direction, only what
some rule of some such policy names may pass (Kubernetes, "Network Policies"). On EKS nothing enforces
them unless the VPC CNI is told to (Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network
policies").
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.network.groups import fold
from asbuilt.prove.network.kubernetes import labels
from asbuilt.prove.network.logic import PROVEN, REFUTED, proven, refuted, unknown
from asbuilt.prove.network.members import dig, is_text
from asbuilt.prove.network.ports import named_port
from asbuilt.prove.network.spans import PORTS, Line, Span, judge, span_of
from asbuilt.prove.selectors import selects
from asbuilt.prove.verdicts import Evidence, Finding

_OTHERS = {
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumNetworkPolicy",
}
_HOST_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True)
class Far:
    """The other end as a policy sees it: a workload, or addresses outside the cluster."""

    name: str
    workload: Manifest | None = None
    addresses: tuple[Span, ...] = ()


class Policies:
    """The network policies of one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._by_namespace: defaultdict[str, list[Manifest]] = defaultdict(list)
        self._strange = ""
        for manifest in infrastructure.manifests:
            if manifest.kind == "NetworkPolicy":
                self._by_namespace[manifest.namespace].append(manifest)
            elif manifest.kind in _OTHERS:
                self._strange = f"{manifest.name}: the prover does not read a {manifest.kind}"
        self._are_enforced = any(_enforces(one) for one in infrastructure.of_type("aws_eks_addon"))

    def rules(self) -> tuple[Evidence, ...]:
        """Every rule of every policy."""
        policies = [policy for found in self._by_namespace.values() for policy in found]
        return tuple(
            _evidence(policy, direction, index)
            for policy in policies
            for direction in ("ingress", "egress")
            for index in range(len(dig(policy.body, "spec", direction) or ()))
        )

    def let(self, workload: Manifest, egress: bool, far: Far, claim: Network) -> Finding:
        """Whether the policies around a workload let what is claimed out to `far`, or in from it."""
        if self._strange:
            return unknown(self._strange)
        direction = "egress" if egress else "ingress"
        policies = [
            one for one in self._by_namespace[workload.namespace] if _applies(one, workload, direction)
        ]
        if not policies:
            return proven()
        lines = [
            line
            for policy in policies
            for index, rule in enumerate(dig(policy.body, "spec", direction) or ())
            for ports in _ports(rule or {}, far.workload if egress else workload, claim.protocol)
            for line in self._lines(
                policy, rule or {}, direction, _Port(ports, _evidence(policy, direction, index)), far
            )
        ]
        lines.sort(key=lambda line: line.finding.verdict != PROVEN)
        who, way = " and ".join(one.name for one in policies), "to" if egress else "from"
        nothing = refuted(
            f"{who} lets no {direction} of {claim} {way} {far.name}", *map(Evidence.of, policies)
        )
        addresses = far.addresses or ((0, 0),)
        finding = fold(judge(lines, (claim.first, claim.last), addresses, lambda _: nothing), anybody=False)
        if finding.verdict == REFUTED and not self._are_enforced:
            return unknown(f"{finding.reason}, but nothing here enforces network policies")
        return finding

    def _lines(
        self, policy: Manifest, rule: Mapping[str, Any], direction: str, port: "_Port", far: Far
    ) -> Iterator[Line]:
        peers = rule.get("to" if direction == "egress" else "from")
        if not peers:
            yield port.line()
        for peer in peers or ():
            if (peer or {}).get("ipBlock") is not None:
                yield from _by_address(peer["ipBlock"], far, port)
            elif far.workload:
                chosen = self._chosen(policy, peer or {}, far.workload)
                doubt = "" if chosen else f"nothing tells whether {port.evidence.address} names {far.name}"
                if chosen is not False:
                    yield port.line(doubt=doubt)

    def _chosen(self, policy: Manifest, peer: Mapping[str, Any], workload: Manifest) -> bool | None:
        """Whether a peer's selectors, which have to hold together, choose a workload's pods."""
        pods, namespaces = peer.get("podSelector"), peer.get("namespaceSelector")
        if namespaces is None:
            here: bool | None = workload.namespace == policy.namespace
        else:
            namespace = self._infrastructure.by_name.get(f"cluster/Namespace/{workload.namespace}")
            own = dig(namespace.body, "metadata", "labels") if namespace else None
            known = {**(own if isinstance(own, Mapping) else {}), _HOST_NAME: workload.namespace}
            here = selects(namespaces, known)
            if namespace is None and not set(dig(namespaces, "matchLabels") or {}) <= {_HOST_NAME}:
                here = None
            if namespace is None and dig(namespaces, "matchExpressions"):
                here = None
        if here is False or not selects(pods or {}, labels(workload)):
            return False
        return here


@dataclass(frozen=True, slots=True)
class _Port:
    """Some ports of one rule; None where they are a name that could not be looked up."""

    ports: Span | None
    evidence: Evidence

    def line(self, addresses: tuple[Span, ...] | None = None, doubt: str = "") -> Line:
        """What the rule says of these ports and those addresses."""
        if self.ports is None:
            doubt = doubt or f"nothing tells the number of a port that {self.evidence.address} names"
        return Line(self.ports or PORTS, addresses, unknown(doubt) if doubt else proven(self.evidence))


def _by_address(block: Mapping[str, Any], far: Far, port: _Port) -> Iterator[Line]:
    span = span_of(str(block.get("cidr")))
    if span is None or far.workload:
        yield port.line(
            doubt=f"nothing tells whether {port.evidence.address} holds the addresses of {far.name}"
        )
        return
    open_ = [span]
    for cidr in block.get("except") or ():
        gap = span_of(str(cidr)) or span
        open_ = [part for one in open_ for part in _without(one, gap)]
    if open_:
        yield port.line(tuple(open_))


def _without(span: Span, gap: Span) -> Iterator[Span]:
    if gap[1] < span[0] or span[1] < gap[0]:
        yield span
        return
    if span[0] < gap[0]:
        yield span[0], gap[0] - 1
    if gap[1] < span[1]:
        yield gap[1] + 1, span[1]


def _ports(rule: Mapping[str, Any], listening: Manifest | None, protocol: str) -> Iterator[Span | None]:
    """The ports of one protocol that a rule names: all without any, TCP without a protocol."""
    ports = rule.get("ports")
    if not ports:
        yield PORTS
    for port in ports or ():
        first = port.get("port")
        if str(port.get("protocol") or "TCP").lower() != protocol:
            continue
        if first is None:
            yield PORTS
        elif isinstance(first, int):
            yield first, int(port.get("endPort") or first)
        else:
            number = named_port(listening, str(first)) if listening else None
            yield (number, number) if number else None


def _applies(policy: Manifest, workload: Manifest, direction: str) -> bool:
    """Whether a policy selects a workload's pods for a direction."""
    spec = policy.body.get("spec") or {}
    types = dig(spec, "policyTypes") or ["Ingress", *(["Egress"] if "egress" in spec else [])]
    is_meant = direction in {str(type_).lower() for type_ in types}
    return is_meant and selects(dig(spec, "podSelector") or {}, labels(workload))


def _evidence(policy: Manifest, direction: str, index: int) -> Evidence:
    return replace(Evidence.of(policy), address=f"{policy.name}.{direction}[{index}]")


def _enforces(addon: Any) -> bool:
    """Whether an EKS add-on is the VPC CNI, told to enforce network policies."""
    values = addon.values.get("configuration_values")
    if addon.values.get("addon_name") != "vpc-cni" or not is_text(values):
        return False
    try:
        return str(json.loads(values).get("enableNetworkPolicy")).lower() == "true"
    except (AttributeError, ValueError):
        return False
