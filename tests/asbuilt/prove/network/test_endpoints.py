"""Which interfaces each type has, and what it listens on."""

import pytest

from asbuilt.infrastructure import UNKNOWN

GROUPS = ["<aws_security_group.target>"]
SUBNETS = ["<aws_subnet.back>"]

TARGETS: dict[str, tuple[str, dict]] = {
    "aws_db_instance.x": (
        "tcp/5432",
        {
            "engine": "postgres",
            "port": UNKNOWN,
            "db_subnet_group_name": "db",
            "vpc_security_group_ids": GROUPS,
        },
    ),
    "aws_rds_cluster.x": (
        "tcp/3306",
        {"engine": "aurora-mysql", "db_subnet_group_name": "db", "vpc_security_group_ids": GROUPS},
    ),
    "aws_db_proxy.x": (
        "tcp/5432",
        {"engine_family": "POSTGRESQL", "vpc_subnet_ids": SUBNETS, "vpc_security_group_ids": GROUPS},
    ),
    "aws_redshift_cluster.x": (
        "tcp/5439",
        {"cluster_subnet_group_name": "dw", "vpc_security_group_ids": GROUPS},
    ),
    "aws_docdb_cluster.x": ("tcp/27017", {"db_subnet_group_name": "doc", "vpc_security_group_ids": GROUPS}),
    "aws_neptune_cluster.x": (
        "tcp/8182",
        {"neptune_subnet_group_name": "graph", "vpc_security_group_ids": GROUPS},
    ),
    "aws_elasticache_cluster.x": (
        "tcp/11211",
        {"engine": "memcached", "subnet_group_name": "cache", "security_group_ids": GROUPS},
    ),
    "aws_elasticache_replication_group.x": (
        "tcp/6379",
        {"subnet_group_name": "cache", "security_group_ids": GROUPS},
    ),
    "aws_msk_cluster.x": (
        "tcp/9094",
        {"broker_node_group_info": [{"client_subnets": SUBNETS, "security_groups": GROUPS}]},
    ),
    "aws_opensearch_domain.x": (
        "tcp/443",
        {"vpc_options": [{"subnet_ids": SUBNETS, "security_group_ids": GROUPS}]},
    ),
    "aws_ecs_service.x": (
        "tcp/8080",
        {"network_configuration": [{"subnets": SUBNETS, "security_groups": GROUPS}]},
    ),
    "aws_network_interface.x": ("tcp/22", {"subnet_id": SUBNETS[0], "security_groups": GROUPS}),
    "aws_mq_broker.x": ("tcp/5671", {"subnet_ids": SUBNETS, "security_groups": GROUPS}),
    "aws_vpc_endpoint.x": (
        "tcp/443",
        {
            "vpc_endpoint_type": "Interface",
            "service_name": "com.amazonaws.us-east-1.sqs",
            "subnet_ids": SUBNETS,
            "security_group_ids": GROUPS,
        },
    ),
    "aws_batch_compute_environment.x": (
        "tcp/7000",
        {"compute_resources": [{"subnets": SUBNETS, "security_group_ids": GROUPS}]},
    ),
    "aws_efs_file_system.x": ("tcp/2049", {}),
    "aws_autoscaling_group.x": (
        "tcp/7001",
        {"vpc_zone_identifier": SUBNETS, "launch_template": [{"id": "<aws_launch_template.x>"}]},
    ),
}


@pytest.fixture
def client(net):
    """A client that may go anywhere, and a group that lets it in on every port."""
    net.network(front="10.0.1.0/24", back="10.0.2.0/24", spare="10.0.3.0/24")
    net.group("client")
    net.group("target")
    net.rule("any", "client", "egress", "-1", cidr_ipv4="0.0.0.0/0")
    net.rule("any", "target", "ingress", "-1", referenced_security_group_id="<aws_security_group.client>")
    net.instance("client", "front", "client")
    for type_, name in (
        ("aws_db_subnet_group", "db"),
        ("aws_redshift_subnet_group", "dw"),
        ("aws_docdb_subnet_group", "doc"),
        ("aws_neptune_subnet_group", "graph"),
        ("aws_elasticache_subnet_group", "cache"),
    ):
        net.add(f"{type_}.{name}", name=name, subnet_ids=[*SUBNETS, "<aws_subnet.spare>"])
    net.add(
        "aws_efs_mount_target.x",
        file_system_id="<aws_efs_file_system.x>",
        subnet_id=SUBNETS[0],
        security_groups=GROUPS,
    )
    net.add("aws_launch_template.x", vpc_security_group_ids=GROUPS)
    for cluster in ("aws_docdb_cluster", "aws_neptune_cluster", "aws_rds_cluster"):
        net.add(f"{cluster}_instance.x", cluster_identifier=f"<{cluster}.x>")
    return net


@pytest.mark.parametrize("address", TARGETS)
def test_each_type_is_reached_through_its_own_groups(client, address: str) -> None:
    """Proven by the rule of its group; refuted without the rule, by the group's name."""
    claim, values = TARGETS[address]
    client.add(address, **values)
    found = client.prove("aws_instance.client", address, claim)
    assert "proven" == found.verdict, found.reason
    client.drop("aws_vpc_security_group_ingress_rule.any")
    found = client.prove("aws_instance.client", address, claim)
    expected = f"aws_security_group.target has no ingress for {claim} from aws_security_group.client"
    assert ("refuted", expected) == (found.verdict, found.reason)


