"""What AWS creates by itself along with a resource, and which other resources refer to.

A VPC comes with a security group, a network ACL and a route table (Amazon VPC User Guide, "Default
security groups", "Default network ACL", "Main route table"), an EKS cluster with its cluster security
group (Amazon EKS User Guide, "Security group requirements"), a gateway endpoint with the prefix list
of its service.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from asbuilt.infrastructure import Infrastructure, Resource, Symbol

_OF_VPC = (  # the VPC's attribute, its type, the type that takes it over, the argument that names it
    ("default_security_group_id", "aws_security_group", "aws_default_security_group", "vpc_id"),
    ("default_network_acl_id", "aws_network_acl", "aws_default_network_acl", "default_network_acl_id"),
    ("default_route_table_id", "aws_route_table", "aws_default_route_table", "default_route_table_id"),
)
_CALLED = {
    "aws_security_group": "the default security group",
    "aws_network_acl": "the default network ACL",
    "aws_route_table": "the main route table",
}


@dataclass(frozen=True, slots=True)
class Implied:
    """A thing that exists because of `owner`; `reference` is how expressions name it.

    `thing` is the resource that takes it over (`aws_default_network_acl` and its like), or stands for it
    where nothing does; `sure` says whether that can be told.
    """

    owner: Resource
    reference: str
    thing: Resource
    sure: bool = True


def implied(infrastructure: Infrastructure) -> Iterator[Implied]:
    """Everything that AWS creates by itself along with the managed resources."""
    for vpc in infrastructure.of_type("aws_vpc"):
        for attribute, type_, taker, argument in _OF_VPC:
            yield from _of_vpc(infrastructure, vpc, attribute, type_, taker, argument)
    for cluster in infrastructure.of_type("aws_eks_cluster"):
        reference = f"{cluster.address}.vpc_config[0].cluster_security_group_id"
        block = cluster.values.get("vpc_config")
        known = block[0].get("cluster_security_group_id") if isinstance(block, list) and block else None
        name = f"the cluster security group of {cluster.address}"
        yield _stand_in(cluster, reference, known, "aws_security_group", name)
    for endpoint in infrastructure.of_type("aws_vpc_endpoint"):
        reference, service = f"{endpoint.address}.prefix_list_id", endpoint.values.get("service_name")
        known = endpoint.values.get("prefix_list_id")
        yield _stand_in(endpoint, reference, known, "aws_ec2_managed_prefix_list", str(service))


def _of_vpc(
    infrastructure: Infrastructure, vpc: Resource, attribute: str, type_: str, taker: str, argument: str
) -> Iterator[Implied]:
    reference = f"{vpc.address}.{attribute}"
    takers = list(infrastructure.of_type(taker))
    for resource in takers:
        if _takes_over(resource, argument, vpc, attribute):
            yield Implied(vpc, reference, resource)
            return
    every_vpc = list(infrastructure.of_type("aws_vpc"))
    sure = all(any(_takes_over(one, argument, other, attribute) for other in every_vpc) for one in takers)
    name = f"{_CALLED[type_]} of {vpc.address}"
    yield _stand_in(vpc, reference, vpc.values.get(attribute), type_, name, sure)


def _takes_over(resource: Resource, argument: str, vpc: Resource, attribute: str) -> bool:
    reference, value = f"{vpc.address}.{attribute}", resource.values.get(argument)
    if _is_plain(value) and value in {vpc.values.get(attribute), f"${{{reference}}}"}:
        return True
    same_vpc = {vpc.values.get("id"), f"${{{vpc.address}.id}}"}
    return reference in resource.references.get(argument, ()) or resource.values.get("vpc_id") in same_vpc


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _stand_in(
    owner: Resource, reference: str, known: object, type_: str, name: str, sure: bool = True
) -> Implied:
    identifier = known if _is_plain(known) else Symbol(f"${{{reference}}}")
    vpc = owner.values.get("id", Symbol(f"${{{owner.address}.id}}")) if owner.type == "aws_vpc" else None
    values = {"id": identifier, "name": name, "vpc_id": vpc}
    return Implied(owner, reference, Resource(name, type_, values, {}, owner.location, owner.provider), sure)
