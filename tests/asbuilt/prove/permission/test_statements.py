"""Statements: actions, resources, and documents that AWS would refuse."""

import json

import pytest

from asbuilt.prove.permission.patterns import glob
from asbuilt.prove.permission.statements import arn_matches, parse
from asbuilt.prove.permission.truth import Unknown
from asbuilt.prove.verdicts import Evidence

OBJECTS = "arn:aws:s3:::files/*"
HOLDER = Evidence("aws_iam_role_policy.api", "main.tf", 3)


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ({"Action": "S3:putobject", "Resource": OBJECTS}, "proven"),
        ({"Action": "s3:Put?bject", "Resource": OBJECTS}, "proven"),
        ({"Action": "s3:Put??bject", "Resource": OBJECTS}, "refuted"),
        ({"Action": "*", "Resource": "*"}, "proven"),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::files"}, "refuted"),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::files/"}, "refuted"),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::Files/*"}, "refuted"),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::*/*"}, "proven"),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:eu-west-1:111122223333:files/*"}, "refuted"),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:*:*:files/*"}, "proven"),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:*"}, "unknown"),
        ({"Action": "s3:*", "Resource": "arn:*:files/*"}, "unknown"),
        ({"Action": "s3:*", "Resource": "arn:aws-cn:s3:::files/*"}, "refuted"),
        ({"NotAction": "iam:*", "Resource": "*"}, "proven"),
        ({"NotAction": "*", "Resource": "*"}, "refuted"),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::secret/*"}, "proven"),
        ({"Action": "s3:*", "NotResource": ["arn:aws:s3:::secret/*", "arn:aws:s3:::f*"]}, "refuted"),
        ({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::files/${aws:username}/*"}, "refuted"),
        ({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::files/${aws:SourceIp}/*"}, "unknown"),
        ({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::files/${aws:PrincipalAccount}/*"}, "proven"),
        (
            {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::${aws:PrincipalTag/team, 'files'}/*"},
            "proven",
        ),
        ({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*"}, "refuted"),
        ({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::file${*}/*"}, "refuted"),
    ],
)
def test_a_statement_allows_what_it_names(plain, statement, verdict):
    """Action and resource patterns, their negations, and policy variables."""
    plain.grant("api", {"Effect": "Allow", **statement})
    assert verdict == plain.put().verdict


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [
        ("arn:aws:s3:::files/${aws:SourceIp}/*", "proven"),
        ("arn:aws:s3:::files/${aws:SourceIp}*", "unknown"),
        ("arn:aws:s3:::secret/${aws:SourceIp}*", "proven"),
        ("arn:aws:s3:*", "unknown"),
        ("arn:aws:s3", "unknown"),
    ],
)
def test_a_deny_that_cannot_be_read_leaves_it_open(plain, resource, verdict):
    """A variable that no file resolves, and ARNs that AWS completes, may deny whatever they can cover."""
    plain.grant("api", plain.deny("s3:*", resource), name="no")
    assert verdict == plain.put().verdict


def test_the_older_language_takes_variables_literally(plain):
    """A policy of 2008 speaks of a folder that is really named `${aws:username}`."""
    statement = plain.allow("s3:PutObject", "arn:aws:s3:::files/${aws:username}/*")
    plain.set("aws_iam_role_policy.api", policy=plain.policy(statement, version="2008-10-17"))
    assert ("proven", True) == (plain.put().verdict, "${aws:username}" in plain.put().reason)


REFUSED = {
    "no JSON": "{",
    "a list": "[]",
    "a key of its own": '{"Version": "2012-10-17", "Rules": []}',
    "an effect in lower case": json.dumps({"Statement": {"Effect": "allow", "Action": "*", "Resource": "*"}}),
    "an element twice": '{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource":"*"}}',
    "a version of its own": json.dumps(
        {"Version": "2030-01-01", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    ),
    "a condition without a key": json.dumps(
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {}}}}
    ),
    "no action": json.dumps({"Statement": {"Effect": "Allow", "Resource": "*"}}),
    "no resource": json.dumps({"Statement": {"Effect": "Allow", "Action": "*"}}),
    "both resources": json.dumps(
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "*"}}
    ),
    "an empty resource": json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": []}}),
    "an action with a space": json.dumps(
        {"Statement": {"Effect": "Allow", "Action": "s3:Put ", "Resource": "*"}}
    ),
    "a service with a wildcard": json.dumps(
        {"Statement": {"Effect": "Allow", "Action": "s*:*", "Resource": "*"}}
    ),
    "a number": json.dumps({"Statement": {"Effect": "Allow", "Action": 5, "Resource": "*"}}),
    "a principal": json.dumps(
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}}
    ),
    "an element of its own": json.dumps(
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Comment": "x"}}
    ),
    "a condition that is none": json.dumps(
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": ["x"]}}
    ),
}


@pytest.mark.parametrize("document", REFUSED.values(), ids=REFUSED.keys())
def test_a_document_that_aws_refuses_leaves_everything_open(plain, document):
    """What is not understood might deny, so even another allow proves nothing."""
    with pytest.raises(ValueError, match=r"\S"):
        parse(document, HOLDER)
    plain.set("aws_iam_role_policy.odd", role="api", name="odd", policy=document)
    assert ("unknown", True) == (plain.put().verdict, "aws_iam_role_policy.odd" in plain.put().reason)


def test_a_policy_without_statements_allows_nothing(plain):
    """An empty document is fine, and empty."""
    plain.set("aws_iam_role_policy.api", policy=plain.policy())
    assert "refuted" == plain.put().verdict


def test_a_single_statement_needs_no_list():
    """AWS takes one statement without brackets."""
    (statement,) = parse(
        json.dumps({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}), HOLDER
    )
    assert ("aws_iam_role_policy.api#0", False) == (statement.address, statement.allows)


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("*", "arn:aws:sqs:eu-west-1:1:q", True),
        ("*", "*", True),
        ("arn:aws:sqs:*:*:*", "*", False),
        ("arn:aws:sqs:eu-west-1:*:q", "arn:aws:sqs:eu-west-1:1:q", True),
        ("arn:aws:sqs:*:q", "arn:aws:sqs:eu-west-1:1:q", None),
        ("arn:aws:sqs", "arn:aws:sqs:eu-west-1:1:q", None),
        ("arn:aws:sns", "arn:aws:sqs:eu-west-1:1:q", False),
        ("arn:aws:logs:*:*:log-group:a:*", "arn:aws:logs:eu:1:log-group:a:log-stream:b", True),
        ("*", "", True),
        ("arn:aws:sqs:*:*:*", "", None),
    ],
)
def test_an_arn_is_matched_as_a_whole_and_by_its_parts(pattern, arn, expected):
    """Where both readings of a wildcard differ, or the ARN is not known yet, nothing is concluded."""
    found = arn_matches(glob(pattern), arn)
    assert expected == (None if isinstance(found, Unknown) else found)
