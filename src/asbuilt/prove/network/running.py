"""Whether anything runs behind a name.

A database cluster is only an address until it has an instance (Amazon Aurora User Guide, "Amazon Aurora DB
clusters"); a service, a group or a function may be told to run nothing.
"""

from asbuilt.infrastructure import Resource
from asbuilt.prove.network.names import Names

_INSTANCES = {  # types of clusters, and those of what runs in them
    "aws_docdb_cluster": "aws_docdb_cluster_instance",
    "aws_neptune_cluster": "aws_neptune_cluster_instance",
    "aws_rds_cluster": "aws_rds_cluster_instance",
}
_COUNTS = {  # the argument that says how many run, or may run
    "aws_autoscaling_group": "max_size",
    "aws_ecs_service": "desired_count",
    "aws_lambda_function": "reserved_concurrent_executions",
}


def idleness(names: Names, resource: Resource) -> str:
    """Why nothing may run behind a resource; empty where nothing says so."""
    values = resource.values
    if resource.type in _INSTANCES:
        alone = values.get("db_cluster_instance_class") or values.get("engine_mode") == "serverless"
        there = names.pointing(resource, _INSTANCES[resource.type], "cluster_identifier")
        return "" if alone or there else f"{resource.address} has no instance"
    count = _COUNTS.get(resource.type)
    if count and isinstance(values.get(count), int | float) and values[count] == 0:
        return f"{count} of {resource.address} is 0"
    for one in names.surely_pointing(resource, "aws_ec2_instance_state", "instance_id"):
        if one.values.get("state") == "stopped":
            return f"{one.address} stops {resource.address}"
    return ""
