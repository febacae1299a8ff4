"""What Amazon CloudFront answers beyond moto: VPC origins, and a distribution's whole configuration.

A VPC origin is one without an address on the internet. Of a distribution moto keeps only some settings;
CloudFront gives back what it was sent
(https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GetDistribution.html).
"""

import uuid
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from werkzeug.wrappers import Response

from drills.emulator.call import ACCOUNT, Call, Store

_SPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/"
_CONFIGURATION = f"{{{_SPACE}}}DistributionConfig"
_ORIGIN_ARN = f"arn:aws:cloudfront::{ACCOUNT}:vpcorigin/"


def answer(call: Call, store: Store) -> Response | None:
    """CloudFront's answer, or nothing where moto has its own."""
    match call.method, call.segments[1:]:
        case "POST", ("distribution",):
            return _created(call, store)
        case "GET" | "PUT", ("distribution", identifier, *_):
            return _distribution(call, store, identifier)
        case "POST", ("vpc-origin",):
            return _origin_created(call, store)
        case _, ("vpc-origin", identifier):
            return _origin(call, store, identifier)
        case "GET", ("tagging",) if call.query["Resource"][0].startswith(_ORIGIN_ARN):
            return _tags(store, call.query["Resource"][0])
    return None


def _created(call: Call, store: Store) -> Response:
    response = call.forward()
    identifier = _parsed(response.data).findtext(f"{{{_SPACE}}}Id", "")
    return _with_configuration(call, store, identifier, response)


def _distribution(call: Call, store: Store, identifier: str) -> Response:
    return _with_configuration(call, store, identifier, call.forward())


def _with_configuration(call: Call, store: Store, identifier: str, response: Response) -> Response:
    """The response, with what was sent last in the place of moto's configuration; the rest are defaults."""
    key = ("distribution", identifier)
    if response.status_code >= 300:
        return response
    if call.body:
        store[key] = {part.tag: part for part in _configuration(_parsed(call.body))}
    told = _parsed(response.data)
    configuration, sent = _configuration(told), store.get(key, {})
    configuration[:] = [*sent.values(), *(part for part in configuration if part.tag not in sent)]
    response.data = ElementTree.tostring(told)
    return response


def _configuration(document: Any) -> Any:
    return document if document.tag == _CONFIGURATION else document.find(_CONFIGURATION)


def _origin_created(call: Call, store: Store) -> Response:
    identifier, now = f"vo_{uuid.uuid4().hex[:22]}", datetime.now(UTC).isoformat()
    asked = _parsed(call.body)
    origin = ElementTree.Element("VpcOrigin", xmlns=_SPACE)
    facts = {"Id": identifier, "Arn": _ORIGIN_ARN + identifier, "Status": "Deployed"}
    for name, text in {**facts, "CreatedTime": now, "LastModifiedTime": now}.items():
        ElementTree.SubElement(origin, name).text = text
    origin.extend(asked.findall(f"{{{_SPACE}}}VpcOriginEndpointConfig"))
    kept = {"xml": ElementTree.tostring(origin), "tags": asked.find(f"{{{_SPACE}}}Tags")}
    store[("vpc-origin", identifier)] = kept
    return _told(kept["xml"], 202)


def _origin(call: Call, store: Store, identifier: str) -> Response:
    key = ("vpc-origin", identifier)
    gone = call.method == "DELETE"
    found = store.pop(key, None) if gone else store.get(key)
    if not found:
        error = "<ErrorResponse><Error><Type>Sender</Type><Code>EntityNotFound</Code></Error></ErrorResponse>"
        return _told(error.encode(), 404)
    return _told(found["xml"], 202 if gone else 200)


def _tags(store: Store, arn: str) -> Response:
    kept = store.get(("vpc-origin", arn.removeprefix(_ORIGIN_ARN)), {}).get("tags")
    tags = ElementTree.Element(f"{{{_SPACE}}}Tags") if kept is None else kept
    return _told(ElementTree.tostring(tags), 200)


def _parsed(xml: bytes) -> Any:
    return ElementTree.fromstring(xml)  # noqa: S314 - written by our own Terraform and by moto


def _told(xml: bytes, status: int) -> Response:
    return Response(xml, status=status, headers={"ETag": "E1"}, content_type="text/xml")
