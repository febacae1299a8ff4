"""The limit with the least room breaks first, and what was changed for a smaller size counts as done."""

from typing import Any

import pytest

from asbuilt.errors import UnusableInput
from drills.capacity.limits import Limit, Step, breaks_at, grid, read, standing

SETTINGS = {
    "most": {"value": 30, "address": "aws_eks_node_group.main"},
    "kind": {"value": "large", "address": "aws_db_instance.main"},
    "range": {"value": "10.0.0.0/24", "address": "aws_subnet.private"},
}


def limit(name: str, *steps: float) -> Limit:
    """A limit whose steps are these."""
    return Limit(name, name, "", "source", "", "", tuple(Step(step, f"to {step:g}") for step in steps))


def declared(**item: Any) -> dict[str, Any]:
    """One limit as it is written."""
    return {"x": {"title": "X", "unit": "a second", "source": "https://x", "steps": [{"value": 5}]} | item}


def test_the_least_room_comes_first():
    """Half of what is asked is less than two thirds of it."""
    found = standing([limit("a", 2, 9), limit("b", 2, 9)], {"a": 0, "b": 0}, {"a": 3, "b": 4})
    assert [(broken.limit.name, broken.headroom, broken.change) for broken in found] == [
        ("b", 0.5, "to 9"),
        ("a", 2 / 3, "to 9"),
    ]


def test_what_a_smaller_size_changed_is_done():
    """The limit stands at its second step, and has to go to its fourth."""
    (broken,) = standing([limit("a", 2, 9, 20, 50)], {"a": 5}, {"a": 30})
    assert (broken.allowed, broken.change) == (9, "to 20 to 50")


def test_what_nothing_bears_is_refused():
    """A size beyond the last step has no answer, and none is made up."""
    with pytest.raises(UnusableInput, match="a: nothing bears 60"):
        limit("a", 2, 50).step_for(60)


def test_a_limit_that_is_just_reached_holds():
    """It breaks above, not at it."""
    assert breaks_at(limit("a", 5), {1: 4, 10: 5, 100: 6, 1000: 7}) == 100
    assert breaks_at(limit("a", 5), {1: 4}) is None


def test_limits_are_read_with_our_settings():
    """A setting's number, times what each brings; the addresses of a range less the five that AWS keeps."""
    found = [
        *read(declared(steps=[{"setting": "most"}]), SETTINGS),
        *read(declared(steps=[{"setting": "most", "times": 58}]), SETTINGS),
        *read(declared(steps=[{"ranges": ["range"]}]), SETTINGS),
    ]
    assert [(one.steps[0].value, one.source) for one in found] == [
        (30, "aws_eks_node_group.main"),
        (1740, "https://x"),
        (251, "https://x"),
    ]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"source": ""}, "x has no source"),
        ({"when": {"kind": "small"}}, "x is true of small, and kind is large"),
        ({"steps": [{"value": 5}, {"value": 4, "change": "less"}]}, "a step must bear more"),
        ({"steps": [{"value": 5}, {"value": 9}]}, "a step must bear more, and say what one does"),
    ],
)
def test_a_wrong_limit_is_refused(item: dict[str, Any], told: str):
    """Without a source, true of something else, smaller than before, or without saying what one does."""
    with pytest.raises(UnusableInput, match=told):
        read(declared(**item), SETTINGS)


def test_a_grid_grows_to_its_end():
    """From one on, in two digits, each number once."""
    found = grid(1000, 10)
    assert (found[0], found[-1], found == sorted(set(found))) == (1, 1000, True)
    assert all(len(str(number).rstrip("0")) <= 2 for number in found)
