"""Which resources an argument names: by id, by symbol, or by what its expression mentions."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Infrastructure, Resource
from asbuilt.infrastructure.model import module_of
from asbuilt.prove.network.implied import Implied, implied
from asbuilt.prove.network.members import Members, canonical, chains, dig, is_text, region_of
from asbuilt.prove.verdicts import Evidence

_NAMED = {  # types that others call by name
    "aws_autoscaling_group",
    "aws_db_subnet_group",
    "aws_ecs_cluster",
    "aws_eks_cluster",
    "aws_elasticache_subnet_group",
    "aws_launch_template",
    "aws_lb_target_group",
    "aws_neptune_subnet_group",
    "aws_docdb_subnet_group",
    "aws_redshift_subnet_group",
}
_APART = {  # types none of whose attributes is an id of another type that an argument here may take
    "aws_db_subnet_group",
    "aws_ec2_transit_gateway",
    "aws_ecr_repository",
    "aws_eip",
    "aws_iam_instance_profile",
    "aws_iam_role",
    "aws_internet_gateway",
    "aws_kms_key",
    "aws_launch_template",
    "aws_lb_target_group",
    "aws_nat_gateway",
    "aws_route_table",
    "aws_s3_bucket",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc_peering_connection",
}
_OWN = {
    "arn",
    "cidr_block",
    "id",
    "ipv6_cidr_block",
    "latest_version",
    "name",
}  # attributes that name nothing else
_INSIDE_VPC = {"aws_route_table", "aws_subnet"}  # a set of these must be known in full


class Names:
    """Everything of one infrastructure, by what it is called."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self.infrastructure = infrastructure
        self._called: defaultdict[tuple[str, str], dict[Resource, None]] = defaultdict(dict)
        self._managed_of: defaultdict[str, list[Resource]] = defaultdict(list)
        self._by_reference: dict[str, Resource] = {}
        self._owners: dict[Resource, Resource] = {}
        self._pointing: dict[tuple[str, ...], dict[Resource | None, list[Resource]]] = {}
        self.implied: dict[tuple[Resource, str], Implied] = {}
        self._managed = {resource for resource in infrastructure.resources if not resource.is_data}
        self._vpcs: dict[Resource, Resource | None] = {}
        for resource in infrastructure.resources:
            self._index(resource)
        for thing in implied(infrastructure):
            self._index_implied(thing)
        reads = (
            one for one in infrastructure.resources if one.is_data and one.type != "aws_iam_policy_document"
        )
        self._reads_later = any(not is_text(one.values.get("id")) for one in reads)

    def _index(self, resource: Resource) -> None:
        type_, address = canonical(resource.type), resource.address
        names = {f"${{{address}.id}}", f"${{{address}.arn}}"}
        attributes = ("id", "arn", "name") if type_ in _NAMED else ("id", "arn")
        names.update(
            value for one in attributes if isinstance(value := resource.values.get(one), str) and value
        )
        for name in names:
            self._called[type_, name][resource] = None
        if not resource.is_data:
            self._managed_of[type_].append(resource)

    def _index_implied(self, thing: Implied) -> None:
        type_ = canonical(thing.thing.type)
        self.implied[thing.owner, type_] = thing
        self._by_reference[thing.reference] = thing.thing
        known = thing.owner.values.get(thing.reference.rpartition(".")[2])
        for name in (known, thing.thing.values.get("id"), f"${{{thing.reference}}}"):
            if isinstance(name, str) and not self._called.get((type_, name)):
                self._called[type_, name][thing.thing] = None
        self._owners[thing.thing] = thing.owner
        self._managed.add(thing.thing)

    def is_managed(self, resource: Resource) -> bool:
        """Whether the files create it, or AWS does along with what they create."""
        return resource in self._managed

    def cite(self, resource: Resource) -> Evidence:
        """The evidence that a resource gives; for what AWS creates by itself, that of its owner."""
        is_real = resource.address in self.infrastructure.by_address
        return Evidence.of(resource if is_real else self._owners.get(resource, resource))

    def call(self, type_: str, name: str) -> Members:
        """What is called `name` (an id, an ARN, a symbol). What nothing here is called stands for itself."""
        found = list(self._called.get((type_, name), ()))
        managed = [resource for resource in found if self.is_managed(resource)] or found
        if len(managed) > 1:
            return Members(doubt=f"{managed[0].address} and {managed[1].address} are both called {name}")
        if not managed:
            stranger = Resource(name, type_, {"id": name})
            self._called[type_, name][stranger] = None
            managed = [stranger]
        return Members((managed[0],))

    def one(self, resource: Resource, *path: str | int, type_: str) -> Members:
        """The resource that an argument taking one id names."""
        return self._members(resource, dig(resource.values, *path), _dotted(path), type_, False)

    def many(self, resource: Resource, *path: str | int, type_: str) -> Members:
        """The resources that an argument taking several ids names, or one where it is called `…_id`."""
        several = not str(path[-1]).endswith("_id")
        return self._members(resource, dig(resource.values, *path), _dotted(path), type_, several)

    def given(self, resource: Resource, value: Any, argument: str, type_: str) -> Members:
        """The resource that `value`, found somewhere in `argument`, names."""
        return self._members(resource, value, argument, type_, False)

    def _members(self, resource: Resource, value: Any, argument: str, type_: str, many: bool) -> Members:
        if value is UNKNOWN:
            return self._mentioned(resource, argument, type_, many)
        if isinstance(value, list | tuple):
            parts = (self._members(resource, item, argument, type_, False) for item in value)
            return Members.union(parts)
        return self.call(type_, value) if isinstance(value, str) and value else Members()

    def _mentioned(self, resource: Resource, argument: str, type_: str, many: bool) -> Members:
        """Candidates for an unknown value.

        An id that a plan does not know yet is that of something it creates. It is one of those that the
        expression mentions, unless the expression mentions something that may hold any: a local value, a
        loop's value, a module's output.
        """
        mentioned = resource.references.get(argument, ())
        if not mentioned:
            return Members(doubt=f"{resource.address} leaves {argument} to AWS", is_left=True)
        doubt = Members(doubt=f"{resource.address}: the plan does not tell what {argument} will be")
        found = list(chains(mentioned))
        named = dict.fromkeys(one for chain in found for one in self._candidates(chain, type_))
        if not named or any(self._may_hold_any(chain, type_, many) for chain in found):
            if self._reads_later:
                return doubt
            named = dict.fromkeys(self._managed_of[type_])
        is_open = many and type_ in _INSIDE_VPC and any(is_text(one.values.get("vpc_id")) for one in named)
        return doubt if is_open or not named else Members(tuple(named), exact=len(named) == 1)

    def _candidates(self, chain: Sequence[str], type_: str) -> list[Resource]:
        for name in chain:
            if name in self._by_reference:
                thing = self._by_reference[name]
                return [thing] if canonical(thing.type) == type_ else []
        for name in chain:
            found = self.infrastructure.by_address.get(name, ())
            if found:
                return [one for one in found if canonical(one.type) == type_]
        return []

    def _may_hold_any(self, chain: Sequence[str], type_: str, many: bool) -> bool:
        """Whether a reference may stand for an id of this type that it does not name."""
        name = chain[0]
        head = name[len(module_of(name)) :].partition(".")[0]
        if head in {"count", "path", "terraform"}:
            return False
        if name.endswith("each.key") or (head == "var" and not module_of(name)):
            return many
        if self._candidates(chain, type_):
            return False
        is_own = (
            len(chain) > 1 and name.rpartition(".")[2] in _OWN and head not in {"data", "local", "module"}
        )
        return not is_own and canonical(head) not in _APART

    def pointing(self, target: Resource, type_: str, argument: str) -> list[Resource]:
        """The managed resources of a type whose argument names `target`, or may do so."""
        kind = canonical(target.type)
        key = (kind, type_, argument)
        if key not in self._pointing:
            found: defaultdict[Resource | None, list[Resource]] = defaultdict(list)
            for one in self.infrastructure.of_type(type_):
                named = self.one(one, argument, type_=kind)
                for item in (None,) if named.doubt and not named.is_left else named.items:
                    found[item].append(one)
            self._pointing[key] = found
        return self._pointing[key].get(target, []) + self._pointing[key].get(None, [])

    def surely_pointing(self, target: Resource, type_: str, argument: str) -> list[Resource]:
        """Those whose argument names `target` and nothing else."""
        kind = canonical(target.type)
        found = self.pointing(target, type_, argument)
        return [one for one in found if self.one(one, argument, type_=kind).only is target]

    def vpc_of(self, resource: Resource) -> Resource | None:
        """The VPC that a subnet, group, table or gateway surely is in."""
        if resource not in self._vpcs:
            self._vpcs[resource] = self.one(resource, "vpc_id", type_="aws_vpc").only
        return self._vpcs[resource]

    def are_apart(self, one: Resource, other: Resource) -> bool:
        """Whether two resources surely are in different VPCs: AWS refuses to join them."""
        here, there = self.vpc_of(one), self.vpc_of(other)
        return here is not None and there is not None and here is not there

    def same_region(self, one: Resource, other: Resource) -> bool:
        """Whether two resources surely are in one region."""
        here, there = region_of(one), region_of(other)
        return here == there if here and there else one.provider == other.provider


def _dotted(path: tuple[str | int, ...]) -> str:
    """`("vpc_config", 0, "subnet_ids")` → `vpc_config.subnet_ids`, as references name it."""
    return ".".join(step for step in path if isinstance(step, str))
