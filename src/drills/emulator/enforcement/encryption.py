"""The customer's keys under which moto's buckets, queues and topics are."""

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from drills.emulator.call import ACCOUNT, Call


def key_arn(name: str, region: str) -> str:
    """The ARN of the key that an id, an alias or an ARN names; nothing where AWS or nobody owns it."""
    backend = kms_backends[ACCOUNT][region]
    if not name or name.startswith("alias/aws/") or ":alias/aws/" in name:
        return ""
    return str(backend.keys[backend.get_key_id(backend.any_id_to_key_id(name))].arn)


def of_bucket(name: str, call: Call) -> str:
    """The key a request names, or else the bucket's own."""
    asked = call.headers.get("x-amz-server-side-encryption-aws-kms-key-id", "")
    if asked or call.headers.get("x-amz-server-side-encryption") == "AES256":
        return key_arn(asked, call.region)
    bucket = s3_backends[ACCOUNT]["aws"].buckets.get(name)
    rule = (bucket.encryption or {}).get("Rule", {}) if bucket else {}
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    return key_arn(default.get("KMSMasterKeyID") or "", call.region)


def of_queue(name: str, region: str) -> str:
    """The key a queue is under."""
    queue = sqs_backends[ACCOUNT][region].queues.get(name)
    return key_arn(getattr(queue, "kms_master_key_id", "") or "", region)


def of_topic(arn: str, region: str) -> str:
    """The key a topic is under."""
    topic = sns_backends[ACCOUNT][region].topics.get(arn)
    return key_arn(topic.kms_master_key_id if topic else "", region)
