"""What is written in Kubernetes network policies, rule by rule (Kubernetes, "Network Policies").

The peers of a rule are alternatives; the two selectors of one peer have to hold together. Ports are those
of the pods, since packets to a Service carry them by the time a policy sees them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from asbuilt.infrastructure import Infrastructure, Location, Manifest
from asbuilt.prove.network.members import dig
from asbuilt.prove.network.ports import has_protocol, named_ports
from asbuilt.prove.network.spans import PORTS, Span, span_of
from asbuilt.prove.network.workloads import is_workload, labels
from asbuilt.prove.selectors import NOBODY, Chosen, Labels
from asbuilt.prove.verdicts import Evidence

NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has, and whose value is its name."""
_AUTOMATIC = {  # labels that Kubernetes itself puts on pods
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "pod-template-generation",
    "pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
}
_PORTS = [{"containerPort": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
DNS = Manifest(
    "kube-system/Deployment/coredns",
    {
        "spec": {
            "template": {
                "metadata": {"labels": {"k8s-app": "kube-dns"}},
                "spec": {"containers": [{"name": "coredns", "ports": _PORTS}]},
            }
        }
    },
    Location("", 0),
)
"""Stands for the cluster's own name servers where no manifest creates them."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule: for anyone, or for the pods it chooses and for blocks of addresses (None if unreadable)."""

    evidence: Evidence
    ports: tuple[Mapping[str, Any], ...]
    is_for_anyone: bool
    pods: Chosen
    blocks: tuple[tuple[Span, ...] | None, ...]

    def spans(self, listening: Manifest | None, protocol: str) -> Iterator[Span | None]:
        """The ports it names of a protocol: all without any, TCP without a protocol.

        A name is looked up at whoever listens, and is None where it is not known, or where several containers
        have it for different numbers.
        """
        if not self.ports:
            yield PORTS
        for port in self.ports:
            first = port.get("port")
            if not has_protocol(port, protocol):
                continue
            if first is None:
                yield PORTS
            elif isinstance(first, int):
                yield first, int(port.get("endPort") or first)
            else:
                numbers = named_ports(listening, str(first), protocol) if listening else {}
                if len(numbers) == 1:
                    yield from ((number, number) for number in numbers)
                elif numbers or listening in (None, DNS):
                    yield None


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """One policy: the pods it selects, and its rules for each direction (egress is True) it is for."""

    manifest: Manifest
    selected: Chosen
    rules: Mapping[bool, tuple[Rule, ...]]


class Reader:
    """Reads policies, choosing among the workloads of one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self.workloads = [one for one in infrastructure.manifests if is_workload(one)]
        self.workloads += [] if any(map(is_dns, self.workloads)) else [DNS]
        self.bits = {one: 1 << number for number, one in enumerate(self.workloads)}
        self._homes: dict[str, int] = {}
        for one, bit in self.bits.items():
            self._homes[one.namespace] = self._homes.get(one.namespace, 0) | bit
        self._made = sum(bit for one, bit in self.bits.items() if one.kind != "Pod")
        self._pods = Labels(map(labels, self.workloads), self._automatic)
        found = infrastructure.by_name
        spaces = {name: found.get(f"cluster/Namespace/{name}") for name in self._homes}
        self._bare = sum(self._homes[name] for name, space in spaces.items() if space is None)
        self._places = Labels(
            [_labels(spaces[one.namespace]) | {NAME: one.namespace} for one in self.workloads], self._untold
        )

    def _automatic(self, key: str) -> int:
        return self._made if key in _AUTOMATIC else 0

    def _untold(self, key: str) -> int:
        """Workloads whose namespace nothing here creates: of its labels only its name is known."""
        return self._bare if key != NAME else 0

    def read(self, manifest: Manifest) -> Policy:
        """A policy, with everything that its selectors choose."""
        spec = manifest.body.get("spec") or {}
        types = dig(spec, "policyTypes") or ["Ingress", *(["Egress"] if dig(spec, "egress") else [])]
        meant = {str(type_).lower() for type_ in types}
        rules = {
            way == "egress": tuple(self._rules(manifest, way))
            for way in ("ingress", "egress")
            if way in meant
        }
        return Policy(manifest, self.pods(manifest.namespace, spec.get("podSelector")), rules)

    def _rules(self, manifest: Manifest, way: str) -> Iterator[Rule]:
        for index, rule in enumerate(dig(manifest.body, "spec", way) or ()):
            rule = rule or {}
            peers = [peer or {} for peer in rule.get("to" if way == "egress" else "from") or ()]
            pods = (self._chosen(manifest, peer) for peer in peers if peer.get("ipBlock") is None)
            blocks = (_block(peer["ipBlock"]) for peer in peers if peer.get("ipBlock") is not None)
            evidence = rule_evidence(manifest, way, index)
            chosen = reduce(Chosen.__or__, pods, NOBODY)
            yield Rule(evidence, tuple(rule.get("ports") or ()), not peers, chosen, tuple(blocks))

    def _chosen(self, manifest: Manifest, peer: Mapping[str, Any]) -> Chosen:
        """The workloads that a peer's selectors choose; without one for namespaces, in the policy's own.

        A peer without any is refused by Kubernetes: whom it means is not told.
        """
        if peer.get("namespaceSelector") is None and peer.get("podSelector") is None:
            return Chosen(0, self._pods.chosen({}).may)
        if peer.get("namespaceSelector") is None:
            return self.pods(manifest.namespace, peer.get("podSelector"))
        return self._pods.chosen(peer.get("podSelector")) & self._places.chosen(peer["namespaceSelector"])

    def pods(self, namespace: str, selector: Any) -> Chosen:
        """The workloads of a namespace that a label selector chooses."""
        home = self._homes.get(namespace, 0)
        return self._pods.chosen(selector) & Chosen(home, home)


def rule_evidence(policy: Manifest, way: str, index: int) -> Evidence:
    """A rule as proofs cite it, `namespace/NetworkPolicy/name.ingress[0]`, at the policy's line."""
    return replace(Evidence.of(policy), address=f"{policy.name}.{way}[{index}]")


def is_dns(workload: Manifest) -> bool:
    """Whether these pods answer for the names of Services: they carry this label on every cluster.

    Kubernetes, "Debugging DNS Resolution".
    """
    return workload.namespace == "kube-system" and labels(workload).get("k8s-app") == "kube-dns"


def is_cache(workload: Manifest) -> bool:
    """Whether these pods answer for names on each node (Kubernetes, "Using NodeLocal DNSCache")."""
    return workload.namespace == "kube-system" and labels(workload).get("k8s-app") == "node-local-dns"


def _labels(manifest: Manifest | None) -> dict[str, Any]:
    found = dig(manifest.body, "metadata", "labels") if manifest else None
    return dict(found) if isinstance(found, Mapping) else {}


def _block(block: Mapping[str, Any]) -> tuple[Span, ...] | None:
    span = span_of(str(block.get("cidr")))
    if span is None:
        return None
    open_ = [span]
    for cidr in block.get("except") or ():
        gap = span_of(str(cidr)) or span
        open_ = [part for one in open_ for part in _without(one, gap)]
    return tuple(open_)


def _without(span: Span, gap: Span) -> Iterator[Span]:
    if gap[1] < span[0] or span[1] < gap[0]:
        yield span
        return
    if span[0] < gap[0]:
        yield span[0], gap[0] - 1
    if gap[1] < span[1]:
        yield gap[1] + 1, span[1]
