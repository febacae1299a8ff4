"""What exists and is not drawn."""

import pytest

from asbuilt.drawing import Box, Drawing, Node
from asbuilt.prove.undrawn import undrawn
from asbuilt.prove.verdicts import Evidence, Undrawn


def drawing(*names: str, boxes: tuple[str, ...] = ()) -> Drawing:
    """A drawing of nodes and boxes with those names."""
    nodes = tuple(Node(name, name, name, "", "", 1) for name in names)
    return Drawing("x", "x.py", "X", "TB", nodes, tuple(Box(name, name, name, "", 1) for name in boxes), ())


def addresses(found: tuple[Undrawn, ...]) -> list[str]:
    """The addresses of what is undrawn."""
    return [item.address for item in found]


@pytest.fixture
def infrastructure(system, resource, manifest):
    """A bucket with its policy, subnets, a lone key, a read image, and a Deployment."""
    return system(
        resource("aws_s3_bucket.a", id="bucket"),
        resource("aws_s3_bucket_policy.a", bucket="bucket", id="policy"),
        resource('aws_subnet.a["x"]', id="x"),
        resource('aws_subnet.a["y"]', id="y"),
        resource("aws_kms_key.a", id="key"),
        resource("data.aws_ami.a", id="ami"),
        manifest("shop/Deployment/api"),
    )


ALL = ("aws_s3_bucket.a", "aws_subnet.a", "aws_kms_key.a", "shop/Deployment/api")


def test_everything_drawn_leaves_nothing(infrastructure):
    """Nodes, boxes and what belongs to them cover a system, over several drawings."""
    drawings = [
        drawing("aws_s3_bucket.a", "aws_kms_key.a"),
        drawing("shop/Deployment/api", boxes=("aws_subnet.a",)),
    ]
    assert undrawn(infrastructure, drawings, {}) == ((), ())


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        ("aws_kms_key.a", ["aws_kms_key.a"]),
        ("aws_s3_bucket.a", ["aws_s3_bucket.a", "aws_s3_bucket_policy.a"]),
        ("aws_subnet.a", ["aws_subnet.a"]),
        ("shop/Deployment/api", ["shop/Deployment/api"]),
    ],
)
def test_what_is_left_out_is_found_with_its_line(infrastructure, left_out, expected):
    """A resource or object that no drawing shows is a finding, with what belongs only to it."""
    findings, _ = undrawn(infrastructure, [drawing(*(name for name in ALL if name != left_out))], {})
    assert expected == addresses(findings)
    place = findings[0].evidence
    assert (place.file, place.line) in {("main.tf", 7), ("all.yaml", 3)}


def test_one_instance_drawn_leaves_the_others(infrastructure):
    """A node bound to one instance does not stand for its siblings."""
    names = [name for name in ALL if name != "aws_subnet.a"]
    findings, _ = undrawn(infrastructure, [drawing(*names, 'aws_subnet.a["x"]')], {})
    assert addresses(findings) == ["aws_subnet.a"]


@pytest.mark.parametrize(
    "name", ["aws_s3_bucket.a", "aws_subnet.a", 'aws_subnet.a["x"]', "shop/Deployment/api"]
)
def test_an_excuse_is_kept_with_its_reason(infrastructure, name):
    """What is excused by name is no finding, and is told with the reason and its line."""
    names = [other for other in ALL if other != name]
    _, excused = undrawn(infrastructure, [drawing(*names)], {name: "because"})
    assert [(item.excuse, item.kind) for item in excused] == [("because", "resource")]
    assert addresses(excused) == [name.partition("[")[0]]


def test_what_belongs_to_an_excused_resource_is_excused_with_it(infrastructure):
    """An excuse covers the parts of what it names."""
    names = [name for name in ALL if name != "aws_s3_bucket.a"]
    findings, _ = undrawn(infrastructure, [drawing(*names)], {"aws_s3_bucket.a": "because"})
    assert findings == ()


def test_an_excuse_for_one_name_covers_no_other(infrastructure):
    """An excuse is no pattern."""
    names = [name for name in ALL if name != "aws_kms_key.a"]
    findings, excused = undrawn(
        infrastructure, [drawing(*names)], {"aws_kms_key": "because", "aws_kms_key.b": "x"}
    )
    assert (addresses(findings), excused) == (["aws_kms_key.a"], ())


def test_belonging_reaches_over_several_steps(system, resource):
    """A part of a part of something drawn is drawn."""
    found = system(
        resource("aws_lb.a", arn="lb"),
        resource("aws_lb_listener.a", load_balancer_arn="lb", arn="listener"),
        resource("aws_lb_listener_rule.a", listener_arn="listener", action=[{"target_group_arn": "group"}]),
        resource("aws_lb_target_group.a", arn="group"),
    )
    assert undrawn(found, [drawing("aws_lb.a")], {})[0] == ()


def test_two_that_belong_to_each_other_are_not_drawn_by_that(system, resource):
    """A circle of owners shows nothing where none of them is drawn."""
    found = system(
        resource("aws_sqs_queue.a", arn="a", redrive_policy='{"deadLetterTargetArn": "b"}'),
        resource("aws_sqs_queue.b", arn="b", redrive_policy='{"deadLetterTargetArn": "a"}'),
    )
    assert addresses(undrawn(found, [drawing("external/x")], {})[0]) == ["aws_sqs_queue.a", "aws_sqs_queue.b"]


def test_a_misspelt_name_is_one_finding_not_two(infrastructure):
    """What a misspelt node means is not reported as undrawn as well."""
    names = ["aws_kms_kye.a" if name == "aws_kms_key.a" else name for name in ALL]
    assert undrawn(infrastructure, [drawing(*names)], {})[0] == ()


def test_an_external_node_means_no_resource(system, manifest):
    """Something outside that is named much like an object does not draw the object."""
    found = system(manifest("external/Service/api"))
    assert addresses(undrawn(found, [drawing("external/service/api")], {})[0]) == ["external/Service/api"]


def test_an_entry_tells_where_it_is_written(infrastructure):
    """Each entry is a block or an object, with its line."""
    findings, _ = undrawn(infrastructure, [drawing(*ALL[:2], "shop/Deployment/api")], {})
    assert findings == (Undrawn("aws_kms_key.a", "resource", "", Evidence("aws_kms_key.a", "main.tf", 7)),)
