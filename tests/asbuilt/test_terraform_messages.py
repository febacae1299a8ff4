"""The lines in which Terraform tells what it does."""

import json

import pytest

from asbuilt.terraform_messages import changes, error, text


def change(action: str) -> dict[str, object]:
    """A line of a plan about one resource."""
    return {
        "type": "planned_change",
        "change": {"resource": {"addr": 'aws_eip.nat["a"]'}, "action": action},
    }


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (change("replace"), [('aws_eip.nat["a"]', "replace")]),
        (change("noop"), []),
        (change("read"), []),
        ({"type": "outputs", "outputs": {"a": {"action": "update"}}}, [("output.a", "update")]),
        ({"type": "outputs", "outputs": {"a": {"action": "noop"}, "b": {"value": 1}}}, []),
        ({"type": "resource_drift", "change": change("update")["change"]}, []),
    ],
    ids=["resource", "unchanged", "data source", "output", "unchanged output", "drift"],
)
def test_changes_are_told_from_what_stays(told, expected):
    """A change of a resource or of an output counts; reading, drift and what stays do not."""
    assert expected == list(changes(json.dumps(told)))


def test_only_errors_are_errors():
    """A warning is no error."""
    warning = {"diagnostic": {"severity": "warning", "summary": "odd"}}
    assert error(json.dumps(warning)) is None
    failure = {"diagnostic": {"severity": "error", "summary": "wrong"}}
    assert failure["diagnostic"] == error(json.dumps(failure))


@pytest.mark.parametrize("line", ["Initializing", "[1]", '"text"', "{", ""])
def test_a_line_that_is_no_message_is_text(line):
    """`init` says some things in plain text."""
    assert (line, None, []) == (text(line), error(line), list(changes(line)))
