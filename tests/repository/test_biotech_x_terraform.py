"""biotech-x's Terraform is one file, with a true list of contents and inputs that say what they take."""

import re
from pathlib import Path

import pytest

from asbuilt.terraform_command import TerraformFailed, workspace

_WRONG = {
    "environment": ('"test"', 'must be staging or production, not "test".'),
    "region": ('"sa-east-2"', 'eu-central-1 or eu-west-1, not "sa-east-2".'),
    "domain_name": ('"Biotech X"', 'a lower-case host name such as app.example.com, not "Biotech X".'),
    "github_repository": ('"as-built"', 'must be owner/name, not "as-built".'),
    "alarm_email": ('"platform"', 'must be one e-mail address, not "platform".'),
    "monthly_budget_usd": ("0", "must be between 100 and 100000, not 0."),
    "vpc_cidr": ('"10.0.0.0/24"', 'must be an IPv4 range ending in /16, not "10.0.0.0/24".'),
    "kubernetes_version": ('"1.20"', 'must be 1.34 or 1.35, not "1.20".'),
    "kubernetes_api_cidrs": ('["0.0.0.0/0"]', "must be at least one IPv4 range, none /0, not [0.0.0.0/0]."),
    "node_instance_type": ('"t2.nano"', 'must be m6i.large, m6i.xlarge or m6i.2xlarge, not "t2.nano".'),
    "node_count": ("{ min = 1, max = 2 }", "must satisfy 3 <= min <= max <= 60, not min 1, max 2."),
    "database_instance_class": ('"db.t2.micro"', 'db.m6g.xlarge or db.m6g.2xlarge, not "db.t2.micro".'),
    "analysis_max_vcpus": ("0", "must be between 16 and 4096, not 0."),
    "analysis_image_tag": ('"latest"', 'must be a commit\'s 40 hexadecimal digits, not "latest".'),
}
"""A value that each input must refuse, and the end of what it then says: what it allows, and what it got."""


@pytest.fixture(scope="session")
def folder(pytestconfig: pytest.Config) -> Path:
    """Where biotech-x's Terraform is."""
    return pytestconfig.rootpath / "terraform" / "biotech-x"


@pytest.fixture(scope="session")
def text(folder: Path) -> str:
    """The one file."""
    return (folder / "main.tf").read_text(encoding="utf-8")


def contents(text: str) -> list[str]:
    """The sections that the list of contents names, in its order, as number and title."""
    listed = text.partition("# Contents\n")[2].partition("\n\n")[0]
    return re.findall(r"^# +(\d+  .+?)  ", listed, re.MULTILINE)


def banners(text: str) -> list[str]:
    """The sections in the order in which they stand, as number and title."""
    return re.findall(r"^# =+\n# (\d+  .+)$", text, re.MULTILINE)


def blocks(text: str, kind: str) -> dict[str, str]:
    """The bodies of the blocks of one kind, by their labels."""
    found = re.findall(rf"^{kind} ([^{{]+) {{\n(.*?)^}}$", text, re.MULTILINE | re.DOTALL)
    return {labels.replace('" "', ".").strip('"'): body for labels, body in found}


def undescribed(found: dict[str, str]) -> list[str]:
    """The blocks that do not say in a sentence what they are."""
    return [
        name for name, body in found.items() if not re.search(r'^  description = ".+\."$', body, re.MULTILINE)
    ]


def indirect(found: dict[str, str]) -> list[str]:
    """The rules that do not name their groups themselves, so that a plan could not be read."""
    return [name for name, body in found.items() if "for_each" in body or "aws_security_group." not in body]


def test_it_is_one_file_of_plain_resources(folder: Path, text: str) -> None:
    """Everything stands in main.tf, without modules."""
    assert (["main.tf"], {}) == ([path.name for path in folder.glob("*.tf")], blocks(text, "module"))


def test_the_list_of_contents_is_true(text: str) -> None:
    """The sections are those that the list names, in its order and without a gap in their numbers."""
    assert (contents(text), 18) == (banners(text), len(banners(text)))


def test_a_false_list_of_contents_is_noticed(text: str) -> None:
    """A section that the list does not name shows."""
    longer = text + f"\n# {'=' * 100}\n# 19  Leftovers\n# {'=' * 100}\n"
    assert [*contents(text), "19  Leftovers"] == banners(longer)


@pytest.mark.parametrize("kind", ["variable", "output"])
def test_inputs_and_outputs_are_described(text: str, kind: str) -> None:
    """Each input and each output says in a sentence what it is."""
    assert (True, []) == (bool(blocks(text, kind)), undescribed(blocks(text, kind)))


def test_an_input_that_says_nothing_is_noticed() -> None:
    """An input without a description is named."""
    assert ["size"] == undescribed(blocks('variable "size" {\n  type = number\n}\n', "variable"))


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_firewall_rules_name_their_groups(text: str, direction: str) -> None:
    """Each firewall rule is a resource of its own that names the groups at its ends."""
    rules = blocks(text, f'resource "aws_vpc_security_group_{direction}_rule"')
    assert (True, []) == (bool(rules), indirect(rules))


def test_a_firewall_rule_over_pairs_is_noticed() -> None:
    """A rule whose groups come out of a map is named."""
    rule = (
        'resource "aws_x_rule" "flow" {\n  for_each = local.flows\n\n  security_group_id = each.value.to\n}\n'
    )
    assert ["flow"] == indirect(blocks(rule, 'resource "aws_x_rule"'))


def test_each_input_is_given_a_wrong_value_below(text: str) -> None:
    """The wrong values are for the very inputs that there are."""
    assert sorted(blocks(text, "variable")) == sorted(_WRONG)


@pytest.fixture(scope="session")
def refusals(terraform: None, folder: Path) -> str:
    """All that Terraform says to a plan with a wrong value for every input."""
    values = "\n".join(f"{name} = {value}" for name, (value, _) in _WRONG.items())
    with (
        workspace(folder, extra_files={"wrong.auto.tfvars": values}) as copy,
        pytest.raises(TerraformFailed) as refused,
    ):
        copy.plan()
    return " ".join(" ".join(item.detail.split()) for item in refused.value.diagnostics)


@pytest.mark.xdist_group("refusals")  # one plan serves every input
@pytest.mark.parametrize("name", _WRONG)
def test_inputs_refuse_wrong_values(refusals: str, name: str) -> None:
    """Each input refuses a wrong value, and says which it allows and which it got."""
    sentences = [part for part in refusals.split("This was checked") if f"{name} must" in part]
    assert (1, True) == (len(sentences), _WRONG[name][1] in sentences[0])


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_every_environment_sets_every_input(folder: Path, text: str, environment: str) -> None:
    """Both files of values set the very inputs that there are, beginning with their own environment."""
    given = (folder / f"{environment}.tfvars").read_text(encoding="utf-8")
    names = re.findall(r"^(\w+) +=", given, re.MULTILINE)
    assert (list(blocks(text, "variable")), f'"{environment}"') == (names, given.split()[2])
