"""Where Terraform blocks stand."""

from pathlib import Path

import pytest

from asbuilt import files
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import Location, blocks
from asbuilt.infrastructure.source import declarations

MAIN = """\
# A heading
resource "aws_vpc" "main" {
  tags = { Name = "resource \\"aws_vpc\\" \\"false\\" {" }
}

data "aws_ami" "linux" {}
locals { x = 1 }
variable "zones" {
  description = "How many zones"
  type        = map(
    string)
  default     = {}
}
variable "name" {}
output "id" {
  description = "The network"
  value       = aws_vpc.main.id
}
"""


def test_blocks_are_found_with_file_and_line(project):
    """Resources, data sources, variables and outputs are named as expressions name them."""
    files.write(Path("t/main.tf"), MAIN)
    files.write(Path("t/other.tf"), 'resource "aws_eip" "a" {}\n')
    lines = {
        "aws_vpc.main": 2,
        "data.aws_ami.linux": 6,
        "var.zones": 8,
        "var.name": 14,
        "output.id": 15,
    }
    expected = {name: Location("t/main.tf", line) for name, line in lines.items()}
    assert expected | {"aws_eip.a": Location("t/other.tf", 1)} == blocks(Path("t"))


def test_declarations_tell_what_they_are_for(project):
    """A variable is told with its description, type and default; without a default it has none."""
    files.write(Path("t/main.tf"), MAIN)
    zones, name = declarations(Path("t"), "variable")
    assert (zones.name, zones.description, zones.default) == ("var.zones", "How many zones", "{}")
    assert zones.type == "map( string)"
    assert (name.description, name.type, name.default) == ("", "", None)
    assert [item.name for item in declarations(Path("t"), "output")] == ["output.id"]


def test_a_folder_without_terraform_is_refused(project):
    """A folder that holds no Terraform file is an error."""
    with pytest.raises(UnusableInput, match=r"none holds no \.tf file"):
        blocks(Path("none"))
