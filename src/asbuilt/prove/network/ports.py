"""What a target listens on, where the files say so.

A rule may let packets through to a port on which nothing listens; an arrow to it is then not true.
Default ports are those of each service's user guide.
"""

from collections.abc import Iterable, Mapping

from asbuilt.claims import Network
from asbuilt.infrastructure import UNKNOWN, Manifest, Resource
from asbuilt.prove.network.logic import proven, refuted, unknown
from asbuilt.prove.network.members import canonical, dig, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.workloads import running, template
from asbuilt.prove.verdicts import Finding

_ENGINES = {
    "aurora-mysql": 3306,
    "aurora-postgresql": 5432,
    "docdb": 27017,
    "mariadb": 3306,
    "memcached": 11211,
    "mysql": 3306,
    "neptune": 8182,
    "postgres": 5432,
    "redis": 6379,
    "valkey": 6379,
}
_PREFIXES = {"oracle-": 1521, "sqlserver-": 1433}
_FAMILIES = {"MYSQL": 3306, "POSTGRESQL": 5432, "SQLSERVER": 1433}
_DEFAULTS = {  # where no argument tells the port
    "aws_docdb_cluster": 27017,
    "aws_elasticache_replication_group": 6379,
    "aws_neptune_cluster": 8182,
    "aws_redshift_cluster": 5439,
}
_FIXED: dict[str, tuple[int, ...]] = {
    "aws_efs_file_system": (2049,),
    "aws_elasticache_serverless_cache": (6379, 6380, 11211, 11212),
    "aws_efs_mount_target": (2049,),
    "aws_eks_cluster": (443,),
    "aws_elasticsearch_domain": (443, 80),
    "aws_mq_broker": (443, 5671, 8162, 8883, 61614, 61617, 61619),
    "aws_opensearch_domain": (443, 80),
}
_OWN_PORT = {
    "aws_db_instance",
    "aws_docdb_cluster",
    "aws_elasticache_cluster",
    "aws_elasticache_replication_group",
    "aws_neptune_cluster",
    "aws_rds_cluster",
    "aws_redshift_cluster",
}


def listens(names: Names, target: Resource | Manifest, claim: Network) -> Finding:
    """Whether `target` listens on what is claimed; proven too where the files say nothing about it."""
    if isinstance(target, Manifest):
        return listens_in_pods(target, claim)
    if target.type == "aws_lambda_function":  # AWS Lambda FAQs, on inbound connections
        return refuted(
            f"{target.address} is invoked by Lambda's API and listens on nothing", names.cite(target)
        )
    ports = _ports(names, target)
    if ports is None:
        return proven()
    if not ports:
        return unknown(f"the plan does not tell on which port {target.address} listens")
    if claim.protocol == "tcp" and all(port in ports for port in range(claim.first, claim.last + 1)):
        return proven()
    listening = " and ".join(f"tcp/{port}" for port in ports)
    return refuted(f"{target.address} listens on {listening}, not on {claim}", names.cite(target))


def _ports(names: Names, target: Resource) -> tuple[int, ...] | None:
    """The ports of a target: empty where they should be known and are not, None where nothing tells."""
    kind = canonical(target.type)
    if kind in _FIXED:
        return _FIXED[kind]
    if kind == "aws_msk_cluster":
        return _of_brokers(target)
    if kind in {"aws_rds_cluster_instance", "aws_docdb_cluster_instance", "aws_neptune_cluster_instance"}:
        type_ = kind.removesuffix("_instance")
        cluster = names.one(target, "cluster_identifier", type_=type_).only
        return _ports(names, cluster) if cluster else ()
    if kind == "aws_efs_access_point":
        return _FIXED["aws_efs_mount_target"]
    if kind == "aws_db_proxy":
        return _known(_FAMILIES.get(str(target.values.get("engine_family"))))
    if kind == "aws_vpc_endpoint" and str(target.values.get("service_name")).startswith("com.amazonaws."):
        return None if "vpce-svc" in str(target.values["service_name"]) else (443,)
    return _own_port(target) if kind in _OWN_PORT else None


def _of_brokers(cluster: Resource) -> tuple[int, ...]:
    """The ports of MSK's brokers: what is not encrypted, or not signed in to, only where it is asked for.

    Amazon MSK Developer Guide, "Port information"; without a word clients have to use TLS.
    """
    transit = dig(cluster.values, "encryption_info", 0, "encryption_in_transit", 0, "client_broker")
    sasl = dig(cluster.values, "client_authentication", 0, "sasl", 0)
    open_ = {
        (2181, 2182): True,
        (9092,): transit in ("PLAINTEXT", "TLS_PLAINTEXT", UNKNOWN),
        (9094,): transit != "PLAINTEXT",
        (9096,): dig(sasl, "scram") in (True, UNKNOWN),
        (9098,): dig(sasl, "iam") in (True, UNKNOWN),
    }
    return tuple(port for ports, is_open in open_.items() if is_open for port in ports)


def _own_port(target: Resource) -> tuple[int, ...]:
    """`port`, or the engine's own where it is left to AWS."""
    port = target.values.get("port")
    if isinstance(port, int | float) and port:
        return (int(port),)
    if port is UNKNOWN and "port" in target.references:
        return ()
    engine = str(target.values.get("engine"))
    family = next((port for name, port in _PREFIXES.items() if engine.startswith(name)), None)
    return _known(_ENGINES.get(engine) or family or _DEFAULTS.get(target.type))


def _known(port: int | None) -> tuple[int, ...]:
    return (port,) if port else ()


def container_ports(workload: Manifest) -> list[Mapping[str, object]]:
    """The ports that a workload's containers declare; Kubernetes takes them as a note, not a limit."""
    boxes = running(template(workload).get("spec"))
    found: Iterable[object] = (port for one in boxes for port in one.get("ports") or ())
    return [port for port in found if isinstance(port, Mapping)]


def listens_in_pods(workload: Manifest, claim: Network) -> Finding:
    """Whether a workload's containers declare what is claimed, if they declare any port at all."""
    declared = container_ports(workload)
    if not declared:
        return proven()
    same = {port.get("containerPort") for port in declared if has_protocol(port, claim.protocol)}
    if all(port in same for port in range(claim.first, claim.last + 1)):
        return proven()
    return unknown(f"no container of {workload.name} declares {claim}")


def named_port(workload: Manifest, name: str, protocol: str) -> int | None:
    """The number of the first container port that has a name, and is of a protocol: Services lead there."""
    return next(iter(named_ports(workload, name, protocol)), None)


def named_ports(workload: Manifest, name: str, protocol: str) -> dict[int, None]:
    """The numbers of all container ports that have a name, and are of a protocol, in their order."""
    return {
        number: None
        for port in container_ports(workload)
        if port.get("name") == name and has_protocol(port, protocol)
        if isinstance(number := port.get("containerPort"), int)
    }


def has_protocol(port: Mapping[str, object], protocol: str) -> bool:
    """Whether a container's, a Service's or a policy's port is of a protocol; TCP is the default."""
    return str(port.get("protocol") or "TCP").lower() == protocol


def is_port(value: object) -> bool:
    """Whether a value is a port's number or name."""
    return (isinstance(value, int) and not isinstance(value, bool)) or is_text(value)
