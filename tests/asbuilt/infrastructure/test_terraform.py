"""Plans and states, as `terraform show -json` writes them."""

import json
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import UNKNOWN, Location, Symbol, destroyed, kind, load, resources

VPC = {"references": ["aws_vpc.main.id", "aws_vpc.main"]}


def only(document, address):
    """The one resource of that address."""
    (found,) = [item for item in resources(document, {}) if item.address == address]
    return found


def test_known_values_are_told_as_they_are(plan):
    """What a plan knows is a resource's value, with the line of its block."""
    document = plan({"aws_vpc.main": {"cidr_block": "10.0.0.0/16"}})
    (found,) = resources(document, {"aws_vpc.main": Location("main.tf", 4)})
    assert (found.type, found.values, found.location) == (
        "aws_vpc",
        {"cidr_block": "10.0.0.0/16"},
        Location("main.tf", 4),
    )


def test_the_unknown_id_of_a_resource_is_its_symbol(plan):
    """An id or ARN that comes with the apply is named by the resource's own address, index included."""
    address = 'aws_subnet.a["x"]'
    document = plan({address: {}}, {address: {"id": True, "arn": True, "owner_id": True}})
    assert only(document, address).values == {
        "id": Symbol('${aws_subnet.a["x"].id}'),
        "arn": Symbol('${aws_subnet.a["x"].arn}'),
        "owner_id": UNKNOWN,
    }


@pytest.mark.parametrize(
    ("argument", "references", "expected"),
    [
        ("vpc_id", ["aws_vpc.main.id", "aws_vpc.main"], "${aws_vpc.main.id}"),
        ("role_arn", ["aws_vpc.main.arn", "aws_vpc.main"], "${aws_vpc.main.arn}"),
        ("bucket", ["aws_vpc.main.id", "aws_vpc.main"], "${aws_vpc.main.id}"),
        # the configuration lists the same two for `"${aws_vpc.main.arn}/*"` and `lower(aws_vpc.main.arn)`
        ("resource", ["aws_vpc.main.arn", "aws_vpc.main"], None),
        ("policy", ["aws_vpc.main.arn", "aws_vpc.main"], None),
        ("source_arn", ["aws_vpc.main.arn", "aws_vpc.main"], None),
        ("log_destination", ["aws_vpc.main.arn", "aws_vpc.main"], None),
        ("vpc_id", ["aws_vpc.main.name", "aws_vpc.main"], None),
        ("vpc_id", ["aws_vpc.none.id", "aws_vpc.none"], None),
        ("vpc_id", ["aws_vpc.main.id", "aws_vpc.main", "var.x"], None),
        ("vpc_id", ["aws_vpc.main[0].id", "aws_vpc.main[0]", "aws_vpc.main"], None),
        ("vpc_id", ["aws_vpc.main", "each.key"], None),
        ("vpc_id", ["each.value"], None),
        ("vpc_id", ["local.vpc_id"], None),
        ("vpc_id", ["module.network.id", "module.network"], None),
        ("vpc_id", [], None),
    ],
)
def test_an_argument_has_a_symbol_only_where_one_resource_is_meant(plan, argument, references, expected):
    """A symbol needs an argument that takes an id alone, and one plain reference to what is planned."""
    document = plan(
        {"aws_vpc.main": {}, "aws_subnet.a": {}},
        {"aws_subnet.a": {argument: True}},
        {"aws_subnet.a": {argument: {"references": references}}},
    )
    found = only(document, "aws_subnet.a")
    assert found.values[argument] == (Symbol(expected) if expected else UNKNOWN)
    assert found.references[argument] == tuple(references)


