"""Which role a pod acts with: by pod identity or by an annotated service account."""

import pytest

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
BROKEN = {
    # what is wrong, what breaks it, verdict, a part of the reason
    "no such account": (
        lambda w: w.manifests.pop("shop/ServiceAccount/api"),
        "refuted",
        "which no manifest creates",
    ),
    "another account": (
        lambda w: w.manifests["shop/Deployment/api"]["spec"]["template"]["spec"].update(
            serviceAccountName="web"
        ),
        "refuted",
        "runs as shop/ServiceAccount/web",
    ),
    "the default account": (
        lambda w: w.manifests["shop/Deployment/api"]["spec"]["template"]["spec"].clear(),
        "refuted",
        "runs as shop/ServiceAccount/default",
    ),
    "no association": (
        lambda w: w.drop("aws_eks_pod_identity_association.api"),
        "refuted",
        "no aws_eks_pod_identity_association",
    ),
    "an association for another namespace": (
        lambda w: w.set("aws_eks_pod_identity_association.api", namespace="bank"),
        "refuted",
        "no aws_eks_pod_identity_association",
    ),
    "an association for another account": (
        lambda w: w.set("aws_eks_pod_identity_association.api", service_account="web"),
        "refuted",
        "no aws_eks_pod_identity_association",
    ),
    "an association in another cluster": (
        lambda w: w.set("aws_eks_pod_identity_association.api", cluster_name="bank"),
        "refuted",
        "is for the cluster bank",
    ),
    "two associations": (
        lambda w: w.set(
            "aws_eks_pod_identity_association.b", **w.resources["aws_eks_pod_identity_association.api"]
        ),
        "unknown",
        "are for one service account",
    ),
    "an association with another role": (
        lambda w: w.set("aws_eks_pod_identity_association.api", role_arn=w.role("web", w.trust("pods.eks"))),
        "refuted",
        "aws_iam_role.web: no statement",
    ),
    "an association with a role outside the files": (
        lambda w: w.set(
            "aws_eks_pod_identity_association.api", role_arn="arn:aws:iam::111122223333:role/far"
        ),
        "unknown",
        "role/far is not in the files",
    ),
    "a role that is only read": (
        lambda w: (
            w.set("aws_eks_pod_identity_association.api", role_arn="arn:aws:iam::111122223333:role/far"),
            w.set("data.aws_iam_role.far", arn="arn:aws:iam::111122223333:role/far"),
        ),
        "unknown",
        "is only read",
    ),
    "a chain to another role": (
        lambda w: w.set("aws_eks_pod_identity_association.api", target_role_arn="arn:aws:iam::1:role/x"),
        "unknown",
        "chains to another role",
    ),
    "no agent": (lambda w: w.drop("aws_eks_addon.agent"), "unknown", "eks-pod-identity-agent"),
    "an agent in another cluster": (
        lambda w: w.set("aws_eks_addon.agent", cluster_name="bank"),
        "unknown",
        "eks-pod-identity-agent",
    ),
    "pods on Fargate": (
        lambda w: w.set("aws_eks_fargate_profile.shop", cluster_name="main", selector=[{"namespace": "sh*"}]),
        "unknown",
        "aws_eks_fargate_profile.shop may take its pods",
    ),
    "no cluster": (lambda w: w.drop("aws_eks_cluster.main"), "unknown", "no EKS clusters"),
    "two clusters": (lambda w: w.set("aws_eks_cluster.other", name="bank"), "unknown", "2 EKS clusters"),
    "a trust policy for instances": (
        lambda w: w.role("api", w.trust("ec2")),
        "refuted",
        "the trust policy of aws_iam_role.api does not allow sts:AssumeRole to pods.eks.amazonaws.com",
    ),
    "a trust policy without TagSession": (
        lambda w: w.role("api", w.trust("pods.eks", Action="sts:AssumeRole")),
        "refuted",
        "does not allow sts:TagSession",
    ),
    "a trust policy for another namespace": (
        lambda w: w.role(
            "api",
            w.trust("pods.eks", Condition={"StringEquals": {"aws:RequestTag/kubernetes-namespace": "b"}}),
        ),
        "refuted",
        "does not allow sts:AssumeRole",
    ),
    "a trust policy that denies": (
        lambda w: w.role("api", w.trust("pods.eks", Effect="Deny")),
        "refuted",
        "does not allow sts:AssumeRole",
    ),
    "a trust policy for everybody": (
        lambda w: w.role("api", w.trust("x", Principal={"AWS": "*"})),
        "unknown",
        "everybody",
    ),
    "a trust policy under an unknown condition": (
        lambda w: w.role("api", w.trust("pods.eks", Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}})),
        "unknown",
        "aws:SourceOrgID",
    ),
}


