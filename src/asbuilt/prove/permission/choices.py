"""What a caller may choose freely in a request, so far as policies ask about it.

A claim says that the source may perform the action: it is enough that some well-formed request is
allowed. So a key that the caller sets, such as `s3:prefix`, is tried with every value that the
policies tell apart, and without one. Whatever AWS or the network sets is never chosen.
Service Authorization Reference; S3 User Guide, "Bucket policy examples using condition keys" and
"Specifying server-side encryption with AWS KMS".
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from asbuilt.prove.permission.actions import Action
from asbuilt.prove.permission.conditions import Condition
from asbuilt.prove.permission.outcome import Unresolved
from asbuilt.prove.permission.patterns import Glob, Wild, glob, samples
from asbuilt.prove.permission.requests import Context, Value
from asbuilt.prove.permission.statements import Statement
from asbuilt.prove.permission.variables import expand

LIMIT = 512
"""Combinations of choices that are tried before a question is given up."""

_ANY = frozenset(
    {
        "batch:shareidentifier",
        "iam:passedtoservice",
        "s3:delimiter",
        "s3:prefix",
        "s3:x-amz-storage-class",
        "secretsmanager:versionstage",
        "sts:externalid",
        "sts:rolesessionname",
    }
)
_ANY_BELOW = ("aws:requesttag/", "s3:requestobjecttag/")
_NUMBERS = frozenset({"s3:max-keys"})
_OF: dict[str, tuple[str | None, ...]] = {
    "s3:authtype": ("REST-HEADER", "REST-QUERY-STRING"),
    "s3:signatureversion": ("AWS4-HMAC-SHA256",),
    "s3:tlsversion": ("1.2", "1.3"),
    "s3:x-amz-acl": (None, "bucket-owner-full-control"),
}
ENCRYPTION = ("s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id")

Choice = Mapping[str, Value]
Domain = str | tuple[str | None, ...]
"""The values of a key that a caller may set: any text of a pattern, or one of several (None: unset)."""


def free_keys(action: Action, asked: Iterable[str]) -> dict[str, Domain]:
    """Those of the `asked` keys that the caller of `action` sets, with what it may set them to."""
    found: dict[str, Domain] = {}
    for key in asked:
        if action.has_key(key) and key in _OF:
            found[key] = _OF[key]
        elif action.has_key(key) and (key in _ANY or key in _NUMBERS or key.startswith(_ANY_BELOW)):
            found[key] = "*"
    return found


def combinations(
    domains: Mapping[str, Domain],
    statements: Sequence[Statement],
    context: Context,
    headers: Sequence[Choice],
) -> Iterator[Choice]:
    """Every combination of choices that the statements tell apart, the plainest request first.

    `headers` are ways to set several keys that belong together. Raises Unresolved where the
    combinations are too many.
    """
    conditions = [condition for statement in statements for condition in statement.conditions]
    parts = [
        [{key: None if text is None else (text,)} for text in _texts(key, domain, conditions, context)]
        for key, domain in domains.items()
    ]
    for number, chosen in enumerate(itertools.product(headers or [{}], *parts)):
        if number == LIMIT:
            raise Unresolved("the policies tell apart too many requests")
        yield {key: value for part in chosen for key, value in part.items()}


def _texts(key: str, domain: Domain, conditions: Sequence[Condition], context: Context) -> list[str | None]:
    """The values worth trying for one key."""
    asking = [condition for condition in conditions if condition.key.lower() == key]
    if isinstance(domain, tuple):
        return list(domain)
    if key in _NUMBERS:
        return [None, *_around(asking)]
    patterns = [pattern for condition in asking for pattern in _globs(condition, context)]
    found = samples(glob(domain), patterns)
    if found is None:
        raise Unresolved(f"the policies tell apart too many values of {key}")
    unset = [None] if domain == "*" else []
    if key.endswith(":sub"):  # no subject of a token holds a wildcard, nor does a part of its name
        found = tuple(text for text in found if not set(text) & {"*", "?"})
    return [*unset, *(text for text in found if text or key == "s3:prefix")]


def _globs(condition: Condition, context: Context) -> Iterator[Glob]:
    for want in condition.wanted:
        pattern = expand(want, context, condition.variables)
        if isinstance(pattern, tuple) and condition.base == "StringLike":
            yield pattern
        elif isinstance(pattern, tuple):
            yield tuple(token.value if isinstance(token, Wild) else token for token in pattern)


def _around(conditions: Sequence[Condition]) -> list[str]:
    numbers = {int(want) for condition in conditions for want in condition.wanted if want.isdecimal()}
    return [str(near) for number in sorted(numbers) for near in (number - 1, number, number + 1) if near >= 0]
