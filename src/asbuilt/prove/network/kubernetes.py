"""Where Kubernetes workloads run: on the nodes of an EKS cluster, or on Fargate.

A pod takes its address from its node's subnet and shares the security groups of the node's interface
(Amazon EKS User Guide, "Amazon VPC CNI"). Nodes of a managed group carry the groups of their launch
template, or else the cluster security group ("Customize managed nodes with launch templates"); Fargate
pods carry the cluster security group ("AWS Fargate profile").
"""

import fnmatch
from collections.abc import Mapping
from dataclasses import replace

from asbuilt.infrastructure import UNKNOWN, Manifest, Resource
from asbuilt.prove.network.interfaces import Interface, Interfaces
from asbuilt.prove.network.members import Members, dig, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.public import public_by_subnet
from asbuilt.prove.network.scheduling import takes
from asbuilt.prove.network.starting import unstarted
from asbuilt.prove.network.workloads import labels, template
from asbuilt.prove.verdicts import Evidence

_ELSEWHERE = {  # objects that place pods on other nodes or interfaces than the cluster's node groups say
    "EC2NodeClass": "Karpenter starts nodes that Terraform does not describe",
    "ENIConfig": "custom networking gives pods interfaces of their own",
    "NodePool": "Karpenter starts nodes that Terraform does not describe",
    "SecurityGroupPolicy": "it gives pods security groups of their own",
}

_CUSTOM = ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "eniConfig")  # what turns custom networking on


def the_cluster(names: Names) -> Resource | str:
    """The one EKS cluster, or why there is none to speak of."""
    clusters = list(names.infrastructure.of_type("aws_eks_cluster"))
    if len(clusters) == 1:
        return clusters[0]
    if not clusters:
        return "no aws_eks_cluster is managed here"
    return f"nothing tells which of {', '.join(one.address for one in clusters)} it runs on"


def pods(names: Names, manifest: Manifest) -> Interfaces:
    """The interfaces of a workload's pods."""
    cluster = the_cluster(names)
    if isinstance(cluster, str):
        return Interfaces(doubt=f"{manifest.name}: {cluster}")
    sources = _sources(names, cluster, manifest)
    doubt = _elsewhere(names, manifest) or ("" if sources else _nowhere(names, cluster, manifest))
    is_auto = dig(cluster.values, "compute_config", 0, "enabled") not in (None, False)
    if is_auto and not any(one.type == "aws_eks_fargate_profile" for one in sources):
        doubt = f"{cluster.address} runs in auto mode, which starts nodes of its own"
    found = [nodes(names, one) for one in sources]
    doubt = doubt or next((one.doubt for one in found if one.doubt), "")
    here = Evidence.of(manifest)
    items = tuple(
        replace(item, owner=manifest.name, evidence=(here, *item.evidence))
        for one in found
        for item in one.items
    )
    return Interfaces(() if doubt else items, doubt, all(one.exact for one in found))


def _sources(names: Names, cluster: Resource, manifest: Manifest) -> list[Resource]:
    """The Fargate profiles that take a workload's pods, and the node groups, unless a profile surely does."""
    found = of_cluster(names, cluster, "aws_eks_fargate_profile")
    profiles = [one for one in found if _may_take(one, manifest)]
    if profiles and not any(_is_unsure(one, manifest) for one in profiles):
        return profiles
    groups = of_cluster(names, cluster, "aws_eks_node_group")
    spec = dig(template(manifest), "spec") or {}
    return [*profiles, *(one for one in groups if takes(one, spec))]


def _nowhere(names: Names, cluster: Resource, manifest: Manifest) -> str:
    if of_cluster(names, cluster, "aws_eks_node_group"):
        return f"no node group of {cluster.address} takes the pods of {manifest.name}"
    return f"{cluster.address} has no node group here"


def _elsewhere(names: Names, manifest: Manifest) -> str:
    """Why a workload's pods may not run, or not on the interfaces of the cluster's nodes."""
    if reason := unstarted(names.infrastructure, manifest):
        return reason
    for other in names.infrastructure.manifests:
        is_near = other.kind != "SecurityGroupPolicy" or other.namespace == manifest.namespace
        if other.kind in _ELSEWHERE and is_near:
            return f"{other.name}: {_ELSEWHERE[other.kind]}"
    for addon in names.infrastructure.of_type("aws_eks_addon"):
        if any(word in str(addon.values.get("configuration_values")) for word in _CUSTOM):
            return f"{addon.address}: {_ELSEWHERE['ENIConfig']}"
    return ""


def of_cluster(names: Names, cluster: Resource, type_: str) -> list[Resource]:
    """The resources of a type that belong to a cluster."""
    return names.pointing(cluster, type_, "cluster_name")


