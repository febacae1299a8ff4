"""The override that is laid beside a copy, made from the emulator's limits."""

import pytest

from drills.emulator.override import limits, override, parsed

DOCUMENT = {
    "not_emulated": [{"type": "aws_a", "reason": "unknown"}],
    "not_echoed": [{"address": "aws_b.main", "attributes": ["x", "y"], "reason": "forgotten"}],
    "not_waited": [{"address": "aws_c.main", "argument": "wait", "reason": "at once"}],
}
OVERRIDE = """\
provider "aws" {
  s3_use_path_style = true # no bucket has a host name on loopback
}

resource "aws_b" "main" {
  lifecycle {
    ignore_changes = [x, y]
  }
}

resource "aws_c" "main" {
  wait = false
}
"""


def test_the_override_says_what_the_limits_say():
    """Each argument that is not echoed is ignored, and each wait is off."""
    assert OVERRIDE == override(parsed(DOCUMENT))


def test_a_limit_needs_its_reason():
    """Nothing is left out without a reason."""
    with pytest.raises(KeyError, match="reason"):
        parsed(DOCUMENT | {"not_echoed": [{"address": "aws_b.main", "attributes": ["x"]}]})


def test_the_project_s_own_limits_can_be_read():
    """limits.yaml is complete, and every reason is a sentence."""
    known = limits()
    found = [*known.not_emulated, *known.not_echoed, *known.not_waited]
    assert [] == [item for item in found if not item.reason.endswith(".")]
