"""Label selectors."""

import pytest

from asbuilt.prove.selectors import Chosen, Labels, selects

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


def test_many_sets_are_asked_at_once():
    """Each set is a bit, and a label that is not told may be anything: also none."""
    sets = [{"app": "web"}, {"app": "api"}, {}]
    labels = Labels(sets, lambda key: 0b100 if key == "app" else 0)
    assert Chosen(0b001, 0b101) == labels.chosen({"matchLabels": {"app": "web"}})
    assert Chosen(0b010, 0b110) == labels.chosen(expression("NotIn", "web"))
    assert Chosen(0b011, 0b111) == labels.chosen(expression("Exists"))
    assert Chosen(0b000, 0b100) == labels.chosen(expression("DoesNotExist"))
    assert Chosen(0b111, 0b111) == labels.chosen({})


def test_a_label_that_is_told_is_known():
    """Although others of its key are not."""
    labels = Labels([{"app": "web"}], lambda key: 1)
    assert Chosen(1, 1) == labels.chosen({"matchLabels": {"app": "web"}})
    assert Chosen(0, 0) == labels.chosen({"matchLabels": {"app": "api"}})


@pytest.mark.parametrize(
    "selector", [expression("notin", "web"), expression("Gt", "1", key="none"), "app=web", []]
)
def test_what_is_no_selector_surely_chooses_nothing(selector):
    """Kubernetes refuses it, so nothing tells what was meant."""
    assert Chosen(0, 1) == Labels([HAS]).chosen(selector)
