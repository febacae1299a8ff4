"""Which role a Terraform resource acts with, and whether it may take it."""

import json

import pytest

BUCKET = "aws_s3_bucket.files"
PLACE = "eu-west-1:111122223333"
PUTS = {
    "Type": "Task",
    "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
    "Parameters": {"Bucket": "files"},
}
MACHINE = json.dumps({"StartAt": "Put", "States": {"Put": PUTS}})
CALL = {"arn": "arn:aws:scheduler:::aws-sdk:s3:putObject", "input": json.dumps({"Bucket": "files"})}
SOURCES = {
    # type: the service that takes the role, and the resources as a function of the role's ARN
    "aws_lambda_function": ("lambda", lambda arn: {"aws_lambda_function.x": {"role": arn}}),
    "aws_sfn_state_machine": (
        "states",
        lambda arn: {"aws_sfn_state_machine.x": {"role_arn": arn, "definition": MACHINE}},
    ),
    "aws_ecs_task_definition": (
        "ecs-tasks",
        lambda arn: {"aws_ecs_task_definition.x": {"task_role_arn": arn, "execution_role_arn": "other"}},
    ),
    "aws_batch_job_definition": (
        "ecs-tasks",
        lambda arn: {"aws_batch_job_definition.x": {"container_properties": json.dumps({"jobRoleArn": arn})}},
    ),
    "aws_batch_compute_environment": (
        "batch",
        lambda arn: {"aws_batch_compute_environment.x": {"service_role": arn}},
    ),
    "aws_eks_node_group": ("ec2", lambda arn: {"aws_eks_node_group.x": {"node_role_arn": arn}}),
    "aws_eks_cluster": ("eks", lambda arn: {"aws_eks_cluster.x": {"role_arn": arn}}),
    "aws_flow_log": (
        "vpc-flow-logs",
        lambda arn: {"aws_flow_log.x": {"iam_role_arn": arn, "log_destination": "arn:aws:s3:::files"}},
    ),
    "aws_scheduler_schedule": (
        "scheduler",
        lambda arn: {"aws_scheduler_schedule.x": {"target": [{"role_arn": arn, **CALL}]}},
    ),
    "aws_instance": (
        "ec2",
        lambda arn: {
            "aws_instance.x": {"iam_instance_profile": "profile"},
            "aws_iam_instance_profile.x": {"name": "profile", "role": arn.rpartition("/")[2]},
        },
    ),
    "aws_autoscaling_group": (
        "ec2",
        lambda arn: {
            "aws_autoscaling_group.x": {"launch_template": [{"id": "lt-1"}]},
            "aws_launch_template.x": {"id": "lt-1", "iam_instance_profile": [{"arn": "arn:profile"}]},
            "aws_iam_instance_profile.x": {"arn": "arn:profile", "role": arn.rpartition("/")[2]},
        },
    ),
    "aws_ecs_service": (
        "ecs-tasks",
        lambda arn: {
            "aws_ecs_service.x": {"task_definition": "arn:tasks:1"},
            "aws_ecs_task_definition.x": {"arn": "arn:tasks:1", "task_role_arn": arn},
        },
    ),
    "aws_batch_job_queue": (
        "ecs-tasks",
        lambda arn: {
            "aws_batch_job_queue.x": {},
            "aws_batch_job_definition.x": {"container_properties": json.dumps({"jobRoleArn": arn})},
        },
    ),
}


def asked(world, type_, document=None, statements=None):
    """The verdict over a put by a resource whose role has this trust policy."""
    service, resources = SOURCES[type_]
    arn = world.role("worker", document or world.trust(service))
    world.grant("worker", *(statements or [world.allow("s3:PutObject", "arn:aws:s3:::files/*")]))
    for address, values in resources(arn).items():
        world.set(address, **values)
    return world.prove(f"{type_}.x", "s3:PutObject", BUCKET)


@pytest.mark.parametrize("type_", SOURCES)
def test_a_resource_acts_with_its_role(plain, type_):
    """The role is found over every step, and each step is cited."""
    found = asked(plain, type_)
    cited = [evidence.address for evidence in found.evidence]
    assert ("proven", f"{type_}.x") == (found.verdict, cited[0]), found.reason
    assert {"aws_iam_role.worker", "aws_iam_role.worker#0", "aws_iam_role_policy.worker#0"} <= {*cited}


@pytest.mark.parametrize("type_", SOURCES)
def test_a_role_that_trusts_another_service_is_not_taken(plain, type_):
    """The trust policy must name the service that acts for the resource."""
    found = asked(plain, type_, plain.trust("glue"))
    service = SOURCES[type_][0]
    reason = (
        f"the trust policy of aws_iam_role.worker does not allow sts:AssumeRole to {service}.amazonaws.com"
    )
    assert ("refuted", reason) == (found.verdict, found.reason)


@pytest.mark.parametrize("type_", SOURCES)
def test_a_role_without_the_statement_refutes(plain, type_):
    """The role's own policies decide."""
    assert "refuted" == asked(plain, type_, statements=[plain.allow("s3:GetObject")]).verdict


