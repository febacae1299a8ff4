"""Arrows tried on an emulator that holds one role and what it may touch."""

import json
import uuid
from contextlib import nullcontext
from dataclasses import replace

import pytest

from drills.emulator import Emulator, Session
from drills.executed import Arrow, Place, drill, execute, permission_arrows
from drills.executed.calls import CALLS, NOT_CALLED

REGION = "eu-central-1"
PUT = "aws_iam_role_policy.api#Put"
ARROW = Arrow("shop/view", "shop/Deployment/api", "aws_s3_bucket.uploads", "s3:PutObject", (PUT,))


def put(name: str, sid: str = "Put", action: str = "s3:PutObject") -> dict[str, str]:
    """A statement on the files of a bucket."""
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": f"arn:aws:s3:::{name}/*"}


@pytest.fixture
def place(emulator: Emulator):
    """Makes a bucket and a role with the statements that a function of the bucket's name gives."""

    def make(*statements) -> Place:
        administrator, name = Session(emulator, REGION), f"drill-{uuid.uuid4().hex[:8]}"
        where = {"LocationConstraint": REGION}
        administrator.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=where)
        iam = administrator.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        listed = [statement(name) for statement in statements]
        text = json.dumps({"Version": "2012-10-17", "Statement": listed})
        iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=text)
        resources = {
            "aws_iam_role.api": {"name": name, "arn": arn},
            "aws_iam_role_policy.api": {"name": "it", "role": name, "policy": text},
            "aws_s3_bucket.uploads": {"bucket": name},
        }
        return Place(administrator, resources)

    return make


def other(name: str) -> dict[str, str]:
    """A statement that has nothing to do with the arrow."""
    return put(name, "Other", "s3:GetObject")


@pytest.mark.parametrize("statements", [[put], [other, put]], ids=["alone", "among others"])
def test_an_arrow_is_allowed_and_denied_without_its_statement(place, statements):
    """The two together are the mark; afterwards the role has its policy again."""
    applied = place(*statements)
    (tried,) = execute([ARROW], applied)
    assert (True, (PUT,), "", False) == (tried.allowed, tried.denied_without, tried.reason, tried.wrong)
    assert [tried] == execute([ARROW], applied)


def test_a_statement_may_be_cited_by_its_number(place):
    """As the prover cites one without an identifier."""
    (tried,) = execute([replace(ARROW, cited=("aws_iam_role_policy.api#1",))], place(other, put))
    assert ("aws_iam_role_policy.api#1",) == tried.denied_without


def test_a_statement_that_is_not_taken_away_is_reported(place, monkeypatch: pytest.MonkeyPatch):
    """An arrow that needs no statement is none that the drill has shown to need it."""
    monkeypatch.setattr(drill, "removed", lambda *_: nullcontext())
    (tried,) = execute([ARROW], place(put))
    assert (True, (), f"without {PUT} it is allowed") == (tried.allowed, tried.denied_without, tried.reason)
    assert tried.wrong


def test_a_second_statement_that_allows_is_reported(place):
    """What the proof does not cite and the emulator finds."""
    (tried,) = execute([ARROW], place(put, lambda name: put(name, "Again", "s3:*")))
    assert (f"without {PUT} it is allowed", True) == (tried.reason, tried.wrong)


def test_an_arrow_that_is_denied_is_reported(place):
    """A proof that the emulator contradicts."""

    def elsewhere(_: str) -> dict[str, str]:
        return put("elsewhere")

    (tried,) = execute([ARROW], place(elsewhere))
    assert (False, "with every statement it is denied", True) == (tried.allowed, tried.reason, tried.wrong)


def test_an_error_is_no_denial(place):
    """A call that fails for another reason neither confirms nor refutes."""
    applied = place(lambda _: put("*"))
    gone = applied.resources | {"aws_s3_bucket.uploads": {"bucket": "gone"}}
    (tried,) = execute([ARROW], replace(applied, resources=gone))
    assert (False, "with every statement it is answered with NoSuchBucket") == (tried.allowed, tried.reason)


@pytest.mark.parametrize(
    ("source", "claim", "reason", "wrong"),
    [
        ("aws_sns_topic.outcome", "sqs:SendMessage", NOT_CALLED["aws_sns_topic"], False),
        ("shop/Deployment/api", "rds-db:connect", NOT_CALLED["rds-db:connect"], False),
        ("shop/Deployment/api", "dynamodb:GetItem", "the drill knows no way to try it", True),
    ],
)
def test_what_is_not_tried_says_why(emulator: Emulator, source, claim, reason, wrong):
    """A listed reason is enough; that nobody taught the drill the action is not."""
    arrow = replace(ARROW, source=source, claim=claim, cited=())
    (tried,) = execute([arrow], Place(Session(emulator, REGION), {}))
    assert (None, reason, wrong) == (tried.allowed, tried.reason, tried.wrong)


def test_only_proven_permissions_are_tried():
    """Neither networks nor what a person asserts, and nothing that is unknown."""
    claims = [("tcp/443", "proven"), ("s3:PutObject", "proven"), ("asserted: so", "asserted")]
    claims.append(("s3:GetObject", "unknown"))
    evidence = [{"address": PUT, "file": "main.tf", "line": 1}]
    ends = {"source": ARROW.source, "target": ARROW.target, "evidence": evidence}
    drawn = [ends | {"claim": claim, "verdict": verdict} for claim, verdict in claims]
    assert [ARROW] == permission_arrows({"shop/view": {"arrows": drawn}})


def test_no_action_is_both_tried_and_excused():
    """An action has one way or one reason."""
    assert set() == set(CALLS) & set(NOT_CALLED)
