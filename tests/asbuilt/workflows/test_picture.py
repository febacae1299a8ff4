"""A workflow as a drawing."""

import pytest

from asbuilt.drawing import Drawing
from asbuilt.render.icons import inside_library
from asbuilt.workflows import MOST_NODES, START, draw, parse

FILE, CALLED = ".github/workflows/a.yml", ".github/workflows/b.yml"


def drawing(jobs: str, called: str = "", on: str = "push") -> Drawing:
    """The picture of the jobs, and of a workflow with those of `called` where one is called."""
    texts = {FILE: f"on: {on}\njobs:\n{jobs}"}
    if called:
        texts[CALLED] = f"on: workflow_call\njobs:\n{called}"
    return draw(FILE, {file: parse(text.encode(), file) for file, text in texts.items()}).drawing


def job(name: str, *lines: str) -> str:
    """A job of a workflow."""
    return f"  {name}:\n" + "".join(f"    {line}\n" for line in (lines or ("runs-on: x",)))


def runs(name: str, *lines: str) -> str:
    """A job that runs steps."""
    return job(name, "runs-on: x", *lines)


def arrows(of: Drawing) -> set[tuple[str, str, str]]:
    """Arrows by their ends and label."""
    return {(arrow.source, arrow.target, arrow.label) for arrow in of.arrows}


def test_needs_are_arrows_and_jobs_without_any_start():
    """The first node is what starts the workflow."""
    found = drawing(runs("build") + runs("test", "needs: build"))
    assert [START, "build", "test"] == [node.key for node in found.nodes]
    assert {(START, "build", ""), ("build", "test", "")} == arrows(found)
    assert [1, 3, 5] == [node.line for node in found.nodes]


def test_a_job_without_needs_is_never_left_hanging():
    """The wrong picture would have a job that nothing starts."""
    found = drawing(runs("a") + runs("b") + runs("c", "needs: [a, b]"))
    reached = {arrow.target for arrow in found.arrows}
    assert {node.key for node in found.nodes} - {START} == reached


def test_a_condition_stands_on_the_only_arrow():
    """It says when the job behind it runs."""
    found = drawing(runs("a", "if: github.event_name == 'push'"))
    assert {(START, "a", "if github.event_name == 'push'")} == arrows(found)
    assert "a" == found.nodes[1].label


def test_a_condition_of_many_arrows_stands_in_the_job():
    """It is the job's, not one arrow's."""
    found = drawing(runs("a") + runs("b") + runs("c", "needs: [a, b]", "if: always()"))
    assert {""} == {arrow.label for arrow in found.arrows}
    assert "c\nif always()" == found.nodes[3].label


def test_an_environment_is_a_box_around_all_its_jobs():
    """Two jobs of one environment stand in one box, a third in none."""
    found = drawing(runs("a", "environment: staging") + runs("b", "environment: {name: staging}") + runs("c"))
    assert ["Environment staging"] == [box.label for box in found.boxes]
    assert ["a", "b"] == [node.key for node in found.members(found.boxes[0])]


def test_a_called_workflow_is_a_box_with_its_jobs():
    """Arrows lead to its first jobs and from its last; its environments are boxes within."""
    called = runs("plan") + runs("apply", "needs: plan", "environment: ${{ inputs.where }}")
    jobs = runs("build") + job("go", f"uses: ./{CALLED}", "needs: build", "with: {where: staging}", "if: b")
    found = drawing(jobs + runs("end", "needs: go"), called)
    assert ["go: b.yml", "Environment staging"] == [box.label for box in found.boxes]
    assert ["", "go"] == [box.parent for box in found.boxes]
    assert {
        (START, "build", ""),
        ("build", "go/plan", "if b"),
        ("go/plan", "go/apply", ""),
        ("go/apply", "end", ""),
    } == arrows(found)


def test_two_calls_of_one_workflow_stay_apart():
    """Each has its box, its environment and its jobs."""
    called = runs("deploy", "environment: ${{ inputs.where }}")
    jobs = "".join(job(name, f"uses: ./{CALLED}", f"with: {{where: {name}}}") for name in ("one", "two"))
    found = drawing(jobs, called)
    assert [START, "one/deploy", "two/deploy"] == [node.key for node in found.nodes]
    assert ["one: b.yml", "Environment one", "two: b.yml", "Environment two"] == [
        box.label for box in found.boxes
    ]


