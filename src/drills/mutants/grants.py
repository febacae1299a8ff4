"""May the source of a drawn claim do what it says? The permission half of the oracle."""

import json
from collections.abc import Iterable, Iterator

from drills.mutants.cloud import Cloud, Item, is_object, listed, namespace_of, statements, template
from drills.mutants.interfaces import job_role
from drills.mutants.policies import Request, allowed, denied, identity, role_may, trusts
from drills.mutants.services import ON_KEY, SERVICES

_COMPANIONS = {  # of batch:submitJob.sync, as the Step Functions developer guide lists them
    "events:PutTargets": "arn:aws:events:{}:{}:rule/StepFunctionsGetEventsForBatchJobsRule",
    "events:PutRule": "arn:aws:events:{}:{}:rule/StepFunctionsGetEventsForBatchJobsRule",
    "events:DescribeRule": "arn:aws:events:{}:{}:rule/StepFunctionsGetEventsForBatchJobsRule",
    "batch:DescribeJobs": "*",
    "batch:TerminateJob": "arn:aws:batch:{}:{}:job/b7e0f1c2",
}
_TAKEN = {  # the argument that names the role, and the service that takes it
    "aws_eks_node_group": ("node_role_arn", "ec2"),
    "aws_flow_log": ("iam_role_arn", "vpc-flow-logs"),
    "aws_sfn_state_machine": ("role_arn", "states"),
}
_BY_ARN = {  # actions that name nothing but the resource itself
    "ecr:BatchGetImage",
    "ecr:PutImage",
    "eks:DescribeCluster",
    "eks:DescribeNodegroup",
    "elasticloadbalancing:RegisterTargets",
    "iam:PutRolePolicy",
    "iam:UpdateOpenIDConnectProviderThumbprint",
    "states:StartExecution",
}


def may(cloud: Cloud, source: str, target: str, action: str) -> bool:
    """Whether every instance of the source may do it to every instance of the target."""
    ends = cloud.find(target)
    if source == "external/github":
        return bool(ends) and all(_signs_in(cloud, end, action) for end in ends)
    starts = cloud.find(source)
    return bool(starts and ends) and all(_one(cloud, a, b, action) for a in starts for b in ends)


def _one(cloud: Cloud, start: Item, end: Item, action: str) -> bool:
    service = SERVICES.get((start.get("type", ""), end.get("type", ""), action))
    if service:
        return service(cloud, start["values"], end["values"])
    roles = list(_roles(cloud, start))
    return bool(roles) and all(
        role is not None and _role_may(cloud, role, start, end, action) for role in roles
    )


def _roles(cloud: Cloud, start: Item) -> Iterator[Item | None]:
    """The roles something acts with; None where it cannot take one."""
    if is_object(start):
        yield _pod_role(cloud, start)
    elif start["type"] == "aws_iam_role":
        yield start["values"]
    elif start["type"] in _TAKEN:
        argument, service = _TAKEN[start["type"]]
        yield _taken(cloud, start["values"][argument], f"{service}.amazonaws.com", ["sts:AssumeRole"])
    elif start["type"] == "aws_batch_job_definition":
        yield _taken(cloud, job_role(start["values"]), "ecs-tasks.amazonaws.com", ["sts:AssumeRole"])
    elif start["type"] == "aws_batch_job_queue":
        for one in cloud.all("aws_batch_job_definition"):
            yield _taken(cloud, job_role(one), "ecs-tasks.amazonaws.com", ["sts:AssumeRole"])


def _pod_role(cloud: Cloud, workload: Item) -> Item | None:
    if not template(workload):
        return None
    account = template(workload)["spec"].get("serviceAccountName", "default")
    tie = cloud.by(
        "aws_eks_pod_identity_association", namespace=namespace_of(workload), service_account=account
    )
    agent = cloud.by("aws_eks_addon", addon_name="eks-pod-identity-agent")
    if not tie or not agent or not cloud.starts(workload) or tie["cluster_name"] != agent["cluster_name"]:
        return None
    return _taken(cloud, tie["role_arn"], "pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"])


