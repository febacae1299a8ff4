"""Where a resource's network interfaces are: their subnets, and the security groups on them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.network.logic import every, refuted, unknown, whichever
from asbuilt.prove.network.members import Members, canonical, dig
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.public import public_address
from asbuilt.prove.network.subnets import one_zone
from asbuilt.prove.verdicts import Evidence, Finding

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Interface:
    """Interfaces that are alike. `owner` has them; `groups` is None where no group filters them.

    `public` says whether they have an address that the internet reaches; None stands for no.
    """

    owner: str
    groups: Members | None
    subnets: Members
    evidence: tuple[Evidence, ...]
    public: Finding | None = None

    @property
    def has_public_address(self) -> Finding:
        """Whether the internet reaches them by an address of their own."""
        return self.public or refuted(f"{self.owner} has no public address")


@dataclass(frozen=True, slots=True)
class Interfaces:
    """All interfaces that one thing has.

    `doubt` says why they cannot be told, and `exact` is false where they are some of these.
    """

    items: tuple[Interface, ...] = ()
    doubt: str = ""
    exact: bool = True

    def all(self, judge: Callable[[Interface], Finding]) -> Finding:
        """What `judge` says of all of them."""
        if self.doubt:
            return unknown(self.doubt)
        findings = [judge(item) for item in self.items]
        return every(findings) if self.exact else whichever(findings)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which arguments of a type hold its groups and its subnets, or the subnet group that holds them."""

    groups: Path
    subnets: Path
    subnet_group: str = ""


_SHAPES = {
    "aws_db_instance": _Shape(("vpc_security_group_ids",), ("db_subnet_group_name",), "aws_db_subnet_group"),
    "aws_db_proxy": _Shape(("vpc_security_group_ids",), ("vpc_subnet_ids",)),
    "aws_docdb_cluster": _Shape(
        ("vpc_security_group_ids",), ("db_subnet_group_name",), "aws_docdb_subnet_group"
    ),
    "aws_ecs_service": _Shape(
        ("network_configuration", 0, "security_groups"), ("network_configuration", 0, "subnets")
    ),
    "aws_efs_mount_target": _Shape(("security_groups",), ("subnet_id",)),
    "aws_elasticache_cluster": _Shape(
        ("security_group_ids",), ("subnet_group_name",), "aws_elasticache_subnet_group"
    ),
    "aws_elasticache_replication_group": _Shape(
        ("security_group_ids",), ("subnet_group_name",), "aws_elasticache_subnet_group"
    ),
    "aws_elasticache_serverless_cache": _Shape(("security_group_ids",), ("subnet_ids",)),
    "aws_elasticsearch_domain": _Shape(
        ("vpc_options", 0, "security_group_ids"), ("vpc_options", 0, "subnet_ids")
    ),
    "aws_instance": _Shape(("vpc_security_group_ids",), ("subnet_id",)),
    "aws_lambda_function": _Shape(("vpc_config", 0, "security_group_ids"), ("vpc_config", 0, "subnet_ids")),
    "aws_lb": _Shape(("security_groups",), ("subnets",)),
    "aws_mq_broker": _Shape(("security_groups",), ("subnet_ids",)),
    "aws_msk_cluster": _Shape(
        ("broker_node_group_info", 0, "security_groups"), ("broker_node_group_info", 0, "client_subnets")
    ),
    "aws_neptune_cluster": _Shape(
        ("vpc_security_group_ids",), ("neptune_subnet_group_name",), "aws_neptune_subnet_group"
    ),
    "aws_network_interface": _Shape(("security_groups",), ("subnet_id",)),
    "aws_opensearch_domain": _Shape(
        ("vpc_options", 0, "security_group_ids"), ("vpc_options", 0, "subnet_ids")
    ),
    "aws_rds_cluster": _Shape(("vpc_security_group_ids",), ("db_subnet_group_name",), "aws_db_subnet_group"),
    "aws_redshift_cluster": _Shape(
        ("vpc_security_group_ids",), ("cluster_subnet_group_name",), "aws_redshift_subnet_group"
    ),
    "aws_vpc_endpoint": _Shape(("security_group_ids",), ("subnet_ids",)),
}
_OUTSIDE_UNLESS = {  # types that are in a VPC only when they are given this block
    "aws_elasticsearch_domain": "vpc_options",
    "aws_lambda_function": "vpc_config",
    "aws_opensearch_domain": "vpc_options",
}


def is_outside(resource: Resource) -> bool:
    """Whether a resource that may be in a VPC surely is in none."""
    block = _OUTSIDE_UNLESS.get(resource.type)
    if not block or resource.values.get(block) is UNKNOWN:
        return False
    subnets = dig(resource.values, *_SHAPES[resource.type].subnets)
    return subnets is not UNKNOWN and not subnets


