"""What a table says of a system is compared with the system, and every difference is found."""

from pathlib import Path
from typing import Any

import pytest

from asbuilt.infrastructure import Infrastructure, Location, Manifest, Resource
from drills.holds import differs, faults

POLICY = '{"Statement": [{"Sid": "TlsOnly", "Effect": "Deny"}, {"Sid": "Read", "Action": ["a", "b"]}]}'
VALUES: dict[str, Any] = {"on": True, "days": 35, "rule": [{"id": "gone", "days": 7}], "policy": POLICY}
VALUES |= {"block": [{"status": "Enabled"}], "names": ["b", "a"], "empty": [], "key": "arn:1"}
FOUND = Infrastructure(
    (
        Resource('aws_x.main["a"]', "aws_x", VALUES),
        Resource('aws_x.main["b"]', "aws_x", VALUES | {"days": 34}),
        Resource("aws_key.data", "aws_key", {"arn": "arn:1"}),
    ),
    (Manifest("n/Deployment/api", {"spec": {"containers": [{"name": "api", "cpu": 1}]}}, Location("a", 1)),),
)


@pytest.mark.parametrize(
    "expected",
    [
        {"on": True, "days": 35},
        {"rule": {"gone": {"days": 7}}},
        {"policy": {"Statement": {"TlsOnly": {"Effect": "Deny"}, "Read": {"Action": ["b", "a"]}}}},
        {"policy": {"Statement": {"only": ["Read", "TlsOnly"]}}},
        {"block": {"status": "Enabled"}},
        {"block": [{"status": "Enabled"}]},
        {"names": ["a", "b"], "policy": "*"},
    ],
)
def test_what_holds_is_quiet(expected: dict[str, Any]):
    """A mapping may hold more than is expected; lists are entered by name, or directly where there is one."""
    assert differs(expected, VALUES) is None


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        ({"on": False}, "on"),
        ({"days": "35"}, "days"),
        ({"days": True}, "days"),
        ({"on": 1}, "on"),
        ({"absent": 1}, "absent"),
        ({"rule": {"gone": {"days": 8}}}, "rule.gone.days"),
        ({"rule": {"other": {"days": 7}}}, "rule.other"),
        ({"policy": {"Statement": {"TlsOnly": {"Effect": "Allow"}}}}, "policy.Statement.TlsOnly.Effect"),
        ({"policy": {"Statement": {"Gone": {}}}}, "policy.Statement.Gone"),
        ({"policy": {"Statement": {"only": ["TlsOnly"]}}}, "policy.Statement.only"),
        ({"block": [{"status": "Enabled"}, {"status": "Enabled"}]}, "block.1"),
        ({"names": ["a"]}, "names"),
        ({"empty": "*"}, "empty"),
        ({"key": {"deeper": 1}}, "key.deeper"),
    ],
)
def test_what_does_not_hold_is_found(expected: dict[str, Any], path: str):
    """The path leads to the first difference; a number is not its text, and not a truth value."""
    assert path == differs(expected, VALUES)


def row(**given: Any) -> list[str]:
    """The faults of a row that says what is given."""
    return list(faults(given, FOUND, Path(__file__).parents[2]))


def test_every_instance_must_hold():
    """An address without an index stands for all, and a fault names the one."""
    assert ['aws_x.main["b"]: days is not as expected'] == row(implemented_by={"aws_x.main": {"days": 35}})
    assert [] == row(implemented_by={'aws_x.main["a"]': {"days": 35}})


def test_an_address_that_is_gone_is_found():
    """Nothing is expected of it, and it must exist."""
    assert ["there is no aws_x.other"] == row(noticed_by={"aws_x.other": None})
    assert [] == row(noticed_by={"aws_key.data": None})


def test_a_manifest_is_looked_into():
    """Its containers are entered by name."""
    inside = {"spec": {"containers": {"api": {"cpu": 1}}}}
    assert [] == row(implemented_by={"n/Deployment/api": inside})
    inside["spec"]["containers"]["api"]["cpu"] = 2
    assert ["n/Deployment/api: spec.containers.api.cpu is not as expected"] == row(
        implemented_by={"n/Deployment/api": inside}
    )


def test_another_resources_value_can_be_expected():
    """A reference is looked up; one that leads nowhere never holds."""
    assert [] == row(implemented_by={"aws_x.main": {"key": "${aws_key.data.arn}"}})
    assert 2 == len(row(implemented_by={"aws_x.main": {"key": "${aws_key.gone.arn}"}}))


def test_files_types_and_tests_are_looked_up():
    """A text that a file no longer has, a resource that should not be, and a test that is gone are found."""
    assert [] == row(
        written_in={"Makefile": "sync --locked"},
        absent=["aws_iam_user"],
        checked_by=["tests/drills/test_holds.py::test_what_holds_is_quiet"],
    )
    assert [
        "Makefile does not say 'sync --unlocked'",
        "there is aws_x",
        "there is no test tests/drills/test_holds.py::test_nothing",
    ] == row(
        written_in={"Makefile": "sync --unlocked"},
        absent=["aws_x"],
        checked_by=["tests/drills/test_holds.py::test_nothing"],
    )
