"""Which role the requests of a Terraform resource are made with, and whether it may take that role."""

import json
from typing import Any

from asbuilt.infrastructure import Resource
from asbuilt.prove.permission.actors import Actor, role_actor
from asbuilt.prove.permission.index import Index, values
from asbuilt.prove.permission.outcome import Refuted, Unresolved
from asbuilt.prove.permission.requests import Principal
from asbuilt.prove.permission.trust import service_context, trusted
from asbuilt.prove.verdicts import Evidence

_ROLE: dict[str, tuple[str, str]] = {
    "aws_batch_compute_environment": ("service_role", "batch"),
    "aws_cloudtrail": ("cloud_watch_logs_role_arn", "cloudtrail"),
    "aws_cloudwatch_event_target": ("role_arn", "events"),
    "aws_codebuild_project": ("service_role", "codebuild"),
    "aws_codepipeline": ("role_arn", "codepipeline"),
    "aws_db_instance": ("monitoring_role_arn", "monitoring.rds"),
    "aws_ecs_task_definition": ("task_role_arn", "ecs-tasks"),
    "aws_eks_cluster": ("role_arn", "eks"),
    "aws_eks_fargate_profile": ("pod_execution_role_arn", "eks-fargate-pods"),
    "aws_eks_node_group": ("node_role_arn", "ec2"),
    "aws_flow_log": ("iam_role_arn", "vpc-flow-logs"),
    "aws_glue_job": ("role_arn", "glue"),
    "aws_iam_instance_profile": ("role", "ec2"),
    "aws_kinesis_firehose_delivery_stream": ("extended_s3_configuration.role_arn", "firehose"),
    "aws_lambda_function": ("role", "lambda"),
    "aws_pipes_pipe": ("role_arn", "pipes"),
    "aws_scheduler_schedule": ("target.role_arn", "scheduler"),
    "aws_sfn_state_machine": ("role_arn", "states"),
}
"""Arguments that name a resource's role, and the service that takes it (`<service>.amazonaws.com`)."""

_MIXED = "mixed_instances_policy.launch_template.launch_template_specification"
_THROUGH: dict[str, tuple[tuple[str, str], ...]] = {
    "aws_autoscaling_group": (
        ("launch_template.id", "aws_launch_template"),
        (f"{_MIXED}.launch_template_id", "aws_launch_template"),
    ),
    "aws_ecs_service": (("task_definition", "aws_ecs_task_definition"),),
    "aws_instance": (("iam_instance_profile", "aws_iam_instance_profile"),),
    "aws_launch_template": (
        ("iam_instance_profile.name", "aws_iam_instance_profile"),
        ("iam_instance_profile.arn", "aws_iam_instance_profile"),
    ),
}
"""Arguments that name the resource which gives its role."""

_IN_VPC = frozenset(
    {
        "aws_autoscaling_group",
        "aws_batch_job_definition",
        "aws_batch_job_queue",
        "aws_ecs_service",
        "aws_ecs_task_definition",
        "aws_eks_node_group",
        "aws_instance",
        "aws_launch_template",
    }
)


class Roles:
    """Finds the role of a Terraform resource."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def actor(self, source: Resource) -> Actor:
        """The session that `source` makes its requests with.

        Raises Refuted where it has no role or may not take it, Unresolved where that cannot be told
        or the type is not understood.
        """
        if source.type == "aws_iam_role":
            return role_actor(self._managed(source), (Evidence.of(source),), None, in_vpc=False)
        giver, evidence = self._giver(source, (Evidence.of(source),))
        value, service = self._named(giver)
        role = self.role(value)
        principal = Principal("service", f"{service}.amazonaws.com")
        trust = trusted(
            self._index, role, principal, ("sts:AssumeRole",), service_context(service, giver, role)
        )
        in_vpc = source.type in _IN_VPC or bool(values(source, "vpc_config.subnet_ids"))
        return role_actor(role, (*evidence, Evidence.of(role), *trust), {}, in_vpc)

    def role(self, value: Any) -> Resource:
        """The role that an argument names. Raises Unresolved where the files do not create it."""
        role = self._index.find(value, "aws_iam_role", "data.aws_iam_role")
        if role is None:
            raise Unresolved(f"the role {value} is not in the files")
        return self._managed(role)

    def _managed(self, role: Resource) -> Resource:
        if role.is_data:
            raise Unresolved(f"{role.address} is only read: its policies are not in the files")
        return role

    def _giver(
        self, source: Resource, evidence: tuple[Evidence, ...]
    ) -> tuple[Resource, tuple[Evidence, ...]]:
        """The resource that names the role, over any steps in between."""
        if source.type == "aws_batch_job_queue":
            return self._step(source, self._job_definitions(), evidence)
        if source.type not in _THROUGH:
            return source, evidence
        named = [(value, type_) for path, type_ in _THROUGH[source.type] for value in values(source, path)]
        if not named:
            raise Refuted(f"{source.address} has no {_THROUGH[source.type][0][0].replace('.', ' ')}")
        found = {item.address: item for value, type_ in named if (item := self._index.find(value, type_))}
        if not found:
            raise Unresolved(f"what {source.address} names for its role is not in the files")
        return self._step(source, list(found.values()), evidence)

    def _step(
        self, source: Resource, found: list[Resource], evidence: tuple[Evidence, ...]
    ) -> tuple[Resource, tuple[Evidence, ...]]:
        if len(found) != 1:
            names = ", ".join(item.address for item in found) or "none"
            raise Unresolved(f"{source.address} may act through any of: {names}")
        return self._giver(found[0], (*evidence, Evidence.of(found[0])))

    def _job_definitions(self) -> list[Resource]:
        return list(self._index.of_type("aws_batch_job_definition"))

    def _named(self, giver: Resource) -> tuple[Any, str]:
        """What names the role, and the service that takes it."""
        if giver.type == "aws_batch_job_definition":
            return _job_role(giver), "ecs-tasks"
        if giver.type not in _ROLE:
            raise Unresolved(f"which role resources of type {giver.type} act with is not understood")
        path, service = _ROLE[giver.type]
        found = values(giver, path)
        if not found:
            raise Refuted(f"{giver.address} has no {path.replace('.', ' ')}")
        if len(found) > 1:
            raise Unresolved(f"{giver.address} names several roles")
        return found[0], service


def _job_role(definition: Resource) -> Any:
    """The `jobRoleArn` of a Batch job's container (Batch User Guide, "Job definition parameters")."""
    text = definition.values.get("container_properties")
    if not isinstance(text, str) or not text:
        raise Unresolved(f"the container properties of {definition.address} are not known")
    try:
        properties = json.loads(text)
    except ValueError:
        raise Unresolved(f"the container properties of {definition.address} are no JSON") from None
    found = properties.get("jobRoleArn")
    if not found and definition.values.get("platform_capabilities") == ["FARGATE"]:
        raise Refuted(f"{definition.address} has no jobRoleArn")
    if not found:
        raise Unresolved(f"{definition.address} has no jobRoleArn: its jobs may use their instance's role")
    return found
