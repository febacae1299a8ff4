"""Conditions: met by a well-formed request, not met, or not told by the files."""

import pytest

from asbuilt.prove.permission.conditions import parse
from asbuilt.prove.permission.requests import Context, StartsWith
from asbuilt.prove.permission.truth import Unknown

ROLE = "arn:aws:iam::111122223333:role/api"
OBJECTS = "arn:aws:s3:::files/*"

CONDITIONS = [
    # operator, key, wanted, verdict of an allow under it, verdict of a deny under it
    ("Bool", "aws:SecureTransport", "true", "proven", "refuted"),
    ("Bool", "aws:SecureTransport", True, "proven", "refuted"),
    ("Bool", "AWS:SECURETRANSPORT", "false", "refuted", "proven"),
    ("ArnEquals", "aws:PrincipalArn", ROLE, "proven", "refuted"),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/a*", "proven", "refuted"),
    ("ArnLike", "aws:PrincipalArn", "arn:*:role/api", "unknown", "unknown"),
    ("ArnNotEquals", "aws:PrincipalArn", ROLE, "refuted", "proven"),
    ("StringNotEquals", "aws:PrincipalArn", [ROLE, "arn:aws:iam::1:role/x"], "refuted", "proven"),
    ("StringEquals", "aws:PrincipalAccount", "111122223333", "proven", "refuted"),
    ("StringEquals", "aws:PrincipalAccount", 111122223333, "proven", "refuted"),
    ("StringNotEquals", "aws:ResourceAccount", "111122223333", "refuted", "proven"),
    ("StringEquals", "aws:RequestedRegion", ["eu-west-1", "eu-west-2"], "proven", "refuted"),
    ("StringNotEquals", "aws:RequestedRegion", "eu-west-1", "refuted", "proven"),
    ("StringEqualsIgnoreCase", "aws:RequestedRegion", "EU-WEST-1", "proven", "refuted"),
    ("StringEquals", "aws:RequestedRegion", "EU-WEST-1", "refuted", "proven"),
    ("StringEquals", "aws:RequestedRegion", "eu-*", "refuted", "proven"),
    ("StringLike", "aws:RequestedRegion", "eu-*-?", "proven", "refuted"),
    ("StringEquals", "aws:SourceArn", "arn:aws:sns:eu-west-1:111122223333:news", "refuted", "proven"),
    ("StringEqualsIfExists", "aws:SourceArn", "arn:aws:sns:eu-west-1:1:x", "proven", "refuted"),
    ("StringNotEquals", "aws:SourceArn", "arn:aws:sns:eu-west-1:1:x", "proven", "refuted"),
    ("Null", "aws:SourceArn", "true", "proven", "refuted"),
    ("Null", "aws:SourceArn", "false", "refuted", "proven"),
    ("Null", "aws:SecureTransport", "false", "proven", "refuted"),
    ("ForAllValues:StringEquals", "aws:SourceArn", "x", "proven", "refuted"),
    ("ForAnyValue:StringEquals", "aws:SourceArn", "x", "refuted", "proven"),
    ("ForAnyValue:StringNotEquals", "aws:SourceArn", "x", "refuted", "proven"),
    ("ForAnyValue:StringLike", "aws:PrincipalArn", "*", "proven", "refuted"),
    ("Bool", "aws:ViaAWSService", "false", "proven", "refuted"),
    ("Bool", "aws:PrincipalIsAWSService", "false", "proven", "refuted"),
    ("StringLike", "aws:userid", "AROAapi:*", "proven", "refuted"),
    ("StringLike", "aws:userid", "AROAweb:*", "refuted", "proven"),
    ("StringLike", "aws:userid", "AROAapi:one", "unknown", "unknown"),
    ("IpAddress", "aws:SourceIp", "10.0.0.0/8", "unknown", "unknown"),
    ("StringEquals", "aws:SourceVpce", "vpce-1", "unknown", "unknown"),
    ("StringEquals", "aws:PrincipalOrgID", "o-1", "unknown", "unknown"),
    ("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z", "unknown", "unknown"),
    ("Bool", "aws:MultiFactorAuthPresent", "true", "unknown", "unknown"),
    ("StringEquals", "s3:ExistingObjectTag/open", "yes", "unknown", "unknown"),
    ("StringEquals", "aws:PrincipalTag/kubernetes-namespace", "shop", "proven", "refuted"),
    ("StringEquals", "aws:PrincipalTag/kubernetes-namespace", "bank", "refuted", "proven"),
    ("StringEquals", "aws:PrincipalTag/kubernetes-pod-name", "api-0", "unknown", "unknown"),
    ("StringEquals", "aws:PrincipalTag/team", "red", "refuted", "proven"),
    ("StringNotEquals", "aws:PrincipalTag/team", "red", "proven", "refuted"),
    ("NumericLessThan", "s3:TlsVersion", "1.2", "refuted", "proven"),
    ("NumericGreaterThanEquals", "s3:TlsVersion", 1.2, "proven", "refuted"),
    ("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control", "proven", "proven"),
    ("StringEquals", "s3:x-amz-acl", "public-read", "refuted", "proven"),
    ("Null", "s3:x-amz-server-side-encryption", "true", "proven", "proven"),
    ("StringNotEquals", "s3:x-amz-server-side-encryption", "AES256", "proven", "proven"),
    ("Gibberish", "aws:SecureTransport", "true", "unknown", "unknown"),
    ("NotBool", "aws:SecureTransport", "true", "unknown", "unknown"),
    ("NullIfExists", "aws:SecureTransport", "true", "unknown", "unknown"),
    ("Null", "aws:SecureTransport", "perhaps", "unknown", "unknown"),
    ("Bool", "aws:SecureTransport", "perhaps", "unknown", "unknown"),
    ("SomeValues:StringEquals", "aws:SecureTransport", "true", "unknown", "unknown"),
]
NAMES = [f"{operator}-{key}-{wanted}" for operator, key, wanted, *_ in CONDITIONS]


