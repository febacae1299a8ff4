"""How it is kept: decisions 0016 to 0019."""

import json
from fnmatch import fnmatch

from asbuilt.infrastructure import Infrastructure
from drills.decisions.lookup import accounts, kinds, many, none, statements, values


def secrets(found: Infrastructure) -> dict[str, bool]:
    """0016: no secret is kept in the cluster, and one role alone reads the only password."""
    instance = values(found, "aws_db_instance.main")
    bodies = json.dumps([one.body for one in found.manifests])
    readers = {
        policy.values["role"]
        for policy in found.of_type("aws_iam_role_policy")
        for one in json.loads(policy.values["policy"])["Statement"]
        if one["Effect"] == "Allow"
        and any(fnmatch("secretsmanager:GetSecretValue", action) for action in many(one["Action"]))
    }
    return {
        "rds keeps the password": instance["manage_master_user_password"] is True
        and not instance["password"],
        "the migration alone reads it": readers == {values(found, "aws_iam_role.migration")["name"]},
        "the api connects by token": any(
            one["Action"] == "rds-db:connect" for one in statements(found, "aws_iam_role_policy.api")
        ),
        "no secret in the cluster": not kinds(found) & {"Secret", "SecretProviderClass", "ExternalSecret"}
        and "secretKeyRef" not in bodies
        and "secretRef" not in bodies,
        "no key for anybody": none(found, "aws_iam_access_key", "aws_iam_user"),
    }


def watching(found: Infrastructure) -> dict[str, bool]:
    """0017: CloudWatch keeps logs and alarms, and every alarm reaches a person, also when it is over."""
    topic = [values(found, "aws_sns_topic.alarms")["arn"]]
    alarms = [one.values for one in found.of_type("aws_cloudwatch_metric_alarm")]
    logs = [one.values for one in found.of_type("aws_cloudwatch_log_group")]
    return {
        "alarms reach a person": bool(alarms) and all(one["alarm_actions"] == topic for one in alarms),
        "their end does too": all(one["ok_actions"] == topic for one in alarms),
        "logs stay a year": {one["retention_in_days"] for one in logs} == {365},
        "no second system": none(found, "aws_prometheus_workspace", "aws_grafana_workspace"),
    }


def own_account(found: Infrastructure) -> dict[str, bool]:
    """0018: an account holds one environment, and only that environment's workflows deploy to it."""
    network = values(found, "aws_vpc.main")
    environment, account = network["tags_all"]["Environment"], network["owner_id"]
    (trust,) = json.loads(values(found, "aws_iam_role.deploy")["assume_role_policy"])["Statement"]
    subject = trust["Condition"].get("StringEquals", {}).get("token.actions.githubusercontent.com:sub", "")
    texts = [one.values["policy"] for one in found.of_type("aws_iam_role_policy")]
    tags = [one.values.get("tags_all") or {} for one in found.resources if not one.is_data]
    return {
        "one environment": {one.get("Environment", environment) for one in tags} == {environment},
        "only its workflows deploy": subject.startswith("repo:")
        and subject.endswith(f":environment:{environment}"),
        "nothing of another account": {number for text in texts for number in accounts(text)} == {account},
        "nobody from another account": accounts(json.dumps(trust)) == [account],
    }


def pod_identity(found: Infrastructure) -> dict[str, bool]:
    """0019: pods take roles by Pod Identity, each account its own, and none from the node."""
    associations = [one.values for one in found.of_type("aws_eks_pod_identity_association")]
    roles = {one.values["arn"]: one.values for one in found.of_type("aws_iam_role")}
    trusted = {
        json.dumps(statement["Principal"])
        for one in associations
        for statement in json.loads(roles[one["role_arn"]]["assume_role_policy"])["Statement"]
    }
    accounts = {one.name for one in found.manifests if one.kind == "ServiceAccount"}
    options = values(found, "aws_launch_template.node")["metadata_options"][0]
    return {
        "each account has a role": accounts
        <= {f"{one['namespace']}/ServiceAccount/{one['service_account']}" for one in associations},
        "no role is shared": len({one["role_arn"] for one in associations}) == len(associations),
        "only pods take it": trusted == {'{"Service": "pods.eks.amazonaws.com"}'},
        "not from the node": (options["http_tokens"], options["http_put_response_hop_limit"])
        == ("required", 1),
    }
