"""A script's drawing: what it draws is kept, and nothing of a script that fails."""

import subprocess
import sys
from pathlib import Path

import diagrams
import pytest

from asbuilt.capture import capture
from asbuilt.claims import Network
from asbuilt.errors import UnusableInput

NODES = """\
a, b, c = S3("A", nodeid="a"), S3("B", nodeid="b"), S3("C", nodeid="c")
"""


def refused(script: Path) -> UnusableInput:
    """The error that capturing the script gives."""
    with pytest.raises(UnusableInput) as caught:
        capture(script, Path("diagrams"))
    return caught.value


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a >> b", {"a>b"}),
        ("a << b", {"b>a"}),
        ("b << a", {"a>b"}),
        ("a >> b >> c", {"a>b", "b>c"}),
        ("a << b << c", {"b>a", "c>b"}),
        ("a >> [b, c]", {"a>b", "a>c"}),
        ("a << [b, c]", {"b>a", "c>a"}),
        ("[a, b] >> c", {"a>c", "b>c"}),
        ("[a, b] << c", {"c>a", "c>b"}),
        ("a >> [b] >> c", {"a>b", "b>c"}),
        ("a >> a", {"a>a"}),
        ("a >> Edge(label='x') >> b", {"a>b:x"}),
        ("a << Edge(label='x') << b", {"b>a:x"}),
        ("a >> Edge(label='x') >> [b, c]", {"a>b:x", "a>c:x"}),
        ("a << Edge(label='x') << [b, c]", {"b>a:x", "c>a:x"}),
        ("[a, b] >> Edge(label='x') >> c", {"a>c:x", "b>c:x"}),
        ("[a, b] << Edge(label='x') << c", {"c>a:x", "c>b:x"}),
        ("a >> Edge(label='x') >> b >> Edge(label='y') >> c", {"a>b:x", "b>c:y"}),
        ("a << Edge(label='x') >> b", {"a>b:x", "b>a:x"}),
        ("a >> Edge(label='x') << b", {"a>b:x", "b>a:x"}),
        ("a - Edge(label='x', forward=True) - b", {"a>b:x"}),
        ("e = Edge(label='x'); a >> e >> b; c >> e >> b", {"a>b:x", "c>b:x"}),
        ("a >> Edge(label='one\\n two') >> b", {"a>b:one two"}),
    ],
)
def test_every_way_to_write_an_arrow_gives_its_tail_and_head(draw, line, expected):
    """An arrow runs from tail to head, however the library lets its author write it."""
    arrows = draw(NODES + line).arrows
    written = [
        f"{arrow.source}>{arrow.target}" + (f":{arrow.label}" if arrow.label else "") for arrow in arrows
    ]
    assert sorted(expected) == sorted(written)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a >> b", [False]),
        ("b << a", [True]),
        ("a << Edge(label='x') << b", [True]),
        ("a << Edge() >> b", [False, True]),
    ],
)
def test_an_arrow_knows_whether_its_head_was_written_first(draw, line, expected):
    """`b << a` runs from a to b, and b still stands first on the page."""
    assert expected == [arrow.backward for arrow in draw(NODES + line).arrows]


@pytest.mark.parametrize("line", ["a - b", "a - [b, c]", "[a, b] - c", "a - Edge(label='x') - b"])
def test_an_arrow_without_direction_is_refused_at_its_line(script, line):
    """An arrow claims a direction, so a plain line is an error, named by file and line."""
    error = refused(script(NODES + line))
    assert (error.place, error.message) == ("diagrams/view.py:8", "an arrow has no direction")


def test_claims_reach_every_arrow_of_a_list(draw):
    """`by` on one edge holds for every arrow that the edge becomes."""
    drawing = draw(NODES + "[a, b] >> Edge(label='x', by='tcp/443, udp/53') >> c")
    claims = (Network("tcp", 443, 443), Network("udp", 53, 53))
    assert [claims, claims] == [arrow.claims for arrow in drawing.arrows]


def test_arrows_keep_their_order_and_lines(draw):
    """Arrows are told in the order of the script, each with the line it stands on."""
    drawing = draw(NODES + "c >> a\na >> b\nb >> c")
    assert [(arrow.source, arrow.line) for arrow in drawing.arrows] == [("c", 8), ("a", 9), ("b", 10)]


def test_a_helper_in_the_script_counts_for_the_line_that_runs(draw):
    """A node made in a function of the script stands on the function's line."""
    drawing = draw("def bucket(name):\n    return S3(name, nodeid=name)\nbucket('a')\nbucket('b')")
    assert [node.line for node in drawing.nodes] == [8, 8]


