"""A workflow together with those it calls."""

from collections.abc import Iterator
from pathlib import Path

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure.model import Location
from asbuilt.workflows.model import Job, Workflow
from asbuilt.workflows.reader import parse

FOLDER = ".github/workflows"


def load(file: str) -> dict[str, Workflow]:
    """The workflow at `file`, a path from the repository's root, and all it calls there, by their paths.

    Workflows of other repositories are not looked up. Raises UnusableInput, with file and line, for what
    cannot be read, for a call to what is not there or cannot be called, and for one that leads back.
    """
    if not Path(file).is_file():
        raise UnusableInput("there is no such workflow", f"name one below {FOLDER}", file)
    return dict(_all(parse(Path(file).read_bytes(), file), ()))


def places(folder: Path) -> dict[str, Location]:
    """Where the workflows of a folder and their jobs are written: by `delivery`, and by `delivery/build`."""
    found: dict[str, Location] = {}
    for path in sorted(folder.glob("*.y*ml")):
        workflow = parse(path.read_bytes(), path.as_posix())
        found[path.stem] = Location(workflow.file, 1)
        found |= {f"{path.stem}/{job.id}": Location(job.file, job.line) for job in workflow.jobs}
    return found


def _all(workflow: Workflow, above: tuple[str, ...]) -> Iterator[tuple[str, Workflow]]:
    yield workflow.file, workflow
    around = (*above, workflow.file)
    for job in workflow.jobs:
        if job.calls and "@" not in job.calls:
            yield from _all(_called(job, around), around)


def _called(job: Job, around: tuple[str, ...]) -> Workflow:
    if job.calls in around:
        way = " → ".join((*around[around.index(job.calls) :], job.calls))
        raise UnusableInput(f"{job.id} calls in a circle: {way}", "remove one call", job.file, job.line)
    path = Path(job.calls)
    if not path.is_file():
        raise UnusableInput(
            f"{job.id} calls {job.calls}, and there is no such file", _hint(path), job.file, job.line
        )
    called = parse(path.read_bytes(), job.calls)
    if called.inputs is None:
        hint = "add workflow_call to its `on`"
        raise UnusableInput(f"{job.id} calls {job.calls}, which accepts no call", hint, job.file, job.line)
    return called


def _hint(path: Path) -> str:
    if not path.as_posix().startswith(FOLDER):
        return f"a workflow that can be called stands in {FOLDER}"
    there = sorted(found.name for found in path.parent.glob("*.y*ml")) if path.parent.is_dir() else []
    return f"there are {', '.join(there)}" if there else f"{FOLDER} is empty"
