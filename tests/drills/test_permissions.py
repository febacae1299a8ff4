"""Permission claims executed against roles that may, may not, or may by another statement too."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from drills.emulator import Emulator, Session
from drills.permissions import Claim, Executed, claims, execute

SEND = {"Sid": "Send", "Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}
ALSO = {"Sid": "Also", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
READ = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
CONNECT = {"Sid": "Connect", "Effect": "Allow", "Action": "rds-db:connect", "Resource": "*"}
DENY = {"Sid": "Deny", "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}


@pytest.fixture
def administrator(emulator: Emulator) -> Session:
    """Who may do everything."""
    return Session(emulator, "eu-central-1")


@pytest.fixture
def state(administrator: Session) -> Callable[..., dict[str, Any]]:
    """Makes a bucket and a role with statements, and the state that Terraform would show of them."""

    def make(*statements: dict[str, Any]) -> dict[str, Any]:
        name = f"it-{uuid.uuid4().hex[:8]}"
        region = {"LocationConstraint": administrator.region}
        administrator.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=region)
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        iam, policy = administrator.client("iam"), json.dumps(document)
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=policy)
        found = {
            "aws_iam_role.it": {"arn": role, "name": name},
            "aws_iam_role_policy.it": {"role": name, "name": "it", "policy": policy},
            "aws_s3_bucket.it": {"bucket": name},
        }
        listed = [{"address": address, "values": values} for address, values in found.items()]
        return {"values": {"root_module": {"resources": listed}}}

    return make


def proof(action: str, *statements: str) -> Claim:
    """A claim on the bucket, proven by statements of the role."""
    return Claim(action, "aws_s3_bucket.it", tuple(f"aws_iam_role_policy.it#{name}" for name in statements))


@pytest.mark.parametrize(
    ("statements", "cited", "expected"),
    [
        ([SEND], ["Send"], Executed(allowed=True, denied_without=True)),
        ([SEND, READ], ["Send", "Read"], Executed(allowed=True, denied_without=True)),
        ([SEND, ALSO], ["Send"], Executed(allowed=True, denied_without=False)),
        ([SEND, ALSO], ["Send", "Also"], Executed(allowed=True, denied_without=True)),
        ([SEND, DENY], ["Send"], Executed(allowed=False, denied_without=True)),
    ],
    ids=["granted", "granted beside others", "granted twice", "both cited", "denied"],
)
def test_a_claim_is_executed_with_and_without_its_statement(
    administrator, state, statements, cited, expected
):
    """Only what is allowed with the cited statements, and denied without them, is shown both ways."""
    assert expected == execute(administrator, state(*statements), proof("s3:PutObject", *cited))


def test_the_policy_is_put_back(administrator, state):
    """A second execution finds what the first one found."""
    made = state(SEND)
    first = execute(administrator, made, proof("s3:PutObject", "Send"))
    assert first == execute(administrator, made, proof("s3:PutObject", "Send"))


@pytest.mark.parametrize(
    "claim",
    [proof("rds-db:connect", "Connect"), proof("s3:PutObject"), proof("s3:PutObject", "Read")],
    ids=["no call", "no statement", "another statement"],
)
def test_what_no_call_can_show_is_not_executed(administrator, state, claim):
    """An action without a call, or a proof without the role's own statement, shows nothing."""
    assert execute(administrator, state(SEND, READ, CONNECT), claim) is None


def test_what_is_not_judged_is_no_answer(administrator, state):
    """A condition that the emulator does not know is neither allowed nor denied."""
    unknown = SEND | {"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}}
    with pytest.raises(ClientError, match="NotJudged"):
        execute(administrator, state(unknown), proof("s3:PutObject", "Send"))


def test_only_proven_permissions_are_claims():
    """Network claims, assertions and what is not proven are left out; a claim drawn twice counts once."""
    arrow = {"claim": "s3:PutObject", "target": "aws_s3_bucket.it", "verdict": "proven", "evidence": []}
    others = [arrow | {"claim": "tcp/443"}, arrow | {"verdict": "unknown"}, arrow | {"verdict": "asserted"}]
    assert [Claim("s3:PutObject", "aws_s3_bucket.it", ())] == list(claims([arrow, arrow, *others]))