def test_an_unreadable_claim_is_refused_at_its_line(script):
    """A claim that nobody can read is an error at its arrow."""
    error = refused(script(NODES + "a >> Edge(by='port 443') >> b"))
    assert (error.file, error.line) == ("diagrams/view.py", 8)
    assert "'port 443'" in error.message


def test_a_drawing_tells_its_name_title_and_direction(draw):
    """The name is the path below the folder, the title and direction are the diagram's own."""
    drawing = draw(name="shop/upload.py")
    expected = ("shop/upload", "diagrams/shop/upload.py", "View", "TB")
    assert expected == (drawing.name, drawing.script, drawing.title, drawing.direction)


def test_an_address_with_quotes_is_a_node_id(draw):
    """An instance of a block is named as Terraform names it."""
    drawing = draw("""S3("A", nodeid='aws_subnet.private["a"]') >> S3("B", nodeid="aws_subnet.private[0]")""")
    assert [node.id for node in drawing.nodes] == ['aws_subnet.private["a"]', "aws_subnet.private[0]"]
    assert (
        drawing.arrows[0].source,
        drawing.arrows[0].target,
    ) == ('aws_subnet.private["a"]', "aws_subnet.private[0]")


def test_a_node_without_id_is_bound_to_nothing_and_keeps_a_key(draw):
    """Nodes without an id are told apart, the same way in every run."""
    first, second = draw("S3('A'); S3('A')").nodes
    assert (first.id, second.id, first.key, second.key) == ("", "", "unbound/1", "unbound/2")


def test_a_colon_in_an_id_is_refused(script):
    """Graphviz reads a colon as a port, so an id holds none."""
    error = refused(script("S3('A', nodeid='arn:aws')"))
    assert "'arn:aws'" in error.message
    assert (error.place, error.hint) == ("diagrams/view.py:7", "Graphviz reads it as a port")


def test_two_nodes_with_one_id_are_refused_with_both_lines(script):
    """A name stands for one node of a drawing."""
    error = refused(script("S3('A', nodeid='a')\nS3('B', nodeid='a')"))
    assert (error.message, error.line) == ("a is drawn twice (first on line 7)", 8)


def test_two_boxes_with_one_label_are_refused_with_both_lines(script):
    """The library merges boxes of one label without a word, so that is an error."""
    body = (
        "with Cluster('VPC'):\n    S3('A')\nwith Cluster('Other'):\n    with Cluster('VPC'):\n        S3('B')"
    )
    error = refused(script(body))
    assert (error.message, error.line) == ("two boxes are named 'VPC'", 10)
    assert "the first is on line 7" in error.hint


def test_a_box_has_the_nodes_of_the_boxes_within(draw):
    """Members of a box are its own nodes and those of every box inside it, and no others."""
    drawing = draw("""
        S3("Out", nodeid="out")
        with Cluster("Outer", graph_attr={"id": "aws_vpc.main"}):
            S3("A", nodeid="a")
            with Cluster("Inner"):
                S3("B", nodeid="b")
            S3("C", nodeid="c")
        with Cluster("Beside"):
            S3("D", nodeid="d")
    """)
    members = {box.label: [node.id for node in drawing.members(box)] for box in drawing.boxes}
    assert members == {"Outer": ["a", "b", "c"], "Inner": ["b"], "Beside": ["d"]}
    assert [box.id for box in drawing.boxes] == ["aws_vpc.main", "", ""]


def test_a_label_in_lines_names_a_box_in_one(draw):
    """A box has its name on one line, whatever the author wrote."""
    assert [box.label for box in draw("with Cluster('Private\\nsubnets'):\n    S3('A')").boxes] == [
        "Private subnets"
    ]


def test_icons_of_the_library_are_named_below_it(draw):
    """An icon of the library is told without the place where the library is installed."""
    assert draw("S3('A')").nodes[0].icon == "resources/aws/storage/simple-storage-service-s3.png"


def test_a_custom_icon_is_found_beside_its_script(draw, project):
    """A custom icon's path starts at the script."""
    (project / "diagrams").mkdir()
    (project / "diagrams/own.png").write_bytes(b"png")
    assert draw("Custom('A', 'own.png')").nodes[0].icon == "diagrams/own.png"


def test_a_missing_icon_is_refused_at_its_node(script):
    """A custom icon that is not there is an error at the node that wants it."""
    error = refused(script("Custom('A', './icons/none.png')"))
    assert (error.message, error.place) == ("there is no icon ./icons/none.png", "diagrams/view.py:7")


