"""Every diagram keeps the contract, fits a page, and is proven."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from asbuilt import evidence
from asbuilt.capture import capture
from asbuilt.drawing import Drawing
from asbuilt.render.layout import LINE, SMALL, Layout, PlacedArrow, Rectangle, lay_out
from asbuilt.render.text import width
from asbuilt.settings import Settings

ROOT = Path(__file__).parents[2]
DIAGRAMS = ROOT / "diagrams"
EVIDENCE = ROOT / "evidence"
SCRIPTS = sorted(DIAGRAMS.rglob("*.py"))
WIDEST, TALLEST = 1100, 1400  # pixels that a page shows without making the text smaller

_WORDS = {"Diagram": {"show", "direction"}, "Cluster": {"graph_attr"}, "Edge": {"label", "by"}}
_NODE = {"nodeid", "cidr"}

WRONG = '''"""Several sentences. Too many."""

import asbuilt
from diagrams import Cluster, Diagram, Edge
from diagrams.aws.storage import S3

with Diagram("View", show=False, graph_attr={"bgcolor": "red"}):
    one = S3("One", nodeid="aws_s3_bucket.one", fontcolor="red")
    one >> Edge(color="red") >> S3("Two")
    with Cluster("Box"):
        S3("Three", nodeid="aws_s3_bucket.three")
'''


def name(script: Path) -> str:
    """The diagram's name, for the name of a test."""
    return script.relative_to(DIAGRAMS).with_suffix("").as_posix()


def writing_faults(script: Path) -> list[str]:
    """What the text of a script does against the contract."""
    tree = ast.parse(script.read_text(encoding="utf-8"))
    faults = []
    if not re.fullmatch(r"[A-Z][\w -]*: [^.]+\.", ast.get_docstring(tree) or ""):
        faults.append("its docstring is no `View: one sentence.`")
    for module in imported(tree):
        if module.split(".")[0] != "diagrams":
            faults.append(f"it imports {module}")
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        word = ast.unparse(call.func)
        extra = {one.arg or "**" for one in call.keywords} - _WORDS.get(word, _NODE)
        faults += [f"line {call.lineno}: {word} is given {one}" for one in sorted(extra)]
        faults += [
            f"line {call.lineno}: a box is given more than an id"
            for one in call.keywords
            if one.arg == "graph_attr" and list(ast.literal_eval(one.value)) != ["id"]
        ]
    return faults


def imported(tree: ast.Module) -> Iterator[str]:
    """Names of the modules that a script imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def drawing_faults(drawing: Drawing) -> list[str]:
    """What a drawing does against the contract."""
    faults = []
    if not 8 <= len(drawing.nodes) <= 18:
        faults.append(f"it has {len(drawing.nodes)} nodes")
    faults += [f"node {node.label} is unbound" for node in drawing.nodes if not node.id]
    faults += [f"box {box.label} is unbound" for box in drawing.boxes if not box.id]
    faults += [f"the arrow on line {arrow.line} has no label" for arrow in drawing.arrows if not arrow.label]
    faults += [
        f"the arrow on line {arrow.line} claims nothing" for arrow in drawing.arrows if not arrow.claims
    ]
    last = max(node.line for node in drawing.nodes)
    faults += [
        f"the arrow on line {arrow.line} stands before a node"
        for arrow in drawing.arrows
        if arrow.line <= last
    ]
    lone = {node.key for node in drawing.nodes} - {
        end for one in drawing.arrows for end in (one.source, one.target)
    }
    return faults + [f"no arrow meets {key}" for key in sorted(lone)]


def picture_faults(drawing: Drawing, layout: Layout) -> list[str]:
    """What makes a picture hard to read."""
    faults = []
    if layout.width > WIDEST or layout.height > TALLEST:
        faults.append(f"it is {layout.width:.0f} by {layout.height:.0f} pixels large")
    nodes = {node.key: placed.place for node, placed in zip(drawing.nodes, layout.nodes, strict=True)}
    for arrow, placed in zip(drawing.arrows, layout.arrows, strict=True):
        for key, place in nodes.items():
            if overlap(label(placed), place):
                faults.append(f"the label {arrow.label!r} covers {key}")
            if key not in (arrow.source, arrow.target) and any(
                inside(point, place) for point in points(placed)
            ):
                faults.append(f"the arrow {arrow.label!r} crosses {key}")
    for one, other in combinations(zip(drawing.arrows, layout.arrows, strict=True), 2):
        if overlap(label(one[1]), label(other[1])):
            faults.append(f"the labels {one[0].label!r} and {other[0].label!r} cover each other")
    return faults


def label(arrow: PlacedArrow) -> Rectangle:
    """Where an arrow's label stands."""
    broad = max(width(line, SMALL) for line in arrow.lines)
    tall = len(arrow.lines) * SMALL * LINE
    return Rectangle(arrow.middle[0] - broad / 2, arrow.middle[1] - tall / 2, broad, tall)


def overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether two places have a point in common."""
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    above = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not (beside or above)


def inside(point: tuple[float, float], place: Rectangle) -> bool:
    """Whether a point lies in a place."""
    return place.x < point[0] < place.x + place.width and place.y < point[1] < place.y + place.height


def points(arrow: PlacedArrow) -> Iterator[tuple[float, float]]:
    """Points along an arrow, fifty to each of its Bézier segments."""
    for index in range(0, len(arrow.curve) - 1, 3):
        for step in range(51):
            part, rest = step / 50, 1 - step / 50
            weights = rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3
            segment = list(zip(weights, arrow.curve[index : index + 4], strict=True))
            yield sum(w * point[0] for w, point in segment), sum(w * point[1] for w, point in segment)


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_script_keeps_the_contract(script: Path):
    """Nodes first and bound, arrows last, labelled and claiming something, and no styling."""
    drawing = capture(script, DIAGRAMS)
    assert [] == writing_faults(script) + drawing_faults(drawing)


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_picture_is_readable(script: Path):
    """It fits a page, no label covers anything, and no arrow runs through a node that it does not meet."""
    drawing = capture(script, DIAGRAMS)
    assert [] == picture_faults(drawing, lay_out(drawing))


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_script_runs_by_itself(script: Path, tmp_path: Path):
    """Plain Python and the library are enough; only its call of Graphviz' own program is stood in for."""
    (tmp_path / "dot").write_text('#!/bin/sh\nfor last; do :; done\n: > "$last.png"\n', encoding="utf-8")
    (tmp_path / "dot").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_every_node_exists(script: Path):
    """The recorded evidence finds each node in what the files create, or outside it."""
    body = evidence.load(EVIDENCE / f"{name(script)}.json")
    wrong = {
        node["id"]: node["verdict"] for node in body["nodes"] if node["verdict"] not in ("bound", "external")
    }
    assert {} == wrong, "correct the script, then: make prove"


def test_every_excuse_is_needed():
    """A path that a diagram draws by now, or that is gone, is excused no longer."""
    forgiven = {
        item["address"] for path in EVIDENCE.rglob("undrawn.json") for item in evidence.load(path)["excused"]
    }
    needed = forgiven | {address.partition("#")[0] for address in forgiven}
    assert set() == set(Settings.read(ROOT).undrawn) - needed, "remove them from [tool.asbuilt.undrawn]"


def test_a_script_against_the_contract_is_refused(tmp_path: Path):
    """Each rule of the contract is looked at."""
    script = tmp_path / "wrong.py"
    script.write_text(WRONG, encoding="utf-8")
    drawing = capture(script, tmp_path)
    assert [
        "it imports asbuilt",
        "its docstring is no `View: one sentence.`",
        "line 7: Diagram is given graph_attr",
        "line 7: a box is given more than an id",
        "line 8: S3 is given fontcolor",
        "line 9: Edge is given color",
    ] == sorted(writing_faults(script))
    assert [
        "it has 3 nodes",
        "node Two is unbound",
        "box Box is unbound",
        "the arrow on line 9 has no label",
        "the arrow on line 9 claims nothing",
        "the arrow on line 9 stands before a node",
        "no arrow meets aws_s3_bucket.three",
    ] == drawing_faults(drawing)


def test_a_picture_that_is_hard_to_read_is_refused():
    """Too large, a label on a node, an arrow through a node, a label on a label."""
    drawing = capture(SCRIPTS[0], DIAGRAMS)
    good = lay_out(drawing)
    first, second, *others = good.arrows
    other = next(
        placed.place
        for node, placed in zip(drawing.nodes, good.nodes, strict=True)
        if node.key not in (drawing.arrows[0].source, drawing.arrows[0].target)
    )
    middle = other.x + other.width / 2, other.y + other.height / 2
    moved = PlacedArrow((middle,) * 4, middle, first.lines, middle)
    again = PlacedArrow(second.curve, second.tip, second.lines, middle)
    wrong = Layout(WIDEST + 1, good.height, good.nodes, good.boxes, (moved, again, *others))
    faults = " ".join(picture_faults(drawing, wrong))
    for expected in ("pixels large", "covers", "crosses", "cover each other"):
        assert expected in faults
