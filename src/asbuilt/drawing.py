"""A diagram as its author wrote it: nodes, boxes and arrows, with the lines they stand on."""

from dataclasses import dataclass

from asbuilt.claims import Claim


@dataclass(frozen=True, slots=True)
class Node:
    """One node. `id` is empty where the author bound it to nothing; `key` is unique in its drawing.

    `cidr` holds the addresses of a node outside, where its author tells them.
    """

    key: str
    id: str
    label: str
    icon: str
    box: str
    line: int
    cidr: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One cluster. `id` is the address it is bound to, or empty; `parent` the key of the box around it."""

    key: str
    id: str
    label: str
    parent: str
    line: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow, from the node at its tail to the node at its head (both by key).

    `backward` says that its author wrote `head << tail`: the head then stands first on the page.
    """

    source: str
    target: str
    label: str
    claims: tuple[Claim, ...]
    line: int
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything one script draws. `name` is the script's path below its folder, without suffix."""

    name: str
    script: str
    title: str
    direction: str
    nodes: tuple[Node, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    def members(self, box: Box) -> tuple[Node, ...]:
        """Every node inside `box`, those of the boxes within it included."""
        inside = {box.key}
        for other in self.boxes:  # a box is listed before the boxes within it
            if other.parent in inside:
                inside.add(other.key)
        return tuple(node for node in self.nodes if node.box in inside)
