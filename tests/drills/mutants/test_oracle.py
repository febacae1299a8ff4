"""The oracle calls everything true that is, and nothing that is not."""

from pathlib import Path

import pytest

import drills.mutants
from drills.mutants.oracle import Drawn, Oracle
from drills.mutants.systems import SYSTEMS
from drills.mutants.world import World, judge

API, DATABASE, BALANCER = "biotech-x/Deployment/api", "aws_db_instance.main", "aws_lb.main"
EDGE, POOL = "aws_cloudfront_distribution.main", "aws_cognito_user_pool.main"
JOB, UPLOADS, RESULTS = "aws_batch_job_definition.analysis", "aws_s3_bucket.uploads", "aws_s3_bucket.results"
MACHINE, TOPIC, QUEUE = "aws_sfn_state_machine.analysis", "aws_sns_topic.outcome", "aws_sqs_queue.outcome"
ALARM, ALARMS = "aws_cloudwatch_metric_alarm.api_unhealthy", "aws_sns_topic.alarms"
CLUSTER, NODES, MIGRATION = "aws_eks_cluster.main", "aws_eks_node_group.main", "biotech-x/Job/migration"
POD_LOG = 'aws_cloudwatch_log_group.main["pods"]'
BROKEN = [
    ("rule: deleted", "egress_rule.node_to_database", (API, DATABASE, "tcp/5432")),
    ("rule: port changed", "ingress_rule.database_from_node", (API, DATABASE, "tcp/5432")),
    ("rule: protocol changed", "ingress_rule.database_from_node", (API, DATABASE, "tcp/5432")),
    ("rule: group swapped", "egress_rule.node_to_database", (API, DATABASE, "tcp/5432")),
    ("rule: peer narrowed to half", "egress_rule.node_to_https", (API, POOL, "tcp/443")),
    ("rule: peer narrowed to elsewhere", "load_balancer_from_cloudfront", (EDGE, BALANCER, "tcp/443")),
    ("ACL: ingress denied", "database subnets, all", (API, DATABASE, "tcp/5432")),
    ("ACL: egress denied", "database subnets, return ports", (API, DATABASE, "tcp/5432")),
    ("ACL: ingress denied", "public subnets, return ports", (API, POOL, "tcp/443")),
    ("route: deleted", 'private_to_internet["a"]', (API, POOL, "tcp/443")),
    ("nat gateway: deleted", 'main["b"]', (API, POOL, "tcp/443")),
    ("internet gateway: deleted", "", (EDGE, BALANCER, "tcp/443")),
    ("vpc endpoint: deleted", "aws_vpc_endpoint.s3", (JOB, UPLOADS, "tcp/443")),
    ("endpoint: private name off", '["ecr.api"]', (JOB, "aws_ecr_repository.main", "tcp/443")),
    ("database: port changed", "", (API, DATABASE, "tcp/5432")),
    ("listener: port changed", "", (EDGE, BALANCER, "tcp/443")),
    ("lb listener rule: deleted", "", (BALANCER, API, "tcp/8000")),
    ("cloudfront vpc origin: deleted", "", (EDGE, BALANCER, "tcp/443")),
    ("distribution: disabled", "", ("external/scientist", EDGE, "tcp/443")),
    ("Service: selects others", "Service/api", (BALANCER, API, "tcp/8000")),
    ("Service: other target port", "Service/api", (BALANCER, API, "tcp/8000")),
    ("TargetGroupBinding: left out", "Binding/api", (BALANCER, API, "tcp/8000")),
    ("TargetGroupBinding: other target group", "Binding/api", (BALANCER, API, "tcp/8000")),
    ("Deployment: other labels", "Deployment/api", (BALANCER, API, "tcp/8000")),
    ("Deployment: other port", "Deployment/api", (BALANCER, API, "tcp/8000")),
    ("ServiceAccount: left out", "ServiceAccount/api", (API, DATABASE, "tcp/5432")),
    ("NetworkPolicy: egress rule left out", "NetworkPolicy/api, egress 0", (API, DATABASE, "tcp/5432")),
    ("statement: deleted", "api#StartAnalysis", (API, MACHINE, "states:StartExecution")),
    ("statement: action removed", "api#TakeOutcomes: sqs:ReceiveMessage", (API, QUEUE, "sqs:ReceiveMessage")),
    ("statement: resource changed", "analysis_job#ReadUploads", (JOB, UPLOADS, "s3:GetObject")),
    ("statement: deleted", "analysis_job#WriteResults", (JOB, RESULTS, "s3:PutObject")),
    ("statement: becomes Deny", "api#SignUploads", (API, UPLOADS, "s3:PutObject")),
    ("statement: condition that nobody meets", "api#ConnectToDatabase", (API, DATABASE, "rds-db:connect")),
    ("statement: action removed", "job#UseDataKey: kms:GenerateDataKey", (JOB, RESULTS, "s3:PutObject")),
    (
        "statement: deleted",
        "state_machine#WaitForJobs",
        (MACHINE, "aws_batch_job_queue.analysis", "batch:SubmitJob"),
    ),
    ("policy: deny added", "aws_s3_bucket_policy.uploads", (JOB, UPLOADS, "s3:GetObject")),
    ("policy: deny added", "aws_vpc_endpoint.s3", (JOB, UPLOADS, "s3:GetObject")),
    ("policy: deny added", "aws_kms_key.data", (JOB, UPLOADS, "s3:GetObject")),
    ("role: boundary set", "aws_iam_role.analysis_job", (JOB, UPLOADS, "s3:GetObject")),
    ("role: trusts another service", "aws_iam_role.api", (API, UPLOADS, "s3:PutObject")),
    ("pod identity: other service account", "association.api", (API, UPLOADS, "s3:PutObject")),
    ("pod identity: role swapped", "association.api", (API, UPLOADS, "s3:PutObject")),
    ("executor: role swapped", MACHINE, (MACHINE, TOPIC, "sns:Publish")),
    ("subscription: deleted", "outcome", (TOPIC, QUEUE, "sqs:SendMessage")),
    ("policy: deleted", "aws_sqs_queue_policy.outcome", (TOPIC, QUEUE, "sqs:SendMessage")),
    ("alarm: tells nobody", ALARM, (ALARM, ALARMS, "sns:Publish")),
    ("statement: deleted", "aws_kms_key.logs#AlarmsReachTheirTopic", (ALARM, ALARMS, "sns:Publish")),
    ("key: disabled", "aws_kms_key.data", (JOB, UPLOADS, "s3:GetObject")),
    ("database: no sign-in by role", "", (API, DATABASE, "rds-db:connect")),
    (
        "identity provider: other audience",
        "",
        ("external/github", "aws_iam_role.deploy", "sts:AssumeRoleWithWebIdentity"),
    ),
    ("Deployment: left out", "Deployment/api", (API,)),
    ("interface: moved to the public subnets", BALANCER, ("aws_subnet.private", BALANCER)),
    ("subnet: of another VPC", 'aws_subnet.database["a"]', ("aws_vpc.main", DATABASE)),
    ("Deployment: other namespace", "Deployment/api", ("cluster/Namespace/biotech-x", API)),
    ("NetworkPolicy: ingress narrowed", "NetworkPolicy/api, ingress 0", (BALANCER, API, "tcp/8000")),
    ("nat gateway: deleted", 'main["a"]', (API, "aws_nat_gateway.main", "tcp/443")),
    ("route: deleted", 'private_to_internet["b"]', (API, "aws_nat_gateway.main", "tcp/443")),
    ("rule: deleted", "ingress_rule.kubelet_from_cluster", (CLUSTER, NODES, "tcp/10250")),
    ("rule: deleted", "ingress_rule.cluster_from_node", (NODES, CLUSTER, "tcp/443")),
    ("rule: deleted", "ingress_rule.endpoint_from_node", (NODES, "aws_vpc_endpoint.interface", "tcp/443")),
    (
        "statement: deleted",
        "#TrailWritesBucket",
        ("aws_cloudtrail.main", "aws_s3_bucket.trail", "s3:PutObject"),
    ),
    ("statement: deleted", "#LoadBalancerWritesLog", (BALANCER, "aws_s3_bucket.logs", "s3:PutObject")),
    ("statement: deleted", "#WritePodLogs", ("aws_iam_role.log_shipper", POD_LOG, "logs:PutLogEvents")),
    (
        "role: trusts another service",
        "aws_iam_role.node",
        (NODES, "aws_ecr_repository.main", "ecr:BatchGetImage"),
    ),
    ("statement: deleted", "migration#UseDataKey", (MIGRATION, DATABASE, "secretsmanager:GetSecretValue")),
]
KINDS = {1: "node", 2: "box", 3: "arrow"}


