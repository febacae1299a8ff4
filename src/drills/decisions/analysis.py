"""How files come in, are analysed and kept: decisions 0007 to 0009, 0012 and 0020."""

import json
from collections.abc import Mapping
from typing import Any

from asbuilt.infrastructure import Infrastructure
from drills.decisions.lookup import definition, many, none, statements, values

_AT_ONCE = {"STANDARD_IA", "GLACIER_IR"}  # classes that answer in milliseconds, beside STANDARD
_LIFECYCLE = "aws_s3_bucket_lifecycle_configuration"


def direct_upload(found: Infrastructure) -> dict[str, bool]:
    """0007: the browser puts files into S3 itself, and may do nothing else there."""
    uploads, results = (values(found, f"aws_s3_bucket.{name}")["arn"] for name in ("uploads", "results"))
    signed = {("s3:PutObject", f"{uploads}/*"), ("s3:GetObject", f"{results}/*")}
    (rule,) = values(found, "aws_s3_bucket_cors_configuration.uploads")["cors_rule"]
    (alias,) = values(found, "aws_cloudfront_distribution.main")["aliases"]
    granted = {
        (action, resource)
        for one in statements(found, "aws_iam_role_policy.api")
        for action in many(one["Action"])
        for resource in many(one["Resource"])
    }
    return {
        "the signer may put and get only": {one for one in granted if one[0].startswith(("s3:", "*"))}
        == signed,
        "only our pages may put": rule["allowed_origins"] == [f"https://{alias}"]
        and rule["allowed_methods"] == ["PUT"],
        "parts can be joined": "ETag" in rule["expose_headers"],
        "no other way in": none(found, "aws_transfer_server", "aws_cognito_identity_pool"),
    }


def fair_share(found: Infrastructure) -> dict[str, bool]:
    """0008: one queue for everybody, in which each user is a share of equal weight."""
    policy = values(found, "aws_batch_scheduling_policy.fair_share")
    queues = [queue.values for queue in found.of_type("aws_batch_job_queue")]
    return {
        "one queue": len(queues) == 1,
        "it is shared": queues[0].get("scheduling_policy_arn") == policy["arn"],
        "by user": _job(found)["Parameters"].get("ShareIdentifier.$") == "$.user",
        "equally": not policy["fair_share_policy"][0]["share_distribution"],
    }


def batch_on_spot(found: Infrastructure) -> dict[str, bool]:
    """0009: jobs run on instances of Batch, on Spot while there is some, and never in the cluster."""
    queue = values(found, "aws_batch_job_queue.analysis")["compute_environment_order"]
    order = [one["compute_environment"] for one in sorted(queue, key=lambda one: one["order"])]
    computing = {one.values["arn"]: one.values for one in found.of_type("aws_batch_compute_environment")}
    definition = values(found, "aws_batch_job_definition.analysis")
    retries = definition["retry_strategy"][0]["evaluate_on_exit"]
    kinds = [computing[arn]["compute_resources"][0]["type"] for arn in order]
    in_cluster = [*definition.get("eks_properties", []), *_all(computing.values(), "eks_configuration")]
    return {
        "spot first": kinds == ["SPOT", "EC2"],
        "a lost instance is tried again": retries[0]["on_status_reason"] == "Host EC2*"
        and retries[0]["action"].lower() == "retry",
        "a failed analysis is not": retries[-1]["action"].lower() == "exit",
        "idle costs nothing": {one["compute_resources"][0]["min_vcpus"] for one in computing.values()} == {0},
        "no job is a pod": not in_cluster,
    }


def storage_classes(found: Infrastructure) -> dict[str, bool]:
    """0012: files move by age, and only to classes that answer at once."""
    moves = {
        name: [
            move["storage_class"]
            for rule in values(found, f"{_LIFECYCLE}.{name}")["rule"]
            for move in rule["transition"]
        ]
        for name in ("uploads", "results")
    }
    return {
        "cheaper with age": all(moves.values()),
        "never a restore": {name for names in moves.values() for name in names} <= _AT_ONCE,
        "no guessing": none(found, "aws_s3_bucket_intelligent_tiering_configuration"),
    }


def outcome(found: Infrastructure) -> dict[str, bool]:
    """0020: however an analysis ends, a message says so, and it is kept until it is handled."""
    topic, queue = (values(found, f"{kind}.outcome") for kind in ("aws_sns_topic", "aws_sqs_queue"))
    states = definition(found)["States"]
    subscription = values(found, "aws_sns_topic_subscription.outcome")
    after = [
        states["AnalyseFiles"].get("Next"),
        *(one["Next"] for one in states["AnalyseFiles"].get("Catch", [])),
    ]
    told = [name for name in after if states[name].get("Parameters", {}).get("TopicArn") == topic["arn"]]
    redrive = json.loads(queue["redrive_policy"] or "{}")
    (alarm,) = found.by_address["aws_cloudwatch_metric_alarm.outcome_dead_letter"]
    dead = values(found, "aws_sqs_queue.outcome_dead_letter")
    return {
        "success and failure are told": told == ["TellSuccess", "TellFailure"],
        "the queue hears it": (subscription["topic_arn"], subscription["endpoint"])
        == (topic["arn"], queue["arn"]),
        "nothing is lost": redrive.get("deadLetterTargetArn") == dead["arn"],
        "a person learns of the rest": alarm.values["dimensions"] == {"QueueName": dead["name"]},
    }


def _all(items: Any, key: str) -> list[Any]:
    return [part for one in items for part in one.get(key) or []]


def _job(found: Infrastructure) -> Mapping[str, Any]:
    (state,) = definition(found)["States"]["AnalyseFiles"]["ItemProcessor"]["States"].values()
    job: Mapping[str, Any] = state
    return job
