"""Read one workflow. The syntax followed is GitHub's:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

import difflib
import functools
from collections.abc import Mapping
from typing import Any

from asbuilt.errors import UnusableInput
from asbuilt.workflows import matrices
from asbuilt.workflows.document import Document
from asbuilt.workflows.events import events
from asbuilt.workflows.expressions import filled
from asbuilt.workflows.model import Job, Workflow


@functools.lru_cache(maxsize=64)
def parse(content: bytes, file: str) -> Workflow:
    """The workflow in `content`; `file` is its path as a reader would type it.

    Raises UnusableInput, with file and line, for what is not YAML or no workflow, for a job that neither
    runs nor calls anything, and for `needs` that name an absent job or go round in a circle.
    """
    document = Document(content, file)
    if not isinstance(document.body, dict):
        document.fail("this is no workflow", "a workflow is a mapping with `on` and `jobs`")
    started = document.body.get("on")
    if not started or not isinstance(started, str | list | dict):
        document.fail("nothing starts this workflow", "say what does, as in `on: pull_request`", "on")
    jobs = _jobs(document)
    _ordered({job.id: job for job in jobs}, document)
    name, line, started_by = _text(document.body.get("name")), document.line("on"), tuple(events(started))
    return Workflow(file, name or file, line, started_by, jobs, _inputs(started))


def _jobs(document: Document) -> tuple[Job, ...]:
    jobs = document.body.get("jobs")
    if not isinstance(jobs, dict) or not jobs:
        document.fail("this workflow has no jobs", "name at least one below `jobs`", "jobs")
    if twice := document.twice("jobs"):
        name, line = twice
        raise UnusableInput(f"the job {name} is there twice", "rename or remove one", document.file, line)
    return tuple(_job(str(name), body, document) for name, body in jobs.items())


def _job(name: str, body: Any, document: Document) -> Job:
    if not isinstance(body, dict) or not ("runs-on" in body or isinstance(body.get("uses"), str)):
        hint = "give it `runs-on` and `steps`, or `uses`"
        document.fail(f"the job {name} runs nothing", hint, "jobs", name)
    environment, strategy = body.get("environment"), body.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    named = environment.get("name") if isinstance(environment, dict) else environment
    known, given = matrices.values(matrix), body.get("with")
    return Job(
        id=name,
        name=filled(_text(body.get("name")) or name, known),
        file=document.file,
        line=document.line("jobs", name),
        needs=_texts(body.get("needs")),
        condition=_text(body.get("if")),
        environment=filled(_text(named), known),
        permissions=_permissions(body.get("permissions", document.body.get("permissions"))),
        matrix=matrices.times(matrix),
        calls=_text(body.get("uses")).removeprefix("./"),
        given={str(key): _text(value) for key, value in given.items()} if isinstance(given, dict) else {},
    )


def _ordered(jobs: Mapping[str, Job], document: Document) -> None:
    """Every job that is needed exists, and none waits for itself."""
    for job, need in ((one, need) for one in jobs.values() for need in one.needs):
        if need not in jobs:
            close = difflib.get_close_matches(need, jobs, n=1)
            hint = f"did you mean {close[0]}?" if close else f"the jobs are {', '.join(jobs)}"
            message = f"{job.id} needs {need}, and there is no such job"
            document.fail(message, hint, "jobs", job.id, "needs")
    waiting = dict(jobs)
    while ready := [name for name, job in waiting.items() if not waiting.keys() & set(job.needs)]:
        for name in ready:
            del waiting[name]
    if waiting:
        message = f"these jobs wait for each other: {', '.join(waiting)}"
        document.fail(message, "remove one of their needs", "jobs", next(iter(waiting)), "needs")


def _inputs(started: Any) -> dict[str, str] | None:
    """The defaults of what a caller may hand over; None where the workflow accepts no call."""
    if "workflow_call" not in ([started] if isinstance(started, str) else started):
        return None
    call = started["workflow_call"] if isinstance(started, dict) else None
    inputs = call.get("inputs") if isinstance(call, dict) else None
    described = inputs.items() if isinstance(inputs, dict) else ()
    return {str(key): _text(one["default"]) for key, one in described if _has_default(one)}


def _has_default(described: Any) -> bool:
    return isinstance(described, dict) and "default" in described


def _permissions(value: Any) -> tuple[str, ...]:
    if isinstance(value, dict):
        return tuple(f"{key}: {level}" for key, level in value.items()) or ("none",)
    return _texts(value)


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value] if value else []
    return tuple(_text(item) for item in values)


def _text(value: Any) -> str:
    """A scalar as the file writes it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
