"""Values of any shape: a plan may leave every one of them open, and a broken file may hold anything."""

import pytest

from asbuilt.infrastructure import UNKNOWN, Symbol

ODD = [
    None,
    5,
    True,
    [],
    {},
    "",
    "junk",
    [None],
    [{}],
    {"a": UNKNOWN},
    [["x"]],
    Symbol("${aws_x.y.arn}"),
    [UNKNOWN],
]
NOT_NEEDED = {
    # arguments that no proof below stands on, or that another name of the same resource stands for
    "aws_eks_cluster.main.arn",
    "aws_eks_cluster.main.id",
    "aws_eks_cluster.main.name",
    "aws_iam_role.api.id",
    "aws_iam_role.api.name",
    "aws_iam_role.api.unique_id",
    "aws_iam_role_policy.api.name",
    "aws_iam_role_policy.key.name",
    "aws_kms_key.data.id",
    "aws_kms_key.data.key_id",
    "aws_s3_bucket.files.bucket",
    "aws_s3_bucket.files.bucket_regional_domain_name",
    "aws_s3_bucket.files.id",
    "aws_s3_bucket.files.region",
    "aws_s3_bucket_policy.files.bucket",
    "aws_sns_topic.news.id",
    "aws_sns_topic.news.name",
    "aws_sqs_queue.news.id",
    "aws_sqs_queue.news.name",
    "aws_sqs_queue.news.url",
}


@pytest.fixture
def whole(world):
    """The shop with everything that two proofs need."""
    topic, queue = (
        world.resources[address]["arn"] for address in ("aws_sns_topic.news", "aws_sqs_queue.news")
    )
    named = {
        "Principal": {"Service": "sns.amazonaws.com"},
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    document = world.policy(world.allow("sqs:SendMessage", "*", **named))
    world.set("aws_sqs_queue_policy.news", queue_url="https://sqs/news", policy=document)
    world.set("aws_sns_topic_subscription.news", topic_arn=topic, endpoint=queue, protocol="sqs")
    return world


def verdicts(world):
    """Over a put, and over a delivery."""
    return {
        world.put().verdict,
        world.prove("aws_sns_topic.news", "sqs:SendMessage", "aws_sqs_queue.news").verdict,
    }


def changed(world, value):
    """The shop with one argument after the other replaced, by the argument's name."""
    for address, values in world.resources.items():
        for argument, given in values.items():
            values[argument] = value
            yield f"{address}.{argument}"
            values[argument] = given


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_no_value_stops_the_prover(whole, value):
    """Whatever an argument holds, there is a verdict."""
    for argument in changed(whole, value):
        assert verdicts(whole) <= {"proven", "refuted", "unknown"}, argument


def test_an_open_value_is_never_concluded_from(whole):
    """What is known only after apply leaves a claim open: it neither proves nor refutes."""
    assert {"proven"} == verdicts(whole)
    found = {argument: verdicts(whole) for argument in changed(whole, UNKNOWN)}
    assert not {argument for argument, verdict in found.items() if "refuted" in verdict}
    assert {argument for argument, verdict in found.items() if "unknown" not in verdict} == NOT_NEEDED