@pytest.fixture(scope="module")
def falsehoods(clean: World) -> dict[tuple[str, str], set[Drawn]]:
    """What the oracle calls false, by family and name, for the mutants that these tests speak of."""
    drawings = judge(clean).drawings
    families = {family for family, _, _ in BROKEN}
    return {
        (mutant.family, mutant.name): Oracle(mutant.world.documents[-1], mutant.world.manifests).false(
            drawings
        )
        for mutant in SYSTEMS["biotech-x"].mutants(clean)
        if mutant.family in families
        and any(mutant.family == family and name in mutant.name for family, name, _ in BROKEN)
    }


def test_everything_drawn_is_so(clean: World):
    """In the clean world every proven claim, node and member of a box holds."""
    assert set() == Oracle(clean.documents[-1], clean.manifests).false(judge(clean).drawings)


@pytest.mark.parametrize(("family", "name", "thing"), BROKEN)
def test_a_broken_world_breaks_what_stands_on_it(
    falsehoods: dict[tuple[str, str], set[Drawn]], family: str, name: str, thing: tuple[str, ...]
):
    """Each kind of rule is read: break it, and what stands on it is false."""
    found = [false for (of, called), false in falsehoods.items() if of == family and name in called]
    assert found
    assert all((KINDS[len(thing)], *thing) in false for false in found)


@pytest.mark.parametrize(
    "thing",
    [
        ("node", "aws_lb.mine"),
        ("box", "aws_vpc.main", UPLOADS),
        ("box", "aws_subnet.public", BALANCER),
    ],
)
def test_what_is_not_there_is_false(clean: World, thing: Drawn):
    """A node that nothing creates and a member of another box are false."""
    assert not Oracle(clean.documents[-1], clean.manifests).holds(thing)


def test_the_oracle_knows_nothing_of_the_proof():
    """It shares no code with what it judges."""
    folder = Path(drills.mutants.__file__).parent
    for name in (
        "cloud",
        "clusters",
        "grants",
        "interfaces",
        "operators",
        "oracle",
        "packets",
        "pods",
        "policies",
        "reaches",
        "relations",
        "services",
    ):
        assert "asbuilt.prove" not in (folder / f"{name}.py").read_text()
