"""Whether a workload's containers get the credentials of their pod's role, and use these.

EKS User Guide, "Learn how EKS Pod Identity grants pods access to AWS services": an agent on the node hands
them out at an address of its own. AWS SDKs and Tools Reference Guide, "Standardized credential providers":
access keys in the environment come first. amazon-eks-pod-identity-webhook, README: annotations.
"""

import functools
from collections.abc import Mapping

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure, Manifest
from asbuilt.prove.network.logic import REFUTED
from asbuilt.prove.network.members import dig
from asbuilt.prove.network.policies import Far, Policies
from asbuilt.prove.network.spans import span_of
from asbuilt.prove.network.workloads import is_workload, template

_SKIPPED = "eks.amazonaws.com/skip-containers"
_BEFORE = {  # variables by which an SDK finds other credentials, or which the webhook leaves as they are
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
}
_ADDRESS = "169.254.170.23/32"
_PORT = Network("tcp", 80, 80)


class Credentials:
    """Judges what stands between a pod and its role's credentials, for one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure

    @functools.cached_property
    def _policies(self) -> Policies:
        return Policies(self._infrastructure)

    def unused(self, source: Manifest) -> str:
        """Why a workload's containers may act as somebody else; nothing where they act as their pod."""
        pod = template(source)
        boxes = [one for one in dig(pod, "spec", "containers") or () if isinstance(one, Mapping)]
        for one in boxes:
            for variable in one.get("env") or ():
                if (name := dig(variable, "name")) in _BEFORE:
                    return f"the container {one.get('name')} of {source.name} sets {name} itself"
        left_out = str(dig(pod, "metadata", "annotations", _SKIPPED) or "").replace(" ", "").split(",")
        if boxes and all(one.get("name") in left_out for one in boxes):
            return f"{source.name} has the annotation {_SKIPPED} for all of its containers"
        return ""

    def unreached(self, source: Manifest) -> str:
        """Why a workload's pods may not reach the agent; nothing where no policy keeps them from it."""
        span = span_of(_ADDRESS)
        if not is_workload(source) or span is None:
            return ""
        agent = Far("the EKS Pod Identity Agent", addresses=(span,))
        found = self._policies.let(source, True, agent, _PORT)
        return found.reason if found.verdict == REFUTED else ""
