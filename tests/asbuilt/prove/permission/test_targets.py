"""What the requests on a resource name."""

import pytest

PLACE = "eu-west-1:111122223333"
GROUP = f"arn:aws:logs:{PLACE}:log-group:/shop/api"
CASES = [
    # target, its ARN, action, the statement's resource, verdict
    ("aws_cloudwatch_log_group.x", GROUP, "logs:PutLogEvents", f"{GROUP}:*", "proven"),
    ("aws_cloudwatch_log_group.x", GROUP, "logs:PutLogEvents", f"{GROUP}:log-stream:a", "proven"),
    ("aws_cloudwatch_log_group.x", GROUP, "logs:PutLogEvents", GROUP, "refuted"),
    ("aws_cloudwatch_log_group.x", GROUP, "logs:CreateLogStream", f"{GROUP}:*", "proven"),
    ("aws_cloudwatch_log_group.x", GROUP, "logs:CreateLogStream", GROUP, "refuted"),
    ("aws_ecr_repository.x", f"arn:aws:ecr:{PLACE}:repository/shop/api", "ecr:BatchGetImage", "*", "proven"),
    (
        "aws_ecr_repository.x",
        f"arn:aws:ecr:{PLACE}:repository/shop/api",
        "ecr:GetAuthorizationToken",
        "*",
        "proven",
    ),
    (
        "aws_ecr_repository.x",
        f"arn:aws:ecr:{PLACE}:repository/shop/api",
        "ecr:GetAuthorizationToken",
        f"arn:aws:ecr:{PLACE}:repository/shop/api",
        "refuted",
    ),
    ("aws_sqs_queue.news", f"arn:aws:sqs:{PLACE}:news", "ecr:GetAuthorizationToken", "*", "refuted"),
    (
        "aws_dynamodb_table.x",
        f"arn:aws:dynamodb:{PLACE}:table/t",
        "dynamodb:Query",
        f"arn:aws:dynamodb:{PLACE}:table/t/index/*",
        "refuted",
    ),
    ("aws_dynamodb_table.x", f"arn:aws:dynamodb:{PLACE}:table/t", "dynamodb:PutItem", "*", "proven"),
    ("aws_eks_cluster.main", f"arn:aws:eks:{PLACE}:cluster/shop", "eks:DescribeCluster", "*", "proven"),
    ("aws_eks_cluster.main", f"arn:aws:eks:{PLACE}:cluster/shop", "eks:DescribeNodegroup", "*", "refuted"),
    (
        "aws_lb_target_group.x",
        f"arn:aws:elasticloadbalancing:{PLACE}:targetgroup/web/1",
        "elasticloadbalancing:RegisterTargets",
        f"arn:aws:elasticloadbalancing:{PLACE}:targetgroup/web/*",
        "proven",
    ),
    (
        "aws_sfn_state_machine.x",
        f"arn:aws:states:{PLACE}:stateMachine:flow",
        "states:StopExecution",
        f"arn:aws:states:{PLACE}:execution:flow:*",
        "proven",
    ),
    (
        "aws_cloudfront_distribution.x",
        "arn:aws:cloudfront::111122223333:distribution/D",
        "cloudfront:CreateInvalidation",
        "arn:aws:cloudfront::111122223333:distribution/*",
        "proven",
    ),
    ("aws_s3_bucket.files", "arn:aws:s3:::files", "s3:ListAllMyBuckets", "*", "proven"),
    ("aws_s3_bucket.files", "arn:aws:s3:::files", "s3:GetBucketLocation", "arn:aws:s3:::files", "proven"),
    ("aws_s3_bucket.files", "arn:aws:s3:::files", "s3:GetBucketLocation", "arn:aws:s3:::files/*", "refuted"),
]


@pytest.mark.parametrize(("target", "arn", "action", "resource", "verdict"), CASES)
def test_an_action_names_the_right_part_of_its_target(plain, target, arn, action, resource, verdict):
    """A log group's streams, a table's indexes, a bucket's objects, or nothing at all."""
    plain.set(target, arn=arn)
    plain.grant("api", plain.allow(action, resource))
    found = plain.prove("aws_iam_role.api", action, target)
    assert verdict == found.verdict, found.reason


@pytest.mark.parametrize(
    ("tags", "wanted", "verdict"),
    [
        ({"team": "red"}, "red", "proven"),
        ({"Team": "red"}, "red", "proven"),
        ({"team": "blue"}, "red", "refuted"),
        ({}, "red", "refuted"),
        (None, "red", "refuted"),
        ({"team": "red", "TEAM": "blue"}, "red", "unknown"),
    ],
)
def test_tags_of_the_target_are_known(plain, tags, wanted, verdict):
    """`aws:ResourceTag` is compared with the resource's own tags; two of one name are not told apart."""
    plain.set("aws_sqs_queue.news", tags_all=tags)
    arn = f"arn:aws:secretsmanager:{PLACE}:secret:s-1"
    plain.set("aws_secretsmanager_secret.s", arn=arn, tags_all=tags)
    condition = {"StringEquals": {"aws:ResourceTag/team": wanted}}
    plain.grant("api", plain.allow("secretsmanager:DescribeSecret", arn, Condition=condition))
    assert (
        verdict
        == plain.prove(
            "aws_iam_role.api", "secretsmanager:DescribeSecret", "aws_secretsmanager_secret.s"
        ).verdict
    )


def test_tags_of_objects_are_not_known(plain):
    """A bucket's tags decide about its objects only where S3 was told so."""
    plain.set("aws_s3_bucket.files", tags_all={"team": "red"})
    condition = {"StringEquals": {"aws:ResourceTag/team": "red"}}
    plain.grant("api", plain.allow("s3:PutObject", "*", Condition=condition))
    assert "unknown" == plain.put().verdict


def test_an_action_that_names_more_than_the_target_is_open(plain):
    """An action that also needs another resource is not proven by one of them."""
    plain.grant("api", plain.allow("kms:CreateAlias"))
    found = plain.prove("aws_iam_role.api", "kms:CreateAlias", "aws_kms_key.data")
    assert ("unknown", "kms:CreateAlias must also be allowed on: alias") == (found.verdict, found.reason)


def test_a_malformed_arn_is_open(plain):
    """What is no ARN cannot be matched."""
    plain.set("aws_sqs_queue.news", arn="news")
    assert "unknown" == plain.prove("aws_iam_role.api", "sqs:SendMessage", "aws_sqs_queue.news").verdict
