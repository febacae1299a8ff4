"""The prover against a second, plain evaluator that tries every request of a small world.

The reference shares no code with the prover: it matches letter by letter, knows only concrete
requests, and walks all of them. What the files do not tell (an address, how a deny of a whole
account works) it tries both ways.
"""

import functools
import itertools
import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asbuilt.prove.permission.actions import find
from asbuilt.prove.permission.index import Index
from asbuilt.prove.permission.judge import Judge
from asbuilt.prove.permission.outcome import Refuted, Unresolved
from asbuilt.prove.permission.roles import Roles
from asbuilt.prove.permission.targets import aim

EXAMPLES = 500
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/api"
BUCKET = "arn:aws:s3:::b"
KEYS = ["".join(letters) for size in (1, 2, 3) for letters in itertools.product("abx/", repeat=size)]
PREFIXES = [None, "", "a", "b", "x", "ab", "ax", "ba", "bx"]
ACLS = [None, "bucket-owner-full-control"]
ADDRESSES = ["10.0.0.1", "8.8.8.8", None]
seen: Counter[str] = Counter()

pieces = st.text("ab/*?", min_size=1, max_size=3)
actions = st.sampled_from(
    [
        "*",
        "s3:*",
        "s3:Put*",
        "s3:PutObject",
        "S3:GETOBJECT",
        "s3:?etObject",
        "s3:List*",
        "s3:*Object",
        "sqs:*",
    ]
)
resources = st.one_of(
    st.sampled_from(["*", BUCKET, f"{BUCKET}/*", "arn:aws:s3:::*", "arn:aws:s3:::c/*", "arn:aws:s3:*:*:b/*"]),
    pieces.map(lambda text: f"{BUCKET}/{text}"),
    st.just(f"{BUCKET}/${{aws:PrincipalAccount}}/*"),
    st.just(f"{BUCKET}/${{aws:username}}*"),
)
conditions = st.sampled_from(
    [
        {},
        {},
        {"Bool": {"aws:SecureTransport": "false"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT, "1"]}},
        {"StringNotEquals": {"aws:principalaccount": ACCOUNT}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a*"}},
        {"StringNotLike": {"aws:PrincipalArn": "*/api"}},
        {"Null": {"aws:SourceArn": "true"}},
        {"StringEqualsIfExists": {"aws:SourceArn": "x"}},
        {"StringNotEquals": {"aws:SourceArn": "x"}},
        {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
        {"Null": {"s3:x-amz-acl": "false"}},
        {"StringLike": {"s3:prefix": "a*"}},
        {"StringNotEquals": {"s3:prefix": ["ab", "a"]}},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"s3:prefix": ["b*", ""]}},
    ]
)
principals = st.sampled_from(
    [
        "*",
        {"AWS": ROLE},
        {"AWS": [f"{ROLE}s"]},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        {"AWS": [ACCOUNT, ROLE]},
    ]
)


