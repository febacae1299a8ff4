"""What network policies say of an arrow whose tail or head is a Kubernetes workload."""

from asbuilt.claims import Network
from asbuilt.infrastructure import Manifest, Resource
from asbuilt.prove.network.aws import SERVICES, AwsServices
from asbuilt.prove.network.endpoints import Endpoints
from asbuilt.prove.network.logic import proven
from asbuilt.prove.network.paths import Paths
from asbuilt.prove.network.policies import Far, Policies
from asbuilt.prove.network.spans import PUBLIC
from asbuilt.prove.verdicts import Finding


class Pods:
    """The policies around workloads, and where the other ends of arrows are for them."""

    def __init__(self, policies: Policies, endpoints: Endpoints, paths: Paths, aws: AwsServices) -> None:
        self._policies = policies
        self._endpoints = endpoints
        self._paths = paths
        self._aws = aws

    def let_out(
        self, source: Resource | Manifest, target: Resource | Manifest | str, claim: Network
    ) -> Finding:
        """What the policies at the tail say; a target that is a text stands outside."""
        if not isinstance(source, Manifest):
            return proven()
        return self._policies.let(source, True, self._far(target), claim)

    def let_in(self, source: Resource | Manifest, target: Resource | Manifest, claim: Network) -> Finding:
        """What the policies at the head say."""
        if not isinstance(target, Manifest):
            return proven()
        return self._policies.let(target, False, self._far(source), claim)

    def _far(self, thing: Resource | Manifest | str) -> Far:
        if isinstance(thing, str):
            return Far(thing, addresses=PUBLIC)
        if isinstance(thing, Manifest):
            return Far(thing.name, thing)
        if thing.type in SERVICES:
            return Far(thing.address, addresses=self._aws.addresses(thing))
        return Far(thing.address, addresses=self._paths.addresses(self._endpoints.of(thing).items))