def test_a_call_of_another_repository_is_one_node():
    """Its file is not here, so nothing is said of what is in it."""
    found = drawing(job("go", "uses: other/shop/.github/workflows/b.yml@v1"))
    assert [START, "go"] == [node.key for node in found.nodes]
    assert () == found.boxes


@pytest.mark.parametrize(("jobs", "nodes"), [(MOST_NODES - 1, MOST_NODES), (MOST_NODES, 2)])
def test_a_picture_stays_small(jobs: int, nodes: int):
    """A call that would make it too large is one node."""
    called = "".join(runs(f"job{number}") for number in range(jobs))
    assert nodes == len(drawing(job("go", f"uses: ./{CALLED}"), called).nodes)


def test_what_a_call_can_never_start_is_left_out():
    """The call is made on a push only, so a job for pull requests is not in this picture."""
    called = runs("plan", "if: github.event_name == 'pull_request'") + runs("apply")
    jobs = job("go", f"uses: ./{CALLED}", "if: github.event_name == 'push'")
    assert [START, "go/apply"] == [node.key for node in drawing(jobs, called).nodes]
    possible = drawing(job("go", f"uses: ./{CALLED}"), called)
    assert [START, "go/plan", "go/apply"] == [node.key for node in possible.nodes]


def test_what_is_needed_is_never_left_out():
    """A job that another needs stays, whatever its condition."""
    called = runs("plan", "if: github.event_name == 'pull_request'") + runs("apply", "needs: plan")
    jobs = job("go", f"uses: ./{CALLED}", "if: github.event_name == 'push'")
    assert [START, "go/plan", "go/apply"] == [node.key for node in drawing(jobs, called).nodes]


def test_a_call_is_never_empty():
    """Where no job could start, all are drawn: what waits for the call still hangs on them."""
    called = runs("plan", "if: github.event_name == 'pull_request'")
    call = job("go", f"uses: ./{CALLED}", "if: github.event_name == 'push'")
    found = drawing(call + runs("end", "needs: go"), called)
    assert {(START, "go/plan"), ("go/plan", "end")} == {
        (arrow.source, arrow.target) for arrow in found.arrows
    }


def test_a_matrix_is_noted():
    """In the job's name, which may hold its values."""
    found = drawing(runs("a", "name: Test on ${{ matrix.os }}", "strategy: {matrix: {os: [x, y]}}"))
    assert "Test on x / y\nmatrix of 2" == found.nodes[1].label


@pytest.mark.parametrize(
    ("on", "icon"),
    [
        ("push", "git.png"),
        ("{schedule: [{cron: 1 1 * * *}]}", "scheduler.png"),
        ("workflow_call", "github.png"),
    ],
)
def test_each_start_has_its_icon(on: str, icon: str):
    """It is one of the library's, which the store relies on."""
    start = drawing(runs("a"), on=on).nodes[0]
    assert icon == start.icon.rpartition("/")[2]
    assert inside_library(start.icon)


def test_an_input_that_is_given_goes_before_its_default():
    """The default stands where a call gives none; without a call neither is known."""
    called = (
        "on: {workflow_call: {inputs: {where: {type: string, default: staging}}}}\n"
        "jobs: {go: {runs-on: x, name: 'To ${{ inputs.where }}'}}"
    )
    jobs = job("one", f"uses: ./{CALLED}") + job("two", f"uses: ./{CALLED}", "with: {where: production}")
    caller = parse(f"on: push\njobs:\n{jobs}".encode(), FILE)
    found = draw(FILE, {FILE: caller, CALLED: parse(called.encode(), CALLED)}).drawing
    assert ["To staging", "To production"] == [node.label for node in found.nodes[1:]]
    alone = draw(CALLED, {CALLED: parse(called.encode(), CALLED)}).drawing
    assert "To {inputs.where}" == alone.nodes[1].label


def test_the_first_arrow_to_a_job_comes_from_the_middle():
    """The layout keeps it straight: a job that waits for four stands below the middle ones."""
    names = ("a", "b", "c", "d")
    found = drawing("".join(map(runs, names)) + runs("end", f"needs: [{', '.join(names)}]"))
    assert ["c", "d", "a", "b"] == [arrow.source for arrow in found.arrows if arrow.target == "end"]