@pytest.mark.parametrize(("broken", "verdict", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_link_is_found_and_named(plain, broken, verdict, reason):
    """Every link between a workload and its role is needed."""
    assert "proven" == plain.put().verdict
    broken(plain)
    assert (verdict, True) == (plain.put().verdict, reason in plain.put().reason), plain.put().reason


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "shop"}},
        {"StringEquals": {"aws:RequestTag/kubernetes-service-account": ["api", "web"]}},
        {"StringEquals": {"aws:RequestTag/eks-cluster-name": "shop"}},
        {"ArnEquals": {"aws:SourceArn": "arn:aws:eks:eu-west-1:111122223333:cluster/shop"}},
        {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    ],
)
def test_a_trust_policy_may_ask_for_what_eks_says(plain, condition):
    """Pod identity names namespace, service account and cluster when it takes a role."""
    plain.role("api", plain.trust("pods.eks", Condition=condition))
    assert "proven" == plain.put().verdict


def test_without_session_tags_tag_session_is_not_needed(plain):
    """An association may do without tags, and then nothing is known of them in a trust policy."""
    plain.role("api", plain.trust("pods.eks", Action="sts:AssumeRole"))
    plain.set("aws_eks_pod_identity_association.api", disable_session_tags=True)
    assert "proven" == plain.put().verdict


def test_a_cluster_in_auto_mode_brings_the_agent(plain):
    """Auto Mode needs no add-on."""
    plain.drop("aws_eks_addon.agent")
    plain.set("aws_eks_cluster.main", compute_config=[{"enabled": True}])
    assert "proven" == plain.put().verdict


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet", "Job"])
def test_every_kind_of_workload_has_pods(plain, kind):
    """A workload of any kind acts as its service account, and so does the account itself."""
    plain.workload("api", kind)
    for name in (f"shop/{kind}/api", "shop/ServiceAccount/api"):
        assert "proven" == plain.prove(name, "s3:PutObject", "aws_s3_bucket.files").verdict


def test_a_cron_job_has_its_pods_further_in(plain):
    """A CronJob makes Jobs, which make pods."""
    template = {"spec": {"template": {"spec": {"serviceAccountName": "api"}}}}
    plain.manifests["shop/CronJob/api"] = {"kind": "CronJob", "spec": {"jobTemplate": template}}
    assert "proven" == plain.prove("shop/CronJob/api", "s3:PutObject", "aws_s3_bucket.files").verdict


def test_an_object_without_pods_is_not_judged(plain):
    """A Service makes no requests."""
    plain.manifests["shop/Service/api"] = {"kind": "Service"}
    assert "unknown" == plain.prove("shop/Service/api", "s3:PutObject", "aws_s3_bucket.files").verdict


def annotated(world, **conditions):
    """The shop with a role for its service account by annotation."""
    arn = f"arn:aws:iam::{world.account}:oidc-provider/{ISSUER}"
    world.drop("aws_eks_pod_identity_association.api")
    world.set("aws_eks_cluster.main", identity=[{"oidc": [{"issuer": f"https://{ISSUER}"}]}])
    world.set(
        "aws_iam_openid_connect_provider.pods",
        url=f"https://{ISSUER}",
        arn=arn,
        client_id_list=["sts.amazonaws.com"],
    )
    equals = {
        f"{ISSUER}:sub": "system:serviceaccount:shop:api",
        f"{ISSUER}:aud": "sts.amazonaws.com",
        **conditions,
    }
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": arn},
        "Condition": {"StringEquals": equals},
    }
    role = world.role("api", world.policy(statement))
    body = {"metadata": {"annotations": {"eks.amazonaws.com/role-arn": role}}}
    world.manifests["shop/ServiceAccount/api"].update(body)
    return world


def test_an_annotated_service_account_takes_its_role(plain):
    """IAM roles for service accounts: the cluster's provider, and the account in the token's subject."""
    found = annotated(plain).put()
    cited = {evidence.address for evidence in found.evidence}
    assert ("proven", True) == (found.verdict, "aws_iam_openid_connect_provider.pods" in cited)


@pytest.mark.parametrize(
    ("key", "value"),
    [(f"{ISSUER}:sub", "system:serviceaccount:bank:api"), (f"{ISSUER}:aud", "sigstore")],
)
def test_a_token_for_somebody_else_takes_no_role(plain, key, value):
    """Another subject or audience in the trust policy refutes."""
    assert "refuted" == annotated(plain, **{key: value}).put().verdict


def test_a_provider_of_another_cluster_takes_no_role(plain):
    """Tokens of a cluster that no provider in the files belongs to cannot be told."""
    annotated(plain).set("aws_eks_cluster.main", identity=[{"oidc": [{"issuer": "https://elsewhere"}]}])
    assert "unknown" == plain.put().verdict


