"""Whether a role's trust policy lets somebody take the role.

IAM User Guide, "How to use trust policies with IAM roles"; EKS User Guide, "Create IAM role with
trust policy required by EKS Pod Identity"; IAM User Guide, "The confused deputy problem".
"""

from collections.abc import Mapping

from asbuilt.infrastructure import Resource
from asbuilt.prove.permission.evaluate import Applicable, decide
from asbuilt.prove.permission.index import Index
from asbuilt.prove.permission.outcome import Refuted, Unresolved
from asbuilt.prove.permission.policies import read_trust
from asbuilt.prove.permission.requests import Context, Principal, Request, StartsWith, Value
from asbuilt.prove.permission.targets import ARN
from asbuilt.prove.permission.truth import Unknown
from asbuilt.prove.verdicts import Evidence


def trusted(
    index: Index, role: Resource, principal: Principal, actions: tuple[str, ...], context: Mapping[str, Value]
) -> tuple[Evidence, ...]:
    """The trust statements that let `principal` take `role`.

    Raises Refuted where one of the actions is not allowed, Unresolved where that cannot be told.
    """
    by = Applicable(principal.name, role.address, resource=(read_trust(index, role),), resource_decides=True)
    found: list[Evidence] = []
    for action in actions:
        request = Request(principal, action, str(role.values.get("arn")), Context(context))
        answer = decide(request, by)
        if isinstance(answer.truth, Unknown):
            raise Unresolved(f"whether {principal.name} may take {role.address}: {answer.truth.why}")
        if not answer.truth:
            raise Refuted(f"the trust policy of {role.address} does not allow {action} to {principal.name}")
        found += answer.evidence
    return tuple(dict.fromkeys(found))


def service_context(service: str, source: Resource, role: Resource) -> dict[str, Value]:
    """What is known of a service's request to take a role on behalf of `source`.

    Only the services below are documented to say on whose behalf they ask.
    """
    known: dict[str, Value] = {"aws:securetransport": ("true",), "aws:principalisawsservice": ("true",)}
    match = ARN.fullmatch(str(source.values.get("arn"))) or ARN.fullmatch(str(role.values.get("arn")))
    if not match or not match["account"]:
        return known
    given: dict[str, tuple[str | StartsWith, ...]] = {
        "cloudtrail": (str(source.values.get("arn")),),
        "ecs-tasks": (StartsWith(f"arn:{match['partition']}:ecs:{match['region']}:{match['account']}:"),),
        "states": (str(source.values.get("arn")),),
        "vpc-flow-logs": (
            f"arn:{match['partition']}:ec2:{match['region']}:{match['account']}:vpc-flow-log/{source.values.get('id')}",
        ),
    }
    if service in given:
        known |= {"aws:sourcearn": given[service], "aws:sourceaccount": (match["account"],)}
    return known
