"""Whether a node stands for something."""

import pytest

from asbuilt.drawing import Node
from asbuilt.prove import Evidence, Finding
from asbuilt.prove.nodes import prove_node


def node(name: str) -> Node:
    """A node bound to that name."""
    return Node(name or "unbound/1", name, "The\nlabel", "", "", 9)


@pytest.fixture
def infrastructure(system, resource, manifest):
    """A bucket, two subnets and a Deployment."""
    subnets = [resource(f'aws_subnet.a["{key}"]') for key in "xy"]
    return system(resource("aws_s3_bucket.uploads"), *subnets, manifest("shop/Deployment/api"))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("aws_s3_bucket.uploads", ("main.tf", 7)),
        ("aws_subnet.a", ("main.tf", 7)),
        ('aws_subnet.a["x"]', ("main.tf", 7)),
        ("shop/Deployment/api", ("all.yaml", 3)),
    ],
)
def test_a_node_is_bound_to_the_lines_that_create_it(infrastructure, name, place):
    """A name that exists is bound, and its instances of one block are one piece of evidence."""
    assert prove_node(infrastructure, node(name)) == Finding("bound", "", (Evidence(name, *place),))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("aws_s3_bucket.uplaods", "did you mean aws_s3_bucket.uploads?"),
        ("aws_s3_bucket.upload", "did you mean aws_s3_bucket.uploads?"),
        ('aws_subnet.a["z"]', 'did you mean aws_subnet.a["y"]?'),
        ("shop/Deployment/app", "did you mean shop/Deployment/api?"),
        ("google_sql.x", "draw what the files create, or name it external/…"),
    ],
)
def test_a_node_that_nothing_creates_is_missing(infrastructure, name, hint):
    """A name that does not exist is missing, and the hint names the one that was meant."""
    finding = prove_node(infrastructure, node(name))
    assert (finding.verdict, finding.hint, finding.evidence) == ("missing", hint, ())
    assert name in finding.reason


def test_a_node_outside_the_system_is_external(infrastructure):
    """What the files do not create is drawn as external."""
    assert prove_node(infrastructure, node("external/scientist")).verdict == "external"


def test_a_node_without_a_name_is_unbound(infrastructure):
    """A node that names nothing is a finding that tells its label on one line."""
    finding = prove_node(infrastructure, node(""))
    assert (finding.verdict, finding.reason) == ("unbound", "The label is bound to nothing")
