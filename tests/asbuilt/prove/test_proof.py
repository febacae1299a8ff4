"""Everything said about a set of drawings."""

import pytest

from asbuilt.prove.proof import prove


@pytest.fixture
def proof(draw, system, resource):
    """The proof of one drawing over a bucket and a database."""
    drawing = draw("""
        with Cluster("Bound", graph_attr={"id": "aws_vpc.main"}):
            a = S3("A", nodeid="aws_s3_bucket.a")
            with Cluster("Within"):
                b = RDS("B", nodeid="external/b")
        a >> Edge(label="x", by="tcp/5432, s3:PutObject") >> b
        b >> Edge(label="y", by="asserted: a person says so") >> a
        a >> Edge(label="z") >> b
    """)
    return prove(system(resource("aws_s3_bucket.a"), resource("aws_kms_key.a")), [drawing], {})


def test_every_node_is_proven_in_order(proof):
    """Each node has its verdict and its line."""
    (diagram,) = proof.diagrams
    assert [(node.id, node.finding.verdict, node.line) for node in diagram.nodes] == [
        ("aws_s3_bucket.a", "bound", 9),
        ("external/b", "external", 11),
    ]


def test_a_bound_box_tells_of_all_its_members(proof):
    """A box that names something has a verdict for each node in it; one that names nothing has none."""
    (box,) = proof.diagrams[0].boxes
    assert (box.id, [node for node, _ in box.members]) == ("aws_vpc.main", ["aws_s3_bucket.a", "external/b"])


def test_every_claim_of_an_arrow_is_an_entry(proof):
    """An arrow is as many entries as it has claims, and one where it has none."""
    entries = [(arrow.label, arrow.claim) for arrow in proof.diagrams[0].arrows]
    assert entries == [
        ("x", "tcp/5432"),
        ("x", "s3:PutObject"),
        ("y", "asserted: a person says so"),
        ("z", ""),
    ]


def test_what_a_person_asserts_is_never_proven(proof):
    """An assertion keeps its reason and stays an assertion."""
    (asserted,) = [arrow.finding for arrow in proof.diagrams[0].arrows if arrow.label == "y"]
    assert (asserted.verdict, asserted.reason) == ("asserted", "a person says so")


def test_an_arrow_without_a_claim_is_not_proven(proof):
    """An arrow that claims nothing is never taken for proven."""
    (silent,) = [arrow.finding for arrow in proof.diagrams[0].arrows if arrow.label == "z"]
    assert silent.verdict not in {"proven", "asserted"}


def test_what_is_not_drawn_is_part_of_the_proof(proof):
    """A resource that no drawing shows is told."""
    assert [item.address for item in proof.undrawn] == ["aws_kms_key.a"]
