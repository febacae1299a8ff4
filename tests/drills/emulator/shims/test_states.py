"""Definitions judged, and versions listed."""

import json

import pytest

RUNNABLE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


@pytest.mark.parametrize(
    ("definition", "result"),
    [(RUNNABLE, "OK"), ({"States": {"Done": {"Type": "Nonsense"}}}, "FAIL")],
    ids=["runnable", "nonsense"],
)
def test_a_definition_is_judged(client, definition, result):
    """A definition passes only if the emulator's own interpreter can read it."""
    judged = client("stepfunctions").validate_state_machine_definition(definition=json.dumps(definition))
    assert (result, result == "OK") == (judged["result"], not judged["diagnostics"])


def test_a_state_machine_has_no_versions(client):
    """Terraform asks for them before it deletes a state machine."""
    arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:any"
    listed = client("stepfunctions").list_state_machine_versions(stateMachineArn=arn)
    assert [] == listed["stateMachineVersions"]
