"""What Terraform itself writes: a plan, the state after it, and a plan that takes a rule away."""

from pathlib import Path
from typing import Any

import pytest

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure, resources
from asbuilt.prove.network import NetworkProver
from asbuilt.prove.verdicts import Finding
from asbuilt.terraform_command import workspace
from drills.emulator import Emulator

pytestmark = pytest.mark.xdist_group("documents")  # one apply serves every test here

_MAIN = """
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

locals {
  zones = { a = 0, b = 1 }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "front" {
  for_each          = local.zones
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
  availability_zone = "us-east-1${each.key}"
}

resource "aws_subnet" "back" {
  for_each          = local.zones
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, 10 + each.value)
  availability_zone = "us-east-1${each.key}"
}

resource "aws_route_table" "front" {
  for_each = local.zones
  vpc_id   = aws_vpc.main.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_route_table_association" "front" {
  for_each       = local.zones
  subnet_id      = aws_subnet.front[each.key].id
  route_table_id = aws_route_table.front[each.key].id
}

resource "aws_network_acl" "back" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = [for subnet in aws_subnet.back : subnet.id]

  dynamic "ingress" {
    for_each = local.zones
    content {
      rule_no    = 10 + ingress.value
      action     = "allow"
      protocol   = "tcp"
      from_port  = 5432
      to_port    = 5432
      cidr_block = cidrsubnet("10.0.0.0/16", 8, ingress.value)
    }
  }

  egress {
    rule_no    = 10
    action     = "allow"
    protocol   = "tcp"
    from_port  = 1024
    to_port    = 65535
    cidr_block = "10.0.0.0/16"
  }
}

resource "aws_security_group" "application" {
  name   = "application"
  vpc_id = aws_vpc.main.id

  dynamic "egress" {
    for_each = { postgres = 5432, https = 443 }
    content {
      protocol    = "tcp"
      from_port   = egress.value
      to_port     = egress.value
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}

resource "aws_security_group" "database" {
  name   = "database"
  vpc_id = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = aws_security_group.application.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_security_group_rule" "ssh" {
  type              = "ingress"
  security_group_id = aws_security_group.application.id
  cidr_blocks       = ["0.0.0.0/0"]
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
}

resource "aws_network_interface" "application" {
  for_each        = local.zones
  subnet_id       = aws_subnet.front[each.key].id
  security_groups = [aws_security_group.application.id]
}

resource "aws_network_interface" "database" {
  for_each        = local.zones
  subnet_id       = aws_subnet.back[each.key].id
  security_groups = [aws_security_group.database.id]
}
"""
_RULE = 'resource "aws_vpc_security_group_ingress_rule" "database"'
SQL = ("aws_network_interface.application", "aws_network_interface.database", 5432)

Documents = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def documents(terraform: None, emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """The first plan, the state once it is applied, and plans over that state with and without the rule."""
    folder: Path = tmp_path_factory.mktemp("network")
    (folder / "main.tf").write_text(_MAIN)
    with workspace(folder, emulator.environment) as copy:
        copy.plan()
        found = {"plan": copy.show_plan()}
        copy.apply()
        found["state"] = copy.show()
        copy.plan()
        found["same"] = copy.show_plan()
        head, _, tail = _MAIN.partition(_RULE)
        (copy.copy / "main.tf").write_text(head + tail.partition("}\n")[2])
        copy.plan()
        found["without"] = copy.show_plan()
    return found


def _prove(document: dict[str, Any], source: str, target: str, port: int) -> Finding:
    prover = NetworkProver(Infrastructure(resources(document, {})))
    return prover.prove(source, target, Network("tcp", port, port))


@pytest.mark.parametrize("name", ["plan", "state"])
def test_what_terraform_creates_is_proven(documents: Documents, name: str) -> None:
    """Loops, dynamic blocks and separate rules are read alike from the plan and from the state."""
    found = _prove(documents[name], *SQL)
    assert "proven" == found.verdict, found.reason
    cited = {one.address for one in found.evidence}
    assert {"aws_vpc_security_group_ingress_rule.database", "aws_network_acl.back.egress[0]"} <= cited
    assert "refuted" == _prove(documents[name], *SQL[:2], 443).verdict


def test_a_later_plan_proves_it_too_but_not_without_the_rule(documents: Documents) -> None:
    """The rule that the second plan destroys proves nothing, though the group still lists it."""
    assert "refuted" != _prove(documents["same"], *SQL).verdict
    assert "proven" != _prove(documents["without"], *SQL).verdict
