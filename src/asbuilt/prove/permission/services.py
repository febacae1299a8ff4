"""AWS services that act on behalf of a resource without a role: who, wired how, seen as what.

SNS Developer Guide, "Fanout to Amazon SQS queues" and "Example cases for Amazon SNS access control";
S3 User Guide, "Granting permissions to publish event notification messages" and "Restricting access
to an Amazon S3 origin"; CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail"; Elastic
Load Balancing, "Access logs for your Application Load Balancer".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.distributions import used_origins
from asbuilt.prove.permission.actors import Actor, service_actor
from asbuilt.prove.permission.halted import doubt, mismatch
from asbuilt.prove.permission.index import Index, is_named, names, values
from asbuilt.prove.permission.outcome import Refuted, Unresolved
from asbuilt.prove.permission.requests import Value
from asbuilt.prove.permission.targets import ARN
from asbuilt.prove.permission.truth import Truth, Unknown, every, some
from asbuilt.prove.verdicts import Evidence

_UNSAID = Unknown("SNS topic policies know no conditions for EventBridge")  # EventBridge User Guide

Wiring = Callable[[Index, Resource, Resource], Resource | None]
"""Finds the resource that makes the service act from the source on the target."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that acts for a source on a target.

    `action` is what it does there, and `also` what that needs on the same target. `place` is where
    in a bucket it writes: a format of the account and of `prefix`, the argument of the wiring
    resource that gives one. `acl` says that it hands what it writes to the bucket's owner.
    """

    principal: str
    action: str
    wiring: Wiring
    also: tuple[str, ...] = ()
    place: str = ""
    prefix: str = ""
    acl: bool = False


def service(index: Index, source: Resource, target: Resource) -> Service | None:
    """The service that acts for `source` on `target`, if some service does."""
    return SERVICES.get((source.type, target.type))


def acting(index: Index, source: Resource, target: Resource, by: Service, action: str) -> Actor:
    """The service as it acts from `source` on `target`.

    Raises Refuted where nothing makes it do so, or where `action` is not what it does.
    """
    if action.lower() != by.action.lower():
        raise Refuted(f"{by.principal} does {by.action} for {source.address}, not {action}")
    if refused := mismatch(source, target):
        raise Refuted(refused)
    wire = by.wiring(index, source, target)
    if wire is None:
        raise Refuted(f"nothing makes {by.principal} act for {source.address} on {target.address}")
    if unsure := doubt(wire, source, target):
        raise Unresolved(unsure)
    links = tuple(dict.fromkeys((Evidence.of(source), Evidence.of(wire))))
    arn = source.values.get("arn")
    if not isinstance(arn, str) or arn.startswith("${"):
        raise Unresolved(f"the ARN of {source.address} is known only after apply")
    account = _account(index, arn)
    context: dict[str, Value] = {"aws:sourcearn": (arn,)}
    if account:
        context |= {"aws:sourceaccount": (account,)}
    if account and by.principal == "cloudwatch.amazonaws.com":
        context |= {"aws:sourceowner": (account,)}
    if (source.type, target.type) == ("aws_cloudwatch_event_rule", "aws_sns_topic"):
        context = dict.fromkeys(("aws:sourcearn", "aws:sourceaccount"), _UNSAID)
    if by.acl:
        context |= {"s3:x-amz-acl": ("bucket-owner-full-control",)}
    places = _places(wire, target, by, account)
    return service_actor(by.principal, source.address, links, context, places, by.also)


def _account(index: Index, arn: str) -> str:
    match = ARN.fullmatch(arn)
    return (match["account"] if match else "") or index.account


def _places(wire: Resource, target: Resource, by: Service, account: str) -> tuple[str, ...]:
    if not by.place:
        return ()
    if not account:
        raise Unresolved(f"the account of {wire.address} is not known, and it is part of where it writes")
    prefix, arn = next(iter(values(wire, by.prefix)), ""), target.values.get("arn")
    if not isinstance(prefix, str) or not isinstance(arn, str) or arn.startswith("${"):
        raise Unresolved(f"where {wire.address} writes is known only after apply")
    separated = f"{prefix}/" if prefix and "AWSLogs" in by.place else prefix
    return (f"{arn}/{by.place.format(prefix=separated, account=account)}",)


def _listed(type_: str, own: str, *theirs: str, protocol: str = "") -> Wiring:
    """A resource of `type_` whose argument `own` names the source and one of `theirs` the target."""

    def wiring(index: Index, source: Resource, target: Resource) -> Resource | None:
        items = index.where(type_, own, *names(source))
        fitting = [item for item in items if item.values.get("protocol", protocol) in (protocol, UNKNOWN)]
        fitting = [item for item in fitting if on_one_bus(item, source)]
        if type_ in _ONE_A_BUCKET and len(fitting) > 1:
            raise Unresolved(f"{fitting[0].address} and {fitting[1].address} overwrite each other")
        return _joined((item, _joins(item, own, source, theirs, target)) for item in fitting)

    return wiring


def on_one_bus(item: Resource, rule: Resource) -> bool:
    """Whether a target of EventBridge may be of a rule's own bus; other resources name none."""
    buses = [one.values.get("event_bus_name") or "default" for one in (item, rule)]
    if not all(isinstance(bus, str) and not bus.startswith("${") for bus in buses):
        return True
    return len({str(bus).rpartition("/")[2] for bus in buses}) == 1


def _own(*paths: str, enabled: str = "") -> Wiring:
    """The source itself, where one of its own arguments names the target."""

    def wiring(index: Index, source: Resource, target: Resource) -> Resource | None:
        off = bool(enabled) and False in values(source, enabled)
        return None if off else _joined([(source, _reach(source, paths, target))])

    return wiring