def _taken(cloud: Cloud, arn: str, service: str, actions: list[str]) -> Item | None:
    role = cloud.by("aws_iam_role", arn=arn)
    return role if role and trusts(role, service, actions) else None


def _role_may(cloud: Cloud, role: Item, start: Item, end: Item, action: str) -> bool:
    values: Item = end.get("values", {})
    match end.get("type"), action:
        case "aws_s3_bucket", "s3:GetObject" | "s3:PutObject":
            return _object(cloud, role, start, values, action)
        case "aws_sqs_queue", "sqs:ReceiveMessage" | "sqs:DeleteMessage":
            policy = cloud.by("aws_sqs_queue_policy", queue_url=values["id"]) or {}
            ok = role_may(cloud, role, Request(action, values["arn"]), policy.get("policy"))
            return ok and (action == "sqs:DeleteMessage" or _key(cloud, role, values, ["kms:Decrypt"]))
        case "aws_sns_topic", "sns:Publish":
            ok = role_may(cloud, role, Request(action, values["arn"]), values["policy"])
            return ok and _key(cloud, role, values, ON_KEY)
        case "aws_s3_bucket", "s3:GetLifecycleConfiguration" | "s3:PutLifecycleConfiguration":
            policy = cloud.by("aws_s3_bucket_policy", bucket=values["bucket"]) or {}
            return role_may(cloud, role, Request(action, values["arn"]), policy.get("policy"))
        case "aws_cloudwatch_log_group", "logs:CreateLogDelivery":
            return role_may(cloud, role, Request(action, "*"))
        case "aws_cloudwatch_log_group", "logs:CreateLogStream" | "logs:PutLogEvents":
            return role_may(cloud, role, Request(action, f"{values['arn']}:log-stream:some"))
        case "aws_kms_key", "kms:GenerateDataKey" | "kms:Decrypt":
            return _on_key(cloud, role, values["arn"], action)
        case "aws_db_instance", "rds-db:connect":
            return _connects(cloud, role, values)
        case "aws_db_instance", "secretsmanager:GetSecretValue":
            ok = role_may(cloud, role, Request(action, values["master_user_secret"][0]["secret_arn"]))
            return ok and _on_key(cloud, role, values["master_user_secret_kms_key_id"], "kms:Decrypt")
        case "aws_batch_job_queue" | "aws_batch_job_definition", "batch:SubmitJob":
            return start.get("type") == "aws_sfn_state_machine" and _submits(
                cloud, role, start, values["arn"]
            )
    return action in _BY_ARN and role_may(cloud, role, Request(action, values["arn"]))


def _object(cloud: Cloud, role: Item, start: Item, bucket: Item, action: str) -> bool:
    """Some object of a bucket: a grant for a part of it is a grant."""
    policy = (cloud.by("aws_s3_bucket_policy", bucket=bucket["bucket"]) or {}).get("policy")
    sealed = cloud.by("aws_s3_bucket_server_side_encryption_configuration", bucket=bucket["bucket"])
    rule = sealed["rule"][0]["apply_server_side_encryption_by_default"][0] if sealed else {}
    needed = "kms:Decrypt" if action == "s3:GetObject" else "kms:GenerateDataKey"
    return _key(cloud, role, rule, [needed]) and any(
        role_may(cloud, role, request, policy) and _passes_endpoint(cloud, start, request)
        for request in (Request(action, name) for name in _objects(cloud, role, bucket))
    )


def _objects(cloud: Cloud, role: Item, bucket: Item) -> set[str]:
    """The ARN of any object, and of one for each pattern that the policies on its way name."""
    doors = [one for door in _doors(cloud) for one in statements(door["policy"])]
    patterns = [str(arn) for one in [*identity(cloud, role), *doors] for arn in listed(one.get("Resource"))]
    named = {one.replace("*", "some") for one in patterns if one.startswith(f"{bucket['arn']}/")}
    return named | {f"{bucket['arn']}/some"}


