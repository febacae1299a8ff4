"""The prover against moto's own enforcement, within what that judges.

moto judges Action, NotAction and Resource with `*`, allows and denies, for S3 by real ARNs; it does
not know `?`, NotResource, upper case, conditions and boundaries.
"""

import itertools
import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asbuilt.prove.permission.actions import find
from asbuilt.prove.permission.index import Index
from asbuilt.prove.permission.judge import Judge
from asbuilt.prove.permission.outcome import Refuted
from asbuilt.prove.permission.roles import Roles
from asbuilt.prove.permission.targets import aim

access_control = pytest.importorskip("moto.iam.access_control")
EXAMPLES = 500
BUCKET = "arn:aws:s3:::b"
KEYS = ["".join(letters) for size in (1, 2, 3) for letters in itertools.product("abx/", repeat=size)]
seen: Counter[str] = Counter()

actions = st.sampled_from(["*", "s3:*", "s3:Put*", "s3:PutObject", "s3:GetObject", "s3:*Object", "sqs:*"])
resources = st.one_of(
    st.sampled_from(["*", BUCKET, f"{BUCKET}/*", "arn:aws:s3:::*", "arn:aws:s3:::c/*"]),
    st.text("ab/*", min_size=1, max_size=3).map(lambda text: f"{BUCKET}/{text}"),
)


@st.composite
def statements(draw):
    """A statement that moto understands."""
    effect, element = (
        draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "NotAction"])),
    )
    listed = draw(st.lists(actions, min_size=1, max_size=2))
    return {"Effect": effect, element: listed, "Resource": draw(st.lists(resources, min_size=1, max_size=2))}


def permitted(policies, action, arn):
    """What moto's enforcement says of one request, over all of a role's policies."""
    results = [access_control.IAMPolicy(text).is_action_permitted(action, arn) for text in policies]
    result = access_control.PermissionResult
    return result.PERMITTED in results and result.DENIED not in results


@pytest.fixture(scope="module", autouse=True)
def tally():
    """Both verdicts must have come up often."""
    seen.clear()
    yield
    assert sum(seen.values()) >= EXAMPLES and min(seen["proven"], seen["refuted"]) >= EXAMPLES // 10, seen


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    policies=st.lists(st.lists(statements(), min_size=1, max_size=2), min_size=1, max_size=2),
    action=st.sampled_from(["s3:PutObject", "s3:GetObject", "s3:ListBucket"]),
)
def test_the_prover_and_moto_agree(world, policies, action):
    """What is proven moto permits, and what is refuted it permits for no key."""
    texts = [json.dumps({"Version": "2012-10-17", "Statement": listed}) for listed in policies]
    role = {"arn": "arn:aws:iam::111122223333:role/api", "name": "api", "id": "api"}
    world.resources = {"aws_iam_role.api": role, "aws_s3_bucket.b": {"arn": BUCKET, "bucket": "b", "id": "b"}}
    for number, text in enumerate(texts):
        world.set(f"aws_iam_role_policy.p{number}", role="api", name=f"p{number}", policy=text)
    infrastructure = world.infrastructure()
    index, found = Index(infrastructure), find(action)
    where = aim(infrastructure.find("aws_s3_bucket.b")[0], found)
    actor = Roles(index).actor(infrastructure.find("aws_iam_role.api")[0])
    try:
        arns = [allowed.arn for allowed in Judge(index).allowed(actor, found, where)]
    except Refuted:
        everything = [BUCKET] if action == "s3:ListBucket" else [f"{BUCKET}/{key}" for key in KEYS]
        seen["refuted"] += 1
        assert not any(permitted(texts, action, arn) for arn in everything)
    else:
        seen["proven"] += 1
        assert all(permitted(texts, action, arn) for arn in arns)
