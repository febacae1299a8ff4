"""Is a node really inside the box it is drawn in?

A box is bound to a subnet, a VPC, a security group, an EKS or ECS cluster, a Kubernetes namespace, an
account (`data.aws_caller_identity`) or a region (`data.aws_region`). A node is inside where all of its
instances, with all of their network interfaces, surely are.
"""

from collections.abc import Callable, Iterable

from asbuilt.infrastructure import Infrastructure, Manifest, Resource
from asbuilt.prove.network.aws import SERVICES
from asbuilt.prove.network.endpoints import Endpoints
from asbuilt.prove.network.interfaces import Interface, is_outside
from asbuilt.prove.network.kubernetes import the_cluster
from asbuilt.prove.network.logic import every, proven, refuted, unknown
from asbuilt.prove.network.members import Members, canonical, is_text, over, region_of
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.services import Services
from asbuilt.prove.verdicts import Evidence, Finding

Thing = Resource | Manifest
_Judge = Callable[["BoxProver", "_Box", Thing], Finding]

_IN_SUBNETS = {  # types without interfaces that are known, and the argument that names their subnets
    "aws_db_subnet_group": "subnet_ids",
    "aws_elasticache_subnet_group": "subnet_ids",
    "aws_nat_gateway": "subnet_id",
}
_IN_VPC = {
    "aws_internet_gateway",
    "aws_lb_target_group",
    "aws_network_acl",
    "aws_route_table",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc_endpoint",
}
_NOWHERE = {  # types that AWS runs outside every VPC, besides those with service endpoints
    "aws_budgets_budget",
    "aws_cloudfront_distribution",
    "aws_cloudtrail",
    "aws_iam_openid_connect_provider",
    "aws_iam_role",
    "aws_route53_zone",
    "aws_wafv2_web_acl",
}
_GLOBAL = (  # beginnings of types that are in no region (AWS General Reference, "Service endpoints")
    "aws_budgets_",
    "aws_cloudfront_",
    "aws_iam_",
    "aws_organizations_",
    "aws_route53_record",
    "aws_route53_zone",
)
_OF_CLUSTER = {"aws_eks_cluster": "cluster_name", "aws_ecs_cluster": "cluster"}


class _Box:
    """A box: its name, and what it is bound to."""

    def __init__(self, name: str, things: Iterable[Thing]) -> None:
        self.name = name
        self.things = list(things)

    @property
    def kind(self) -> str:
        """The type of the resource, or the kind of the object."""
        thing = self.things[0]
        return canonical(thing.type) if isinstance(thing, Resource) else thing.kind


