"""Policies of VPC endpoints that a request may pass.

AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies". Without a policy of
its own an endpoint lets everything through.
"""

from collections import defaultdict

from asbuilt.infrastructure import Resource
from asbuilt.prove.permission.index import Index
from asbuilt.prove.permission.policies import Policy, read
from asbuilt.prove.verdicts import Evidence

_ALIASES: dict[str, tuple[str, ...]] = {
    "aps-workspaces": ("aps",),
    "bedrock-agent-runtime": ("bedrock",),
    "bedrock-runtime": ("bedrock",),
    "dynamodb-streams": ("dynamodb",),
    "ecs-agent": ("ecs",),
    "ecs-telemetry": ("ecs",),
    "email-smtp": ("ses",),
    "kinesis-firehose": ("firehose",),
    "kinesis-streams": ("kinesis",),
    "monitoring": ("cloudwatch",),
    "sync-states": ("states",),
}
"""Endpoints that are called otherwise than the actions that pass them, and the prefixes of those."""


class EndpointPolicies:
    """Endpoint policies by the service that the endpoint leads to."""

    def __init__(self, index: Index) -> None:
        self._by_service: defaultdict[str, list[Policy]] = defaultdict(list)
        for endpoint in index.of_type("aws_vpc_endpoint"):
            held = index.where("aws_vpc_endpoint_policy", "vpc_endpoint_id", endpoint.values.get("id"))
            holder = held[0] if held else endpoint
            name = str(endpoint.values.get("service_name")).split(".", 3)[-1].removesuffix("-fips")
            if _has_policy(holder):
                policy = read(holder.values.get("policy"), Evidence.of(holder), resource_policy=True)
                for service in _ALIASES.get(name, (name.partition(".")[0],)):
                    self._by_service[service].append(policy)

    def of(self, service: str) -> list[Policy]:
        """Policies of the endpoints for a service, named as in its actions."""
        return self._by_service.get(service, [])


def _has_policy(holder: Resource) -> bool:
    """Whether somebody wrote a policy; a plan leaves the default of a new endpoint open."""
    text = holder.values.get("policy")
    if isinstance(text, str):
        return text != ""
    return text is not None and (not holder.references or "policy" in holder.references)
