"""Which role a Kubernetes workload's pods act with.

EKS User Guide, "Learn how EKS Pod Identity grants pods access to AWS services", "Grant pods access
to AWS resources based on tags", and "IAM roles for service accounts".
"""

import fnmatch
from collections.abc import Mapping
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Infrastructure, Manifest, Resource
from asbuilt.prove.permission.actors import Actor, role_actor
from asbuilt.prove.permission.credentials import Credentials
from asbuilt.prove.permission.index import Index, values
from asbuilt.prove.permission.outcome import Refuted, Unresolved
from asbuilt.prove.permission.requests import Principal, Value
from asbuilt.prove.permission.roles import Roles
from asbuilt.prove.permission.targets import ARN
from asbuilt.prove.permission.trust import trusted
from asbuilt.prove.permission.truth import Unknown
from asbuilt.prove.verdicts import Evidence

_ANNOTATION = "eks.amazonaws.com/role-arn"
_AUDIENCE = "eks.amazonaws.com/audience"
_AGENT = "eks-pod-identity-agent"
_POD_PATHS = {
    "CronJob": ("jobTemplate", "spec", "template", "spec"),
    "DaemonSet": ("template", "spec"),
    "Deployment": ("template", "spec"),
    "Job": ("template", "spec"),
    "Pod": (),
    "ReplicaSet": ("template", "spec"),
    "StatefulSet": ("template", "spec"),
}


class Pods:
    """Finds the role of a Kubernetes object's pods."""

    def __init__(self, infrastructure: Infrastructure, index: Index, roles: Roles) -> None:
        self._infrastructure = infrastructure
        self._index = index
        self._roles = roles
        self._credentials = Credentials(infrastructure)

    def actor(self, source: Manifest) -> Actor:
        """The session that the pods of `source` make their requests with.

        Raises Refuted where they have no role or may not take it, Unresolved where that is open.
        """
        account, evidence = self._account(source)
        annotated = _text(account.body.get("metadata"), "annotations", _ANNOTATION)
        association = self._association(account)
        if annotated and association:
            raise Unresolved(f"{account.name} has both an annotated role and {association.address}")
        if unused := self._credentials.unused(source):
            raise Unresolved(unused)
        if association:
            return self._by_association(account, association, evidence)
        if annotated:
            return self._by_annotation(account, annotated, evidence)
        raise Refuted(f"{account.name} has no aws_eks_pod_identity_association and no role annotation")

    def check(self, source: Manifest) -> None:
        """Raises Unresolved where a policy may keep pods from the agent that hands out their credentials."""
        account, _ = self._account(source)
        if self._association(account) and (unreached := self._credentials.unreached(source)):
            raise Unresolved(unreached)

    def _account(self, source: Manifest) -> tuple[Manifest, tuple[Evidence, ...]]:
        """The service account of a workload, and the links to it."""
        if source.kind == "ServiceAccount":
            return source, (Evidence.of(source),)
        if source.kind not in _POD_PATHS:
            raise Unresolved(f"objects of kind {source.kind} make no requests that are understood")
        spec = _text(source.body.get("spec"), *_POD_PATHS[source.kind])
        given = spec if isinstance(spec, Mapping) else {}
        named = given.get("serviceAccountName") or given.get("serviceAccount")
        name = f"{source.namespace}/ServiceAccount/{named or 'default'}"
        account = self._infrastructure.by_name.get(name)
        if account is None:
            raise Refuted(f"{source.name} runs as {name}, which no manifest creates")
        return account, (Evidence.of(source), Evidence.of(account))

    def _cluster(self) -> Resource:
        clusters = list(self._index.of_type("aws_eks_cluster"))
        if len(clusters) != 1:
            raise Unresolved(
                f"the files create {len(clusters) or 'no'} EKS clusters; which one runs the pods is open"
            )
        return clusters[0]

    def _association(self, account: Manifest) -> Resource | None:
        """The pod identity association of a service account in the one cluster."""
        cluster, name, found = self._cluster(), account.name.rpartition("/")[2], list[Resource]()
        for item in self._index.where("aws_eks_pod_identity_association", "service_account", name):
            given = [item.values.get(key) for key in ("namespace", "service_account", "cluster_name")]
            if not all(isinstance(text, str) for text in given):
                raise Unresolved(f"whose role {item.address} gives is known only after apply")
            if given[:2] == [account.namespace, name]:
                found.append(item)
        if len(found) > 1:
            raise Unresolved(f"{found[0].address} and {found[1].address} are for one service account")
        if found and self._index.find(found[0].values["cluster_name"], "aws_eks_cluster") is not cluster:
            named = found[0].values["cluster_name"]
            raise Refuted(f"{found[0].address} is for the cluster {named}, not {cluster.address}")
        return found[0] if found else None

    def _by_association(self, account: Manifest, item: Resource, evidence: tuple[Evidence, ...]) -> Actor:
        if values(item, "target_role_arn") or values(item, "policy"):
            raise Unresolved(f"{item.address} chains to another role or narrows it, which is not understood")
        self._refuse_fargate(account.namespace)
        cluster, role = self._cluster(), self._roles.role(item.values.get("role_arn"))
        tags: dict[str, Value] = {}
        if not item.values.get("disable_session_tags"):
            tags = _session_tags(cluster, account)
        actions = ("sts:AssumeRole", "sts:TagSession") if tags else ("sts:AssumeRole",)
        pods = Principal("service", "pods.eks.amazonaws.com")
        trust = trusted(self._index, role, pods, actions, _request(cluster, tags))
        links = (*evidence, Evidence.of(item), self._agent(cluster), Evidence.of(role), *trust)
        return role_actor(role, links, tags, in_vpc=True)

    def _refuse_fargate(self, namespace: str) -> None:
        """Pods on Fargate get no credentials by Pod Identity: the agent runs on nodes only."""
        for profile in self._index.of_type("aws_eks_fargate_profile"):
            taken = values(profile, "selector.namespace")
            if not taken or any(one is UNKNOWN or fnmatch.fnmatchcase(namespace, str(one)) for one in taken):
                raise Unresolved(f"{profile.address} may take its pods, and Fargate has no Pod Identity")

    def _agent(self, cluster: Resource) -> Evidence:
        """Pods get their credentials from an agent: an add-on, or part of a cluster in Auto Mode."""
        if True in values(cluster, "compute_config.enabled"):
            return Evidence.of(cluster)
        for addon in self._index.of_type("aws_eks_addon"):
            same = addon.values.get("cluster_name") in (cluster.values.get("name"), cluster.values.get("id"))
            if same and addon.values.get("addon_name") == _AGENT:
                return Evidence.of(addon)
        raise Unresolved(f"no aws_eks_addon {_AGENT} gives the pods of {cluster.address} their credentials")

    def _by_annotation(self, account: Manifest, arn: str, evidence: tuple[Evidence, ...]) -> Actor:
        if not arn.startswith("arn:"):
            raise Refuted(f"{account.name} names {arn}, which is not the ARN of a role")
        role, provider = self._roles.role(arn), self._provider()
        issuer = str(provider.values.get("url")).removeprefix("https://")
        name = account.name.rpartition("/")[2]
        audience = _text(account.body.get("metadata"), "annotations", _AUDIENCE) or "sts.amazonaws.com"
        context: dict[str, Value] = {
            f"{issuer}:aud".lower(): (audience,),
            f"{issuer}:sub".lower(): (f"system:serviceaccount:{account.namespace}:{name}",),
            "aws:securetransport": ("true",),
        }
        token = Principal("web", str(provider.values.get("arn")))
        trust = trusted(self._index, role, token, ("sts:AssumeRoleWithWebIdentity",), context)
        if audience not in values(provider, "client_id_list"):
            raise Refuted(f"{provider.address} does not accept tokens for {audience}")
        links = (*evidence, Evidence.of(provider), Evidence.of(role), *trust)
        return role_actor(role, links, None, in_vpc=True)

    def _provider(self) -> Resource:
        """The identity provider of the cluster's own tokens."""
        cluster = self._cluster()
        issuers = [str(url).removeprefix("https://") for url in values(cluster, "identity.oidc.issuer")]
        for provider in self._index.of_type("aws_iam_openid_connect_provider"):
            if str(provider.values.get("url")).removeprefix("https://") in issuers:
                return provider
        raise Unresolved(
            f"no aws_iam_openid_connect_provider for the tokens of {cluster.address} is in the files"
        )


