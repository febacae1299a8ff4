"""Label selectors."""

import pytest

from asbuilt.prove.selectors import selects

HAS = {"app": "web", "tier": "front", "version": 2}


def expression(operator: str, *values: str, key: str = "app") -> dict[str, list[dict[str, object]]]:
    """A selector of one expression."""
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, True),
        (None, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "web", "tier": "back"}}, False),
        ({"matchLabels": {"version": "2"}}, True),
        ({"matchLabels": {"none": "x"}}, False),
        (expression("In", "api", "web"), True),
        (expression("In", "api"), False),
        (expression("In", "api", key="none"), False),
        (expression("NotIn", "api"), True),
        (expression("NotIn", "web"), False),
        (expression("NotIn", "web", key="none"), True),
        (expression("Exists"), True),
        (expression("Exists", key="none"), False),
        (expression("DoesNotExist", key="none"), True),
        (expression("DoesNotExist"), False),
        ({"matchLabels": {"app": "web"}} | expression("In", "back", key="tier"), False),
    ],
)
def test_a_selector_chooses(selector, expected):
    """All of its labels and expressions have to hold; a label that is missing is not in, and is not among."""
    assert selects(selector, HAS) is expected
