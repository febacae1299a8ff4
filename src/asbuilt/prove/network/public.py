"""Which resources have an address that the internet reaches."""

from collections.abc import Callable

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.network.logic import proven, refuted, unknown
from asbuilt.prove.network.members import Members, canonical, dig
from asbuilt.prove.network.names import Names
from asbuilt.prove.verdicts import Finding


def public_address(names: Names, resource: Resource, subnets: Members) -> Finding | None:
    """Whether the internet reaches a resource by an address of its own; None stands for no."""
    kind = canonical(resource.type)
    if kind == "aws_lb":
        if resource.values.get("ip_address_type") == "dualstack-without-public-ipv4":
            return unknown(f"{resource.address} has public IPv6 addresses only")
        return _flag(names, resource, "internal", lambda internal: not internal)
    if kind in {"aws_db_instance", "aws_redshift_cluster", "aws_mq_broker"}:
        return _flag(names, resource, "publicly_accessible", bool)
    if kind == "aws_ecs_service":
        value = dig(resource.values, "network_configuration", 0, "assign_public_ip")
        return proven(names.cite(resource)) if value is True else None
    if kind in {"aws_instance", "aws_network_interface"}:
        return _public_instance(names, resource, subnets)
    return None


def _flag(names: Names, resource: Resource, argument: str, is_public: Callable[[object], bool]) -> Finding:
    value = resource.values.get(argument)
    if value is UNKNOWN and argument in resource.references:
        return unknown(f"the plan does not tell whether {resource.address} is {argument}")
    if is_public(None if value is UNKNOWN else value):
        return proven(names.cite(resource))
    said = (
        f"is internal: {argument} is {str(value).lower()}" if argument == "internal" else f"is not {argument}"
    )
    return refuted(f"{resource.address} {said}")


def _public_instance(names: Names, resource: Resource, subnets: Members) -> Finding | None:
    for type_, argument in (("aws_eip", "instance"), ("aws_eip_association", "instance_id")):
        for one in names.surely_pointing(resource, type_, argument):
            if _given_away(names, one):
                return unknown(f"{one.address} is given to something else, too")
            return proven(names.cite(resource), names.cite(one))
    written = resource.values.get("associate_public_ip_address")
    if written is True:
        return proven(names.cite(resource))
    if written is False:
        return None
    return public_by_subnet(names, resource.address, subnets)


def _given_away(names: Names, address: Resource) -> bool:
    """Whether an elastic address is associated once more: it goes to who is last."""
    if address.type == "aws_eip":
        return bool(names.pointing(address, "aws_eip_association", "allocation_id"))
    own = names.one(address, "allocation_id", type_="aws_eip").only
    others = names.pointing(own, address.type, "allocation_id") if own else []
    return len(others) > 1 or bool(own and own.values.get("instance"))


def public_by_subnet(names: Names, owner: str, subnets: Members) -> Finding | None:
    """Whether instances get a public address from their subnets (Amazon VPC User Guide, "IP addressing")."""
    given = [one.values.get("map_public_ip_on_launch") for one in subnets.items]
    if subnets.exact and all(value is True for value in given):
        return proven(*(names.cite(one) for one in subnets.items))
    if any(value not in (False, None) for value in given):
        return unknown(f"nothing tells whether {owner} has a public address")
    return None
