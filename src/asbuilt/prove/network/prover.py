"""Judges network claims: is there a way for these packets, from the one node to the other?"""

import itertools
from dataclasses import dataclass

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure, Manifest, Resource
from asbuilt.prove.network.aws import SERVICES, AwsServices
from asbuilt.prove.network.balancers import Balancers, balancer_of
from asbuilt.prove.network.clusters import Clusters
from asbuilt.prove.network.connections import Path, paths
from asbuilt.prove.network.edge import Edge
from asbuilt.prove.network.endpoints import Endpoints
from asbuilt.prove.network.forwarding import Forwarding
from asbuilt.prove.network.idle import idle
from asbuilt.prove.network.inbound import Inbound
from asbuilt.prove.network.ingresses import KINDS, Ingresses
from asbuilt.prove.network.interfaces import Interface, Interfaces, is_outside
from asbuilt.prove.network.logic import PROVEN, every, proven, refuted, unknown
from asbuilt.prove.network.members import canonical
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.nat import NAT, NatGateways
from asbuilt.prove.network.operators import operated
from asbuilt.prove.network.paths import Paths, internet, unblocked
from asbuilt.prove.network.pods import Pods
from asbuilt.prove.network.policies import Policies
from asbuilt.prove.network.services import Services
from asbuilt.prove.network.within import Within
from asbuilt.prove.verdicts import Evidence, Finding

EXTERNAL = "external/"


@dataclass(frozen=True, slots=True)
class External:
    """Something outside what the files create; `external/internet` is any public client at all."""

    name: str

    @property
    def is_anybody(self) -> bool:
        """Whether every address of the internet is meant."""
        return self.name == "external/internet"


Thing = Resource | Manifest | External


