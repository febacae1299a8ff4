"""From the internet inwards: what stands on it, and what lets it in."""

from asbuilt.claims import Network
from asbuilt.infrastructure import Manifest, Resource
from asbuilt.prove.network.aws import SERVICES, AwsServices
from asbuilt.prove.network.balancers import Balancers, balancer_of
from asbuilt.prove.network.clusters import Clusters
from asbuilt.prove.network.edge import Edge
from asbuilt.prove.network.endpoints import Endpoints
from asbuilt.prove.network.groups import Peer
from asbuilt.prove.network.interfaces import is_outside
from asbuilt.prove.network.logic import every, proven, refuted, unknown
from asbuilt.prove.network.members import canonical
from asbuilt.prove.network.paths import Paths, internet
from asbuilt.prove.network.ports import listens
from asbuilt.prove.network.workloads import is_workload
from asbuilt.prove.verdicts import Finding


class Inbound:
    """The ways in from the internet, and what heads of arrows listen on."""

    def __init__(
        self,
        endpoints: Endpoints,
        paths: Paths,
        balancers: Balancers,
        aws: AwsServices,
        edge: Edge,
        clusters: Clusters,
    ) -> None:
        self._endpoints = endpoints
        self._paths = paths
        self._names = paths.names
        self._balancers = balancers
        self._aws = aws
        self._edge = edge
        self._clusters = clusters

    def reach(self, peer: Peer, target: Resource | Manifest, claim: Network) -> Finding:
        """Whether public clients reach `target`."""
        if isinstance(target, Manifest):
            if not is_workload(target):
                return unknown(f"{target.name}: nothing tells how a {target.kind} is reached from outside")
            return refuted(f"{target.name} has no public address")
        if not self._names.is_managed(target):
            return unknown(f"{target.address} is only read here, not managed")
        if public := self.public(target, claim):
            return public
        if target.type == "aws_eks_cluster":
            return self._clusters.from_internet(target, peer, claim)
        way = self._endpoints.of(target).all(lambda item: self._paths.from_internet(item, peer, claim))
        return every((way, self.listens(target, claim)))

    def from_function(self, source: Resource, target: Resource | Manifest, claim: Network) -> Finding:
        """From a function that is in no VPC: the internet is open to it, and nothing private is."""
        here = proven(self._names.cite(source))
        if isinstance(target, Resource):
            found = self._endpoints.of(target)
            is_public = self.public(target, claim) or any(item.public for item in found.items)
            if is_public or target.type == "aws_eks_cluster":
                return every((here, self.reach(internet(source.address), target, claim)))
            if found.doubt and not is_outside(target):
                return unknown(found.doubt)
        name = target.address if isinstance(target, Resource) else target.name
        return refuted(f"{source.address} is not in a VPC, and {name} has no public address")

    def public(self, target: Resource, claim: Network) -> Finding | None:
        """What AWS itself puts on the internet; nothing for what stands in a VPC."""
        if target.type == "aws_cloudfront_distribution":
            return self._edge.listens(target, claim)
        if target.type == "aws_route53_zone":
            return self._edge.answers(target, claim)
        return self._aws.listens(target, claim) if target.type in SERVICES else None

    def listens(self, target: Resource | Manifest, claim: Network) -> Finding:
        """Whether `target` listens on what is claimed, where the files say so."""
        if isinstance(target, Resource) and canonical(target.type) in {"aws_lb", "aws_lb_listener"}:
            return self._balancers.listens(balancer_of(self._names, target), claim)
        return listens(self._names, target, claim)
