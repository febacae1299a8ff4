"""The API of an EKS cluster: inside the VPC, on the internet, or both.

With private access, names inside the VPC resolve to the control plane's own interfaces; public access is
open to the addresses that the cluster names (Amazon EKS User Guide, "Cluster API server endpoint").
"""

from asbuilt.claims import Network
from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.network.endpoints import Endpoints
from asbuilt.prove.network.groups import Peer, fold
from asbuilt.prove.network.interfaces import Interface
from asbuilt.prove.network.logic import every, proven, refuted, unknown
from asbuilt.prove.network.members import dig, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.paths import Paths, internet
from asbuilt.prove.network.ports import listens
from asbuilt.prove.network.resolving import unresolved
from asbuilt.prove.network.spans import PORTS, Line, judge, span_of
from asbuilt.prove.verdicts import Finding


class Clusters:
    """The Kubernetes APIs of one infrastructure's clusters."""

    def __init__(self, endpoints: Endpoints, paths: Paths) -> None:
        self._endpoints = endpoints
        self._paths = paths
        self._names = paths.names

    def reach(self, source: Interface, cluster: Resource, claim: Network) -> Finding:
        """Whether an interface reaches a cluster's API."""
        private = dig(cluster.values, "vpc_config", 0, "endpoint_private_access")
        if private is UNKNOWN:
            return unknown(f"the plan does not tell whether {cluster.address} has private access")
        if not private:
            return self._around(source, cluster, claim)
        vpcs = [vpc for here in source.subnets.items if (vpc := self._names.vpc_of(here))]
        doubts = (unknown(why) for vpc in vpcs if (why := _unnamed(self._names, vpc)))
        way = self._endpoints.of(cluster).all(lambda item: self._paths.between(source, item, claim))
        return every((way, *doubts))

    def _around(self, source: Interface, cluster: Resource, claim: Network) -> Finding:
        """Out to the internet and in by public access."""
        out = self._paths.to_internet(source, internet(cluster.address), claim)
        return every((out, self.from_internet(cluster, internet(f"{source.owner} over the internet"), claim)))

    def from_internet(self, cluster: Resource, peer: Peer, claim: Network) -> Finding:
        """Whether public addresses reach a cluster's API."""
        is_public = dig(cluster.values, "vpc_config", 0, "endpoint_public_access")
        if is_public is UNKNOWN:
            return unknown(f"the plan does not tell whether {cluster.address} has public access")
        if is_public is False:
            return refuted(f"{cluster.address} has no public access", self._names.cite(cluster))
        written = dig(cluster.values, "vpc_config", 0, "public_access_cidrs")
        if written is UNKNOWN and "vpc_config.public_access_cidrs" in cluster.references:
            return unknown(f"the plan does not tell to whom {cluster.address} gives public access")
        cidrs = list(written) if written else ["0.0.0.0/0"]
        if not all(is_text(cidr) and span_of(cidr) for cidr in cidrs):
            return unknown(f"the plan does not tell to whom {cluster.address} gives public access")
        cited = proven(self._names.cite(cluster))
        lines = [Line(PORTS, (span,), cited) for cidr in cidrs if (span := span_of(cidr))]
        nothing = refuted(
            f"{cluster.address} gives public access to {', '.join(cidrs)} only, not to {peer.name}"
        )
        open_ = fold(judge(lines, (claim.first, claim.last), peer.addresses, lambda _: nothing), peer.anybody)
        return every((open_, listens(self._names, cluster, claim)))


def _unnamed(names: Names, vpc: Resource) -> str:
    """Why the private name of a cluster may not resolve: its VPC needs host names, too."""
    if vpc.values.get("enable_dns_hostnames") is False:
        return f"{vpc.address} has no DNS host names, which private access needs"
    return unresolved(names, vpc)