class BoxProver:
    """Judges membership in boxes, for one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._names = Names(infrastructure)
        self._endpoints = Endpoints(self._names)
        self._services = Services(infrastructure)

    def prove(self, box_id: str, node_id: str) -> Finding:
        """Whether all that `node_id` stands for is inside what `box_id` stands for."""
        if node_id.startswith("external/"):
            return refuted(f"{node_id} stands outside what the files create")
        nodes, box = self._infrastructure.find(node_id), _Box(box_id, self._infrastructure.find(box_id))
        if not nodes or not box.things:
            return unknown(f"{box_id if nodes else node_id} is not there")
        judge = _JUDGES.get(box.kind)
        if judge is None:
            return unknown(f"the prover does not know what is inside of {box.kind}")
        return every(judge(self, box, node) for node in nodes)

    def _in_subnet(self, box: _Box, node: Thing) -> Finding:
        return self._by_subnets(node, lambda subnet: self._among(box, node, subnet, subnet))

    def _in_vpc(self, box: _Box, node: Thing) -> Finding:
        if isinstance(node, Resource) and canonical(node.type) in _IN_VPC:
            found = self._names.one(node, "vpc_id", type_="aws_vpc")
            return self._in(found, node, lambda vpc: self._among(box, node, vpc, node))
        return self._by_subnets(node, lambda subnet: self._vpc_among(box, node, subnet))

    def _vpc_among(self, box: _Box, node: Thing, subnet: Resource) -> Finding:
        vpc = self._names.vpc_of(subnet)
        if vpc is None:
            return unknown(f"nothing tells the VPC of {subnet.address}")
        return self._among(box, node, vpc, subnet)

    def _in(self, members: Members, node: Thing, judge: Callable[[Resource], Finding]) -> Finding:
        if not members.items and not members.doubt:
            return unknown(f"nothing tells where {_name(node)} is")
        return over(members, judge)

    def _among(self, box: _Box, node: Thing, place: Resource, cited: Resource) -> Finding:
        if any(place is thing for thing in box.things):
            return proven(self._cite(node), self._names.cite(cited), self._names.cite(place))
        return refuted(f"{_name(node)} is in {place.address}, not in {box.name}")

    def _by_subnets(self, node: Thing, judge: Callable[[Resource], Finding]) -> Finding:
        """What `judge` says of every subnet that a node is in."""
        if isinstance(node, Manifest) and node.kind == "Service":
            workloads = self._services.behind(node)
            ways = [self._by_subnets(workload, judge) for workload in workloads]
            return (
                every((proven(self._cite(node)), *ways))
                if ways
                else unknown(f"{node.name} selects no workload")
            )
        if isinstance(node, Resource):
            kind = canonical(node.type)
            if kind == "aws_subnet":
                return judge(node)
            if kind in _IN_SUBNETS:
                found = self._names.many(node, _IN_SUBNETS[kind], type_="aws_subnet")
                return self._in(found, node, judge)
            if kind in SERVICES or kind in _NOWHERE or is_outside(node):
                return refuted(f"{node.address} is not in a VPC")
        return self._endpoints.of(node).all(lambda item: self._of_interface(item, judge))

    def _of_interface(self, item: Interface, judge: Callable[[Resource], Finding]) -> Finding:
        return every((proven(*item.evidence), over(item.subnets, judge)))

    def _in_group(self, box: _Box, node: Thing) -> Finding:
        return self._endpoints.of(node).all(lambda item: self._wears(box, node, item))

    def _wears(self, box: _Box, node: Thing, item: Interface) -> Finding:
        groups = item.groups or Members()
        if groups.doubt:
            return unknown(groups.doubt)
        worn = [group for group in groups.items if any(group is thing for thing in box.things)]
        if not worn:
            return refuted(f"{_name(node)} is not in {box.name}")
        if not groups.exact:
            return unknown(f"nothing tells whether {_name(node)} is in {box.name}")
        return proven(*item.evidence, *(self._names.cite(group) for group in worn))

    def _in_cluster(self, box: _Box, node: Thing) -> Finding:
        if any(node is thing for thing in box.things):
            return proven(self._cite(node))
        if isinstance(node, Manifest):
            cluster = (
                the_cluster(self._names) if box.kind == "aws_eks_cluster" else "it runs on no ECS cluster"
            )
            if isinstance(cluster, str):
                return unknown(f"{node.name}: {cluster}")
            return self._among(box, node, cluster, cluster)
        argument = _OF_CLUSTER[box.kind]
        if argument in node.values and canonical(node.type).startswith(box.kind.removesuffix("_cluster")):
            found = self._names.one(node, argument, type_=box.kind)
            return self._in(found, node, lambda place: self._among(box, node, place, node))
        if self._is_known(node):
            return refuted(f"{node.address} is no part of {box.name}")
        return unknown(f"the prover does not know whether a {node.type} is part of a cluster")

    def _is_known(self, node: Resource) -> bool:
        kind = canonical(node.type)
        return kind in SERVICES or kind in _NOWHERE or bool(self._endpoints.of(node).items)

    def _in_namespace(self, box: _Box, node: Thing) -> Finding:
        name = _name(box.things[0]).rpartition("/")[2]
        here = node.namespace if isinstance(node, Manifest) else node.values.get("namespace")
        if isinstance(node, Resource) and not node.type.startswith("aws_eks_"):
            return refuted(f"{node.address} is no Kubernetes object")
        if not is_text(here):
            return unknown(f"nothing tells the namespace of {_name(node)}")
        if here == name:
            return proven(self._cite(node), self._cite(box.things[0]))
        return refuted(f"{_name(node)} is in the namespace {here}")

    def _in_account(self, box: _Box, node: Thing) -> Finding:
        return self._same(box, node, "account", lambda one: _account(one))

    def _in_region(self, box: _Box, node: Thing) -> Finding:
        if isinstance(node, Resource) and node.type.startswith(_GLOBAL):
            return refuted(f"{node.address} is of a global service, which is in no region")
        return self._same(box, node, "region", lambda one: _region(one))

    def _same(self, box: _Box, node: Thing, what: str, read: Callable[[Resource], str]) -> Finding:
        """Whether a node's account or region is the box's: by its ARN, or by its provider."""
        home = node if isinstance(node, Resource) else the_cluster(self._names)
        here = box.things[0]
        if isinstance(home, str) or isinstance(here, Manifest):
            return unknown(f"{_name(node)}: {home}")
        its, own = read(home), read(here)
        if its and own and its != own:
            return refuted(f"{_name(node)} is in the {what} {its}, not in {own}")
        if (its and its == own) or (home.provider and home.provider == here.provider):
            return proven(self._cite(node), self._names.cite(home), self._names.cite(here))
        return unknown(f"nothing tells the {what} of {_name(node)}")

    def _cite(self, thing: Thing) -> Evidence:
        return Evidence.of(thing) if isinstance(thing, Manifest) else self._names.cite(thing)


_JUDGES: dict[str, _Judge] = {
    "Namespace": BoxProver._in_namespace,
    "aws_caller_identity": BoxProver._in_account,
    "aws_ecs_cluster": BoxProver._in_cluster,
    "aws_eks_cluster": BoxProver._in_cluster,
    "aws_region": BoxProver._in_region,
    "aws_security_group": BoxProver._in_group,
    "aws_subnet": BoxProver._in_subnet,
    "aws_vpc": BoxProver._in_vpc,
}


def _name(thing: Thing) -> str:
    return thing.address if isinstance(thing, Resource) else thing.name


def _account(resource: Resource) -> str:
    if resource.type == "aws_caller_identity":
        known = resource.values.get("account_id")
        return str(known) if is_text(known) else ""
    arn = resource.values.get("arn")
    parts = str(arn).split(":") if is_text(arn) else []
    return parts[4] if len(parts) > 5 else ""


def _region(resource: Resource) -> str:
    if resource.type == "aws_region":
        known = resource.values.get("name") or resource.values.get("id")
        return str(known) if is_text(known) else ""
    return region_of(resource)
