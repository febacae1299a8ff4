"""A workflow as a drawing: jobs are nodes, `needs` are arrows, environments and calls are boxes."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from asbuilt.drawing import Arrow, Box, Drawing, Node
from asbuilt.workflows.conditions import conjuncts, label, never
from asbuilt.workflows.expressions import filled, plain
from asbuilt.workflows.model import Job, Workflow

MOST_NODES = 15
"""With more nodes than these a called workflow is one node, and has a picture of its own."""
START = "on:"
"""The key of the node that stands for what starts the workflow; no job can be called so."""

_JOB = "resources/onprem/ci/github-actions.png"
_CALL = "resources/programming/flowchart/predefined-process.png"
_STARTS = {
    "schedule": "resources/gcp/devtools/scheduler.png",
    "workflow_call": "resources/onprem/vcs/github.png",
}
_START = "resources/onprem/vcs/git.png"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, and the jobs that are its nodes and boxes, by key."""

    drawing: Drawing
    jobs: Mapping[str, Job]


def draw(file: str, workflows: Mapping[str, Workflow]) -> Picture:
    """The picture of the workflow at `file`; `workflows` holds it and all that it calls.

    A called workflow is drawn as a box with its jobs, or as one node where the picture would get too large.
    """
    for expand in (True, False):
        sheet = _Sheet(workflows, expand)
        sheet.start(workflows[file])
        if len(sheet.nodes) <= MOST_NODES:
            break
    return sheet.picture(workflows[file])


@dataclass(frozen=True, slots=True)
class _Ends:
    """The nodes that a job starts with, each with what it asks for, and those that it ends with."""

    first: Mapping[str, tuple[str, ...]]
    last: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Around:
    """What a call brings to the jobs within: their box, what was asked before, and their inputs.

    Without a call nothing is known: a default is only one of the values that a caller may give.
    """

    box: str = ""
    asked: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Sheet:
    """What is drawn so far. Keys are a job's path through the calls: `infrastructure/plan`."""

    workflows: Mapping[str, Workflow]
    expand: bool
    nodes: dict[str, Node] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    arrows: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    jobs_of: dict[str, Job] = field(default_factory=dict)

    def start(self, workflow: Workflow) -> None:
        """Draw what starts the workflow, and then all of it."""
        icon = _STARTS.get(workflow.events[0].name, _START)
        words = "\n".join(event.short for event in workflow.events)
        self.nodes[START] = Node(START, START, words, icon, "", workflow.line)
        for head, asked in self.jobs(workflow, "", _Around()).first.items():
            self.arrows[START, head] = asked

    def jobs(self, workflow: Workflow, above: str, around: _Around) -> _Ends:
        """Draw the jobs, their keys below `above`; one that this call can never start is left out."""
        needed = {need for job in workflow.jobs for need in job.needs}
        possible = [
            job
            for job in workflow.jobs
            if job.id in needed or not never((*around.asked, *conjuncts(job.condition)))
        ]
        jobs = [_with(job, around.inputs) for job in possible or workflow.jobs]
        drawn = {job.id: self.job(job, above, around) for job in jobs}
        for job in jobs:
            for tail in (key for need in _middle_first(job.needs) for key in drawn[need].last):
                self.arrows |= {(tail, head): asked for head, asked in drawn[job.id].first.items()}
        first = (drawn[job.id].first.items() for job in jobs if not job.needs)
        last = (key for job in jobs if job.id not in needed for key in drawn[job.id].last)
        return _Ends(dict(pair for pairs in first for pair in pairs), tuple(last))

    def job(self, job: Job, above: str, around: _Around) -> _Ends:
        """Draw one job, or the workflow that it calls."""
        key, box, asked = above + job.id, around.box, conjuncts(job.condition)
        self.jobs_of[key] = job
        if job.calls in self.workflows and self.expand:
            title = f"{', '.join(_words(job))}: {job.calls.rpartition('/')[2]}"
            self.boxes[key] = Box(key, key, title, box, job.line)
            called = self.workflows[job.calls]
            within = _Around(key, (*around.asked, *asked), {**(called.inputs or {}), **job.given})
            ends = self.jobs(called, f"{key}/", within)
            return _Ends({head: asked + own for head, own in ends.first.items()}, ends.last)
        if job.environment:
            name = plain(job.environment)
            inner = f"{above}environment: {name}"
            self.boxes.setdefault(inner, Box(inner, "", f"Environment {name}", box, job.line))
            box = inner
        self.nodes[key] = Node(key, key, "\n".join(_words(job)), _CALL if job.calls else _JOB, box, job.line)
        return _Ends({key: asked}, (key,))

    def picture(self, workflow: Workflow) -> Picture:
        """A condition stands on the only arrow to its job, or in the job where several arrows lead there."""
        reached = Counter(head for _, head in self.arrows)
        arrows = tuple(
            Arrow(tail, head, label(asked) if reached[head] == 1 else "", (), self.nodes[head].line)
            for (tail, head), asked in self.arrows.items()
        )
        several = {head: label(asked) for (_, head), asked in self.arrows.items() if reached[head] > 1}
        nodes = (
            replace(node, label=f"{node.label}\n{several[key]}") if several.get(key) else node
            for key, node in self.nodes.items()
        )
        name = re.sub(r"[^\w-]+", "-", workflow.file).strip("-")
        title, boxes = workflow.name, tuple(self.boxes.values())
        return Picture(
            Drawing(name, workflow.file, title, "TB", tuple(nodes), boxes, arrows), dict(self.jobs_of)
        )


def _middle_first(needs: tuple[str, ...]) -> tuple[str, ...]:
    """The first arrow to a node is the straight one: from the middle of many, and from the later of two."""
    half = len(needs) // 2
    return needs[half:] + needs[:half]


def _with(job: Job, inputs: Mapping[str, str]) -> Job:
    """The job with the inputs that are known in their places."""
    known = {f"inputs.{key}": value for key, value in inputs.items()}
    given = {key: filled(value, known) for key, value in job.given.items()}
    return replace(job, name=filled(job.name, known), environment=filled(job.environment, known), given=given)


def _words(job: Job) -> list[str]:
    return list(filter(None, [plain(job.name), job.matrix]))