@pytest.mark.parametrize("type_", sorted({*SOURCES} - {"aws_batch_job_queue"}))
def test_a_resource_without_a_role_proves_nothing(plain, type_):
    """No role is no permission; a job without one may use its instance's."""
    asked(plain, type_)
    plain.resources[f"{type_}.x"] = {"container_properties": "{}"} if "job" in type_ else {}
    expected = "unknown" if "job" in type_ else "refuted"
    assert expected == plain.prove(f"{type_}.x", "s3:PutObject", BUCKET).verdict


def test_a_fargate_job_without_a_role_has_none(plain):
    """Fargate has no instance whose role a job could use."""
    plain.set("aws_batch_job_definition.x", container_properties="{}", platform_capabilities=["FARGATE"])
    assert "refuted" == plain.prove("aws_batch_job_definition.x", "s3:PutObject", BUCKET).verdict


def test_a_queue_with_two_kinds_of_jobs_is_not_judged(plain):
    """Which definition's role a queue's jobs use depends on who submits them."""
    asked(plain, "aws_batch_job_queue")
    plain.set("aws_batch_job_definition.y", container_properties="{}")
    assert "unknown" == plain.prove("aws_batch_job_queue.x", "s3:PutObject", BUCKET).verdict


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:states:{PLACE}:stateMachine:flow"}}, "proven"),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:states:{PLACE}:stateMachine:*"}}, "proven"),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:states:{PLACE}:stateMachine:other"}}, "refuted"),
        ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, "proven"),
        ({"StringEquals": {"aws:SourceAccount": "444455556666"}}, "refuted"),
        ({"StringEquals": {"sts:ExternalId": "x"}}, "unknown"),
    ],
)
def test_a_trust_policy_may_name_the_state_machine(plain, condition, verdict):
    """Step Functions says on whose behalf it takes a role."""
    plain.set("aws_sfn_state_machine.x", arn=f"arn:aws:states:{PLACE}:stateMachine:flow")
    document = plain.trust("states", Condition=condition)
    assert verdict == asked(plain, "aws_sfn_state_machine", document).verdict


@pytest.mark.parametrize(
    ("arn", "verdict"),
    [
        (f"arn:aws:ecs:{PLACE}:*", "proven"),
        ("arn:aws:ecs:us-east-1:*:*", "refuted"),
        (f"arn:aws:ecs:{PLACE}:task/x", "unknown"),
    ],
)
def test_a_trust_policy_may_name_the_account_of_a_task(plain, arn, verdict):
    """Of a task's ARN only the beginning is known."""
    plain.set("aws_ecs_task_definition.x", arn=f"arn:aws:ecs:{PLACE}:task-definition/x:1")
    document = plain.trust("ecs-tasks", Condition={"ArnLike": {"aws:SourceArn": arn}})
    assert verdict == asked(plain, "aws_ecs_task_definition", document).verdict


def test_a_regional_service_name_is_not_concluded_from(plain):
    """`states.eu-west-1.amazonaws.com` may or may not be who asks."""
    assert "unknown" == asked(plain, "aws_sfn_state_machine", plain.trust("states.eu-west-1")).verdict


def test_a_role_by_itself_may_be_drawn(plain):
    """A node may be the role, whoever takes it."""
    found = plain.prove("aws_iam_role.api", "s3:PutObject", BUCKET)
    assert ("proven", "aws_iam_role.api") == (found.verdict, found.evidence[0].address)


def test_the_tags_of_a_role_are_known_only_where_its_session_is(plain):
    """A pod's session holds the role's tags and EKS' own; whoever else takes the role may add some."""
    plain.set("aws_iam_role.api", tags_all={"team": "red"})
    red = {"StringEquals": {"aws:PrincipalTag/Team": "red"}}
    plain.grant("api", plain.allow("s3:PutObject", "arn:aws:s3:::files/*", Condition=red))
    assert "proven" == plain.put().verdict
    assert "unknown" == plain.prove("aws_iam_role.api", "s3:PutObject", BUCKET).verdict


def test_a_source_of_unknown_type_is_named(plain):
    """The reader learns which resource type has no role that the prover knows."""
    plain.set("aws_quicksight_user.x", arn="arn")
    found = plain.prove("aws_quicksight_user.x", "s3:PutObject", BUCKET)
    assert ("unknown", True) == (found.verdict, "aws_quicksight_user" in found.reason)


def test_one_role_takes_another(plain):
    """The other role's trust policy decides, and the own policy where that leaves it to the account."""
    named = {"AWS": f"arn:aws:iam::{plain.account}:role/api"}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": named}
    plain.role("other", plain.policy(statement))
    ask = ("aws_iam_role.api", "sts:AssumeRole", "aws_iam_role.other")
    assert "proven" == plain.prove(*ask).verdict
    plain.role("other", plain.policy(statement | {"Principal": plain.root}))
    assert "refuted" == plain.prove(*ask).verdict
    plain.grant("api", plain.allow("sts:AssumeRole", f"arn:aws:iam::{plain.account}:role/other"))
    assert "proven" == plain.prove(*ask).verdict
    plain.role("other", plain.trust("ec2"))
    assert "refuted" == plain.prove(*ask).verdict
