"""Who signs a request, and the policies that hold for it, from moto's IAM and STS."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from drills.emulator.call import ACCOUNT

Statement = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Principal:
    """A role's session; `boundary` and `session_policy` limit it where there are any."""

    role: str
    session: str
    identity: tuple[Statement, ...]
    boundary: tuple[Statement, ...] | None
    session_policy: tuple[Statement, ...] | None


def principal(access_key: str) -> Principal | None:
    """The session that an access key belongs to, or nothing for an administrator's key."""
    taken = sts_backends[ACCOUNT]["aws"].assumed_roles
    session = next((each for each in taken if each.access_key_id == access_key), None)
    if session is None:
        return None
    backend = iam_backends[ACCOUNT]["aws"]
    role = backend.get_role_by_arn(session.role_arn)
    attached = (_default(policy) for policy in role.managed_policies.values())
    boundary = role.permissions_boundary_arn
    return Principal(
        role=role.arn,
        session=session.arn,
        identity=tuple(each for text in (*role.policies.values(), *attached) for each in statements(text)),
        boundary=tuple(statements(_default(backend.managed_policies[boundary]))) if boundary else None,
        session_policy=tuple(statements(session.policy)) if session.policy else None,
    )


def statements(text: str | bytes | None) -> Iterable[Statement]:
    """The statements of a policy's text; none where there is no policy."""
    found = json.loads(text)["Statement"] if text else []
    return [found] if isinstance(found, dict) else found


def _default(policy: Any) -> str:
    return next(str(version.document) for version in policy.versions if version.is_default)