def nodes(names: Names, resource: Resource) -> Interfaces:
    """The interfaces of a node group's nodes, or of a Fargate profile's pods."""
    cluster = names.one(resource, "cluster_name", type_="aws_eks_cluster")
    subnets = names.many(resource, "subnet_ids", type_="aws_subnet")
    if not cluster.only or subnets.doubt or not subnets.items:
        doubt = cluster.doubt or subnets.doubt
        return Interfaces(doubt=doubt or f"nothing tells the cluster and the subnets of {resource.address}")
    groups, cited = _node_groups(names, resource, cluster.only)
    if groups.doubt:
        return Interfaces(doubt=groups.doubt)
    evidence = (names.cite(resource), *cited)
    is_node = resource.type == "aws_eks_node_group"
    public = public_by_subnet(names, resource.address, subnets) if is_node else None
    return Interfaces((Interface(resource.address, groups, subnets, evidence, public),))


def cluster_group(names: Names, cluster: Resource) -> Members:
    """The security group that EKS makes for a cluster."""
    thing = names.implied.get((cluster, "aws_security_group"))
    return Members((thing.thing,)) if thing else Members(doubt=f"{cluster.address} is not managed here")


def control_plane(names: Names, cluster: Resource) -> Interfaces:
    """The interfaces that EKS puts into the cluster's subnets for its control plane."""
    subnets = names.many(cluster, "vpc_config", 0, "subnet_ids", type_="aws_subnet")
    more = names.many(cluster, "vpc_config", 0, "security_group_ids", type_="aws_security_group")
    if (
        doubt := subnets.doubt
        or more.doubt
        or ("" if subnets.items else f"{cluster.address} names no subnet")
    ):
        return Interfaces(doubt=doubt)
    groups = Members.union((cluster_group(names, cluster), more))
    return Interfaces((Interface(cluster.address, groups, subnets, (names.cite(cluster),)),))


def _node_groups(names: Names, resource: Resource, cluster: Resource) -> tuple[Members, list[Evidence]]:
    default = cluster_group(names, cluster), [names.cite(cluster)]
    if resource.type == "aws_eks_fargate_profile" or not resource.values.get("launch_template"):
        return default
    by_name = isinstance(dig(resource.values, "launch_template", 0, "name"), str)
    by_id = isinstance(dig(resource.values, "launch_template", 0, "id"), str)
    argument = "name" if by_name and not by_id else "id"
    used = names.one(resource, "launch_template", 0, argument, type_="aws_launch_template")
    if not used.only or not names.is_managed(used.only):
        return Members(
            doubt=used.doubt or f"the launch template of {resource.address} is not managed here"
        ), []
    groups = template_groups(names, used.only, dig(resource.values, "launch_template", 0, "version"))
    if groups.doubt or groups.items:
        return groups, [names.cite(used.only)]
    return default


def template_groups(names: Names, launch: Resource, version: object) -> Members:
    """The security groups of a launch template, none where it names none."""
    latest, default = (launch.values.get(key) for key in ("latest_version", "default_version"))
    used = {"$Latest": str(latest), "$Default": str(default)}.get(str(version), str(version))
    if is_text(version) and is_text(launch.values.get("id")) and used != str(latest):
        return Members(doubt=f"version {version} of {launch.address} may differ from the one written here")
    if is_text(version) and str(version) not in {"1", "$Latest", "$Default"} and latest is UNKNOWN:
        return Members(doubt=f"nothing tells what version {version} of {launch.address} holds")
    if launch.values.get("network_interfaces"):
        blocks = launch.values["network_interfaces"]
        if blocks is UNKNOWN or len(blocks) != 1:
            return Members(doubt=f"nothing tells which interface of {launch.address} matters")
        return names.many(launch, "network_interfaces", 0, "security_groups", type_="aws_security_group")
    groups = names.many(launch, "vpc_security_group_ids", type_="aws_security_group")
    return Members() if groups.is_left else groups


def _may_take(profile: Resource, manifest: Manifest) -> bool:
    """Whether a Fargate profile's selectors take the pods, or may do so."""
    selectors = profile.values.get("selector")
    if not isinstance(selectors, list | tuple):
        return True
    return any(_selects(one, manifest) is not False for one in selectors)


def _is_unsure(profile: Resource, manifest: Manifest) -> bool:
    selectors = profile.values.get("selector")
    known = selectors if isinstance(selectors, list | tuple) else ()
    return not any(_selects(one, manifest) is True for one in known)


def _selects(selector: object, manifest: Manifest) -> bool | None:
    namespace, wanted = dig(selector, "namespace"), dig(selector, "labels") or {}
    if not is_text(namespace) or not isinstance(wanted, Mapping):
        return None
    has = labels(manifest)
    fits = all(key in has and fnmatch.fnmatchcase(str(has[key]), str(value)) for key, value in wanted.items())
    return fits and fnmatch.fnmatchcase(manifest.namespace, namespace)