def test_a_script_without_a_diagram_is_refused(script):
    """A script that draws nothing is an error, not an empty picture."""
    assert refused(script(whole="x = 1\n")).message == "the script draws no diagram"


def test_a_second_diagram_is_refused_at_its_line(script):
    """One file draws one view."""
    whole = "from diagrams import Diagram\nwith Diagram('A'):\n    pass\nwith Diagram('B'):\n    pass\n"
    error = refused(script(whole=whole))
    assert (error.message, error.line) == ("the script draws a second diagram", 4)


@pytest.mark.parametrize(
    ("body", "message", "line"),
    [
        ("S3('A')\n1 / 0", "ZeroDivisionError: division by zero", 8),
        ("S3('A')\nwith Cluster('C'):\n    raise RuntimeError", "RuntimeError", 9),
        ("raise SystemExit(0)", "SystemExit: 0", 7),
        ("raise GeneratorExit", "GeneratorExit", 7),
        ("def f():\n    return {}['x']\nf()", "KeyError: 'x'", 8),
        ("open('none.txt')", "FileNotFoundError: [Errno 2] No such file or directory: 'none.txt'", 7),
    ],
)
def test_a_script_that_fails_is_named_with_the_line_that_failed(script, body, message, line):
    """Whatever ends a script early is one error at the script's own line."""
    error = refused(script(body))
    assert (message, "diagrams/view.py", line) == (error.message, error.file, error.line)
    assert error.hint == "run the script by itself to see the whole traceback"


@pytest.mark.parametrize(
    ("whole", "line"),
    [("x = 1\nif x:\n", 2), ("x = (\n", 1), ("a = 1\n  b = 2\n", 2), ("s = '\xff\n", 1)],
)
def test_a_syntax_error_is_named_with_its_line(script, whole, line):
    """A script that Python cannot read is an error at the line that Python names."""
    error = refused(script(whole=whole))
    assert ("diagrams/view.py", line, "correct the script") == (error.file, error.line, error.hint)


def test_a_script_that_is_not_text_is_refused(script):
    """Bytes that are no UTF-8 are an error of the script."""
    path = script()
    path.write_bytes(b"s = '\xff\xfe'\n")
    assert refused(path).file == "diagrams/view.py"


def test_a_script_that_is_not_there_is_refused(project):
    """A script that cannot be opened is an error with its path."""
    error = refused(Path("diagrams/none.py"))
    assert (error.file, error.hint) == ("diagrams/none.py", "the script must be a readable file")


def test_an_unknown_node_class_gets_the_name_that_was_meant(script):
    """A misspelt class of the library is answered with the nearest one."""
    error = refused(script(whole="from diagrams.aws.compute import Lamda\n"))
    assert (error.hint, error.line) == ("did you mean Lambda?", 1)


def test_an_unknown_module_of_the_library_is_refused(script):
    """A misspelt module of the library is an error at its import."""
    error = refused(script(whole="import diagrams\nfrom diagrams.aws.computer import Lambda\n"))
    assert (error.message, error.line) == ("ModuleNotFoundError: No module named 'diagrams.aws.computer'", 2)


def test_a_module_beside_the_script_is_refused(script):
    """A picture hangs on its script alone, so a script imports no module of its own."""
    script(name="shared.py", whole="x = 1\n")
    error = refused(script(whole="import shared\n"))
    assert (error.message, error.line) == ("ModuleNotFoundError: No module named 'shared'", 1)
    assert error.hint.startswith("a script stands alone")


def test_a_node_outside_a_diagram_is_refused(script):
    """What stands outside a diagram is an error of the script, not of a file."""
    error = refused(script(whole="from diagrams.aws.storage import S3\nS3('A')\n"))
    assert (error.line, error.hint) == (2, "run the script by itself to see the whole traceback")


def test_a_script_cannot_end_the_process(script):
    """Otherwise a command would end well, with nothing proven."""
    error = refused(script("import os\nos._exit(0)"))
    assert ("the script ends the whole process", 8) == (error.message, error.line)


@pytest.mark.parametrize(
    "body",
    [
        r"S3('A\x00')",
        r"S3('A', nodeid='\x1b')",
        r"with Cluster('\ud800'):\n    S3('A')",
        r"S3('A') >> Edge(label='\ufffe') >> S3('B')",
    ],
)
def test_a_character_that_no_picture_can_hold_is_refused(script, body):
    """In a label, a name, a box and an arrow: XML has none of them."""
    error = refused(script(body.replace(r"\n", "\n")))
    assert "holds the character U+" in error.message
    assert 7 == error.line


