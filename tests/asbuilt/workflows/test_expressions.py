"""Expressions in names."""

import pytest

from asbuilt.workflows.expressions import filled, plain

KNOWN = {"inputs.environment": "staging", "inputs.url": "${{ vars.URL }}"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Deploy to ${{ inputs.environment }}", "Deploy to staging"),
        ("${{inputs.environment}}", "staging"),
        ("${{ inputs.environments }}", "${{ inputs.environments }}"),
        ("${{ inputs.environment || 'x' }}", "${{ inputs.environment || 'x' }}"),
        ("${{ inputs.url }}", "${{ vars.URL }}"),
    ],
)
def test_only_what_is_known_is_filled_in(text: str, expected: str):
    """A longer expression, and an input that nobody gave, stay as they are."""
    assert expected == filled(text, KNOWN)


def test_an_expression_stays_on_one_line():
    """Its braces stand close, so that a label breaks beside it and not within."""
    assert "Deploy to {inputs.environment}" == plain("Deploy to\n ${{ inputs.environment }}")
