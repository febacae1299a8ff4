"""What an action needs besides itself: both halves of a job, the end of a wait, a passed role."""

import json

import pytest

PLACE = "eu-west-1:111122223333"
QUEUE = f"arn:aws:batch:{PLACE}:job-queue/jobs"
DEFINITION = f"arn:aws:batch:{PLACE}:job-definition/job"
RULE = f"arn:aws:events:{PLACE}:rule/StepFunctionsGetEventsForBatchJobsRule"
EVENTS = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]


def definition(resource, **parameters):
    """A state machine whose map holds one task."""
    task = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    processor = {"StartAt": "Do", "States": {"Do": task}}
    return json.dumps(
        {"StartAt": "All", "States": {"All": {"Type": "Map", "ItemProcessor": processor, "End": True}}}
    )


@pytest.fixture
def batch(plain):
    """A state machine that runs Batch jobs and waits for them."""
    role = plain.role("flow", plain.trust("states"))
    text = definition(
        "arn:aws:states:::batch:submitJob.sync", JobQueue=QUEUE, JobDefinition=f"{DEFINITION}:2"
    )
    plain.set(
        "aws_sfn_state_machine.flow",
        arn=f"arn:aws:states:{PLACE}:stateMachine:flow",
        role_arn=role,
        definition=text,
    )
    plain.set("aws_batch_job_queue.jobs", arn=QUEUE, id=QUEUE, name="jobs")
    plain.set("aws_batch_job_definition.job", arn=f"{DEFINITION}:2", arn_prefix=DEFINITION, name="job")
    plain.grant("flow", plain.allow("batch:SubmitJob", [QUEUE, f"{DEFINITION}:*"]))
    plain.grant("flow", plain.allow("batch:DescribeJobs"), name="describe")
    plain.grant("flow", plain.allow("batch:TerminateJob", f"arn:aws:batch:{PLACE}:job/*"), name="terminate")
    plain.grant("flow", plain.allow(EVENTS, RULE), name="events")
    return plain


def submits(world, source="aws_sfn_state_machine.flow", target="aws_batch_job_queue.jobs"):
    """The verdict over a submission."""
    return world.prove(source, "batch:SubmitJob", target)


@pytest.mark.parametrize("target", ["aws_batch_job_queue.jobs", "aws_batch_job_definition.job"])
def test_a_job_needs_its_queue_and_its_definition(batch, target):
    """Whichever of both is drawn, the other must be allowed too."""
    assert "proven" == submits(batch, target=target).verdict, submits(batch, target=target).reason
    for only in (QUEUE, f"{DEFINITION}:*"):
        batch.grant("flow", batch.allow("batch:SubmitJob", only))
        assert "refuted" == submits(batch, target=target).verdict


WITHOUT = {
    "asking": (lambda w: w.drop("aws_iam_role_policy.describe"), "batch:DescribeJobs"),
    "asking for one": (
        lambda w: w.grant("flow", w.allow("batch:DescribeJobs", QUEUE), name="describe"),
        "DescribeJobs",
    ),
    "stopping": (lambda w: w.drop("aws_iam_role_policy.terminate"), "batch:TerminateJob"),
    "stopping some": (
        lambda w: w.grant(
            "flow", w.allow("batch:TerminateJob", f"arn:aws:batch:{PLACE}:job/a*"), name="terminate"
        ),
        "batch:TerminateJob",
    ),
    "a rule": (lambda w: w.drop("aws_iam_role_policy.events"), "events:PutTargets"),
    "another rule": (
        lambda w: w.grant("flow", w.allow(EVENTS, RULE + "2"), name="events"),
        "events:PutTargets",
    ),
    "reading the rule": (
        lambda w: w.grant("flow", w.allow(EVENTS[:2], RULE), name="events"),
        "events:DescribeRule",
    ),
}


@pytest.mark.parametrize(("broken", "named"), WITHOUT.values(), ids=WITHOUT.keys())
def test_waiting_for_a_job_needs_its_companions(batch, broken, named):
    """`.sync` asks how jobs stand, stops any of them, and hears of their end by a rule."""
    broken(batch)
    found = submits(batch)
    assert ("refuted", True) == (found.verdict, named in found.reason), found.reason


def test_not_waiting_needs_no_companions(batch):
    """A submission that is not waited for needs only itself."""
    for name in ("describe", "terminate", "events"):
        batch.drop(f"aws_iam_role_policy.{name}")
    text = definition("arn:aws:states:::batch:submitJob", JobQueue=QUEUE, JobDefinition=f"{DEFINITION}:2")
    batch.set("aws_sfn_state_machine.flow", definition=text)
    assert "proven" == submits(batch).verdict


@pytest.mark.parametrize("text", [None, "not JSON"])
def test_a_definition_that_is_not_known_leaves_it_open(batch, text):
    """Whether a state machine waits is in its definition."""
    batch.set("aws_sfn_state_machine.flow", definition=text)
    assert "unknown" == submits(batch).verdict


def test_a_written_definition_is_the_one_that_counts(batch):
    """Where the state machine names its definition, permission for another one does not help."""
    other = f"arn:aws:batch:{PLACE}:job-definition/other:1"
    batch.set("aws_batch_job_definition.other", arn=other, name="other")
    batch.grant("flow", batch.allow("batch:SubmitJob", [QUEUE, other]))
    assert "refuted" == submits(batch).verdict


