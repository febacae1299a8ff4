"""Prepared changes: each says exactly what it does to the architecture, and formatting says nothing."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from asbuilt import files
from asbuilt.diff import compare, opened
from asbuilt.diff.model import Arrow, Box, Diagram, Node, Snapshot, Verdict

VIEW, POLICIES, WORKLOADS = "diagrams/shop/view.py", "kubernetes/policies.yaml", "kubernetes/workloads.yaml"
API_IN = re.compile(r"---\n(?:(?!---).)*name: api-in,.*?(?=---)", re.DOTALL)
QUEUE = '    queue = Client("Queue", nodeid="external/queue")\n'


def edit(name: str, *pairs: tuple[str, str]) -> None:
    """Replace text that must be there."""
    text = Path(name).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    files.write(Path(name), text)


def drawn(*pairs: tuple[str, str]) -> Callable[[], None]:
    """A change of the script."""
    return lambda: edit(VIEW, *pairs)


def cut_rule() -> str:
    """Take the policy that lets the web in to the API out of its file."""
    text = Path(POLICIES).read_text(encoding="utf-8")
    (rule,) = API_IN.findall(text)
    files.write(Path(POLICIES), text.replace(rule, ""))
    return rule


def move_rule() -> None:
    """The same policy in another file."""
    files.write(Path("kubernetes/another.yaml"), cut_rule())


def move_file() -> None:
    """The same workloads in a file of another name."""
    Path(WORKLOADS).rename("kubernetes/all-workloads.yaml")


def rename_script() -> None:
    """The same picture under another name."""
    Path(VIEW).rename("diagrams/shop/overview.py")


def add_picture() -> None:
    """A second picture of the same."""
    text = Path(VIEW).read_text(encoding="utf-8")
    files.write(Path("diagrams/shop/second.py"), text.replace('Diagram("Shop"', 'Diagram("Second"'))


def rename_resource() -> None:
    """The API is called otherwise, everywhere."""
    edit(WORKLOADS, ("name: api,", "name: backend,"), ("app: api}", "app: backend}"))
    edit(POLICIES, ("app: api}", "app: backend}"))
    edit(VIEW, ("shop/Deployment/api", "shop/Deployment/backend"))


def undraw() -> None:
    """Something new that nothing shows."""
    text = Path(WORKLOADS).read_text(encoding="utf-8")
    batch = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"
    job = text.split("---\n")[1].replace("name: web", "name: batch").replace("app: web", "app: batch")
    files.write(Path(WORKLOADS), f"{text}{batch}---\n{job}")


def excuse() -> None:
    """Something new that nothing shows, with a reason for one of it."""
    undraw()
    files.write(
        Path("pyproject.toml"), '[tool.asbuilt.undrawn]\n"shop/Deployment/batch" = "It runs at night"\n'
    )


def several() -> None:
    """Two labels and a rule."""
    edit(VIEW, ('label="asks"', 'label="calls"'), ('Client("Customer"', 'Client("Buyer"'))
    cut_rule()


INSIDE = '        database = STS("Database", nodeid="shop/StatefulSet/database")\n'


def comment() -> None:
    """Words for people only."""
    edit(VIEW, ('"""The shop."""', '"""The shop, as it is."""\n# why'))
    edit(POLICIES, ("---\n", "---\n# why\n"))


CHANGES = {
    "a node added": drawn(("    client >>", QUEUE + "    client >>")),
    "a node removed": drawn(
        (INSIDE, ""), ('    api >> Edge(label="stores", by="tcp/5432") >> database\n', "")
    ),
    "a node relabelled": drawn(('Deploy("API"', 'Deploy("Backend"')),
    "an arrow relabelled": drawn(('label="asks"', 'label="calls"')),
    "an arrow redrawn": drawn((">> web\n", ">> api\n")),
    "an arrow turned round": drawn(
        ("web >> Edge", "api >> Edge"), ('by="tcp/8000") >> api', 'by="tcp/8000") >> web')
    ),
    "an arrow removed": drawn(
        ('    client >> Edge(label="opens", by="asserted: customers are outside") >> web\n', "")
    ),
    "an arrow added": drawn(
        ("    web >> Edge", '    web >> Edge(label="too", by="tcp/5432") >> database\n    web >> Edge')
    ),
    "a claim changed": drawn(('by="tcp/8000"', 'by="tcp/8001"')),
    "proven to asserted": drawn(('by="tcp/8000"', 'by="asserted: tried by hand"')),
    "asserted to unknown": drawn((', by="asserted: customers are outside"', "")),
    "a rule deleted": cut_rule,
    "a rule renamed": lambda: edit(POLICIES, ("name: api-in,", "name: api-from-web,")),
    "a rule moved to another file": move_rule,
    "a file renamed": move_file,
    "a resource renamed": rename_resource,
    "a box relabelled": drawn(('"Namespace shop"', '"Shop"')),
    "a box removed": drawn(
        (
            '    with Cluster("Namespace shop", graph_attr={"id": "cluster/Namespace/shop"}):\n',
            "    if True:\n",
        )
    ),
    "a member moved out": drawn((INSIDE, INSIDE.removeprefix("    "))),
    "a picture renamed": rename_script,
    "a picture retitled": drawn(('Diagram("Shop"', 'Diagram("The shop"')),
    "a picture added": add_picture,
    "something undrawn": undraw,
    "something excused": excuse,
    "several at once": several,
    "a script reformatted": drawn(
        ('Edge(label="asks", by="tcp/8000")', "Edge(\n        label='asks',\n        by='tcp/8000',\n    )")
    ),
    "comments": comment,
    "lines moved": lambda: edit(WORKLOADS, ("spec:\n  selector:", "spec:\n  # ten\n  # lines\n  selector:")),
    "nothing": lambda: None,
}


SENTENCES = json.loads(Path(__file__).with_name("sentences.json").read_text(encoding="utf-8"))
SILENT = {
    "a rule moved to another file",
    "a file renamed",
    "a script reformatted",
    "comments",
    "lines moved",
    "nothing",
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_says_exactly_what_it_does(said, name):
    """The sentences of a change are these and no others; what is only form has none."""
    CHANGES[name]()
    assert SENTENCES[name] == said()
    assert (name in SILENT) == (SENTENCES[name] == [])


BACKWARD = {
    "a rule deleted": [
        "shop/view: proves Web → API (tcp/8000, “asks”), which was refuted",
        "shop: leaves shop/NetworkPolicy/web-out.egress[0] undrawn no longer",
    ],
    "asserted to unknown": [
        "shop/view: claims “asserted: customers are outside” of Customer → Web instead of “nothing”",
        "shop/view: makes Customer → Web (asserted: customers are outside, “opens”) "
        "asserted: customers are outside; it was unknown",
    ],
    "a box removed": ["shop/view: adds the box “Namespace shop” around Web, API, Database"],
    "a member moved out": ["shop/view: puts Database into “Namespace shop”"],
    "a picture added": ["shop/second: removes the picture “Second”: 4 nodes, 3 arrows (2 proven)"],
    "something excused": [
        "shop: leaves shop/ConfigMap/a undrawn no longer",
        "shop: needs no excuse for shop/Deployment/batch any longer",
    ],
    "comments": [],
}


@pytest.mark.parametrize("name", BACKWARD)
def test_a_change_taken_back_says_the_opposite(shop, said, name):
    """Before and after change places, and so do the sentences."""
    CHANGES[name]()
    said()
    with opened("HEAD", Path("evidence")) as before, opened("base", Path("evidence")) as after:
        assert BACKWARD[name] == [f"{item.place}: {item.text}" for item in compare(before, after)]


def test_a_system_added_is_told_by_its_pictures(shop, said):
    """Evidence of a new system is new pictures, and those there were say nothing."""
    text = Path(VIEW).read_text(encoding="utf-8")
    files.write(Path("diagrams/other/view.py"), text)
    shutil.copytree("evidence/shop", "evidence/other")
    assert said() == ["other/view: adds the picture “Shop”: 4 nodes, 3 arrows (2 proven)"]


def test_a_node_moves_from_one_box_into_another():
    """Out of one box and into another, both there before and after, is one sentence."""
    found = Verdict("proven")
    node = Node("a", "A", Verdict("bound"))

    def view(one: dict[str, Verdict], two: dict[str, Verdict]) -> Snapshot:
        boxes = (Box("one", "One", one), Box("two", "Two", two))
        diagram = Diagram("view", "view.py", "T", (node,), boxes, ())
        return Snapshot("x", Path(), {"view": diagram}, {}, frozenset(), {}, frozenset(), frozenset())

    changes = compare(view({"a": found}, {}), view({}, {"a": found}))
    assert [item.text for item in changes] == ["moves A from “One” to “Two”"]


def test_one_thing_is_told_as_one(shop: Path):
    """A picture of one node and one arrow is not one of `1 nodes`."""
    alone = Verdict("bound")
    arrow = Arrow("a", "a", "", "", Verdict("unknown"))
    drawn = Diagram("small", "small.py", "Small", (Node("a", "A", alone),), (), (arrow,))
    empty = Snapshot("", shop, {}, {}, frozenset(), {}, frozenset(), frozenset())
    (change,) = compare(empty, replace(empty, diagrams={"small": drawn}))
    assert "adds the picture “Small”: 1 node, 1 arrow (0 proven)" == change.text