def _joined(candidates: Iterable[tuple[Resource, Truth]]) -> Resource | None:
    """The first that surely joins both ends; Unresolved where one only may."""
    unsure: Resource | None = None
    for item, joins in candidates:
        if joins is True:
            return item
        unsure = item if isinstance(joins, Unknown) else unsure
    if unsure:
        raise Unresolved(f"what {unsure.address} leads to is known only after apply")
    return None


def _joins(item: Resource, own: str, source: Resource, theirs: tuple[str, ...], target: Resource) -> Truth:
    open_ = item.values.get("protocol") is UNKNOWN
    protocol: Truth = Unknown("its protocol is known only after apply") if open_ else True
    return every([_reach(item, (own,), source), _reach(item, theirs, target), protocol])


def _reach(item: Resource, paths: tuple[str, ...], end: Resource) -> Truth:
    return some(is_named(value, end) for path in paths for value in values(item, path))


def _origin(index: Index, source: Resource, target: Resource) -> Resource | None:
    """A distribution's origin that signs its requests by an origin access control."""
    for origin in used_origins(source) if source.values.get("origin") is not UNKNOWN else (UNKNOWN,):
        given = origin if isinstance(origin, Mapping) else {"domain_name": UNKNOWN}
        if (read := is_named(given.get("domain_name"), target)) is not False:
            control = given.get("origin_access_control_id")
            found = index.find(control, "aws_cloudfront_origin_access_control") if control else None
            is_for_s3 = found and found.values.get("origin_access_control_origin_type") in (None, "s3")
            if read is True and found and is_for_s3 and found.values.get("signing_behavior") == "always":
                return found
            raise Unresolved(f"{source.address} does not surely sign its requests to {target.address}")
    return None


_SUBSCRIPTION = "aws_sns_topic_subscription"
_NOTIFICATION = "aws_s3_bucket_notification"
_ONE_A_BUCKET = {_NOTIFICATION, "aws_s3_bucket_logging"}

SERVICES: dict[tuple[str, str], Service] = {
    ("aws_budgets_budget", "aws_sns_topic"): Service(
        "budgets.amazonaws.com", "sns:Publish", _own("notification.subscriber_sns_topic_arns")
    ),
    ("aws_cloudfront_distribution", "aws_s3_bucket"): Service(
        "cloudfront.amazonaws.com", "s3:GetObject", _origin
    ),
    ("aws_cloudtrail", "aws_s3_bucket"): Service(
        "cloudtrail.amazonaws.com",
        "s3:PutObject",
        _own("s3_bucket_name", enabled="enable_logging"),
        also=("s3:GetBucketAcl",),
        place="{prefix}AWSLogs/{account}/?*",
        prefix="s3_key_prefix",
        acl=True,
    ),
    ("aws_cloudwatch_event_rule", "aws_lambda_function"): Service(
        "events.amazonaws.com",
        "lambda:InvokeFunction",
        _listed("aws_cloudwatch_event_target", "rule", "arn"),
    ),
    ("aws_cloudwatch_event_rule", "aws_sns_topic"): Service(
        "events.amazonaws.com", "sns:Publish", _listed("aws_cloudwatch_event_target", "rule", "arn")
    ),
    ("aws_cloudwatch_event_rule", "aws_sqs_queue"): Service(
        "events.amazonaws.com", "sqs:SendMessage", _listed("aws_cloudwatch_event_target", "rule", "arn")
    ),
    ("aws_cloudwatch_metric_alarm", "aws_sns_topic"): Service(
        "cloudwatch.amazonaws.com",
        "sns:Publish",
        _own("alarm_actions", "ok_actions", "insufficient_data_actions", enabled="actions_enabled"),
    ),
    ("aws_cloudwatch_composite_alarm", "aws_sns_topic"): Service(
        "cloudwatch.amazonaws.com",
        "sns:Publish",
        _own("alarm_actions", "ok_actions", "insufficient_data_actions", enabled="actions_enabled"),
    ),
    ("aws_lb", "aws_s3_bucket"): Service(
        "logdelivery.elasticloadbalancing.amazonaws.com",
        "s3:PutObject",
        _own("access_logs.bucket", enabled="access_logs.enabled"),
        place="{prefix}AWSLogs/{account}/?*",
        prefix="access_logs.prefix",
    ),
    ("aws_s3_bucket", "aws_lambda_function"): Service(
        "s3.amazonaws.com",
        "lambda:InvokeFunction",
        _listed(_NOTIFICATION, "bucket", "lambda_function.lambda_function_arn"),
    ),
    ("aws_s3_bucket", "aws_s3_bucket"): Service(
        "logging.s3.amazonaws.com",
        "s3:PutObject",
        _listed("aws_s3_bucket_logging", "bucket", "target_bucket"),
        place="{prefix}?*",
        prefix="target_prefix",
    ),
    ("aws_s3_bucket", "aws_sns_topic"): Service(
        "s3.amazonaws.com", "sns:Publish", _listed(_NOTIFICATION, "bucket", "topic.topic_arn")
    ),
    ("aws_s3_bucket", "aws_sqs_queue"): Service(
        "s3.amazonaws.com", "sqs:SendMessage", _listed(_NOTIFICATION, "bucket", "queue.queue_arn")
    ),
    ("aws_sns_topic", "aws_lambda_function"): Service(
        "sns.amazonaws.com",
        "lambda:InvokeFunction",
        _listed(_SUBSCRIPTION, "topic_arn", "endpoint", protocol="lambda"),
    ),
    ("aws_sns_topic", "aws_sqs_queue"): Service(
        "sns.amazonaws.com",
        "sqs:SendMessage",
        _listed(_SUBSCRIPTION, "topic_arn", "endpoint", protocol="sqs"),
    ),
}
"""Who acts, by the Terraform types of source and target."""
