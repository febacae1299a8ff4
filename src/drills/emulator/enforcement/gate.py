"""Let a request under a role pass, or say why not."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from werkzeug.wrappers import Response

from drills.emulator.call import ACCOUNT, Call
from drills.emulator.enforcement.matching import concerns, names
from drills.emulator.enforcement.principals import Principal, Statement, principal
from drills.emulator.enforcement.requests import Asked, NotJudged, asked
from drills.emulator.enforcement.resource_policies import of_resource

_IMPLICIT = "no policy allows it"


def take_over() -> None:
    """Have moto leave bucket policies to `refusal`: it enforces them on everybody, blind to conditions."""
    bucket: Any = FakeBucket
    bucket.get_permission = lambda *_: PermissionResult.NEUTRAL


def refusal(call: Call) -> Response | None:
    """The answer that refuses the request, or nothing where it may pass.

    What cannot be judged is refused with status 501 and the code `NotJudged`, unlike a denial.
    """
    who = principal(call.access_key)
    if who is None:
        return None
    try:
        reasons = ((each, denied(who, each, of_resource(each.resource))) for each in asked(call))
        each, reason = next(((each, reason) for each, reason in reasons if reason), (None, ""))
    except NotJudged as unknown:
        return _answer(call, 501, "NotJudged", f"the emulator does not judge {unknown}")
    if each is None:
        return None
    text = f"{who.session} is not authorized to perform {each.action} on {each.resource}: {reason}"
    return _answer(call, 403, "AccessDenied", text)


def denied(who: Principal, each: Asked, resource: Iterable[Statement]) -> str:
    """Why the action is denied, or nothing. Raises NotJudged."""
    context = _context(who, each)
    on_resource = [(statement, way) for statement in resource if (way := names(statement, who))]
    limits = {"permissions boundary": who.boundary, "session policy": who.session_policy}
    everything = [*who.identity, *(each for limit in limits.values() for each in limit or ())]
    everything += [statement for statement, _ in on_resource]
    if _fits(everything, "Deny", each, context):
        return "an explicit deny"
    ways = {way for statement, way in on_resource if _fits([statement], "Allow", each, context)}
    if each.action.startswith("kms:") and not ways:
        return "the key's policy does not allow it"
    if not ways - {"account"} and not _fits(who.identity, "Allow", each, context):
        return _IMPLICIT
    # What names the session itself is not limited by a boundary or a session policy.
    exceeded = (
        name
        for name, limit in limits.items()
        if limit is not None and "session" not in ways and not _fits(limit, "Allow", each, context)
    )
    return next((f"the {name} does not allow it" for name in exceeded), "")


def _fits(statements: Iterable[Statement], effect: str, each: Asked, context: Mapping[str, str]) -> bool:
    return any(item["Effect"] == effect and concerns(item, each, context) for item in statements)


def _context(who: Principal, each: Asked) -> dict[str, str]:
    """Values that hold for every request; the emulator stands for endpoints that speak TLS."""
    return {
        "aws:securetransport": "true",
        "aws:principalarn": who.role,
        "aws:principalaccount": ACCOUNT,
        "kms:calleraccount": ACCOUNT,
        **each.context,
    }


def _answer(call: Call, status: int, code: str, text: str) -> Response:
    """An error in the protocol of the service."""
    if call.service in ("s3", "sns"):
        error = f"<Error><Code>{code}</Code><Message>{text}</Message></Error>"
        body = error if call.service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
        return Response(body, status, content_type="text/xml")
    error_type = f"{code}Exception"
    body, headers = json.dumps({"__type": error_type, "message": text}), {"X-Amzn-ErrorType": error_type}
    return Response(body, status, headers, content_type="application/json")
