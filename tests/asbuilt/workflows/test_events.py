"""What starts a workflow, in words."""

import pytest

from asbuilt.workflows.events import events
from asbuilt.workflows.model import Event

PATHS = {"paths": ["a/**", "b/**", "c/**"]}


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        ("push", [Event("push", "Push", "push")]),
        (["push", "fork"], [Event("push", "Push", "push"), Event("fork", "Fork", "fork")]),
        (
            {"push": {"branches": ["main"]}, "pull_request": None},
            [
                Event("push", "Push to main", "push to main"),
                Event("pull_request", "Pull request", "pull request"),
            ],
        ),
        (
            {"pull_request": {"branches": ["main"], "types": ["opened"]}},
            [
                Event(
                    "pull_request",
                    "Pull request into main\n(types opened)",
                    "pull request into main (types opened)",
                )
            ],
        ),
        (
            {"push": PATHS},
            [Event("push", "Push\n(3 paths)", "push (paths a/**, b/**, c/**)")],
        ),
        (
            {"push": {"tags": "v*"}},
            [Event("push", "Push\n(tags v*)", "push (tags v*)")],
        ),
        (
            {"schedule": [{"cron": "17 5 * * *"}, {"cron": "0 0 1 * *"}]},
            [
                Event("schedule", "Schedule 17 5 * * *", "schedule 17 5 * * *"),
                Event("schedule", "Schedule 0 0 1 * *", "schedule 0 0 1 * *"),
            ],
        ),
        (
            {"workflow_call": {"inputs": {"a": {"type": "string"}}}, "workflow_dispatch": {}},
            [
                Event("workflow_call", "Called by a workflow", "called by a workflow"),
                Event("workflow_dispatch", "Started by hand", "started by hand"),
            ],
        ),
    ],
)
def test_events_leave_no_filter_out(started, expected):
    """Every filter is told; the picture counts the values of one that has many, the list names them."""
    assert expected == list(events(started))