def test_a_definition_chosen_by_the_input_may_be_any(batch):
    """Where the input decides, one definition that is allowed is enough."""
    text = definition("arn:aws:states:::batch:submitJob.sync", JobQueue=QUEUE, **{"JobDefinition.$": "$.job"})
    batch.set("aws_sfn_state_machine.flow", definition=text)
    assert "proven" == submits(batch).verdict


def test_a_queue_without_any_definition_is_open(batch):
    """A job needs both, and the files create one."""
    batch.set("aws_sfn_state_machine.flow", definition=definition("arn:aws:states:::batch:submitJob"))
    batch.drop("aws_batch_job_definition.job")
    assert "unknown" == submits(batch).verdict


def test_a_nested_execution_needs_its_companions(plain):
    """A state machine that waits for another one describes and stops its executions."""
    role, rule = (
        plain.role("flow", plain.trust("states")),
        "StepFunctionsGetEventsForStepFunctionsExecutionRule",
    )
    inner = f"arn:aws:states:{PLACE}:stateMachine:inner"
    text = definition("arn:aws:states:::states:startExecution.sync:2", StateMachineArn=inner)
    plain.set("aws_sfn_state_machine.flow", arn=f"arn:aws:states:{PLACE}:stateMachine:flow")
    plain.set("aws_sfn_state_machine.flow", role_arn=role, definition=text)
    plain.set("aws_sfn_state_machine.inner", arn=inner)
    plain.grant("flow", plain.allow("states:StartExecution", inner))
    ask = ("aws_sfn_state_machine.flow", "states:StartExecution", "aws_sfn_state_machine.inner")
    assert "refuted" == plain.prove(*ask).verdict
    executions = f"arn:aws:states:{PLACE}:execution:inner:*"
    wait = plain.allow(["states:DescribeExecution", "states:StopExecution"], executions)
    plain.grant("flow", wait, plain.allow(EVENTS, f"arn:aws:events:{PLACE}:rule/{rule}"), name="wait")
    assert "proven" == plain.prove(*ask).verdict, plain.prove(*ask).reason


def test_an_api_that_starts_a_state_machine_waits_for_nothing(batch):
    """Companions are what a state machine needs, not who starts it."""
    arn = batch.resources["aws_sfn_state_machine.flow"]["arn"]
    batch.grant("api", batch.allow("states:StartExecution", arn))
    assert (
        "proven"
        == batch.prove("aws_iam_role.api", "states:StartExecution", "aws_sfn_state_machine.flow").verdict
    )


@pytest.mark.parametrize(
    ("passed", "condition", "verdict"),
    [
        ("*", {}, "proven"),
        ("arn:aws:iam::111122223333:role/task", {}, "refuted"),
        (["arn:aws:iam::111122223333:role/task", "arn:aws:iam::111122223333:role/pull"], {}, "proven"),
        ("*", {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}, "proven"),
        ("*", {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}, "refuted"),
    ],
)
def test_running_a_task_passes_its_roles(plain, passed, condition, verdict):
    """Task role and execution role are handed to ECS."""
    arn = f"arn:aws:ecs:{PLACE}:task-definition/t:1"
    roles = {
        f"{name}_role_arn": plain.role(short, plain.trust("ecs-tasks"))
        for name, short in (("task", "task"), ("execution", "pull"))
    }
    plain.set("aws_ecs_task_definition.t", arn=arn, **roles)
    plain.grant(
        "api", plain.allow("ecs:RunTask", arn), plain.allow("iam:PassRole", passed, Condition=condition)
    )
    assert verdict == plain.prove("aws_iam_role.api", "ecs:RunTask", "aws_ecs_task_definition.t").verdict


def test_passing_a_role_may_be_drawn_itself(plain):
    """The service that the role is passed to is the caller's choice, and named."""
    condition = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    plain.grant("api", plain.allow("iam:PassRole", "arn:aws:iam::111122223333:role/api", Condition=condition))
    found = plain.prove("aws_iam_role.api", "iam:PassRole", "aws_iam_role.api")
    assert ("proven", "allowed with iam:passedtoservice lambda.amazonaws.com") == (
        found.verdict,
        found.reason,
    )


def test_creating_something_with_a_role_is_open_where_that_is_not_understood(plain):
    """Other services' creations pass roles as well."""
    plain.set("aws_eks_cluster.main", role_arn="arn:aws:iam::111122223333:role/api")
    plain.grant("api", plain.allow("eks:CreateNodegroup"))
    assert "unknown" == plain.prove("aws_iam_role.api", "eks:CreateNodegroup", "aws_eks_cluster.main").verdict


@pytest.mark.parametrize(("user", "enabled", "verdict"), [("api", True, "proven"), ("api", False, "refuted")])
def test_a_database_must_accept_tokens(plain, user, enabled, verdict):
    """A database user by IAM token: the statement names the user, the database must be set up for it."""
    arn = f"arn:aws:rds-db:{PLACE}:dbuser:db-1/{user}"
    plain.set("aws_db_instance.main", arn=f"arn:aws:rds:{PLACE}:db:main", resource_id="db-1")
    plain.set("aws_db_instance.main", iam_database_authentication_enabled=enabled)
    plain.grant("api", plain.allow("rds-db:connect", arn))
    found = plain.prove("aws_iam_role.api", "rds-db:connect", "aws_db_instance.main")
    assert verdict == found.verdict
    if enabled:
        assert f"allowed on {arn}" == found.reason