def test_an_argument_named_arn_is_that_of_another_resource(plan):
    """`arn` of a topic's policy is the topic's, not the policy's own."""
    document = plan(
        {"aws_sns_topic.t": {}, "aws_sns_topic_policy.p": {}},
        {"aws_sns_topic.t": {"arn": True}, "aws_sns_topic_policy.p": {"arn": True, "id": True}},
        {"aws_sns_topic_policy.p": {"arn": {"references": ["aws_sns_topic.t.arn", "aws_sns_topic.t"]}}},
    )
    assert only(document, "aws_sns_topic_policy.p").values == {
        "arn": Symbol("${aws_sns_topic.t.arn}"),
        "id": Symbol("${aws_sns_topic_policy.p.id}"),
    }


def test_blocks_within_a_resource_are_filled_one_by_one(plan):
    """Each nested block keeps what is known of it and is named by its own references."""
    value = {"route": [{"cidr_block": "0.0.0.0/0"}, {"cidr_block": "10.0.0.0/8", "tags": {"a": "b"}}]}
    unknown = {"route": [{"gateway_id": True}, {"gateway_id": True, "tags": {"c": True}}]}
    expression = {
        "route": [
            {"cidr_block": {"constant_value": "0.0.0.0/0"}, "gateway_id": VPC},
            {"gateway_id": {"references": ["each.value"]}},
        ]
    }
    document = plan(
        {"aws_vpc.main": {}, "aws_route_table.a": value},
        {"aws_route_table.a": unknown},
        {"aws_route_table.a": expression},
    )
    assert only(document, "aws_route_table.a").values["route"] == [
        {"cidr_block": "0.0.0.0/0", "gateway_id": Symbol("${aws_vpc.main.id}")},
        {"cidr_block": "10.0.0.0/8", "gateway_id": UNKNOWN, "tags": {"a": "b", "c": UNKNOWN}},
    ]


def test_blocks_made_in_a_loop_are_not_named_by_a_single_reference(plan):
    """Where a loop makes the blocks their expressions cannot be told apart, so they stay unknown."""
    document = plan(
        {"aws_vpc.main": {}, "aws_route_table.a": {"route": [{}, {}]}},
        {"aws_route_table.a": {"route": [{"gateway_id": True}, {"gateway_id": True}]}},
        {"aws_route_table.a": {"route": [{"gateway_id": VPC}]}},
    )
    assert only(document, "aws_route_table.a").values["route"] == [{"gateway_id": UNKNOWN}] * 2


def test_elements_of_a_list_are_filled_where_they_stand(plan):
    """What is known in a list stays in its place; the rest is unknown."""
    document = plan(
        {"aws_vpc.main": {}, "aws_x.a": {"ids": ["known", None]}},
        {"aws_x.a": {"ids": [False, True]}},
        {"aws_x.a": {"ids": VPC}},
    )
    assert only(document, "aws_x.a").values["ids"] == ["known", UNKNOWN]


def test_a_whole_unknown_block_is_unknown(plan):
    """A list or a map of which nothing is known is unknown as a whole."""
    document = plan({"aws_x.a": {"tags": None}}, {"aws_x.a": {"tags": True, "list": True}})
    assert only(document, "aws_x.a").values == {"tags": UNKNOWN, "list": UNKNOWN}


@pytest.mark.parametrize("key", ["", '["a.b"]', "[0]"])
def test_resources_of_a_module_are_named_within_it(plan, key):
    """References are written without the module, and are told with it, so that none leaves its module."""
    inside = f"module.net{key}."
    document = plan({})
    document["planned_values"]["root_module"] = {
        "resources": [{"address": "aws_vpc.main", "mode": "managed", "type": "aws_vpc", "values": {}}],
        "child_modules": [
            {
                "resources": [
                    {"address": f"{inside}aws_vpc.main", "mode": "managed", "type": "aws_vpc", "values": {}},
                    {"address": f"{inside}aws_eip.a[0]", "mode": "managed", "type": "aws_eip", "values": {}},
                ]
            }
        ],
    }
    document["resource_changes"] = [
        {
            "address": f"{inside}aws_eip.a[0]",
            "change": {"actions": ["create"], "after_unknown": {"vpc_id": True}},
        }
    ]
    block = {"address": "aws_eip.a", "expressions": {"vpc_id": VPC}}
    document["configuration"]["root_module"] = {"module_calls": {"net": {"module": {"resources": [block]}}}}
    found = only(document, f"{inside}aws_eip.a[0]")
    assert found.values["vpc_id"] == Symbol(f"${{{inside}aws_vpc.main.id}}")
    assert found.references["vpc_id"] == (f"{inside}aws_vpc.main.id", f"{inside}aws_vpc.main")


