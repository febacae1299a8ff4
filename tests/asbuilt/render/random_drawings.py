"""Lay out random drawings and print each with its layout and its SVG, one JSON document a line.

Takes the first seed and the one after the last. Runs as a process of its own, because a layout that
goes wrong inside Graphviz ends the process.
"""

import dataclasses
import json
import random
import sys

from asbuilt.drawing import Arrow, Box, Drawing, Node
from asbuilt.render.layout import lay_out
from asbuilt.render.svg import to_svg

WORDS = [
    "queue",
    "of",
    "the",
    "results",
    "Überwachung",
    "分析",
    "🧬",
    "a<b&c>d\"e'f",
    "\\N",
    "{x|y}",
    "aws_vpc_security_group_ingress_rule_for_everything",
    "%s",
    "-->",
]
ICONS = ["", "resources/aws/storage/simple-storage-service-s3.png", "resources/aws/database/rds.png"]


def label(random_: random.Random, words: int) -> str:
    """Up to so many words, sometimes none, sometimes on lines of their own."""
    chosen = (random_.choice(WORDS) for _ in range(random_.randrange(words + 1)))
    return random_.choice([" ", " ", "\n"]).join(chosen)


def drawing(seed: int) -> Drawing:
    """Boxes in boxes, empty ones too; cycles, arrows to oneself, and nodes that nothing reaches."""
    random_ = random.Random(seed)  # noqa: S311 - the same drawing for the same seed
    boxes: list[Box] = []
    for index in range(random_.randrange(9)):
        parent = random_.choice(["", *(box.key for box in boxes)])
        name = " ".join(label(random_, 3).split())
        boxes.append(Box(f"box {index}", "", name, parent, 1))
    places = ["", *(box.key for box in boxes)]
    nodes = [
        Node(f"node/{index}", "", label(random_, 6), random_.choice(ICONS), random_.choice(places), 1)
        for index in range(random_.randrange(1, 31))
    ]
    keys = [node.key for node in nodes]
    arrows = [
        Arrow(*random_.choices(keys, k=2), " ".join(label(random_, 5).split()), (), 1, random_.random() < 0.3)
        for _ in range(random_.randrange(2 * len(nodes)))
    ]
    direction = random_.choice(["TB", "LR", "BT", "RL"])
    return Drawing(
        f"random/{seed}", "x.py", "<Random> & more", direction, tuple(nodes), tuple(boxes), tuple(arrows)
    )


if __name__ == "__main__":
    for seed in range(*map(int, sys.argv[1:3])):
        print(json.dumps({"seed": seed}), flush=True)
        drawn = drawing(seed)
        placed = lay_out(drawn)
        body = {"drawing": drawn, "layout": placed}
        print(
            json.dumps(
                {name: dataclasses.asdict(part) for name, part in body.items()}
                | {"svg": to_svg(drawn, placed)}
            )
        )