def test_a_provider_that_refuses_the_audience_takes_no_role(plain):
    """The provider itself lists the audiences it accepts."""
    annotated(plain).set("aws_iam_openid_connect_provider.pods", client_id_list=["sigstore"])
    assert "refuted" == plain.put().verdict


def test_two_ways_to_a_role_leave_it_open(plain):
    """Which of them a pod uses depends on its image."""
    annotated(plain).set(
        "aws_eks_pod_identity_association.api",
        cluster_name="shop",
        namespace="shop",
        service_account="api",
        role_arn="arn:aws:iam::111122223333:role/api",
    )
    assert "unknown" == plain.put().verdict


def pod(world) -> dict:
    """The template of the API's pods."""
    return world.manifests["shop/Deployment/api"]["spec"]["template"]


@pytest.mark.parametrize(
    ("audience", "conditions", "accepted", "verdict"),
    [
        ("sts.amazonaws.com", {}, ["sts.amazonaws.com"], "proven"),
        ("vault", {}, ["sts.amazonaws.com", "vault"], "refuted"),
        ("vault", {f"{ISSUER}:aud": "vault"}, ["vault"], "proven"),
        ("vault", {f"{ISSUER}:aud": "vault"}, ["sts.amazonaws.com"], "refuted"),
    ],
)
def test_an_account_may_ask_for_tokens_for_another_audience(plain, audience, conditions, accepted, verdict):
    """Provider and trust policy have to accept what the annotation says, not the default."""
    annotated(plain, **conditions).set("aws_iam_openid_connect_provider.pods", client_id_list=accepted)
    metadata = plain.manifests["shop/ServiceAccount/api"]["metadata"]
    metadata["annotations"]["eks.amazonaws.com/audience"] = audience
    assert verdict == plain.put().verdict


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN"])
def test_keys_in_the_environment_come_first(plain, name):
    """Whose they are is not told: an SDK does not ask for the pod's role then."""
    pod(plain)["spec"]["containers"] = [
        {"name": "api", "env": [{"name": "AWS_REGION", "value": "eu-west-1"}]}
    ]
    assert "proven" == plain.put().verdict
    pod(plain)["spec"]["containers"][0]["env"].append({"name": name, "valueFrom": {}})
    expected = f"the container api of shop/Deployment/api sets {name} itself"
    assert ("unknown", expected) == (plain.put().verdict, plain.put().reason)


@pytest.mark.parametrize(
    ("left_out", "verdict"), [("api, log", "unknown"), ("log", "proven"), ("", "proven")]
)
def test_containers_may_be_left_out(plain, left_out, verdict):
    """By an annotation of the pods; one of them has to be left in."""
    pod(plain)["spec"]["containers"] = [{"name": "api"}, {"name": "log"}]
    pod(plain)["metadata"] = {"annotations": {"eks.amazonaws.com/skip-containers": left_out}}
    assert verdict == plain.put().verdict


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ([], "unknown"),
        ([{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}], "unknown"),
        ([{"to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}], "ports": [{"port": 443}]}], "unknown"),
        ([{"to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}], "ports": [{"port": 80}]}], "proven"),
        ([{}], "proven"),
    ],
)
def test_policies_may_keep_pods_from_the_agent(plain, rules, verdict):
    """Pods get no credentials of an agent that they may not call, where policies are enforced."""
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": rules}
    plain.manifests["shop/NetworkPolicy/all"] = {"kind": "NetworkPolicy", "spec": spec}
    assert "proven" == plain.put().verdict
    plain.set(
        "aws_eks_addon.cni", addon_name="vpc-cni", configuration_values='{"enableNetworkPolicy": "true"}'
    )
    assert verdict == plain.put().verdict
    assert "refuted" == plain.prove("shop/Deployment/api", "s3:DeleteBucket", "aws_s3_bucket.files").verdict


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::111122223333:role/apii", "arn:aws:iam::111122223333:role/api\n", "api"]
)
def test_a_misspelt_annotation_names_no_role(plain, arn):
    """A letter too many, the line break of a block of text, or a name in place of an ARN."""
    annotated(plain)
    metadata = plain.manifests["shop/ServiceAccount/api"]["metadata"]
    metadata["annotations"]["eks.amazonaws.com/role-arn"] = arn
    assert plain.put().verdict in {"refuted", "unknown"}


def test_an_annotation_of_the_pods_is_none_of_their_account(plain):
    """The role is written on the service account, nowhere else."""
    annotated(plain)
    moved = plain.manifests["shop/ServiceAccount/api"].pop("metadata")
    plain.manifests["shop/ServiceAccount/api"]["metadata"] = {}
    pod(plain)["metadata"] = moved
    assert ("refuted", True) == (plain.put().verdict, "no role annotation" in plain.put().reason)