def test_references_of_nested_blocks_belong_to_their_argument(plan):
    """An argument's references are those of everything in it, and each argument in its blocks has its own."""
    blocks = [
        {"a": VPC, "b": {"c": {"references": ["var.x"]}}},
        {"a": {"references": ["var.y"]}, "d": [{"e": VPC}]},
    ]
    document = plan({"aws_x.a": {}}, {}, {"aws_x.a": {"rule": blocks, "f": {"constant_value": 1}}})
    network = ("aws_vpc.main.id", "aws_vpc.main")
    assert only(document, "aws_x.a").references == {
        "rule": (*network, "var.x", "var.y", *network),
        "rule.a": (*network, "var.y"),
        "rule.b": ("var.x",),
        "rule.d": network,
        "rule.d.e": network,
        "f": (),
    }


def test_the_provider_of_a_resource_is_told(plan):
    """A resource knows the provider configuration that it is created under, which names its region."""
    document = plan({"aws_acm_certificate.a": {}}, {}, {"aws_acm_certificate.a": {}})
    document["configuration"]["root_module"]["resources"][0]["provider_config_key"] = "aws.us_east_1"
    assert only(document, "aws_acm_certificate.a").provider == "aws.us_east_1"


def test_a_data_source_is_read_from_before_or_with_the_plan(plan):
    """What was read before the plan and what the apply will read are both known by address, once."""
    document = plan({"data.aws_ami.late": {"x": 1}, "aws_vpc.main": {}})
    early = {"address": "data.aws_ami.early", "mode": "data", "type": "aws_ami", "values": {"id": "ami-1"}}
    late = {"address": "data.aws_ami.late", "mode": "data", "type": "aws_ami", "values": {"x": 0}}
    old = {"address": "aws_vpc.old", "mode": "managed", "type": "aws_vpc", "values": {}}
    document["prior_state"] = {"values": {"root_module": {"resources": [early, late, old]}}}
    found = {item.address: (item.is_data, item.values) for item in resources(document, {})}
    assert found == {
        "data.aws_ami.late": (True, {"x": 1}),
        "aws_vpc.main": (False, {}),
        "data.aws_ami.early": (True, {"id": "ami-1"}),
    }


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (["delete"], {"aws_vpc.main"}),
        (["forget"], {"aws_vpc.main"}),
        (["delete", "create"], set()),
        (["create", "delete"], set()),
        (["update"], set()),
        (["no-op"], set()),
    ],
)
def test_what_a_plan_ends_is_told(plan, actions, expected):
    """Only what is destroyed or forgotten for good exists no more."""
    document = plan({})
    document["resource_changes"] = [{"address": "aws_vpc.main", "change": {"actions": actions}}]
    assert expected == destroyed(document)


def test_a_state_is_known_whole(state):
    """A state's values are told as they are, with no reference."""
    document = state({"aws_vpc.main": {"id": "vpc-1"}, 'aws_subnet.a["x"]': {"vpc_id": "vpc-1"}})
    document["values"]["root_module"]["child_modules"] = [
        {"resources": [{"address": "module.m.aws_eip.a", "mode": "managed", "type": "aws_eip", "values": {}}]}
    ]
    found = {item.address: (item.values, item.references) for item in resources(document, {})}
    assert found == {
        "aws_vpc.main": ({"id": "vpc-1"}, {}),
        'aws_subnet.a["x"]': ({"vpc_id": "vpc-1"}, {}),
        "module.m.aws_eip.a": ({}, {}),
    }


