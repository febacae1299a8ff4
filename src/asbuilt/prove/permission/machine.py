"""What a state machine's definition makes it need besides the action that it takes.

Step Functions Developer Guide, "IAM policies for integrated services": AWS Batch, Amazon ECS and
AWS Step Functions, each under "Run a Job (.sync)".
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from asbuilt.infrastructure import Resource
from asbuilt.prove.permission.index import names
from asbuilt.prove.permission.outcome import Unresolved
from asbuilt.prove.permission.targets import ARN

_EVENTS = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
_INTEGRATION = re.compile(r"arn:[^:]+:states:::([A-Za-z]+:[A-Za-z]+\.sync(?::2)?)")


_GIVEN = ("Parameters", "Arguments")
_BESIDES = ("events:", "iam:", "kms:", "logs:", "sts:", "xray:")
_CALLED: dict[str, tuple[str, ...]] = {
    "lambda:InvokeFunction": ("lambda:invoke",),
    "s3:ListBucket": ("s3:listobjects", "s3:listobjectsv2"),
}
"""How states call the actions that are called otherwise in policies."""


@dataclass(frozen=True, slots=True)
class Companion:
    """An action that must be allowed on every ARN of a pattern, whose open parts are not known before."""

    action: str
    pattern: str


@dataclass(frozen=True, slots=True)
class _Sync:
    """What waiting for a job needs: actions with their ARN, and the rule that brings its end."""

    actions: tuple[tuple[str, str], ...]
    rule: str


_SYNC = {
    "batch:submitjob": _Sync(
        (
            ("batch:DescribeJobs", "*"),
            ("batch:TerminateJob", "arn:{partition}:batch:{region}:{account}:job/?*"),
        ),
        "StepFunctionsGetEventsForBatchJobsRule",
    ),
    "ecs:runtask": _Sync(
        (
            ("ecs:DescribeTasks", "arn:{partition}:ecs:{region}:{account}:task/?*"),
            ("ecs:StopTask", "arn:{partition}:ecs:{region}:{account}:task/?*"),
        ),
        "StepFunctionsGetEventsForECSTaskRule",
    ),
    "states:startexecution": _Sync(
        (("states:DescribeExecution", "{execution}:?*"), ("states:StopExecution", "{execution}:?*")),
        "StepFunctionsGetEventsForStepFunctionsExecutionRule",
    ),
}


def companions(machine: Resource, action: str, target_arn: str) -> Iterator[Companion]:
    """What `machine` needs besides `action` because it waits for what it starts (`.sync`).

    Raises Unresolved where its definition is not known.
    """
    sync = _SYNC.get(action.lower())
    if sync is None:
        return
    used = {match.partition(".")[0].lower() for match in _INTEGRATION.findall(_definition(machine))}
    if action.lower() not in used:
        return
    match = ARN.fullmatch(str(machine.values.get("arn")))
    if not match or not target_arn:
        raise Unresolved(f"the ARNs of {machine.address} and of what it starts are known only after apply")
    names = {**match.groupdict(), "execution": target_arn.replace(":stateMachine:", ":execution:")}
    rule = f"arn:{{partition}}:events:{{region}}:{{account}}:rule/{sync.rule}"
    for name, form in (*sync.actions, *((event, rule) for event in _EVENTS)):
        yield Companion(name, form.format_map(names))


def submissions(machine: Resource) -> list[tuple[str | None, str | None]]:
    """The job queue and job definition of every Batch task, None where the input decides."""
    return [
        (given.get("JobQueue"), given.get("JobDefinition"))
        for task in _tasks(json.loads(_definition(machine)))
        if ":states:::batch:submitJob" in str(task.get("Resource"))
        and isinstance(given := task.get("Parameters") or task.get("Arguments") or {}, Mapping)
    ]


def check_tasks(machine: Resource, target: Resource, action: str) -> None:
    """Raises Unresolved where no state of a machine surely does `action` at `target`.

    What a machine needs besides its states, as to write its log, is not in its definition.
    """
    if action.startswith(_BESIDES):
        return
    calls = [one for one in _calls(json.loads(_definition(machine))) if _makes(one, action)]
    if not calls:
        raise Unresolved(f"no state of {machine.address} surely does {action}")
    if not any(_aims(one, target) for one in calls):
        raise Unresolved(f"no state of {machine.address} surely does {action} at {target.address}")


def _calls(part: Any) -> Iterator[Mapping[str, Any]]:
    """Every part of a definition that calls a service: tasks, and the reader and the writer of a map."""
    if isinstance(part, Mapping):
        if isinstance(part.get("Resource"), str):
            yield part
        for key, inner in part.items():
            yield from _calls(inner) if key not in _GIVEN else ()
    elif isinstance(part, list):
        for inner in part:
            yield from _calls(inner)


def _makes(call: Mapping[str, Any], action: str) -> bool:
    called = str(call["Resource"]).lower()
    if ":states:::" not in called:
        return action == "lambda:InvokeFunction" and ":function:" in called
    name = called.partition(":states:::")[2].removeprefix("aws-sdk:").partition(".")[0]
    return name in _CALLED.get(action, (action.lower(),))


def _aims(call: Mapping[str, Any], target: Resource) -> bool:
    """Whether a call names the target, or leaves it to the input what it names."""
    given = json.dumps([call.get(key) for key in (*_GIVEN, "Resource")])
    arn = target.values.get("arn")
    named = any(f'"{name}"' in given for name in names(target))
    return named or any(sign in given for sign in ('.$"', '"{%', f'"{arn}:', f'"{arn}/'))


def _definition(machine: Resource) -> str:
    text = machine.values.get("definition")
    if not isinstance(text, str) or text.startswith("${"):
        raise Unresolved(f"the definition of {machine.address} is known only after apply")
    try:
        json.loads(text)
    except ValueError:
        raise Unresolved(f"the definition of {machine.address} is no JSON") from None
    return text


def _tasks(part: Any) -> Iterator[Mapping[str, Any]]:
    """Every task of a definition, also those inside maps and parallel branches."""
    if isinstance(part, Mapping):
        if part.get("Type") == "Task":
            yield part
        for inner in part.values():
            yield from _tasks(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _tasks(inner)