def plain(names: Names, resource: Resource) -> Interfaces | None:
    """The interfaces of a resource that has its own; nothing for other types."""
    shape = _SHAPES.get(canonical(resource.type))
    if not shape:
        return None
    if is_outside(resource):
        return Interfaces(doubt=f"{resource.address} is not in a VPC")
    subnets, cited = _subnets(names, resource, shape)
    evidence = (names.cite(resource), *cited)
    if doubt := _unclear(resource) or subnets.doubt:
        return Interfaces(doubt=doubt)
    if not subnets.items:
        return Interfaces(doubt=f"nothing tells which subnets {resource.address} is in")
    groups = _attached(names, resource, names.many(resource, *shape.groups, type_="aws_security_group"))
    filtered = None if is_unfiltered(resource) else with_default(names, groups, subnets)
    public = public_address(names, resource, subnets)
    return Interfaces((Interface(resource.address, filtered, subnets, evidence, public),))


def _unclear(resource: Resource) -> str:
    """Why the written groups and subnets of a resource are not all that matters."""
    values = resource.values
    if resource.type == "aws_instance":
        for argument in ("network_interface", "launch_template", "security_groups"):
            if values.get(argument) and not _has_groups(resource):
                return f"{resource.address} takes its security groups from {argument}, which is not followed"
    if resource.type == "aws_vpc_endpoint" and values.get("vpc_endpoint_type") != "Interface":
        return f"{resource.address} is no interface endpoint"
    if canonical(resource.type) == "aws_lb" and values.get("load_balancer_type") == "gateway":
        return f"{resource.address} is a gateway load balancer, which is not followed"
    return ""


def _has_groups(resource: Resource) -> bool:
    argument = "vpc_security_group_ids"
    value = resource.values.get(argument)
    return argument in resource.references if value is UNKNOWN else bool(value)


def _subnets(names: Names, resource: Resource, shape: _Shape) -> tuple[Members, list[Evidence]]:
    if not shape.subnet_group:
        subnets = names.many(resource, *shape.subnets, type_="aws_subnet")
        if canonical(resource.type) == "aws_lb" and (subnets.is_left or not subnets.items):
            subnets = Members.union(_mapped(names, resource))
        return subnets, []
    group = names.one(resource, *shape.subnets, type_=shape.subnet_group)
    if group.doubt or not group.items:
        return replace(
            group, doubt=group.doubt or f"nothing tells the subnet group of {resource.address}"
        ), []
    parts = [names.many(one, "subnet_ids", type_="aws_subnet") for one in group.items]
    lone = next(
        (why for one, part in zip(group.items, parts, strict=True) if (why := one_zone(one, part))), ""
    )
    missing = next((one for one, part in zip(group.items, parts, strict=True) if not part.items), None)
    together = Members.union(parts)
    exact = together.exact and group.exact
    doubt = (
        together.doubt
        or lone
        or (f"the subnets of {missing.address} are not managed here" if missing else "")
    )
    return replace(together, exact=exact, doubt=doubt), [names.cite(one) for one in group.items]


def _mapped(names: Names, balancer: Resource) -> Iterator[Members]:
    for block in balancer.values.get("subnet_mapping") or ():
        yield names.given(balancer, dig(block, "subnet_id"), "subnet_mapping.subnet_id", "aws_subnet")


def is_unfiltered(resource: Resource) -> bool:
    """A network load balancer made without security groups has none, ever.

    Elastic Load Balancing, "Update the security groups for your Network Load Balancer".
    """
    if canonical(resource.type) != "aws_lb" or resource.values.get("load_balancer_type") != "network":
        return False
    groups = resource.values.get("security_groups")
    return not groups and (groups is not UNKNOWN or "security_groups" not in resource.references)


def with_default(names: Names, groups: Members, subnets: Members) -> Members:
    """`groups`, or where none is given the default group of the subnets' VPC."""
    if not groups.is_left and (groups.items or groups.doubt):
        return groups
    vpcs = {names.vpc_of(subnet) for subnet in subnets.items}
    found = [names.implied.get((vpc, "aws_security_group")) if vpc else None for vpc in vpcs]
    if len(found) != 1 or found[0] is None:
        return Members(doubt="the default security group that applies is not managed here")
    return Members((found[0].thing,))


def _attached(names: Names, resource: Resource, groups: Members) -> Members:
    """`groups` and those that are attached to an interface afterwards."""
    if resource.type not in {"aws_instance", "aws_network_interface"}:
        return groups
    later = []
    for one in names.infrastructure.of_type("aws_network_interface_sg_attachment"):
        is_here = _is_attached(one, resource)
        if is_here is not False:
            group = names.one(one, "security_group_id", type_="aws_security_group")
            later.append(replace(group, exact=group.exact and is_here is True))
    return Members.union((groups, *later)) if later and not groups.is_left else groups


def _is_attached(attachment: Resource, resource: Resource) -> bool | None:
    """Whether an attachment is to a resource's interface; None where nothing tells."""
    argument = "network_interface_id"
    interface, mentioned = attachment.values.get(argument), attachment.references.get(argument, ())
    if interface is not UNKNOWN:
        return interface in {resource.values.get(key) for key in ("id", "primary_network_interface_id")}
    if resource.address in mentioned:
        return True if resource.address != resource.block or len(mentioned) == 2 else None
    named = any(name.startswith(("aws_instance.", "aws_network_interface.")) for name in mentioned)
    return False if named and resource.block not in mentioned else None