def _text(body: Any, *path: str) -> Any:
    for name in path:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body


def _session_tags(cluster: Resource, account: Manifest) -> dict[str, Value]:
    """The tags of a pod's session; a pod's own name and id are not in the files."""
    per_pod = Unknown("each pod has its own")
    return {
        "eks-cluster-arn": _known(cluster.values.get("arn")),
        "eks-cluster-name": _known(cluster.values.get("name")),
        "kubernetes-namespace": (account.namespace,),
        "kubernetes-pod-name": per_pod,
        "kubernetes-pod-uid": per_pod,
        "kubernetes-service-account": (account.name.rpartition("/")[2],),
    }


def _request(cluster: Resource, tags: Mapping[str, Value]) -> dict[str, Value]:
    """What EKS says when it takes a role for a pod."""
    known: dict[str, Value] = {f"aws:requesttag/{key}": value for key, value in tags.items()}
    known |= {"aws:securetransport": ("true",), "aws:principalisawsservice": ("true",)}
    match = ARN.fullmatch(str(cluster.values.get("arn")))
    if match and match["account"]:
        known |= {"aws:sourcearn": (match[0],), "aws:sourceaccount": (match["account"],)}
    return known


def _known(value: Any) -> Value:
    """An attribute's value; what is known only after apply is unknown."""
    known = isinstance(value, str) and not value.startswith("${")
    return (value,) if known else Unknown("it is known only after apply")
