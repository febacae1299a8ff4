"""What need not be drawn, because it belongs to something that is.

A rule names, for a type, the arguments that hold its owners: a route-table association belongs to
its subnet, a bucket's policy to its bucket. A rule with `<-` reads the other way round: a role
belongs to whatever runs under it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from asbuilt.infrastructure import Infrastructure, Resource
from asbuilt.prove.network.operators import operated
from asbuilt.prove.objects import object_owners

_OWNERS: dict[str, tuple[str, ...]] = {
    "aws_acm_certificate_validation": ("certificate_arn",),
    "aws_cloudwatch_metric_alarm": ("alarm_actions",),
    "aws_cognito_user_pool_client": ("user_pool_id",),
    "aws_cognito_user_pool_domain": ("user_pool_id",),
    "aws_cognito_resource_server": ("user_pool_id",),
    "aws_ecr_lifecycle_policy": ("repository",),
    "aws_ecr_repository_policy": ("repository",),
    "aws_eks_access_entry": ("cluster_name",),
    "aws_eks_access_policy_association": ("cluster_name",),
    "aws_eks_addon": ("cluster_name",),
    "aws_eks_node_group": ("cluster_name",),
    "aws_eks_pod_identity_association": ("cluster_name",),
    "aws_flow_log": ("vpc_id", "subnet_id"),
    "aws_iam_role_policies_exclusive": ("role_name",),
    "aws_iam_role_policy": ("role",),
    "aws_iam_role_policy_attachment": ("role",),
    "aws_internet_gateway": ("vpc_id",),
    "aws_kms_alias": ("target_key_id",),
    "aws_kms_key_policy": ("key_id",),
    "aws_lb_listener": ("load_balancer_arn",),
    "aws_lb_listener_certificate": ("listener_arn",),
    "aws_lb_listener_rule": ("listener_arn",),
    "aws_lb_target_group_attachment": ("target_group_arn",),
    "aws_nat_gateway": ("subnet_id",),
    "aws_network_acl": ("vpc_id",),
    "aws_network_acl_rule": ("network_acl_id",),
    "aws_default_network_acl": ("default_network_acl_id",),
    "aws_default_route_table": ("default_route_table_id",),
    "aws_default_security_group": ("vpc_id",),
    "aws_route": ("route_table_id",),
    "aws_route53_record": ("zone_id",),
    "aws_route_table": ("vpc_id",),
    "aws_route_table_association": ("subnet_id", "route_table_id"),
    "aws_security_group": ("vpc_id",),
    "aws_security_group_rule": ("security_group_id",),
    "aws_sns_topic_policy": ("arn",),
    "aws_sns_topic_subscription": ("topic_arn",),
    "aws_sqs_queue_policy": ("queue_url",),
    "aws_sqs_queue_redrive_allow_policy": ("queue_url",),
    "aws_sqs_queue_redrive_policy": ("queue_url",),
    "aws_vpc_endpoint": ("vpc_id",),
    "aws_vpc_endpoint_policy": ("vpc_endpoint_id",),
    "aws_vpc_endpoint_route_table_association": ("vpc_endpoint_id",),
    "aws_vpc_security_group_egress_rule": ("security_group_id",),
    "aws_vpc_security_group_ingress_rule": ("security_group_id",),
    "aws_wafv2_web_acl_association": ("web_acl_arn",),
    "aws_wafv2_web_acl_logging_configuration": ("resource_arn",),
}
_BUCKET_PARTS = "aws_s3_bucket_"  # every type of this prefix names its bucket

_USERS: dict[str, tuple[tuple[str, str], ...]] = {
    "aws_acm_certificate": (
        ("aws_cloudfront_distribution", "viewer_certificate"),
        ("aws_lb_listener", "certificate_arn"),
    ),
    "aws_batch_compute_environment": (("aws_batch_job_queue", "compute_environment_order"),),
    "aws_batch_scheduling_policy": (("aws_batch_job_queue", "scheduling_policy_arn"),),
    "aws_cloudfront_origin_access_control": (("aws_cloudfront_distribution", "origin"),),
    "aws_cloudfront_cache_policy": (("aws_cloudfront_distribution", "default_cache_behavior"),),
    "aws_cloudfront_response_headers_policy": (
        ("aws_cloudfront_distribution", "default_cache_behavior"),
        ("aws_cloudfront_distribution", "ordered_cache_behavior"),
    ),
    "aws_cloudfront_vpc_origin": (("aws_cloudfront_distribution", "origin"),),
    "aws_db_parameter_group": (("aws_db_instance", "parameter_group_name"),),
    "aws_db_subnet_group": (("aws_db_instance", "db_subnet_group_name"),),
    "aws_eip": (("aws_nat_gateway", "allocation_id"),),
    "aws_iam_instance_profile": (
        ("aws_batch_compute_environment", "compute_resources"),
        ("aws_instance", "iam_instance_profile"),
        ("aws_launch_template", "iam_instance_profile"),
    ),
    "aws_iam_openid_connect_provider": (("aws_iam_role", "assume_role_policy"),),
    "aws_iam_policy": (("aws_iam_role_policy_attachment", "policy_arn"),),
    "aws_iam_role": (
        ("aws_batch_compute_environment", "compute_resources"),
        ("aws_batch_compute_environment", "service_role"),
        ("aws_batch_job_definition", "container_properties"),
        ("aws_cloudtrail", "cloud_watch_logs_role_arn"),
        ("aws_cloudwatch_event_target", "role_arn"),
        ("aws_db_instance", "monitoring_role_arn"),
        ("aws_eks_addon", "pod_identity_association"),
        ("aws_eks_addon", "service_account_role_arn"),
        ("aws_eks_cluster", "role_arn"),
        ("aws_eks_node_group", "node_role_arn"),
        ("aws_eks_pod_identity_association", "role_arn"),
        ("aws_flow_log", "iam_role_arn"),
        ("aws_iam_instance_profile", "role"),
        ("aws_lambda_function", "role"),
        ("aws_s3_bucket_replication_configuration", "role"),
        ("aws_sfn_state_machine", "role_arn"),
    ),
    "aws_launch_template": (
        ("aws_autoscaling_group", "launch_template"),
        ("aws_batch_compute_environment", "compute_resources"),
        ("aws_eks_node_group", "launch_template"),
    ),
    "aws_lb_target_group": (
        ("aws_lb_listener", "default_action"),
        ("aws_lb_listener_rule", "action"),
    ),
    "aws_cloudwatch_log_group": (
        ("aws_batch_job_definition", "container_properties"),
        ("aws_cloudtrail", "cloud_watch_logs_group_arn"),
        ("aws_flow_log", "log_destination"),
        ("aws_sfn_state_machine", "logging_configuration"),
        ("aws_wafv2_web_acl_logging_configuration", "log_destination_configs"),
    ),
    "aws_s3_bucket": (
        ("aws_cloudtrail", "s3_bucket_name"),
        ("aws_lb", "access_logs"),
        ("aws_s3_bucket_logging", "target_bucket"),
    ),
    "aws_sqs_queue": (
        ("aws_sqs_queue", "redrive_policy"),
        ("aws_sqs_queue_redrive_policy", "redrive_policy"),
    ),
    "aws_wafv2_web_acl": (("aws_cloudfront_distribution", "web_acl_id"),),
}
_NAMES = ("id", "arn", "name", "url")  # what one resource is called in another's arguments


def owners(infrastructure: Infrastructure) -> dict[str, set[str]]:
    """For each resource's address or object's name, those that it belongs to."""
    named = _names(infrastructure)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for resource in infrastructure.of_type(*infrastructure.by_type):
        for argument in _arguments(resource.type):
            found[resource.address] |= _mentioned(infrastructure, named, resource, argument, "")
    for owned, users in _USERS.items():
        for user_type, argument in users:
            for user in infrastructure.of_type(user_type):
                for address in _mentioned(infrastructure, named, user, argument, owned):
                    found[address].add(user.address)
    for name, owner in object_owners(operated(infrastructure).manifests):
        found[name].add(owner)
    return found


def _arguments(type_: str) -> tuple[str, ...]:
    return ("bucket",) if type_.startswith(_BUCKET_PARTS) else _OWNERS.get(type_, ())


def _names(infrastructure: Infrastructure) -> dict[str, set[str]]:
    """Addresses by everything that a resource is called elsewhere."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    for resource in infrastructure.of_type(*infrastructure.by_type):
        for attribute in _NAMES:
            if isinstance(value := resource.values.get(attribute), str) and value:
                named[value].add(resource.address)
    return named


def _mentioned(
    infrastructure: Infrastructure,
    named: Mapping[str, set[str]],
    resource: Resource,
    argument: str,
    type_: str,
) -> set[str]:
    """Addresses that an argument names: by value, and by the references of its expression."""
    texts = _texts(resource.values.get(argument))
    by_value = {address for text in texts for address in named.get(text, ())} - {resource.address}
    by_reference = {
        found.address
        for reference in resource.references.get(argument, ())
        for found in infrastructure.by_address.get(reference, ())
    }
    found = by_value & by_reference or by_value or by_reference  # two resources may have one name
    return {address for address in found if address != resource.address and f"{type_}." in address}


def _texts(value: Any) -> Iterator[str]:
    """Every string in a value; a JSON text is searched for quoted strings.

    A log group is written `arn:*` where its streams are meant too.
    """
    if isinstance(value, str):
        yield value.removesuffix(":*")
        if value[:1] in "{[":
            yield from value.split('"')[1::2]
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
