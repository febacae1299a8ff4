"""Policies that a resource carries itself, from moto."""

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from drills.emulator.call import ACCOUNT
from drills.emulator.enforcement.principals import Statement, statements


def of_resource(arn: str) -> tuple[Statement, ...]:
    """The statements of the policy on the resource that `arn` names; none where it carries none."""
    service, region, name = (arn.split(":", 5)[part] for part in (2, 3, 5)) if arn != "*" else ("", "", "")
    match service:
        case "s3":
            bucket = s3_backends[ACCOUNT]["aws"].buckets.get(name.partition("/")[0])
            return tuple(statements(bucket.policy if bucket else None))
        case "sqs":
            queue = sqs_backends[ACCOUNT][region].queues.get(name)
            return tuple(statements(queue.policy if queue else None))
        case "sns":
            topic = sns_backends[ACCOUNT][region].topics.get(arn)
            return tuple(statements(topic.policy if topic else None))
        case "kms":
            return tuple(statements(kms_backends[ACCOUNT][region].keys[name.partition("/")[2]].policy))
    return ()
