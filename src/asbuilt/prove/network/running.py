"""Whether anything runs behind a name.

A database cluster is only an address until it has an instance (Amazon Aurora User Guide, "Amazon Aurora DB
clusters"); a service, a group, a compute environment or a function may be told to run nothing.
"""

from asbuilt.infrastructure import Resource
from asbuilt.prove.network.members import dig, is_text
from asbuilt.prove.network.names import Names

_INSTANCES = {  # types of clusters, and those of what runs in them
    "aws_docdb_cluster": "aws_docdb_cluster_instance",
    "aws_neptune_cluster": "aws_neptune_cluster_instance",
    "aws_rds_cluster": "aws_rds_cluster_instance",
}
_COUNTS: dict[str, tuple[tuple[str | int, ...], ...]] = {  # what says how many run, or may run
    "aws_autoscaling_group": (("max_size",), ("desired_capacity",)),
    "aws_batch_compute_environment": (("compute_resources", 0, "max_vcpus"),),
    "aws_ecs_service": (("desired_count",),),
    "aws_eks_node_group": (("scaling_config", 0, "desired_size"),),
    "aws_lambda_function": (("reserved_concurrent_executions",),),
}


def idleness(names: Names, resource: Resource) -> str:
    """Why nothing may run behind a resource; empty where nothing says so."""
    values = resource.values
    if resource.type in _INSTANCES:
        alone = values.get("db_cluster_instance_class") or values.get("engine_mode") == "serverless"
        there = names.pointing(resource, _INSTANCES[resource.type], "cluster_identifier")
        return "" if alone or there else f"{resource.address} has no instance"
    for path in _COUNTS.get(resource.type, ()):
        count = dig(values, *path)
        if isinstance(count, int | float) and count == 0:
            return f"{path[-1]} of {resource.address} is 0"
    if resource.type == "aws_batch_compute_environment" and values.get("state") == "DISABLED":
        return f"{resource.address} is disabled"
    return _stopped(names, resource)


def _stopped(names: Names, resource: Resource) -> str:
    """What stops a resource; an instance state names a database by its identifier."""
    stops = names.surely_pointing(resource, "aws_ec2_instance_state", "instance_id")
    if resource.type == "aws_db_instance":
        called = resource.values.get("identifier")
        states = names.infrastructure.of_type("aws_rds_instance_state")
        stops = [one for one in states if is_text(called) and one.values.get("identifier") == called]
    stopping = (one for one in stops if one.values.get("state") == "stopped")
    return next((f"{one.address} stops {resource.address}" for one in stopping), "")
