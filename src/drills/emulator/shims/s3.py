"""What Amazon S3 answers beyond moto: which of a bucket's requests are counted.

Shapes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketMetricsConfiguration.html
"""

from werkzeug.wrappers import Response

from drills.emulator.call import Call, Store

_ABSENT = b"<Error><Code>NoSuchConfiguration</Code><Message>no such metrics</Message></Error>"


def answer(call: Call, store: Store) -> Response | None:
    """S3's answer, or nothing where moto has its own."""
    if "metrics" not in call.query or "id" not in call.query:
        return None
    key = ("metrics", call.segments[0], call.query["id"][0])
    if call.method == "PUT":
        store[key] = {"xml": call.body}
        return Response(status=200)
    found = store.pop(key, None) if call.method == "DELETE" else store.get(key)
    if found is None:
        return Response(_ABSENT, 404, content_type="application/xml")
    if call.method == "DELETE":
        return Response(status=204)
    return Response(found["xml"], content_type="application/xml")
