"""What the decisions on biotech-x promise holds in production, and a promise that is broken is seen."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asbuilt.infrastructure import Infrastructure, Location, Manifest, Resource, manifests, resources
from drills import decisions

ROOT = Path(__file__).parents[2]

Promises = Callable[[Infrastructure], dict[str, bool]]


@pytest.fixture(scope="session")
def built(applied_state) -> Infrastructure:
    """Everything that production is, applied to an emulator, with its manifests."""
    objects = manifests(ROOT / "kubernetes/biotech-x")
    return Infrastructure(resources(applied_state("production"), {}), tuple(objects))


def changed(found: Infrastructure, address: str, **values: Any) -> Infrastructure:
    """The same with other values of one resource."""
    assert address in found.by_address
    items = [
        replace(item, values={**item.values, **values}) if address in (item.address, item.block) else item
        for item in found.resources
    ]
    return replace(found, resources=tuple(items))


def edited(found: Infrastructure, address: str, attribute: str, old: str, new: str) -> Infrastructure:
    """The same with another text in an argument of one resource: a policy, a definition, or blocks."""
    value = found.by_address[address][0].values[attribute]
    text = value if isinstance(value, str) else json.dumps(value)
    assert old in text
    text = text.replace(old, new)
    return changed(found, address, **{attribute: text if isinstance(value, str) else json.loads(text)})


def added(found: Infrastructure, type_: str, **values: Any) -> Infrastructure:
    """The same with one more resource."""
    return replace(found, resources=(*found.resources, Resource(f"{type_}.new", type_, values)))


def deployed(found: Infrastructure, kind: str, **spec: Any) -> Infrastructure:
    """The same with one more object in the cluster."""
    name, body = f"biotech-x/{kind}/new", {"kind": kind, "spec": spec}
    return replace(found, manifests=(*found.manifests, Manifest(name, body, Location("new.yaml", 1))))


def holds(kept: Promises, found: Infrastructure, broken: dict[str, Infrastructure]) -> None:
    """Every promise is kept, and each is broken, alone, by what is given under its name."""
    assert [] == unkept(kept(found))
    assert list(kept(found)) == list(broken)
    for promise, wrong in broken.items():
        assert [promise] == unkept(kept(wrong))


def unkept(promises: dict[str, bool]) -> list[str]:
    """The names of those that are not kept."""
    return [name for name, is_kept in promises.items() if not is_kept]


def test_0007_files_never_pass_through_the_application(built: Infrastructure):
    """The API can sign a PUT into uploads and a GET from results, and only our pages may use it."""
    cors, api = "aws_s3_bucket_cors_configuration.uploads", "aws_iam_role_policy.api"
    broken = {
        "the signer may put and get only": edited(built, api, "policy", "s3:PutObject", "s3:*"),
        "only our pages may put": edited(built, cors, "cors_rule", "https://biotech-x.example", "*"),
        "parts can be joined": edited(built, cors, "cors_rule", "ETag", "Date"),
        "no other way in": added(built, "aws_cognito_identity_pool"),
    }
    holds(decisions.direct_upload, built, broken)


def test_0008_each_user_is_an_equal_share(built: Infrastructure):
    """One queue takes a share identifier from the user who asked, and no share weighs more."""
    policy, machine = "aws_batch_scheduling_policy.fair_share", "aws_sfn_state_machine.analysis"
    weighted = [{"share_distribution": [{"share_identifier": "a", "weight_factor": 0.1}]}]
    broken = {
        "one queue": added(built, "aws_batch_job_queue"),
        "it is shared": changed(built, "aws_batch_job_queue.analysis", scheduling_policy_arn=None),
        "by user": edited(built, machine, "definition", '"$.user"}', '"$.sample"}'),
        "equally": changed(built, policy, fair_share_policy=weighted),
    }
    holds(decisions.fair_share, built, broken)


def test_0009_jobs_run_in_batch_on_spot_first(built: Infrastructure):
    """The queue tries Spot, then on demand; a lost instance is tried again, a failed analysis is not."""
    queue, definition = "aws_batch_job_queue.analysis", "aws_batch_job_definition.analysis"
    spot, order, retry = "aws_batch_compute_environment.spot", "compute_environment_order", "retry_strategy"
    broken = {
        "spot first": edited(built, queue, order, '"order": 1', '"order": 3'),
        "a lost instance is tried again": edited(built, definition, retry, "Host EC2*", "Task failed*"),
        "a failed analysis is not": edited(built, definition, retry, '"exit"', '"retry"'),
        "idle costs nothing": edited(built, spot, "compute_resources", '"min_vcpus": 0', '"min_vcpus": 4'),
        "no job is a pod": changed(built, definition, eks_properties=[{"pod_properties": []}]),
    }
    holds(decisions.batch_on_spot, built, broken)


def test_0010_one_database_with_a_standby(built: Infrastructure):
    """PostgreSQL has a standby and takes tokens, and only nodes connect to it, through nothing."""
    instance, rule = "aws_db_instance.main", "aws_vpc_security_group_ingress_rule.database_from_node"
    broken = {
        "postgresql with a standby": changed(built, instance, multi_az=False),
        "tokens are taken": changed(built, instance, iam_database_authentication_enabled=False),
        "no cluster and no proxy": added(built, "aws_db_proxy"),
        "only nodes connect": changed(built, rule, referenced_security_group_id="sg-other"),
    }
    holds(decisions.database, built, broken)


def test_0011_invited_people_sign_in_with_a_code(built: Infrastructure):
    """The pool wants a second factor and an invitation; the client gets a code, and the API the token."""
    pool, client = "aws_cognito_user_pool.main", "aws_cognito_user_pool_client.web"
    door = "aws_lb_listener.https"
    open_to_all = [{"allow_admin_create_user_only": False}]
    broken = {
        "second factor": changed(built, pool, mfa_configuration="OPTIONAL"),
        "people are invited": changed(built, pool, admin_create_user_config=open_to_all),
        "a code and no secret": changed(built, client, allowed_oauth_flows=["code", "implicit"]),
        "the api checks tokens itself": edited(built, door, "default_action", "forward", "redirect"),
    }
    holds(decisions.sign_in, built, broken)


def test_0012_files_move_by_age_and_answer_at_once(built: Infrastructure):
    """Both buckets move files to cheaper classes, and none of these needs a restore."""
    uploads, results = (f"aws_s3_bucket_lifecycle_configuration.{name}" for name in ("uploads", "results"))
    broken = {
        "cheaper with age": changed(built, uploads, rule=[{"transition": []}]),
        "never a restore": edited(built, results, "rule", "GLACIER_IR", "GLACIER"),
        "no guessing": added(built, "aws_s3_bucket_intelligent_tiering_configuration"),
    }
    holds(decisions.storage_classes, built, broken)


def test_0013_one_region_and_three_zones(built: Infrastructure):
    """What has a region is in the network's, but for CloudFront's own; each tier is in three zones."""
    subnet = 'aws_subnet.database["c"]'
    broken = {
        "one region": changed(built, "aws_s3_bucket.trail", arn="arn:aws:s3:us-east-1:1:x"),
        "three zones": changed(built, subnet, availability_zone="sa-east-1a"),
        "no copy elsewhere": added(built, "aws_s3_bucket_replication_configuration"),
    }
    holds(decisions.one_region, built, broken)


def test_0014_only_cloudfront_reaches_the_load_balancer(built: Infrastructure):
    """The load balancer has no public address, CloudFront has the only rule, and the cluster adds none."""
    rule = "aws_vpc_security_group_ingress_rule.load_balancer_from_cloudfront"
    edge = "aws_cloudfront_distribution.main"
    bindings = tuple(one for one in built.manifests if one.kind != "TargetGroupBinding")
    broken = {
        "one private balancer": changed(built, "aws_lb.main", internal=False),
        "reached through a vpc origin": edited(built, edge, "origin", "vpc_origin", "custom_origin"),
        "only cloudfront reaches it": changed(built, rule, prefix_list_id="", cidr_ipv4="0.0.0.0/0"),
        "the cluster makes none": deployed(built, "Service", type="LoadBalancer"),
        "pods join our target groups": replace(built, manifests=bindings),
    }
    holds(decisions.ingress, built, broken)


def test_0015_one_managed_node_group(built: Infrastructure):
    """One group spans the zones and never has fewer nodes than they are; only it is scaled."""
    group, scaler = "aws_eks_node_group.main", "aws_iam_role_policy.cluster_autoscaler"
    broken = {
        "one group over all zones": changed(built, group, subnet_ids=["subnet-one"]),
        "a node for each zone": changed(built, group, scaling_config=[{"min_size": 2}]),
        "only its own group is scaled": edited(built, scaler, "policy", "eks-biotech-x-production-*", "*"),
        "no other kind of node": added(built, "aws_eks_fargate_profile"),
    }
    holds(decisions.nodes, built, broken)


def test_0016_no_secret_is_kept_in_the_cluster(built: Infrastructure):
    """RDS keeps the one password, one role reads it, the API shows a token, and no manifest has a secret."""
    shipper, api = "aws_iam_role_policy.log_shipper", "aws_iam_role_policy.api"
    broken = {
        "rds keeps the password": changed(built, "aws_db_instance.main", password="typed"),
        "the migration alone reads it": edited(
            built, shipper, "policy", "logs:PutLogEvents", "secretsmanager:*"
        ),
        "the api connects by token": edited(built, api, "policy", "rds-db:connect", "rds:Describe*"),
        "no secret in the cluster": deployed(built, "Pod", env=[{"valueFrom": {"secretKeyRef": {}}}]),
        "no key for anybody": added(built, "aws_iam_access_key"),
    }
    holds(decisions.secrets, built, broken)


def test_0017_cloudwatch_tells_a_person(built: Infrastructure):
    """Every alarm goes to the topic that a person reads, also when it ends, and every log stays a year."""
    alarm, log = "aws_cloudwatch_metric_alarm.api_unhealthy", "aws_cloudwatch_log_group.web_acl"
    broken = {
        "alarms reach a person": changed(built, alarm, alarm_actions=[]),
        "their end does too": changed(built, alarm, ok_actions=[]),
        "logs stay a year": changed(built, log, retention_in_days=0),
        "no second system": added(built, "aws_prometheus_workspace"),
    }
    holds(decisions.watching, built, broken)


def test_0018_an_account_holds_one_environment(built: Infrastructure):
    """Only workflows of the environment deploy, and no policy names another account."""
    deploy, trust, other = "aws_iam_role.deploy", "assume_role_policy", "aws_iam_role_policy.state_machine"
    broken = {
        "one environment": changed(built, "aws_vpc_endpoint.s3", tags_all={"Environment": "staging"}),
        "only its workflows deploy": edited(built, deploy, trust, ":environment:production", ":*"),
        "nothing of another account": edited(built, other, "policy", "123456789012", "210987654321"),
        "nobody from another account": edited(built, deploy, trust, "123456789012", "210987654321"),
    }
    holds(decisions.own_account, built, broken)


def test_0019_pods_take_roles_by_pod_identity(built: Infrastructure):
    """Each service account has a role of its own, which only pods take, and none gets at the node's."""
    api, node = "aws_eks_pod_identity_association.api", "aws_launch_template.node"
    web = built.by_address["aws_iam_role.web"][0].values["arn"]
    broken = {
        "each account has a role": changed(built, api, service_account="default"),
        "no role is shared": changed(built, api, role_arn=web),
        "only pods take it": edited(built, "aws_iam_role.api", "assume_role_policy", "pods.eks", "ec2"),
        "not from the node": edited(built, node, "metadata_options", 'limit": 1', 'limit": 2'),
    }
    holds(decisions.pod_identity, built, broken)


def test_0020_every_outcome_is_told(built: Infrastructure):
    """Success and failure are published, the queue hears both, and what cannot be handled is kept."""
    machine, queue = "aws_sfn_state_machine.analysis", "aws_sqs_queue.outcome"
    alarm = "aws_cloudwatch_metric_alarm.outcome_dead_letter"
    broken = {
        "success and failure are told": edited(built, machine, "definition", '"TellFailure"', '"Failed"'),
        "the queue hears it": changed(built, "aws_sns_topic_subscription.outcome", endpoint="elsewhere"),
        "nothing is lost": changed(built, queue, redrive_policy=""),
        "a person learns of the rest": changed(built, alarm, dimensions={}),
    }
    holds(decisions.outcome, built, broken)
