"""From pods to addresses outside the cluster, where no file creates the cluster: what policies let out.

What lies between the cluster and these addresses is not in the files, so it is not judged; a node outside
tells the addresses it stands for by its `cidr`, else it may have any public one.
"""

from collections.abc import Mapping
from dataclasses import replace

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure
from asbuilt.prove.network.logic import PROVEN, absent, every, proven, unknown
from asbuilt.prove.network.operators import operated
from asbuilt.prove.network.policies import Far, Policies
from asbuilt.prove.network.spans import PUBLIC, span_of
from asbuilt.prove.network.starting import unstarted
from asbuilt.prove.network.workloads import is_workload
from asbuilt.prove.verdicts import Evidence, Finding

_EXTERNAL = "external/"


class Outside:
    """Judges arrows from workloads to nodes outside, for one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = operated(infrastructure)
        self._policies = Policies(self._infrastructure)
        self._is_ours = any(infrastructure.of_type("aws_eks_cluster"))

    def prove(self, source: str, target: str, claim: Network, addresses: Mapping[str, str]) -> Finding | None:
        """The verdict, or nothing where this is no such arrow, or where files create the cluster.

        `addresses` are those of nodes outside, as CIDR blocks by the nodes' names.
        """
        workload = self._infrastructure.by_name.get(source)
        if self._is_ours or not target.startswith(_EXTERNAL) or workload is None or not is_workload(workload):
            return None
        if doubt := unstarted(self._infrastructure, workload):
            return unknown(doubt)
        span = span_of(addresses.get(target, ""))
        far = Far(target, addresses=(span,) if span else PUBLIC)
        if not self._policies.around(workload, True):
            return absent(f"no NetworkPolicy selects {source} for egress")
        found = self._policies.let(workload, True, far, claim)
        if span or found.verdict == PROVEN:
            said = f"taken to be {addresses[target]}" if span else "taken to have any public address"
            note = f"{target} is {said}; what lies between is outside these files"
            return every((proven(Evidence.of(workload), note=note), found))
        hint = f'say which addresses {target} has: cidr="203.0.113.0/24"'
        return replace(unknown(found.reason), hint=hint)
