"""What a request on a Terraform resource names: an ARN, or all ARNs of the things inside it.

Amazon Resource Names: Service Authorization Reference; for logs, "Identity and access management
for Amazon CloudWatch Logs"; for databases, "Creating and using an IAM policy for IAM database
access".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asbuilt.infrastructure import Resource
from asbuilt.prove.permission.actions import Action, ResourceType
from asbuilt.prove.permission.halted import refuses
from asbuilt.prove.permission.index import values
from asbuilt.prove.permission.outcome import Refuted, Unresolved
from asbuilt.prove.permission.requests import Value
from asbuilt.prove.permission.resource_policies import may_have_policy

RESOURCE_TAG = "aws:resourcetag/"
ARN = re.compile(r"arn:(?P<partition>[^:]+):(?P<service>[^:]+):(?P<region>[^:]*):(?P<account>\d{12})?:.+")

_DATABASE = {
    "db-user": "arn:{partition}:rds-db:{region}:{account}:dbuser:{identifier}/?*",
    "Secret": "{secret}",
}
_INSIDE: dict[str, dict[str, str]] = {
    "aws_cloudwatch_log_group": {"log-group": "{arn}:log-stream:", "log-stream": "{arn}:log-stream:?*"},
    "aws_db_instance": _DATABASE,
    "aws_dynamodb_table": {"index": "{arn}/index/?*"},
    "aws_rds_cluster": _DATABASE,
    "aws_s3_bucket": {"object": "{arn}/?*"},
    "aws_sfn_state_machine": {"execution": "{execution}:?*"},
}
"""ARNs of what is inside a resource, by Terraform type and AWS's resource type."""

_WITHOUT_POLICY = frozenset(
    {
        "aws_acm_certificate",
        "aws_autoscaling_group",
        "aws_batch_compute_environment",
        "aws_batch_job_definition",
        "aws_batch_job_queue",
        "aws_batch_scheduling_policy",
        "aws_cloudfront_distribution",
        "aws_cloudtrail",
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_metric_alarm",
        "aws_codebuild_project",
        "aws_codepipeline",
        "aws_cognito_identity_pool",
        "aws_cognito_user_pool",
        "aws_db_instance",
        "aws_db_proxy",
        "aws_ecs_cluster",
        "aws_ecs_service",
        "aws_ecs_task_definition",
        "aws_eks_addon",
        "aws_eks_cluster",
        "aws_eks_node_group",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
        "aws_elasticache_user",
        "aws_iam_instance_profile",
        "aws_iam_openid_connect_provider",
        "aws_iam_policy",
        "aws_iam_role",
        "aws_instance",
        "aws_kinesis_firehose_delivery_stream",
        "aws_launch_template",
        "aws_lb",
        "aws_lb_listener",
        "aws_lb_target_group",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
        "aws_route53_zone",
        "aws_scheduler_schedule",
        "aws_security_group",
        "aws_sfn_activity",
        "aws_sfn_state_machine",
        "aws_ssm_parameter",
        "aws_subnet",
        "aws_vpc",
        "aws_wafv2_web_acl",
    }
)


@dataclass(frozen=True, slots=True)
class Aim:
    """What the requests for one action on one target name.

    `pattern` covers the ARNs, `*` where the action takes no resource; it is empty where they are
    known only after apply. `account` and `region` are empty where the ARN holds none. `tags` are
    those that the action's condition keys show, or None where it shows none. Without a `target`
    the pattern stands for things that no file creates, such as the jobs of a queue.
    """

    target: Resource | None
    pattern: str
    account: str = ""
    region: str = ""
    tags: Mapping[str, Value] | None = None


def aim(target: Resource, action: Action) -> Aim:
    """What `action` names on `target`.

    Raises Refuted where the action does not act on such a resource, and Unresolved for a type
    that the prover does not know.
    """
    if target.is_data:
        raise Unresolved(f"{target.address} is only read: its own policy is not in the files")
    if target.type not in _WITHOUT_POLICY and not may_have_policy(target):
        raise Unresolved(f"resources of type {target.type} are not understood")
    if (enabled := target.values.get("is_enabled", True)) is not True:
        raise (Refuted if enabled is False else Unresolved)(f"{target.address} is not surely enabled")
    if refused := refuses(target, action.name):
        raise Refuted(refused)
    arn = target.values.get("arn")
    if not isinstance(arn, str) or not (match := ARN.fullmatch(arn)):
        if isinstance(arn, str) and not arn.startswith("${"):
            raise Unresolved(f"the ARN of {target.address} is malformed: {arn}")
        return Aim(target, "")
    region = match["region"] or str(target.values.get("region") or "")
    account = match["account"] or ""
    if not action.types:
        return Aim(target, _everything(target, action, match["service"]), account, region)
    pattern, kind = _part(target, action, arn, match)
    tagged = (
        kind.tagged and pattern == arn and action.service != "s3"
    )  # S3 reads bucket tags only where told to
    return Aim(target, pattern, account, region, _tags(target) if tagged else None)


def elsewhere(pattern: str, target: Resource | None = None) -> Aim:
    """The aim of requests that name a given pattern."""
    match = ARN.fullmatch(pattern)
    return Aim(target, pattern, match["account"] or "", match["region"]) if match else Aim(target, pattern)


def _everything(target: Resource, action: Action, service: str) -> str:
    if service != action.service:
        raise Refuted(f"{action.name} does not act on an {target.type}")
    return "*"


def _part(target: Resource, action: Action, arn: str, match: re.Match[str]) -> tuple[str, ResourceType]:
    """The ARN of the one thing at the target that the action acts on: what it must name, if it must."""
    inside = _INSIDE.get(target.type, {})
    fitting = [kind for kind in action.types if kind.name in inside or kind.shape.fullmatch(arn)]
    if not fitting:
        names = ", ".join(kind.name for kind in action.types)
        raise Refuted(f"{action.name} does not act on an {target.type} but on: {names}")
    others = [kind.name for kind in action.types if kind.required and kind not in fitting]
    if others and action.name != "batch:SubmitJob":  # a job's two are looked at with what it needs
        raise Unresolved(f"{action.name} must also be allowed on: {', '.join(others)}")
    kind = next((kind for kind in fitting if kind.required), fitting[0])
    if kind.name in inside:
        return _inside(target, inside[kind.name], _names(target, arn, match)), kind
    return arn, kind


def _inside(target: Resource, form: str, names: Mapping[str, Any]) -> str:
    for name in re.findall(r"{(\w+)}", form):
        if names[name] is None:
            raise Refuted(f"{target.address} has no {name}")
        if not isinstance(names[name], str):
            raise Unresolved(f"the {name} of {target.address} is known only after apply")
    return form.format_map(names)


def _names(target: Resource, arn: str, match: re.Match[str]) -> dict[str, Any]:
    identifiers = [*values(target, "resource_id"), *values(target, "cluster_resource_id"), None]
    return {
        **match.groupdict(),
        "arn": arn,
        "execution": arn.replace(":stateMachine:", ":execution:"),
        "identifier": identifiers[0],
        "secret": next(iter(values(target, "master_user_secret.secret_arn")), None),
    }


def _tags(target: Resource) -> dict[str, Value] | None:
    tags = target.values.get("tags_all")
    if tags is not None and not isinstance(tags, Mapping):
        return None
    given = {f"{RESOURCE_TAG}{key}".lower(): text for key, text in (tags or {}).items()}
    if len(given) != len(tags or {}) or not all(isinstance(text, str) for text in given.values()):
        return None
    return {key: (text,) for key, text in given.items()}
