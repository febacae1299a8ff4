"""What stands at an end of an arrow: which network interfaces its packets leave from or arrive at."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from asbuilt.infrastructure import Manifest, Resource
from asbuilt.prove.network.interfaces import Interface, Interfaces, plain, with_default
from asbuilt.prove.network.kubernetes import control_plane, nodes, pods, template_groups
from asbuilt.prove.network.members import Members, canonical, dig
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.public import public_by_subnet
from asbuilt.prove.network.running import idleness
from asbuilt.prove.network.subnets import Subnets
from asbuilt.prove.network.workloads import is_workload

_Resolve = Callable[["Endpoints", Resource], Interfaces]


class Endpoints:
    """The interfaces of everything in one infrastructure."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._subnets = Subnets(names)
        self._cache: dict[Resource | Manifest, Interfaces] = {}

    def of(self, thing: Resource | Manifest) -> Interfaces:
        """The interfaces of one instance of a resource, or of an object's pods."""
        if thing not in self._cache:
            self._cache[thing] = self._resolve(thing)
        return self._cache[thing]

    def _resolve(self, thing: Resource | Manifest) -> Interfaces:
        if isinstance(thing, Manifest):
            if is_workload(thing):
                return self._made(pods(self.names, thing))
            return Interfaces(
                doubt=f"{thing.name}: a {thing.kind} has no network interfaces that are known here"
            )
        if not self.names.is_managed(thing):
            return Interfaces(doubt=f"{thing.address} is only read here, not managed")
        if idle := idleness(self.names, thing):
            return Interfaces(doubt=idle)
        special = _SPECIAL.get(canonical(thing.type))
        found = special(self, thing) if special else plain(self.names, thing)
        if found is None:
            return Interfaces(doubt=f"the prover does not know where a {thing.type} has network interfaces")
        return self._made(found)

    def _made(self, found: Interfaces) -> Interfaces:
        """The same, unless AWS refuses to make one of their subnets."""
        subnets = (subnet for item in found.items for subnet in item.subnets.items)
        refused = self._subnets.refused(subnets)
        return Interfaces(doubt=refused) if refused else found

    def _all(self, owner: Resource, others: Iterable[Resource], missing: str) -> Interfaces:
        """The interfaces of several resources, which are the owner's too."""
        found = [self.of(one) for one in others]
        doubt = next((one.doubt for one in found if one.doubt), "" if found else missing)
        evidence = self.names.cite(owner)
        items = [
            replace(item, owner=owner.address, evidence=(evidence, *item.evidence))
            for one in found
            for item in one.items
        ]
        exact = all(one.exact for one in found)
        return Interfaces(() if doubt else tuple(items), doubt, exact)

    def _of_members(self, owner: Resource, members: Members, missing: str) -> Interfaces:
        if members.doubt:
            return Interfaces(doubt=members.doubt)
        found = self._all(owner, members.items, missing)
        return replace(found, exact=found.exact and members.exact)

    def _batch_environment(self, resource: Resource) -> Interfaces:
        """AWS Batch User Guide, "Compute environment parameters": groups here, or in the launch template."""
        names, block = self.names, ("compute_resources", 0)
        subnets = names.many(resource, *block, "subnets", type_="aws_subnet")
        groups = names.many(resource, *block, "security_group_ids", type_="aws_security_group")
        evidence = [names.cite(resource)]
        launch = dig(resource.values, *block, "launch_template", 0)
        if not groups.doubt and not groups.items and launch is not None:
            used = names.one(
                resource, *block, "launch_template", 0, "launch_template_id", type_="aws_launch_template"
            )
            if used.only:
                evidence.append(names.cite(used.only))
                groups = template_groups(names, used.only, dig(launch, "version"))
        if doubt := subnets.doubt or groups.doubt:
            return Interfaces(doubt=doubt)
        if not subnets.items or not groups.items:
            return Interfaces(doubt=f"nothing tells the subnets and security groups of {resource.address}")
        public = public_by_subnet(names, resource.address, subnets)
        return Interfaces((Interface(resource.address, groups, subnets, tuple(evidence), public),))

    def _batch_queue(self, resource: Resource) -> Interfaces:
        """A queue's jobs run in any of its compute environments."""
        names, type_ = self.names, "aws_batch_compute_environment"
        blocks = resource.values.get("compute_environment_order") or ()
        found = [
            names.one(resource, "compute_environment_order", index, "compute_environment", type_=type_)
            for index in range(len(blocks))
        ]
        found += [names.many(resource, "compute_environments", type_=type_)]
        return self._of_members(
            resource, Members.union(found), f"{resource.address} names no compute environment"
        )

    def _batch_job(self, resource: Resource) -> Interfaces:
        """Nothing ties a job definition to a queue, so its jobs may run from any that is here."""
        queues = list(self.names.infrastructure.of_type("aws_batch_job_queue"))
        return self._all(resource, queues, "no aws_batch_job_queue is managed here")

    def _autoscaling(self, resource: Resource) -> Interfaces:
        names = self.names
        subnets = names.many(resource, "vpc_zone_identifier", type_="aws_subnet")
        used = names.one(resource, "launch_template", 0, "id", type_="aws_launch_template")
        if subnets.doubt or not subnets.items or not used.only:
            return Interfaces(
                doubt=f"nothing tells the subnets and the launch template of {resource.address}"
            )
        version = dig(resource.values, "launch_template", 0, "version")
        groups = with_default(names, template_groups(names, used.only, version), subnets)
        evidence = (names.cite(resource), names.cite(used.only))
        public = public_by_subnet(names, resource.address, subnets)
        return Interfaces((Interface(resource.address, groups, subnets, evidence, public),), groups.doubt)

    def _efs(self, resource: Resource) -> Interfaces:
        """A file system is reached through its mount targets (Amazon EFS User Guide, "How it works")."""
        targets = self.names.pointing(resource, "aws_efs_mount_target", "file_system_id")
        sure = self.names.surely_pointing(resource, "aws_efs_mount_target", "file_system_id")
        if len(sure) < len(targets):
            return Interfaces(doubt=f"nothing tells which mount targets {resource.address} has")
        return self._all(resource, targets, f"{resource.address} has no mount target")

    def _through(self, argument: str, type_: str) -> Callable[[Resource], Interfaces]:
        def resolve(resource: Resource) -> Interfaces:
            missing = f"nothing tells the {type_} of {resource.address}"
            return self._of_members(resource, self.names.one(resource, argument, type_=type_), missing)

        return resolve


def _via(argument: str, type_: str) -> _Resolve:
    return lambda endpoints, resource: endpoints._through(argument, type_)(resource)


_SPECIAL: dict[str, _Resolve] = {
    "aws_autoscaling_group": Endpoints._autoscaling,
    "aws_batch_compute_environment": Endpoints._batch_environment,
    "aws_batch_job_definition": Endpoints._batch_job,
    "aws_batch_job_queue": Endpoints._batch_queue,
    "aws_docdb_cluster_instance": _via("cluster_identifier", "aws_docdb_cluster"),
    "aws_efs_access_point": _via("file_system_id", "aws_efs_file_system"),
    "aws_efs_file_system": Endpoints._efs,
    "aws_eks_cluster": lambda endpoints, resource: control_plane(endpoints.names, resource),
    "aws_eks_fargate_profile": lambda endpoints, resource: nodes(endpoints.names, resource),
    "aws_eks_node_group": lambda endpoints, resource: nodes(endpoints.names, resource),
    "aws_lb_listener": _via("load_balancer_arn", "aws_lb"),
    "aws_neptune_cluster_instance": _via("cluster_identifier", "aws_neptune_cluster"),
    "aws_rds_cluster_instance": _via("cluster_identifier", "aws_rds_cluster"),
}