@pytest.mark.parametrize("address", TARGETS)
def test_each_type_is_reached_through_its_own_subnets(client, address: str) -> None:
    """An ACL around its subnet stops the packets."""
    claim, values = TARGETS[address]
    client.add(address, **values)
    client.add("aws_network_acl.x", vpc_id="<aws_vpc.main>", subnet_ids=SUBNETS, ingress=[], egress=[])
    assert "refuted" == client.prove("aws_instance.client", address, claim).verdict


@pytest.mark.parametrize(
    "address",
    [
        one
        for one in TARGETS
        if TARGETS[one][0] not in {"tcp/8080", "tcp/9001", "tcp/22", "tcp/5671"}
        and "batch" not in one
        and "autoscaling" not in one
    ],
)
def test_a_port_on_which_nothing_listens_is_refuted(client, address: str) -> None:
    """Rules may let the packets through; the service does not take them."""
    client.add(address, **TARGETS[address][1])
    found = client.prove("aws_instance.client", address, "tcp/1234")
    assert ("refuted", True) == (found.verdict, "listens on tcp/" in found.reason)


def test_batch_jobs_run_in_every_compute_environment_of_their_queue(client) -> None:
    """One environment without a way out refutes the queue, and the job definition that may run there."""
    for name, group in (("spot", "client"), ("on_demand", "target")):
        resources = {"subnets": SUBNETS, "security_group_ids": [f"<aws_security_group.{group}>"]}
        client.add(f"aws_batch_compute_environment.{name}", compute_resources=[resources], arn=f"arn:{name}")
    order = [{"order": 1, "compute_environment": "arn:spot"}]
    client.add("aws_batch_job_queue.x", compute_environment_order=order)
    client.add("aws_batch_job_definition.x")
    client.instance("host", "back", "target")
    for source in ("aws_batch_job_queue.x", "aws_batch_job_definition.x"):
        assert "proven" == client.prove(source, "aws_instance.host", "tcp/80").verdict
    order = [*order, {"order": 2, "compute_environment": "arn:on_demand"}]
    client.change("aws_batch_job_queue.x", compute_environment_order=order)
    for source in ("aws_batch_job_queue.x", "aws_batch_job_definition.x"):
        assert "refuted" == client.prove(source, "aws_instance.host", "tcp/80").verdict


def test_a_group_attached_afterwards_counts(client) -> None:
    """An interface has the groups it was made with, and those attached to it."""
    client.group("none")
    client.add("aws_network_interface.x", subnet_id=SUBNETS[0], security_groups=["<aws_security_group.none>"])
    ends = ("aws_instance.client", "aws_network_interface.x", "tcp/22")
    assert "refuted" == client.prove(*ends).verdict
    client.add(
        "aws_network_interface_sg_attachment.x",
        network_interface_id="<aws_network_interface.x>",
        security_group_id=GROUPS[0],
    )
    assert "proven" == client.prove(*ends).verdict


@pytest.mark.parametrize("port", [5432, None])
def test_a_port_that_is_not_told_leaves_it_open(client, port: int | None) -> None:
    """A configured port that the plan does not know is unknown; one left to AWS is the engine's."""
    address = "aws_db_instance.x"
    references = {"port": ("local.port",)} if port is None else {}
    client.add(address, references, **TARGETS[address][1])
    expected = "proven" if port else "unknown"
    assert expected == client.prove("aws_instance.client", address, "tcp/5432").verdict


def test_a_function_listens_on_nothing(client) -> None:
    """Lambda blocks what comes to a function's interfaces, whatever its group lets in."""
    inside = [{"subnet_ids": SUBNETS, "security_group_ids": GROUPS}]
    client.add("aws_lambda_function.x", vpc_config=inside)
    assert "refuted" == client.prove("aws_instance.client", "aws_lambda_function.x", "tcp/443").verdict


BROKERS = {
    "as they are made": ({}, "tcp/9094", "tcp/9092"),
    "in the clear": (
        {"encryption_info": [{"encryption_in_transit": [{"client_broker": "PLAINTEXT"}]}]},
        "tcp/9092",
        "tcp/9094",
    ),
    "for users": ({"client_authentication": [{"sasl": [{"scram": True}]}]}, "tcp/9096", "tcp/9098"),
    "for roles": ({"client_authentication": [{"sasl": [{"iam": True}]}]}, "tcp/9098", "tcp/9096"),
}


@pytest.mark.parametrize("case", BROKERS)
def test_brokers_listen_where_they_are_told(client, case: str) -> None:
    """Each way of signing in, and what is not encrypted, has a port of its own."""
    values, open_, closed = BROKERS[case]
    place = {"client_subnets": SUBNETS, "security_groups": GROUPS}
    client.add("aws_msk_cluster.x", broker_node_group_info=[place], **values)
    ends = ("aws_instance.client", "aws_msk_cluster.x")
    assert ("proven", "refuted") == tuple(client.prove(*ends, claim).verdict for claim in (open_, closed))


@pytest.mark.parametrize(("claim", "verdict"), [("tcp/5671", "proven"), ("tcp/22", "refuted")])
def test_a_message_broker_has_the_ports_of_its_protocols(client, claim: str, verdict: str) -> None:
    """Amazon MQ listens on no other."""
    client.add("aws_mq_broker.x", subnet_ids=SUBNETS, security_groups=GROUPS)
    assert verdict == client.prove("aws_instance.client", "aws_mq_broker.x", claim).verdict
