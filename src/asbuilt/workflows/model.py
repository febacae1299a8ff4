"""A workflow as its file says it: what starts it, and its jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """What starts a workflow, in words; `short` counts the values of a filter that has many."""

    name: str
    short: str
    words: str


@dataclass(frozen=True, slots=True)
class Job:
    """One job. Text is as in the file, expressions (`${{ … }}`) included; what is absent is empty.

    `calls` is the workflow that the job runs instead of steps: a path from the repository's root, or a
    reference into another repository. `given` are the inputs it hands over. `matrix` says in words how
    often it runs. `permissions` are the job's own or else its workflow's.
    """

    id: str
    name: str
    file: str
    line: int
    needs: tuple[str, ...] = ()
    condition: str = ""
    environment: str = ""
    permissions: tuple[str, ...] = ()
    matrix: str = ""
    calls: str = ""
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workflow:
    """One file. `events` start it; `line` is where they are written.

    `inputs` are the defaults of what a caller may hand over, None where the workflow accepts no call.
    """

    file: str
    name: str
    line: int
    events: tuple[Event, ...]
    jobs: tuple[Job, ...]
    inputs: Mapping[str, str] | None = None