class NetworkProver:
    """Judges network claims about one infrastructure.

    A node that stands for several instances stands for all of them: a claim is proven where each
    instance at the tail reaches each at the head, refuted where one surely does not.
    """

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure = operated(infrastructure)
        self._names = names = Names(infrastructure)
        self._paths = Paths(names)
        self._endpoints = Endpoints(names)
        self._services = Services(infrastructure)
        self._policies = Policies(infrastructure)
        self._within = Within(infrastructure, self._services, self._policies)
        self._ingresses = Ingresses(infrastructure, self._services, self._policies)
        self._balancers = Balancers(names, self._services)
        self._aws = AwsServices(self._endpoints, self._paths)
        self._pods = Pods(self._policies, self._endpoints, self._paths, self._aws)
        self._nat = NatGateways(self._endpoints, self._paths, self._pods)
        self._edge = Edge(self._paths, self._balancers)
        self._clusters = Clusters(self._endpoints, self._paths)
        self._inbound = Inbound(
            self._endpoints, self._paths, self._balancers, self._aws, self._edge, self._clusters
        )
        self._forwarding = Forwarding(
            self._endpoints, self._paths, self._balancers, self._pods, self._inbound
        )
        self._cache: dict[tuple[str, str, Network], Finding] = {}

    def prove(self, source: str, target: str, claim: Network) -> Finding:
        """The verdict over one claim between two nodes, named as a diagram names them.

        Proven with every group rule, ACL rule, route and gateway that the packets use; refuted with the
        first thing that stops them; unknown with what is not resolved.
        """
        key = (source, target, claim)
        if key not in self._cache:
            self._cache[key] = self._prove(source, target, claim)
        return self._cache[key]

    def rules(self) -> tuple[Evidence, ...]:
        """Every security-group rule and every network-policy rule, as the evidence of a proof names it."""
        return (*self._paths.groups.rules(), *self._policies.rules())

    def between_pods(self) -> tuple[Path, ...]:
        """Every way between two workloads that a network policy opens and names."""
        return tuple(paths(self._policies))

    def idle(self) -> tuple[Evidence, ...]:
        """Every Kubernetes object that selects nothing here (see `idle`)."""
        return tuple(idle(self._infrastructure, self._policies.reader))

    def workloads(self, name: str) -> set[str]:
        """The names of the workloads that a node stands for, or that a Service drawn as a node leads to."""
        things = [one for one in self._things(name) if isinstance(one, Manifest)]
        return {inner.name for one in things for inner in (one, *self._services.behind(one))}

    def _prove(self, source: str, target: str, claim: Network) -> Finding:
        tails, heads = self._things(source), self._things(target)
        if not tails or not heads:
            return unknown(f"{target if tails else source} is not there")
        finding = self._all(tails, heads, claim)
        if finding.verdict == PROVEN and not finding.evidence:
            return unknown(f"nothing here is evidence of {claim}")
        return finding

    def _all(self, tails: list[Thing], heads: list[Thing], claim: Network) -> Finding:
        gateways = [head for head in heads if isinstance(head, Resource) and head.type == NAT]
        sources = [tail for tail in tails if not isinstance(tail, External)]
        if gateways and sources:
            return self._nat.through(sources, gateways, claim)
        if gateways:
            return refuted(f"{gateways[0].address} lets nobody in")
        return every(self._pair(tail, head, claim) for tail, head in itertools.product(tails, heads))

    def _things(self, name: str) -> list[Thing]:
        if name.startswith(EXTERNAL):
            return [External(name)]
        return list(self._infrastructure.find(name))

    def _pair(self, source: Thing, target: Thing, claim: Network) -> Finding:
        if isinstance(source, External):
            return self._from_outside(source, target, claim)
        if isinstance(source, Manifest) and source.kind in KINDS:
            return self._ingresses.reach(source, target, claim)
        if isinstance(source, Manifest) and source.kind in {"Kafka", "Service"}:
            return self._within.behind(source, lambda one: self._pair(one, target, claim))
        if isinstance(target, Manifest) and target.kind == "Kafka":
            return self._within.behind(target, lambda one: self._pair(source, one, claim))
        if isinstance(target, Manifest) and target.kind == "Service":
            judge = lambda one, port: self._pair(source, one, port)  # noqa: E731 - two arguments, named there
            return self._within.through(source, target, claim, judge)
        if isinstance(source, Resource) and not self._names.is_managed(source):
            return unknown(f"{source.address} is only read here, not managed")
        if isinstance(source, Resource) and source.type == NAT and isinstance(target, External):
            return self._nat.onward(source, target.name, claim)
        if isinstance(source, Resource) and source.type == "aws_cloudfront_distribution":
            return self._from_cloudfront(source, target, claim)
        if isinstance(source, Resource) and canonical(source.type) in {"aws_lb", "aws_lb_listener"}:
            return self._from_balancer(source, target, claim)
        return self._outbound(source, target, claim)

    def _from_outside(self, source: External, target: Thing, claim: Network) -> Finding:
        if isinstance(target, External):
            return unknown(f"{source.name} and {target.name} are both outside what the files create")
        return self._inbound.reach(internet(source.name, anybody=source.is_anybody), target, claim)

    def _from_cloudfront(self, source: Resource, target: Thing, claim: Network) -> Finding:
        if isinstance(target, Resource) and self._names.is_managed(target):
            if target.type == "aws_s3_bucket":
                return self._edge.to_bucket(source, target, claim)
            if canonical(target.type) in {"aws_lb", "aws_lb_listener"}:
                balancer, found = balancer_of(self._names, target), self._endpoints.of(target)
                return found.all(lambda item: self._edge.to_balancer(source, balancer, item, claim))
        return unknown(f"nothing here tells whether {source.address} reaches {_name(target)}")

    def _from_balancer(self, source: Resource, target: Thing, claim: Network) -> Finding:
        if isinstance(target, External) or (
            isinstance(target, Resource) and not self._names.is_managed(target)
        ):
            return unknown(f"nothing here tells whether {source.address} forwards to {_name(target)}")
        return self._forwarding.reach(source, target, claim)

    def _outbound(self, source: Resource | Manifest, target: Thing, claim: Network) -> Finding:
        """From something with network interfaces of its own, or from a function in none of our VPCs."""
        if isinstance(target, Resource) and not self._names.is_managed(target):
            return unknown(f"{target.address} is only read here, not managed")
        if isinstance(source, Resource) and is_outside(source):
            if isinstance(target, External):
                return every((proven(self._names.cite(source)), unblocked(claim)))
            return self._inbound.from_function(source, target, claim)
        if isinstance(source, Manifest) and isinstance(target, Manifest) and self._within.is_all:
            return every((self._within.starts(source, target), self._let(source, target, claim)))
        found = self._endpoints.of(source)
        if found.doubt:
            return unknown(found.doubt)
        if isinstance(target, External):
            way = found.all(lambda item: self._paths.to_internet(item, internet(target.name), claim))
            return every((self._pods.let_out(source, _outside(target), claim), way))
        if isinstance(target, Resource) and target.type in SERVICES:
            service = target
            way = found.all(lambda item: self._aws.reach(item, service, claim))
            return every((self._pods.let_out(source, _outside(target), claim), way))
        if isinstance(target, Resource) and target.type == "aws_eks_cluster":
            cluster = target
            way = found.all(lambda item: self._clusters.reach(item, cluster, claim))
            return every(
                (
                    self._pods.let_out(source, _outside(target), claim),
                    way,
                    self._inbound.listens(target, claim),
                )
            )
        return self._inside(source, found, target, claim)

    def _inside(
        self, source: Resource | Manifest, found: Interfaces, target: Resource | Manifest, claim: Network
    ) -> Finding:
        there = self._endpoints.of(target)
        if there.doubt:
            outside = isinstance(target, Resource) and is_outside(target)
            return refuted(there.doubt) if outside else unknown(there.doubt)
        way = found.all(lambda tail: there.all(lambda head: self._between(tail, head, target, claim)))
        return every((way, self._let(source, target, claim)))

    def _let(self, source: Resource | Manifest, target: Resource | Manifest, claim: Network) -> Finding:
        """What policies say, whether anything listens, and between pods whether they are found at all."""
        found = proven()
        if isinstance(source, Manifest) and isinstance(target, Manifest):
            found = self._within.found(source, target, claim)
        out, into = self._pods.let_out(source, target, claim), self._pods.let_in(source, target, claim)
        return every((out, into, self._inbound.listens(target, claim), found))

    def _between(
        self, tail: Interface, head: Interface, target: Resource | Manifest, claim: Network
    ) -> Finding:
        """The name of a load balancer that faces the internet stands for its public addresses."""
        is_balancer = isinstance(target, Resource) and canonical(target.type) in {"aws_lb", "aws_lb_listener"}
        if not is_balancer or head.public is None or head.public.verdict == "refuted":
            return self._paths.between(tail, head, claim)
        out = self._paths.to_internet(tail, internet(head.owner), claim)
        return every(
            (out, self._paths.from_internet(head, internet(f"{tail.owner} over the internet"), claim))
        )


def _outside(thing: Thing) -> Resource | Manifest | str:
    return thing.name if isinstance(thing, External) else thing


def _name(thing: Thing) -> str:
    return thing.address if isinstance(thing, Resource) else thing.name
