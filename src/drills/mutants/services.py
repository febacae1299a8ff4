"""AWS services that act as themselves for what is drawn: the oracle's own reading of their guides."""

from collections.abc import Callable, Iterable, Mapping

from drills.mutants.cloud import Cloud, Item, listed
from drills.mutants.policies import Request, service_may

ON_KEY = ("kms:GenerateDataKey", "kms:Decrypt")


def _delivers(cloud: Cloud, topic: Item, queue: Item) -> bool:
    tied = cloud.by(
        "aws_sns_topic_subscription", topic_arn=topic["arn"], endpoint=queue["arn"], protocol="sqs"
    )
    policy = (cloud.by("aws_sqs_queue_policy", queue_url=queue["id"]) or {}).get("policy")
    request = Request("sqs:SendMessage", queue["arn"], _sent_by(topic["arn"]))
    return (
        bool(tied)
        and not queue.get("kms_master_key_id")
        and service_may(policy, "sns.amazonaws.com", request)
    )


def _alarms(cloud: Cloud, alarm: Item, topic: Item) -> bool:
    """An alarm publishes where it is told to, if the topic and the topic's key let CloudWatch in."""
    service, context = "cloudwatch.amazonaws.com", _sent_by(alarm["arn"])
    if topic["arn"] not in [*listed(alarm["alarm_actions"]), *listed(alarm["ok_actions"])]:
        return False
    if not service_may(topic["policy"], service, Request("sns:Publish", topic["arn"], context)):
        return False
    if not topic["kms_master_key_id"]:
        return True
    key = cloud.by("aws_kms_key", arn=topic["kms_master_key_id"])
    return key is not None and _lets_service(key, service, context)


def _lets_service(
    key: Item, service: str, context: Mapping[str, str], actions: Iterable[str] = ON_KEY
) -> bool:
    asked = [Request(action, key["arn"], context) for action in actions]
    return bool(key["is_enabled"]) and all(service_may(key["policy"], service, one) for one in asked)


def _sent_by(arn: str) -> dict[str, str]:
    account = arn.split(":")[4]
    return {
        "aws:SourceArn": arn,
        "aws:SourceAccount": account,
        "AWS:SourceOwner": account,
        "aws:SecureTransport": "true",
    }


def _trail(cloud: Cloud, trail: Item, bucket: Item) -> bool:
    """CloudTrail looks at the bucket's owner, writes below its own folder, and uses the key it is given."""
    service, context = "cloudtrail.amazonaws.com", _sent_by(trail["arn"])
    context["s3:x-amz-acl"] = "bucket-owner-full-control"
    place = f"{bucket['arn']}/AWSLogs/{trail['arn'].split(':')[4]}/some"
    asked = [Request("s3:GetBucketAcl", bucket["arn"], context), Request("s3:PutObject", place, context)]
    key = cloud.by("aws_kms_key", arn=trail["kms_key_id"])
    return (
        trail["enable_logging"]
        and trail["s3_bucket_name"] == bucket["bucket"]
        and all(service_may(_policy(cloud, bucket), service, one) for one in asked)
        and key is not None
        and _lets_service(key, service, context, [*ON_KEY, "kms:DescribeKey"])
    )


def _balancer(cloud: Cloud, balancer: Item, bucket: Item) -> bool:
    """A load balancer writes its log below its prefix, and only to a bucket under S3's own key."""
    service, context = "logdelivery.elasticloadbalancing.amazonaws.com", _sent_by(balancer["arn"])
    kept = balancer["access_logs"][0]
    account = balancer["arn"].split(":")[4]
    place = f"{bucket['arn']}/{kept['prefix']}/AWSLogs/{account}/some"
    sealed = cloud.by("aws_s3_bucket_server_side_encryption_configuration", bucket=bucket["bucket"])
    return (
        kept["enabled"]
        and kept["bucket"] == bucket["bucket"]
        and not sealed
        and service_may(_policy(cloud, bucket), service, Request("s3:PutObject", place, context))
    )


def _policy(cloud: Cloud, bucket: Item) -> str | None:
    found = cloud.by("aws_s3_bucket_policy", bucket=bucket["bucket"])
    return found["policy"] if found else None


SERVICES: Mapping[tuple[str, str, str], Callable[[Cloud, Item, Item], bool]] = {
    ("aws_cloudtrail", "aws_s3_bucket", "s3:PutObject"): _trail,
    ("aws_cloudwatch_metric_alarm", "aws_sns_topic", "sns:Publish"): _alarms,
    ("aws_lb", "aws_s3_bucket", "s3:PutObject"): _balancer,
    ("aws_sns_topic", "aws_sqs_queue", "sqs:SendMessage"): _delivers,
}
"""Who acts, by the types of both ends and the action."""
