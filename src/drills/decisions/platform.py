"""What the application runs on: decisions 0010, 0011 and 0013 to 0015."""

from typing import Any

from asbuilt.infrastructure import Infrastructure
from drills.decisions.lookup import kinds, many, none, statements, values

_EDGE_REGION = "us-east-1"  # CloudFront takes its certificate and its web ACL from here only
_OF_THE_EDGE = {"aws_acm_certificate", "aws_cloudwatch_log_group", "aws_wafv2_web_acl"}


def database(found: Infrastructure) -> dict[str, bool]:
    """0010: one PostgreSQL instance with a standby, and nothing between it and the pods."""
    instance = values(found, "aws_db_instance.main")
    node, group = (values(found, f"aws_security_group.{name}")["id"] for name in ("node", "database"))
    inward = [rule.values for rule in found.of_type("aws_vpc_security_group_ingress_rule")]
    return {
        "postgresql with a standby": instance["engine"] == "postgres" and instance["multi_az"] is True,
        "tokens are taken": instance["iam_database_authentication_enabled"] is True,
        "no cluster and no proxy": none(found, "aws_rds_cluster", "aws_db_proxy"),
        "only nodes connect": [node]
        == [one["referenced_security_group_id"] for one in inward if one["security_group_id"] == group],
    }


def sign_in(found: Infrastructure) -> dict[str, bool]:
    """0011: Cognito's own pages sign invited people in, with a second factor, by code and PKCE."""
    pool = values(found, "aws_cognito_user_pool.main")
    client = values(found, "aws_cognito_user_pool_client.web")
    actions = values(found, "aws_lb_listener.https")["default_action"]
    return {
        "second factor": pool["mfa_configuration"] == "ON",
        "people are invited": pool["admin_create_user_config"][0]["allow_admin_create_user_only"] is True,
        "a code and no secret": client["allowed_oauth_flows"] == ["code"]
        and client["generate_secret"] is False,
        "the api checks tokens itself": [one["type"] for one in actions] == ["forward"],
    }


def one_region(found: Infrastructure) -> dict[str, bool]:
    """0013: everything is in one region and three zones, save what CloudFront wants elsewhere."""
    home = values(found, "aws_vpc.main")["arn"].split(":")[3]
    placed = {(_region(item.values.get("arn")), item.type) for item in found.resources if not item.is_data}
    elsewhere = {(region, type_) for region, type_ in placed if region not in ("", home)}
    tiers = ("public", "private", "database")
    zones = [
        {one.values["availability_zone"] for one in found.by_address[f"aws_subnet.{tier}"]} for tier in tiers
    ]
    return {
        "one region": elsewhere <= {(_EDGE_REGION, type_) for type_ in _OF_THE_EDGE},
        "three zones": [len(one) for one in zones] == [3, 3, 3],
        "no copy elsewhere": none(
            found,
            "aws_s3_bucket_replication_configuration",
            "aws_db_instance_automated_backups_replication",
            "aws_rds_global_cluster",
        ),
    }


def ingress(found: Infrastructure) -> dict[str, bool]:
    """0014: one load balancer without a public address, which only CloudFront reaches."""
    balancers = [one.values for one in found.of_type("aws_lb")]
    (origin,) = values(found, "aws_cloudfront_distribution.main")["origin"]
    group = values(found, "aws_security_group.load_balancer")["id"]
    inward = [rule.values for rule in found.of_type("aws_vpc_security_group_ingress_rule")]
    edge = values(found, "data.aws_ec2_managed_prefix_list.cloudfront")["id"]
    sources = [
        (one["prefix_list_id"], one["from_port"]) for one in inward if one["security_group_id"] == group
    ]
    services = [one.body["spec"].get("type", "ClusterIP") for one in found.manifests if one.kind == "Service"]
    return {
        "one private balancer": [(one["internal"], one["load_balancer_type"]) for one in balancers]
        == [(True, "application")],
        "reached through a vpc origin": bool(origin.get("vpc_origin_config")),
        "only cloudfront reaches it": sources == [(edge, 443)],
        "the cluster makes none": not kinds(found) & {"Ingress", "Gateway"}
        and set(services) == {"ClusterIP"},
        "pods join our target groups": "TargetGroupBinding" in kinds(found),
    }


def nodes(found: Infrastructure) -> dict[str, bool]:
    """0015: one managed node group over all zones, which the cluster autoscaler sizes and nobody else."""
    groups = [one.values for one in found.of_type("aws_eks_node_group")]
    cluster = values(found, "aws_eks_cluster.main")
    private = {one.values["id"] for one in found.by_address["aws_subnet.private"]}
    scaling = [
        resource
        for one in statements(found, "aws_iam_role_policy.cluster_autoscaler")
        if "autoscaling:SetDesiredCapacity" in many(one["Action"])
        for resource in many(one["Resource"])
    ]
    return {
        "one group over all zones": [set(one["subnet_ids"]) for one in groups] == [private],
        "a node for each zone": groups[0]["scaling_config"][0]["min_size"] >= len(private),
        "only its own group is scaled": [one.rpartition("/")[2] for one in scaling]
        == [f"eks-{groups[0]['node_group_name']}-*"],
        "no other kind of node": none(found, "aws_eks_fargate_profile")
        and not any(one.get("enabled") for one in cluster.get("compute_config") or [])
        and not kinds(found) & {"NodePool", "EC2NodeClass"},
    }


def _region(arn: Any) -> str:
    return arn.split(":")[3] if isinstance(arn, str) and arn.count(":") > 4 else ""