def _doors(cloud: Cloud) -> list[Item]:
    """The gateway endpoints that lead to S3."""
    doors = [one for one in cloud.all("aws_vpc_endpoint") if one["vpc_endpoint_type"] == "Gateway"]
    return [one for one in doors if one["route_table_ids"]]


def _passes_endpoint(cloud: Cloud, start: Item, request: Request) -> bool:
    """A job's requests go through the VPC's gateway endpoint of S3, and so past its policy."""
    policies = [statements(one["policy"]) for one in _doors(cloud)]
    return is_object(start) or all(allowed(one, request) and not denied(one, request) for one in policies)


def _key(cloud: Cloud, role: Item, owner: Item, actions: Iterable[str]) -> bool:
    """Whether a role may use the customer key that something is encrypted with, if there is one."""
    key = owner.get("kms_master_key_id")
    return not key or all(_on_key(cloud, role, key, action) for action in actions)


def _on_key(cloud: Cloud, role: Item, arn: str, action: str) -> bool:
    for key in cloud.all("aws_kms_key"):
        if arn in (key["arn"], key["key_id"]) and key["is_enabled"]:
            return role_may(cloud, role, Request(action, key["arn"]), key["policy"])
    return False


def _connects(cloud: Cloud, role: Item, database: Item) -> bool:
    """As some user of the database: the users are those that the role's policies name."""
    if not database["iam_database_authentication_enabled"]:
        return False
    _, _, _, region, account, *_ = database["arn"].split(":")
    prefix = f"arn:aws:rds-db:{region}:{account}:dbuser:{database['resource_id']}/"
    named = [str(arn) for one in identity(cloud, role) for arn in listed(one.get("Resource"))]
    users = {arn.removeprefix(prefix) for arn in named if arn.startswith(prefix)} | {"somebody"}
    return any(role_may(cloud, role, Request("rds-db:connect", prefix + user)) for user in users)


def _submits(cloud: Cloud, role: Item, machine: Item, end: str) -> bool:
    """Every job that the machine submits needs its queue and its definition; waiting needs companions."""
    tasks = [
        one
        for one in _tasks(json.loads(machine["values"]["definition"]))
        if "batch:submitJob" in one["Resource"]
    ]
    pairs = [(one["Parameters"]["JobQueue"], one["Parameters"]["JobDefinition"]) for one in tasks]
    _, _, _, region, account, *_ = machine["values"]["arn"].split(":")
    needed = [("batch:SubmitJob", arn) for pair in pairs for arn in pair]
    if any(one["Resource"].endswith(".sync") for one in tasks):
        needed += [(action, arn.format(region, account)) for action, arn in _COMPANIONS.items()]
    return any(end in pair for pair in pairs) and all(role_may(cloud, role, Request(*one)) for one in needed)


def _tasks(machine: Item) -> Iterator[Item]:
    for state in machine["States"].values():
        if state["Type"] == "Task":
            yield state
        if "ItemProcessor" in state:
            yield from _tasks(state["ItemProcessor"])


def _signs_in(cloud: Cloud, role: Item, action: str) -> bool:
    """GitHub's tokens: the provider exists, the audience is its client, the subject some repository's."""
    if role.get("type") != "aws_iam_role" or action != "sts:AssumeRoleWithWebIdentity":
        return False
    return any(
        _takes_token(role["values"]["assume_role_policy"], provider)
        for provider in cloud.all("aws_iam_openid_connect_provider")
    )


def _takes_token(policy: str, provider: Item) -> bool:
    host = provider["url"].removeprefix("https://")
    theirs = [one for one in statements(policy) if provider["arn"] in str(one.get("Principal"))]
    subjects = {
        str(sub)
        for one in theirs
        for keys in (one.get("Condition") or {}).values()
        for sub in listed(keys.get(f"{host}:sub"))
    }
    requests = [
        Request("sts:AssumeRoleWithWebIdentity", "", {f"{host}:aud": client, f"{host}:sub": subject})
        for client in provider["client_id_list"]
        for subject in subjects
        if subject.startswith("repo:")
    ]
    others = statements(policy)
    return any(allowed(theirs, one) and not denied(others, one) for one in requests)