@st.composite
def statements(draw, resource_policy=False):
    """One statement of an identity policy or of a bucket policy."""
    made = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    taken = (
        (lambda text: "sqs" not in text and "s3:::c/" not in text) if resource_policy else bool
    )  # S3 refuses more
    listed = st.lists(actions.filter(taken), min_size=1, max_size=2)
    made[draw(st.sampled_from(["Action", "Action", "Action", "NotAction"]))] = draw(listed)
    places = st.lists(resources.filter(taken), min_size=1, max_size=2)
    made[draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"]))] = draw(places)
    if condition := draw(conditions):
        made["Condition"] = condition
    if resource_policy:
        made["Principal"] = draw(principals)
    return made


@functools.cache
def alike(pattern, text):
    """Whether a wildcard pattern covers a text, letter by letter."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return alike(pattern[1:], text) or (text != "" and alike(pattern, text[1:]))
    return text != "" and pattern[0] in ("?", text[0]) and alike(pattern[1:], text[1:])


def met(operator, key, wanted, context):
    """Whether one condition holds in a concrete context."""
    have = context.get(key.lower())
    wanted = wanted if isinstance(wanted, list) else [wanted]
    if operator == "Null":
        return (have is None) == (wanted == ["true"])
    name = operator.removesuffix("IfExists")
    negated = "Not" in name
    if have is None:
        return negated or name != operator
    compare = {
        "Bool": lambda want: want == have,
        "StringEquals": lambda want: want == have,
        "StringLike": lambda want: alike(want, have),
        "ArnLike": lambda want: alike(want, have),
        "IpAddress": lambda want: have.startswith("10."),
    }[name.replace("Not", "")]
    return any(map(compare, wanted)) != negated


def speaks(statement, action, arn, context):
    """Whether a statement decides about a concrete request."""
    named = "Action" if "Action" in statement else "NotAction"
    if any(alike(a.lower(), action.lower()) for a in statement[named]) != (named == "Action"):
        return False
    placed = "Resource" if "Resource" in statement else "NotResource"
    texts = [text.replace("${aws:PrincipalAccount}", ACCOUNT) for text in statement[placed]]
    if any("${" not in text and alike(text, arn) for text in texts) != (placed == "Resource"):
        return False
    block = statement.get("Condition", {})
    return all(met(op, key, wanted, context) for op, keys in block.items() for key, wanted in keys.items())


def names(statement, account_denied):
    """Whether a bucket policy's statement names the role."""
    listed = statement["Principal"]
    listed = [listed] if listed == "*" else listed["AWS"]
    listed = listed if isinstance(listed, list) else [listed]
    account = {ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"} & set(listed)
    return bool({"*", ROLE} & set(listed)) or bool(
        account and account_denied and statement["Effect"] == "Deny"
    )


def reference(policies, action, arn, choice, unknown):
    """Whether AWS allows one concrete request; `unknown` is what no file tells."""
    address, account_denied = unknown
    context = {
        "aws:securetransport": "true",
        "aws:principalaccount": ACCOUNT,
        "aws:principalarn": ROLE,
        "aws:sourceip": address,
        ("s3:prefix" if action == "s3:ListBucket" else "s3:x-amz-acl"): choice,
    }
    identity, boundary, bucket = policies
    hits = lambda listed: [s for s in listed or () if speaks(s, action, arn, context)]  # noqa: E731
    named = [s for s in hits(bucket) if names(s, account_denied)]
    applying = [*hits(identity), *hits(boundary), *named]
    if any(s["Effect"] == "Deny" for s in applying):
        return False
    if boundary is not None and not hits(boundary):
        return False
    return bool(hits(identity)) or any(s["Effect"] == "Allow" for s in named)


def judged(world, policies, action):
    """The prover's verdict, with the ARNs it says are allowed."""
    identity, boundary, bucket = policies
    document = lambda listed: json.dumps({"Version": "2012-10-17", "Statement": listed})  # noqa: E731
    world.resources = {
        "aws_iam_role.api": {"arn": ROLE, "name": "api", "id": "api"},
        "aws_iam_role_policy.api": {"role": "api", "name": "api", "policy": document(identity)},
        "aws_s3_bucket.b": {"arn": BUCKET, "bucket": "b", "id": "b", "region": "eu-west-1"},
        "aws_s3_bucket_public_access_block.b": {"bucket": "b", "block_public_policy": False},
    }
    if boundary is not None:
        arn = f"arn:aws:iam::{ACCOUNT}:policy/limit"
        world.set("aws_iam_policy.limit", arn=arn, policy=document(boundary))
        world.set("aws_iam_role.api", permissions_boundary=arn)
    if bucket is not None:
        world.set("aws_s3_bucket_policy.b", bucket="b", policy=document(bucket))
    infrastructure = world.infrastructure()
    index, role = Index(infrastructure), infrastructure.find("aws_iam_role.api")[0]
    found = find(action)
    where = aim(infrastructure.find("aws_s3_bucket.b")[0], found)
    try:
        return "proven", [
            allowed.arn for allowed in Judge(index).allowed(Roles(index).actor(role), found, where)
        ]
    except Refuted:
        return "refuted", []
    except Unresolved:
        return "unknown", []


def is_open(policies):
    """Whether the policies hold anything that the files do not tell."""
    text = json.dumps(policies)
    return (
        "SourceIp" in text or f'"{ACCOUNT}"' in text or ":root" in text or "acl" in text or "prefix" in text
    )


@pytest.fixture(scope="module", autouse=True)
def tally():
    """Every verdict must have come up often, or the test shows nothing."""
    seen.clear()
    yield
    assert min(seen["proven"], seen["refuted"]) >= EXAMPLES // 10, seen


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    identity=st.lists(statements(), min_size=1, max_size=3),
    boundary=st.one_of(st.none(), st.none(), st.lists(statements(), min_size=1, max_size=2)),
    bucket=st.one_of(st.none(), st.lists(statements(resource_policy=True), min_size=1, max_size=2)),
    action=st.sampled_from(["s3:PutObject", "s3:PutObject", "s3:GetObject", "s3:ListBucket"]),
)
def test_the_prover_and_a_plain_evaluator_agree(world, identity, boundary, bucket, action):
    """Proven requests are allowed whatever the files do not tell; of refuted claims none is allowed."""
    policies = (identity, boundary, bucket)
    verdict, arns = judged(world, policies, action)
    seen[verdict] += 1
    listing = action == "s3:ListBucket"
    choices = PREFIXES if listing else ACLS if action == "s3:PutObject" else [None]
    unknown = list(itertools.product(ADDRESSES, [True, False]))
    everything = [BUCKET] if listing else [f"{BUCKET}/{key}" for key in KEYS]
    for arn in arns:
        sure = (
            all(reference(policies, action, arn, choice, open_) for open_ in unknown) for choice in choices
        )
        assert any(sure), f"{arn} is proven, and denied in some case"
    if verdict == "refuted":
        tried = itertools.product(everything, choices, unknown)
        assert not any(reference(policies, action, arn, choice, open_) for arn, choice, open_ in tried)
    assert verdict != "unknown" or is_open(policies)