@pytest.mark.parametrize(("operator", "key", "wanted", "allowed", "_"), CONDITIONS, ids=NAMES)
def test_an_allow_holds_under_its_condition(plain, operator, key, wanted, allowed, _):
    """An allow counts where its condition is met, and never where that cannot be told."""
    condition = {"Condition": {operator: {key: wanted}}}
    plain.grant("api", plain.allow("s3:PutObject", OBJECTS, **condition))
    assert allowed == plain.put().verdict


@pytest.mark.parametrize(("operator", "key", "wanted", "_", "denied"), CONDITIONS, ids=NAMES)
def test_a_deny_holds_under_its_condition(plain, operator, key, wanted, _, denied):
    """A deny that a well-formed request escapes stops nothing; one that cannot be told leaves it open."""
    condition = {"Condition": {operator: {key: wanted}}}
    plain.grant("api", plain.deny("s3:PutObject", "*", **condition), name="no")
    assert denied == plain.put().verdict


def test_all_conditions_of_a_statement_hold_together(plain):
    """Several keys and operators are joined by AND: one that is not met is enough."""
    both = {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalAccount": "1"}}
    plain.grant("api", plain.allow("s3:PutObject", OBJECTS, Condition=both))
    assert "refuted" == plain.put().verdict


def test_a_condition_that_fails_is_named(plain):
    """The reader sees which statement would have allowed the request, and what it asks for."""
    condition = {"StringEquals": {"aws:PrincipalAccount": "1"}}
    plain.grant("api", plain.allow("s3:PutObject", OBJECTS, Condition=condition, Sid="If"))
    assert "(aws_iam_role_policy.api#If asks for StringEquals aws:PrincipalAccount 1)" in plain.put().reason


def test_a_choice_of_the_caller_is_named(plain):
    """A request that is allowed with a header names the header."""
    condition = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    plain.grant("api", plain.allow("s3:PutObject", OBJECTS, Condition=condition))
    assert "allowed with s3:x-amz-acl bucket-owner-full-control" == plain.put().reason


def test_a_deny_of_every_choice_refutes(plain):
    """A key that the caller may choose helps nothing when every choice is denied."""
    sure = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    plain.grant("api", plain.allow("s3:PutObject", OBJECTS, Condition=sure))
    plain.grant("api", plain.deny("s3:*", "*", Condition={"Null": {"s3:x-amz-acl": "false"}}), name="no")
    assert "refuted" == plain.put().verdict


@pytest.mark.parametrize(
    ("conditions", "verdict"),
    [
        ([{"StringLike": {"s3:prefix": ["home/*", ""]}}], "proven"),
        ([{"StringLike": {"s3:prefix": "home/*"}}, {"StringLike": {"s3:prefix": "home/*"}}], "refuted"),
        ([{"StringLike": {"s3:prefix": "a*"}}, {"StringLike": {"s3:prefix": "ab*"}}], "proven"),
        ([{"StringLike": {"s3:prefix": "ab*"}}, {"StringLike": {"s3:prefix": "a*"}}], "refuted"),
        ([{"Null": {"s3:prefix": "true"}}], "proven"),
        ([{"Null": {"s3:prefix": "true"}}, {"Null": {"s3:prefix": "true"}}], "refuted"),
        ([{"NumericLessThanEquals": {"s3:max-keys": "10"}}], "proven"),
        ([{"NumericLessThan": {"s3:max-keys": 10}}, {"NumericLessThan": {"s3:max-keys": 9}}], "proven"),
        ([{"NumericLessThan": {"s3:max-keys": 10}}, {"NumericLessThan": {"s3:max-keys": 11}}], "refuted"),
    ],
)
def test_listing_is_judged_by_what_the_caller_may_list(plain, conditions, verdict):
    """Of the conditions the first belongs to an allow, the second to a deny."""
    allowed, *denied = conditions
    plain.grant("api", plain.allow("s3:ListBucket", "arn:aws:s3:::files", Condition=allowed))
    for condition in denied:
        plain.grant("api", plain.deny("s3:ListBucket", "*", Condition=condition), name="no")
    assert verdict == plain.prove("aws_iam_role.api", "s3:ListBucket", "aws_s3_bucket.files").verdict


@pytest.mark.parametrize(
    ("block", "context", "met"),
    [
        ({"ForAllValues:StringEquals": {"k": ["a", "b"]}}, ("a", "b"), True),
        ({"ForAllValues:StringEquals": {"k": ["a"]}}, ("a", "b"), False),
        ({"ForAnyValue:StringEquals": {"k": ["a"]}}, ("a", "b"), True),
        ({"ForAnyValue:StringNotEquals": {"k": ["a"]}}, ("a", "b"), True),
        ({"ForAllValues:StringNotEquals": {"k": ["c"]}}, ("a", "b"), True),
        ({"StringEquals": {"k": "a"}}, ("a", "b"), None),
        ({"ForAnyValue:StringEqualsIfExists": {"k": ["a"]}}, None, True),
        ({"StringNotEqualsIfExists": {"k": ["a"]}}, None, True),
        ({"BinaryEquals": {"k": "YQ=="}}, ("a",), True),
        ({"BinaryEquals": {"k": "no base64"}}, ("a",), None),
        ({"IpAddress": {"k": "10.0.0.0/8"}}, ("10.1.2.3",), True),
        ({"NotIpAddress": {"k": ["10.0.0.0/8", "2001:db8::/32"]}}, ("2001:db8::1",), False),
        ({"IpAddress": {"k": "10.0.0.1"}}, ("10.0.0.2",), False),
        ({"DateLessThan": {"k": "2030-01-01"}}, ("2026-11-21T00:00:00Z",), True),
        ({"DateEquals": {"k": "1700000000"}}, ("2023-11-14T22:13:20Z",), True),
        ({"NumericEquals": {"k": "many"}}, ("3",), None),
        ({"NumericNotEquals": {"k": ["3", "4"]}}, ("4",), False),
        ({"ArnLike": {"k": "arn:aws:s:*:1:f/*"}}, ("arn:aws:s:eu:9:x/1:1:f/doc",), False),
        ({"StringLike": {"k": "arn:aws:s:*:1:f/*"}}, ("arn:aws:s:eu:9:x/1:1:f/doc",), True),
        ({"ArnEquals": {"k": "arn:aws:s:eu:1:f:*"}}, ("arn:aws:s:eu:1:f:g:h",), True),
        ({"StringLike": {"k": "ab*"}}, (StartsWith("abc"),), True),
        ({"StringLike": {"k": "b*"}}, (StartsWith("abc"),), False),
        ({"StringEquals": {"k": "abcd"}}, (StartsWith("abc"),), None),
    ],
)
def test_values_are_compared_as_documented(block, context, met):
    """Set operators, types and partly known values, over a key `k`."""
    (condition,) = parse(block, variables=True)
    found = condition.holds(Context({"k": context}))
    assert met == (None if isinstance(found, Unknown) else found)
