"""What a proof is made from."""

import json
from pathlib import Path

import pytest

from asbuilt import files, inputs
from asbuilt.infrastructure import Location


@pytest.fixture
def write(project):
    """Writes a document and gives its path."""

    def put(name, document):
        files.write(Path(name), json.dumps(document))
        return Path(name)

    return put


def values(infrastructure):
    """Values by address."""
    return {item.address: item.values for item in infrastructure.resources}


def test_a_state_says_what_is_and_the_plan_what_refers(write, plan, state):
    """Where both tell of a resource the state's values hold, and the plan's references and provider."""
    expressions = {"aws_eip.a": {"vpc": {"references": ["aws_vpc.a"]}}}
    planned = plan({"aws_eip.a": {"vpc": "old"}, "aws_vpc.a": {"x": 1}}, {}, expressions)
    planned["configuration"]["root_module"]["resources"][0]["provider_config_key"] = "aws.us_east_1"
    paths = [
        write("state.json", state({"aws_eip.a": {"vpc": "new"}, "aws_lb.a": {}})),
        write("plan.json", planned),
    ]
    for order in (paths, paths[::-1]):
        found, _ = inputs.read(inputs.Sources(plans=order))
        assert values(found) == {"aws_eip.a": {"vpc": "new"}, "aws_vpc.a": {"x": 1}, "aws_lb.a": {}}
        (eip,) = found.find("aws_eip.a")
        assert (eip.references, eip.provider) == ({"vpc": ("aws_vpc.a",)}, "aws.us_east_1")


def test_what_the_plan_destroys_is_not_there(write, plan, state):
    """A resource that the state still holds is gone once the plan destroys it."""
    planned = plan({"aws_vpc.a": {}})
    planned["resource_changes"].append({"address": "aws_eip.a", "change": {"actions": ["delete"]}})
    paths = [write("plan.json", planned), write("state.json", state({"aws_eip.a": {}, "aws_vpc.a": {}}))]
    found, _ = inputs.read(inputs.Sources(plans=paths))
    assert values(found) == {"aws_vpc.a": {}}


def test_lines_come_from_the_folder_or_from_beside_the_plan(write, plan):
    """A resource stands on its block's line, in the folder named or else beside the document."""
    path = write("there/plan.json", plan({"aws_vpc.a": {}}))
    files.write(Path("there/main.tf"), '\nresource "aws_vpc" "a" {}\n')
    files.write(Path("named/main.tf"), 'resource "aws_vpc" "a" {}\n')
    for folders, expected in [
        ((), Location("there/main.tf", 2)),
        ([Path("named")], Location("named/main.tf", 1)),
    ]:
        found, _ = inputs.read(inputs.Sources(terraform=folders, plans=[path]))
        assert expected == found.resources[0].location


def test_the_basis_tells_every_document_and_file(write, plan, state):
    """A proof stands on its documents and on every file that says what is created, folders included."""
    paths = [write("out/plan.json", plan({})), write("out/state.json", state({}))]
    for name in ("t/main.tf", "t/a.tfvars", "t/m/main.tf", "t/.terraform/x.tf", "t/notes.md"):
        files.write(Path(name), "")
    files.write(Path("k/sub/a.yaml"), "")
    sources = inputs.Sources(terraform=[Path("t")], plans=paths, kubernetes=[Path("k")])
    _, basis = inputs.read(sources)
    assert [(item["kind"], item["name"]) for item in basis.documents] == [
        ("plan", "plan.json"),
        ("state", "state.json"),
    ]
    expected = ["t", "t/a.tfvars", "t/m/main.tf", "t/main.tf", "k", "k/sub/a.yaml"]
    assert expected == [path.as_posix() for path in basis.inputs]


def test_a_document_alone_is_its_own_input(write, plan):
    """Without a folder a proof stands on the document's file."""
    path = write("plan.json", plan({}))
    assert inputs.read(inputs.Sources(plans=[path]))[1].inputs == (path,)


def test_manifests_alone_are_enough(project):
    """A system may be Kubernetes objects only."""
    files.write(Path("k/a.yaml"), "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")
    found, basis = inputs.read(inputs.Sources(kubernetes=[Path("k")]))
    assert ([item.name for item in found.manifests], basis.documents) == (["default/Service/a"], ())
