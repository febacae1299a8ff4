"""What Kubernetes network policies let through.

Pods that no policy selects may do everything. As soon as one selects them for a direction, only what
some rule of some such policy names may pass (Kubernetes, "Network Policies"). On EKS nothing enforces
them unless the VPC CNI is told to (Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network
policies"); where no file creates the cluster, it is taken for one that enforces them.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.network.groups import fold
from asbuilt.prove.network.logic import PROVEN, REFUTED, absent, proven, refuted, unknown
from asbuilt.prove.network.members import is_text
from asbuilt.prove.network.policy_rules import Policy, Reader, Rule
from asbuilt.prove.network.spans import PORTS, Line, Span, judge
from asbuilt.prove.network.workloads import is_on_host_network
from asbuilt.prove.verdicts import Evidence, Finding

_OTHERS = {  # what other makers have that decides over packets between pods
    "AdminNetworkPolicy",
    "ApplicationNetworkPolicy",
    "AuthorizationPolicy",
    "BaselineAdminNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumLocalRedirectPolicy",
    "CiliumNetworkPolicy",
    "ClusterNetworkPolicy",
    "DestinationRule",
    "EnvoyFilter",
    "FQDNNetworkPolicy",
    "GlobalNetworkPolicy",
    "MeshTrafficPermission",
    "PeerAuthentication",
    "Server",
    "ServerAuthorization",
    "ServiceIntentions",
    "Sidecar",
    "VirtualService",
}
_API = "networking.k8s.io/v1"


@dataclass(frozen=True, slots=True)
class Far:
    """The other end as a policy sees it: a workload, addresses outside the cluster, or pods not told."""

    name: str
    workload: Manifest | None = None
    addresses: tuple[Span, ...] = ()
    is_untold: bool = False


class Policies:
    """The network policies of one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self.reader = Reader(infrastructure)
        self._by_namespace: defaultdict[str, list[Policy]] = defaultdict(list)
        self._strange = ""
        for manifest in infrastructure.manifests:
            if manifest.kind in _OTHERS or _is_of_another_kind(manifest):
                self._strange = f"{manifest.name}: the prover does not read this kind of policy"
            elif manifest.kind == "NetworkPolicy":
                self._by_namespace[manifest.namespace].append(self.reader.read(manifest))
        addons = list(infrastructure.of_type("aws_eks_addon"))
        is_ours = any(infrastructure.of_type("aws_eks_cluster"))
        self._are_enforced = not is_ours or any(_enforces(one) for one in addons)

    @property
    def has_strange(self) -> bool:
        """Whether there is a kind of policy that is not read, so that nothing is sure."""
        return bool(self._strange)

    def all(self) -> Iterator[Policy]:
        """Every policy that is read."""
        return (policy for found in self._by_namespace.values() for policy in found)

    def rules(self) -> tuple[Evidence, ...]:
        """Every rule of every policy that is for any pods at all."""
        return tuple(
            rule.evidence
            for policy in self.all()
            if policy.selected.may
            for way in (False, True)
            for rule in policy.rules.get(way, ())
        )

    def around(self, workload: Manifest, egress: bool) -> list[Policy]:
        """The policies that select a workload's pods for a direction, or may do so."""
        bit = self.reader.bits[workload]
        found = self._by_namespace.get(workload.namespace, ())
        return [one for one in found if egress in one.rules and one.selected.may & bit]

    def let(self, workload: Manifest, egress: bool, far: Far, claim: Network) -> Finding:
        """Whether the policies around a workload let what is claimed out to `far`, or in from it.

        Between workloads, what no policy forbids is only absent; towards addresses other rules decide.
        """
        way = "egress" if egress else "ingress"
        if doubt := self._doubt(workload, far.workload):
            return unknown(doubt)
        policies = self.around(workload, egress)
        if not policies and workload.kind == "KafkaNodePool" and not egress:
            return unknown(f"Strimzi adds policies of its own for {workload.name}, which are not here")
        if not policies:
            inside = far.workload or far.is_untold
            return absent(f"no NetworkPolicy selects {workload.name} for {way}") if inside else proven()
        bit = self.reader.bits[workload]
        for policy in policies:
            if not policy.selected.sure & bit:
                return unknown(f"nothing tells whether {policy.manifest.name} selects {workload.name}")
        return self._through(policies, egress, far, claim, far.workload if egress else workload)

    def _doubt(self, *workloads: Manifest | None) -> str:
        for one in workloads:
            if one and one not in self.reader.bits:
                return f"{one.name}: a {one.kind} has no pods that are known here"
            if one and is_on_host_network(one):
                return f"{one.name} uses its node's network: what policies mean for it is not defined"
        return self._strange

    def _through(
        self, policies: list[Policy], egress: bool, far: Far, claim: Network, listening: Manifest | None
    ) -> Finding:
        lines = [
            line
            for policy in policies
            for rule in policy.rules[egress]
            for line in self._lines(rule, far, list(rule.spans(listening, claim.protocol)))
        ]
        lines.sort(key=lambda line: line.finding.verdict != PROVEN)
        who = " and ".join(one.manifest.name for one in policies)
        what = f"{'let' if len(policies) > 1 else 'lets'} no {'egress' if egress else 'ingress'}"
        nothing = refuted(
            f"{who} {what} of {claim} {'to' if egress else 'from'} {far.name}",
            *(Evidence.of(one.manifest) for one in policies),
        )
        addresses = far.addresses or ((0, 0),)
        finding = fold(judge(lines, (claim.first, claim.last), addresses, lambda _: nothing), anybody=False)
        if finding.verdict == REFUTED and not self._are_enforced:
            return unknown(f"{finding.reason}, but nothing here enforces network policies")
        return finding

    def _lines(self, rule: Rule, far: Far, spans: list[Span | None]) -> Iterator[Line]:
        """What a rule says of its ports (None where a name is not known) and of the other end."""
        unnamed = unknown(f"nothing tells the number of a port that {rule.evidence.address} names")
        for addresses, finding in self._peers(rule, far):
            for ports in spans:
                yield Line(ports or PORTS, addresses, finding if ports else unnamed)

    def _peers(self, rule: Rule, far: Far) -> Iterator[tuple[tuple[Span, ...] | None, Finding]]:
        name, yes = rule.evidence.address, proven(rule.evidence)
        if rule.is_for_anyone:
            yield None, yes
        elif far.is_untold:
            yield None, unknown(f"nothing tells whether {name} names {far.name}")
        elif far.workload:
            bit = self.reader.bits[far.workload]
            if rule.pods.sure & bit:
                yield None, yes
            elif rule.pods.may & bit:
                yield None, unknown(f"nothing tells whether {name} names {far.name}")
            elif rule.blocks:  # whether a policy sees a pod's address is not defined
                yield None, unknown(f"nothing tells whether {name} holds the addresses of {far.name}")
        else:
            unread = unknown(f"nothing tells which addresses {name} names")
            yield from ((block, yes) if block else (None, unread) for block in rule.blocks if block != ())


def _is_of_another_kind(manifest: Manifest) -> bool:
    """Whether this is a policy of another maker's under the same name, as Calico's."""
    return manifest.kind == "NetworkPolicy" and manifest.body.get("apiVersion", _API) != _API


def _enforces(addon: Any) -> bool:
    """Whether an EKS add-on is the VPC CNI, told to enforce network policies."""
    values = addon.values.get("configuration_values")
    if addon.values.get("addon_name") != "vpc-cni" or not is_text(values):
        return False
    try:
        return str(json.loads(values).get("enableNetworkPolicy")).lower() == "true"
    except (AttributeError, ValueError):
        return False