def test_a_plan_and_a_state_are_told_apart(plan, state):
    """The kind of a document is what Terraform wrote it from."""
    assert (kind(plan({})), kind(state({})), kind({})) == ("plan", "state", "")


def test_a_document_is_loaded(project, plan):
    """A document is read as Terraform wrote it."""
    document = plan({"aws_vpc.main": {}})
    Path("plan.json").write_text(json.dumps(document))
    assert document == load(Path("plan.json"))


NEITHER = "this is neither a plan nor a state of Terraform"
OTHERWISE = "this is not as Terraform writes it"


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        (b"", "this is not JSON", 1),
        (b'{"a": 1,\n "b": }', "this is not JSON", 2),
        (b"\xff\xfe\x00", "this is not JSON", 0),
        (b"[" * 100_000, "this is not JSON", 0),
        (b"PK\x03\x04 a plan file itself", "this is not JSON", 1),
        (b"[]", NEITHER, 0),
        (b'"plan"', NEITHER, 0),
        (b"{}", NEITHER, 0),
        (b'{"planned_values": []}', NEITHER, 0),
        (b'{"version": 4, "terraform_version": "1.11.4", "resources": []}', NEITHER, 0),
        (b'{"planned_values": {"root_module": {"resources": [{}]}}}', OTHERWISE, 0),
        (b'{"planned_values": {"root_module": {"resources": ["aws_vpc.main"]}}}', OTHERWISE, 0),
        (b'{"planned_values": {"root_module": []}}', OTHERWISE, 0),
        (b'{"planned_values": {}, "resource_changes": [{"address": "a.b"}]}', OTHERWISE, 0),
        (b'{"planned_values": {}, "resource_changes": {"a": 1}}', OTHERWISE, 0),
        (b'{"values": {"root_module": {"resources": [{"address": "a.b"}]}}}', OTHERWISE, 0),
    ],
)
def test_a_document_that_is_not_terraforms_is_refused(project, content, message, line):
    """Whatever is not a whole plan or state is an error of the file, and says how to write one."""
    Path("plan.json").write_bytes(content)
    with pytest.raises(UnusableInput) as caught:
        load(Path("plan.json"))
    error = caught.value
    assert (error.message, error.file, error.line) == (message, "plan.json", line)
    assert "terraform show -json" in error.hint


def test_a_document_that_is_not_there_is_refused(project):
    """A file that cannot be opened is an error with its path."""
    with pytest.raises(UnusableInput) as caught:
        load(Path("none.json"))
    assert (caught.value.message, caught.value.file) == ("No such file or directory", "none.json")


@pytest.mark.usefixtures("project")
def test_a_plan_that_failed_is_refused(plan):
    """It tells some of what would be there, and nothing of the rest."""
    failed = plan({"aws_vpc.main": {}}) | {"errored": True}
    Path("plan.json").write_text(json.dumps(failed))
    with pytest.raises(UnusableInput, match="this plan failed"):
        load(Path("plan.json"))


def test_an_object_that_was_replaced_before_is_not_there(plan, state):
    """A deposed object waits for its end under the address of the one that took its place."""
    address = "aws_vpc.main"
    document = plan({address: {"cidr_block": "10.0.0.0/16"}}, {address: {"id": True}})
    change = {"actions": ["delete"], "after_unknown": {}}
    document["resource_changes"].append({"address": address, "deposed": "0a1b2c3d", "change": change})
    assert set() == destroyed(document)
    assert Symbol("${aws_vpc.main.id}") == only(document, address).values["id"]
    known = state({address: {"cidr_block": "10.0.0.0/16"}})
    (item,) = known["values"]["root_module"]["resources"]
    old = {**item, "deposed_key": "0a1b2c3d", "values": {"cidr_block": "10.9.0.0/16"}}
    known["values"]["root_module"]["resources"].append(old)
    assert "10.0.0.0/16" == only(known, address).values["cidr_block"]
