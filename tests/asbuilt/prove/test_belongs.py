"""What belongs to what."""

import pytest

from asbuilt.infrastructure import Symbol
from asbuilt.prove.belongs import owners


def owned(system, *things):
    """Owners by name, those without left out."""
    return {name: found for name, found in owners(system(*things)).items() if found}


@pytest.mark.parametrize(
    ("part", "argument", "owner", "attribute"),
    [
        ("aws_route_table_association.a", "subnet_id", "aws_subnet.a", "id"),
        ("aws_s3_bucket_policy.a", "bucket", "aws_s3_bucket.a", "id"),
        ("aws_s3_bucket_versioning.a", "bucket", "aws_s3_bucket.a", "id"),
        ("aws_lb_listener.a", "load_balancer_arn", "aws_lb.a", "arn"),
        ("aws_iam_role_policy.a", "role", "aws_iam_role.a", "id"),
        ("aws_eks_addon.a", "cluster_name", "aws_eks_cluster.a", "name"),
        ("aws_vpc_endpoint.a", "vpc_id", "aws_vpc.a", "id"),
        ("aws_sqs_queue_policy.a", "queue_url", "aws_sqs_queue.a", "url"),
        ("aws_vpc_security_group_ingress_rule.a", "security_group_id", "aws_security_group.a", "id"),
    ],
)
def test_a_part_belongs_to_what_its_argument_names(system, resource, part, argument, owner, attribute):
    """A part belongs to the resource whose id, ARN, name or address one of its arguments holds."""
    found = owned(system, resource(part, **{argument: "value"}), resource(owner, **{attribute: "value"}))
    assert found == {part: {owner}}


@pytest.mark.parametrize(
    ("user", "argument", "value", "thing"),
    [
        ("aws_lambda_function.a", "role", "value", "aws_iam_role.a"),
        ("aws_nat_gateway.a", "allocation_id", "value", "aws_eip.a"),
        ("aws_lb_listener.a", "default_action", [{"target_group_arn": "value"}], "aws_lb_target_group.a"),
        (
            "aws_sfn_state_machine.a",
            "logging_configuration",
            [{"x": "value:*"}],
            "aws_cloudwatch_log_group.a",
        ),
        ("aws_batch_job_definition.a", "container_properties", '{"jobRoleArn": "value"}', "aws_iam_role.a"),
        ("aws_sqs_queue.a", "redrive_policy", '{"deadLetterTargetArn":"value"}', "aws_sqs_queue.b"),
        ("aws_batch_job_queue.a", "scheduling_policy_arn", "value", "aws_batch_scheduling_policy.a"),
        ("aws_cloudtrail.a", "s3_bucket_name", "value", "aws_s3_bucket.a"),
        (
            "aws_iam_role.a",
            "assume_role_policy",
            '{"Federated":"value"}',
            "aws_iam_openid_connect_provider.a",
        ),
    ],
)
def test_a_thing_belongs_to_its_user(system, resource, user, argument, value, thing):
    """A role belongs to what runs under it, a log group to what writes it, wherever its name stands."""
    found = owned(system, resource(user, **{argument: value}), resource(thing, arn="value", id="value"))
    assert found[thing] == {user}


def test_a_symbol_names_its_owner_as_an_id_does(system, resource):
    """Before the apply an owner is named by its symbol."""
    symbol = Symbol("${aws_subnet.a.id}")
    part = resource("aws_route_table_association.a", subnet_id=symbol)
    assert owned(system, part, resource("aws_subnet.a", id=symbol))[part.address] == {"aws_subnet.a"}


def test_references_name_the_owner_where_the_value_is_unknown(system, resource):
    """An argument that the plan leaves open belongs by the references of its expression."""
    part = resource("aws_sqs_queue_policy.a", {"queue_url": ("aws_sqs_queue.a.url", "aws_sqs_queue.a")})
    assert owned(system, part, resource("aws_sqs_queue.a")) == {part.address: {"aws_sqs_queue.a"}}


def test_a_policy_of_a_topic_is_not_its_own_owner(system, resource):
    """`arn` of a topic's policy is also its own attribute: the topic owns it all the same."""
    references = {"arn": ("aws_sns_topic.a.arn", "aws_sns_topic.a")}
    part = resource("aws_sns_topic_policy.a", references, arn=Symbol("${aws_sns_topic_policy.a.arn}"))
    assert owned(system, part, resource("aws_sns_topic.a")) == {part.address: {"aws_sns_topic.a"}}


def test_of_two_resources_with_one_name_the_referenced_one_owns(system, resource):
    """A role and a target group may have one name: the expression tells which is meant."""
    part = resource("aws_iam_role_policy.a", {"role": ("aws_iam_role.a.name", "aws_iam_role.a")}, role="web")
    named = [resource("aws_iam_role.a", name="web"), resource("aws_lb_target_group.a", name="web")]
    assert owned(system, part, *named) == {part.address: {"aws_iam_role.a"}}


@pytest.mark.parametrize("value", ["", None, "other", 7, []])
def test_a_value_that_names_nothing_gives_no_owner(system, resource, value):
    """An empty or foreign value belongs to nothing, not to whatever is empty too."""
    part = resource("aws_s3_bucket_policy.a", bucket=value)
    assert owned(system, part, resource("aws_s3_bucket.a", id="bucket", name="", arn=None)) == {}


def test_a_type_without_a_rule_belongs_to_nothing(system, resource):
    """Only the rules' types belong: a function is not part of the role that it runs under."""
    function = resource("aws_lambda_function.a", role="value")
    assert "aws_lambda_function.a" not in owned(system, function, resource("aws_iam_role.a", arn="value"))


def test_a_rule_asks_for_the_type_it_names(system, resource):
    """A listener's target groups belong to it, and nothing else that its action names."""
    listener = resource("aws_lb_listener.a", default_action=[{"x": "value"}])
    assert owned(system, listener, resource("aws_cognito_user_pool.a", arn="value")) == {}
