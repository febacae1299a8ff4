"""Where things stand in the network, read from the raw documents."""

import ipaddress
import json
from collections.abc import Iterable
from dataclasses import dataclass

from drills.mutants.cloud import Cloud, Item, is_object


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface: the id of its subnet, and the ids of the security groups it wears."""

    subnet: str
    groups: frozenset[str]


def interfaces(cloud: Cloud, thing: Item) -> list[Interface]:
    """The interfaces something may have; none for what stands in no VPC."""
    if is_object(thing):
        runs = thing["kind"] in {"Deployment", "Job"} and cloud.starts(thing)
        return _nodes(cloud) if runs else []
    values = thing["values"]
    match thing["type"]:
        case "aws_lb":
            return _each(values["subnets"], values["security_groups"])
        case "aws_db_instance":
            group = cloud.by("aws_db_subnet_group", name=values["db_subnet_group_name"])
            return _each(group["subnet_ids"], values["vpc_security_group_ids"]) if group else []
        case "aws_vpc_endpoint":
            return _each(values["subnet_ids"] or [], values["security_group_ids"] or [])
        case "aws_nat_gateway":
            return [Interface(values["subnet_id"], frozenset())]
        case "aws_subnet":
            return [Interface(values["id"], frozenset())]
        case "aws_eks_node_group":
            return _group(cloud, values)
        case "aws_eks_cluster":
            own = values["vpc_config"][0]
            return _each(own["subnet_ids"], [*own["security_group_ids"], own_group(values)])
        case "aws_batch_job_queue":
            return _queue(cloud, values)
        case "aws_batch_job_definition":
            return [one for queue in cloud.all("aws_batch_job_queue") for one in _queue(cloud, queue)]
    return []


def own_group(cluster: Item) -> str:
    """The group that EKS makes for a control plane, which no file creates."""
    return f"{cluster['arn']}/own-group"


def hosts(cloud: Cloud, subnet: str) -> list[str]:
    """The lowest and the highest address that AWS gives out in a subnet: it keeps five of them."""
    found = cloud.by("aws_subnet", id=subnet)
    network = ipaddress.ip_network(found["cidr_block"]) if found else ipaddress.ip_network("192.0.2.0/24")
    return [str(network[4]), str(network[-2])]


def job_role(definition: Item) -> str:
    """The ARN of the role that a Batch job runs under."""
    return str(json.loads(definition["container_properties"]).get("jobRoleArn", ""))


def _nodes(cloud: Cloud) -> list[Interface]:
    """Pods have the groups and subnets of the nodes: the VPC CNI's default."""
    return [one for group in cloud.all("aws_eks_node_group") for one in _group(cloud, group)]


def _group(cloud: Cloud, group: Item) -> list[Interface]:
    template = cloud.by("aws_launch_template", id=group["launch_template"][0]["id"])
    worn = (template or {}).get("vpc_security_group_ids") or []
    return _each(group["subnet_ids"], worn) if cloud.by("aws_eks_cluster", name=group["cluster_name"]) else []


def _queue(cloud: Cloud, queue: Item) -> list[Interface]:
    found: list[Interface] = []
    for order in queue["compute_environment_order"]:
        environment = cloud.by("aws_batch_compute_environment", arn=order["compute_environment"])
        if environment is None:
            return []
        resources = environment["compute_resources"][0]
        found += _each(resources["subnets"], resources["security_group_ids"])
    return found


def _each(subnets: Iterable[str], groups: Iterable[str]) -> list[Interface]:
    return [Interface(subnet, frozenset(groups)) for subnet in subnets]
