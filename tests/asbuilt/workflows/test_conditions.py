"""Conditions taken apart and cut for a label."""

import pytest

from asbuilt.workflows.conditions import conjuncts, label, never

PUSH, PULL = "github.event_name == 'push'", "github.event_name == 'pull_request'"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("", ()),
        ("always()", ("always()",)),
        ("${{ a }}", ("a",)),
        ("a &&\n  b", ("a", "b")),
        ("a && (b || c) && d", ("a", "(b || c)", "d")),
        ("a && b || c", ("a && b || c",)),
        ("a == 'x && y || z' && b", ("a == 'x && y || z'", "b")),
        ("a == 'it''s && so' && b", ("a == 'it''s && so'", "b")),
        ("contains(a, 'x') && !(b && c)", ("contains(a, 'x')", "!(b && c)")),
        ("${{ a }} && ${{ b }}", ("${{ a }}", "${{ b }}")),
    ],
)
def test_a_condition_is_what_must_all_hold(condition: str, expected: tuple[str, ...]):
    """It comes apart at `&&`, but not inside parentheses, texts, or beside an `||`."""
    assert expected == conjuncts(condition)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((PUSH, PULL), True),
        ((PUSH, PUSH, "a"), False),
        ((PUSH, f"({PULL})"), False),
        ((PUSH, f"!({PULL})"), False),
        ((PUSH, f"{PULL} || a"), False),
        ((PUSH, "github.event_name != 'pull_request'"), False),
    ],
)
def test_two_events_at_once_never_happen(found: tuple[str, ...], expected: bool):
    """Only plain equalities with different events contradict each other."""
    assert expected == never(found)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((), ""),
        (("always()",), "if always()"),
        ((PUSH, PUSH), f"if {PUSH}"),
        (("vars.A != ''", "vars.B == ''"), "if vars.A is not empty && vars.B is empty"),
        ((PUSH, "a." + 40 * "b"), f"if {PUSH} && …"),
        (("a." + 40 * "b",), "if …"),
        ((PUSH, PULL, "a == 'b'"), f"if {PUSH} && {PULL} && …"),
    ],
)
def test_a_label_says_when_there_is_more(found: tuple[str, ...], expected: str):
    """What is too long for a picture is not dropped in silence."""
    assert expected == label(found)
