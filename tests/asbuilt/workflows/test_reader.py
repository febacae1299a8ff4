"""One workflow, read."""

import random

import pytest
import yaml

from asbuilt.errors import UnusableInput
from asbuilt.workflows import Event, Job, Workflow, parse

FILE = ".github/workflows/delivery.yml"
TEXT = """\
name: delivery
on:
  push: {branches: [main]}
  workflow_call:
    inputs:
      environment: {type: string, default: staging}
      url: {type: string, required: true}
permissions: {contents: read}
jobs:
  build:
    runs-on: ubuntu-24.04
    permissions: {}
  plan:
    name: Plan ${{ matrix.environment }}
    needs: build
    if: true
    runs-on: ubuntu-24.04
    strategy: {matrix: {environment: [staging, production]}}
    environment: {name: "${{ matrix.environment }}", url: x}
  release:
    needs: [build, plan]
    uses: ./.github/workflows/release.yml
    with: {version: 1, draft: false}
"""


def test_a_workflow_is_read():
    """Jobs with what each needs, asks for, may do and calls, and the lines they start on."""
    build = Job("build", "build", FILE, 10, permissions=("none",))
    plan = Job(
        id="plan",
        name="Plan staging / production",
        file=FILE,
        line=13,
        needs=("build",),
        condition="true",
        environment="staging / production",
        permissions=("contents: read",),
        matrix="matrix of 2",
    )
    release = Job(
        id="release",
        name="release",
        file=FILE,
        line=20,
        needs=("build", "plan"),
        permissions=("contents: read",),
        calls=".github/workflows/release.yml",
        given={"version": "1", "draft": "false"},
    )
    expected = Workflow(
        file=FILE,
        name="delivery",
        line=2,
        events=(
            Event("push", "Push to main", "push to main"),
            Event("workflow_call", "Called by a workflow", "called by a workflow"),
        ),
        jobs=(build, plan, release),
        inputs={"environment": "staging"},
    )
    assert expected == parse(TEXT.encode(), FILE)


def test_a_workflow_that_accepts_no_call_has_no_inputs():
    """None is something else than a call without inputs."""
    jobs = b"\njobs: {a: {runs-on: x}}"
    assert None is parse(b"on: push" + jobs, FILE).inputs
    assert {} == parse(b"on: workflow_call" + jobs, FILE).inputs
    assert {} == parse(b"on: [push, workflow_call]" + jobs, FILE).inputs


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("", 1, "this is no workflow", "a workflow is a mapping with `on` and `jobs`"),
        ("- on: push\n", 1, "this is no workflow", "a workflow is a mapping with `on` and `jobs`"),
        ("jobs: {a: {runs-on: x}}\n", 1, "nothing starts this workflow", "say what does"),
        ("name: a\non:\njobs: {a: {runs-on: x}}\n", 2, "nothing starts this workflow", "say what does"),
        ("on: push\n", 1, "this workflow has no jobs", "name at least one"),
        ("on: push\njobs: []\n", 2, "this workflow has no jobs", "name at least one"),
        ("on: push\njobs:\n  a:\n", 3, "the job a runs nothing", "give it `runs-on`"),
        ("on: push\njobs:\n  a: {steps: []}\n", 3, "the job a runs nothing", "give it `runs-on`"),
        (
            "on: push\njobs:\n  a: {runs-on: x}\n  b: {runs-on: x}\n  a: {runs-on: x}\n",
            5,
            "the job a is there twice",
            "rename or remove one",
        ),
        (
            "on: push\njobs:\n  build: {runs-on: x}\n  b:\n    runs-on: x\n    needs: [build, biuld]\n",
            6,
            "b needs biuld, and there is no such job",
            "did you mean build?",
        ),
        (
            "on: push\njobs:\n  a:\n    runs-on: x\n    needs: 1\n",
            5,
            "a needs 1, and there is no such job",
            "the jobs are a",
        ),
        (
            "on: push\njobs:\n  a: {uses: x}\n  b:\n    needs: c\n    uses: x\n  c: {uses: x, needs: b}\n",
            5,
            "these jobs wait for each other: b, c",
            "remove one of their needs",
        ),
        (
            "on: push\njobs:\n  a:\n    runs-on: x\n    needs: a\n",
            5,
            "these jobs wait for each other: a",
            "remove one of their needs",
        ),
    ],
)
def test_what_is_no_workflow_is_refused(text: str, line: int, message: str, hint: str):
    """With what is wrong, what to do, and the line."""
    with pytest.raises(UnusableInput) as caught:
        parse(text.encode(), FILE)
    assert (FILE, line, message) == (caught.value.file, caught.value.line, caught.value.message)
    assert caught.value.hint.startswith(hint)


def test_nothing_but_unusable_input_is_raised():
    """Whatever shape a part of a workflow has, it is read or refused, and never a traceback."""
    shapes = [None, "", "a", 1, True, [], ["a"], [1, None], [["a"]], {}, {"a": "b"}, {"name": []}, [{}]]
    chance = random.Random(7)  # noqa: S311 - nothing secret
    for _ in range(400):
        body = yaml.safe_load(TEXT.replace("on:", '"on":'))
        place, keys = body, []
        while isinstance(place, dict) and place and chance.random() < 0.8:
            keys.append(chance.choice(list(place)))
            above, place = place, place[keys[-1]]
        if keys:
            above[keys[-1]] = chance.choice(shapes)
        try:
            parse(yaml.safe_dump(body).encode(), FILE)
        except UnusableInput as error:
            assert error.hint and error.line, keys