@pytest.mark.parametrize(
    "body",
    [
        "S3('A')\nraise ValueError",
        "with Cluster('C'):\n    S3('A', nodeid='x')\n    raise ValueError",
        "S3('A', nodeid='x')\nS3('B', nodeid='x')",
        "S3('A') - S3('B')",
        "raise SystemExit",
    ],
)
def test_a_failed_script_leaves_nothing_behind_for_the_next(script, body):
    """After a failure the library is as it was, and the next script draws only its own."""
    before = [vars(diagrams.Diagram).copy(), vars(diagrams.Cluster).copy(), vars(diagrams.Node).copy()]
    refused(script(body))
    assert (diagrams.getdiagram(), diagrams.getcluster()) == (None, None)
    assert before == [vars(diagrams.Diagram), vars(diagrams.Cluster), vars(diagrams.Node)]
    drawing = capture(script("S3('Next', nodeid='n')", name="next.py"), Path("diagrams"))
    assert ([(node.id, node.box) for node in drawing.nodes], drawing.boxes) == ([("n", "")], ())


def test_a_box_that_was_never_left_holds_nothing_of_the_next(script):
    """A script that enters a box and never leaves it does not put the next script's nodes there."""
    capture(script("Cluster('Open').__enter__()\nS3('A')"), Path("diagrams"))
    drawing = capture(script("S3('B')", name="next.py"), Path("diagrams"))
    assert [node.box for node in drawing.nodes] == [""]


def test_a_diagram_that_swallows_its_failure_is_not_kept(script):
    """A diagram left by an exception counts as none, even where the script goes on."""
    whole = (
        "from diagrams import Diagram\ntry:\n    with Diagram('A'):\n        1 / 0\n"
        "except ZeroDivisionError:\n    pass\n"
    )
    assert refused(script(whole=whole)).message == "the script draws no diagram"


def test_what_a_script_says_goes_nowhere(draw, capfd):
    """A script may print: neither output of the command shows it."""
    draw("import sys\nprint('loud')\nprint('louder', file=sys.stderr)")
    assert tuple(capfd.readouterr()) == ("", "")


def test_a_script_leaves_no_file_and_no_folder_behind(script, project):
    """Capturing writes nothing, and a script that goes elsewhere does not take the engine with it."""
    path = script("import os\nos.chdir('/')\nS3('A')")
    before = sorted(project.rglob("*"))
    capture(path, Path("diagrams"))
    assert (before, project) == (sorted(project.rglob("*")), Path.cwd())


def test_a_script_runs_by_itself_and_draws_the_same_nodes(script, project):
    """The script that is captured is a plain script of the library's: Python alone runs it."""
    path = script("S3('A', nodeid='bucket-of-a') >> Edge(label='x', by='tcp/443') >> S3('B', nodeid='b')")
    with_dot = path.read_text().replace("show=False", "show=False, filename='out', outformat='dot'")
    # The library hands its picture to the program `dot`, which need not be there.
    path.write_text(with_dot.replace("with Diagram", "Diagram.render = lambda d: d.dot.save()\nwith Diagram"))
    path.write_text(path.read_text() + "    import os; os.remove = print\n")
    done = subprocess.run([sys.executable, path], cwd=project, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    source = (project / "out").read_text()
    assert "bucket-of-a" in source
    assert 'by="tcp/443"' in source


def test_a_node_outside_tells_its_addresses(draw):
    """As a block, which the drawing keeps."""
    (node,) = draw('S3("Bank", nodeid="external/bank", cidr="10.200.10.0/24")').nodes
    assert "10.200.10.0/24" == node.cidr


@pytest.mark.parametrize(
    ("name", "cidr", "message"),
    [
        ("external/bank", "10.200.10.0/33", "the cidr of external/bank"),
        ("external/bank", "10.200.10.1/24", "the cidr of external/bank"),
        ("external/bank", "bank.example", "the cidr of external/bank"),
        ("pay/Deployment/core", "10.0.0.0/8", "pay/Deployment/core has a cidr"),
    ],
)
def test_a_wrong_cidr_is_refused(draw, name, cidr, message):
    """What is no block, and a block on something whose addresses the files tell."""
    with pytest.raises(UnusableInput, match=message) as refused:
        draw(f'S3("Bank", nodeid="{name}", cidr="{cidr}")')
    assert 7 == refused.value.line
