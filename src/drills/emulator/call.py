"""One request to AWS, read from WSGI, and the answers that a shim gives."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ACCOUNT = "123456789012"
"""The account that moto gives to keys it does not know."""
Store = dict[tuple[str, ...], dict[str, Any]]
"""What the shims keep, by region, kind and names."""
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Call:
    """A signed request; `action` is the end of `X-Amz-Target`, `segments` are the path's decoded parts.

    It is signed in its headers or, like a URL that is handed on, in its query.
    `forward` gives the answer of moto itself, for what a shim only adds to.
    """

    access_key: str
    service: str
    region: str
    method: str
    segments: tuple[str, ...]
    query: dict[str, list[str]]
    headers: dict[str, str]
    action: str
    body: bytes
    forward: Callable[[], Response]

    @property
    def document(self) -> dict[str, Any]:
        """The body as JSON; empty where there is none."""
        parsed = json.loads(self.body or b"{}")
        return parsed if isinstance(parsed, dict) else {}


def read(environ: dict[str, Any], moto: "WSGIApplication") -> Call:
    """The request in `environ`, whose body can be read again afterwards, in front of `moto`."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    signature = environ.get("HTTP_AUTHORIZATION") or unquote(environ.get("QUERY_STRING", ""))
    signed = _CREDENTIAL.search(signature)
    access_key, region, service = signed.groups() if signed else ("", "", "")
    path = environ.get("RAW_URI", environ["PATH_INFO"]).partition("?")[0]
    return Call(
        access_key=access_key,
        service=service,
        region=region,
        method=environ["REQUEST_METHOD"],
        segments=tuple(unquote(part) for part in path.strip("/").split("/")),
        query=parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True),
        headers=_headers(environ),
        action=environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2],
        body=body,
        forward=lambda: Response.from_app(moto, environ),
    )


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    named = (
        (name.removeprefix("HTTP_"), value) for name, value in environ.items() if name.startswith("HTTP_")
    )
    return {name.replace("_", "-").lower(): value for name, value in named}


def as_json(document: dict[str, Any]) -> Response:
    """An answer of one of AWS's JSON protocols."""
    return Response(json.dumps(document), content_type="application/json")


def not_found(what: str) -> Response:
    """The answer of the REST-JSON services for what does not exist."""
    body = json.dumps({"message": f"{what} does not exist"})
    headers = {"X-Amzn-ErrorType": "ResourceNotFoundException"}
    return Response(body, status=404, headers=headers, content_type="application/json")
