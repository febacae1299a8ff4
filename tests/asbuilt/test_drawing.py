"""A drawing's boxes and what is in them."""

import pytest

from asbuilt.drawing import Box, Drawing, Node

BOXES = tuple(Box(key, "", key, parent, 1) for key, parent in [("a", ""), ("b", "a"), ("c", "b"), ("d", "")])
NODES = tuple(Node(f"in {key}", "", "", "", key, 1) for key in ("", "a", "b", "c", "d"))
DRAWING = Drawing("x", "x.py", "X", "TB", NODES, BOXES, ())


@pytest.mark.parametrize(
    ("box", "expected"),
    [("a", ["in a", "in b", "in c"]), ("b", ["in b", "in c"]), ("c", ["in c"]), ("d", ["in d"])],
)
def test_members_are_the_nodes_at_any_depth(box, expected):
    """A box has its own nodes and those of the boxes within, and none from around or beside it."""
    members = DRAWING.members(next(item for item in BOXES if item.key == box))
    assert expected == [node.key for node in members]
