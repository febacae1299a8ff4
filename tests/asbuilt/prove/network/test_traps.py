"""Infrastructures made to deceive: what looks let through and is not, or nobody can tell."""

from asbuilt.infrastructure import UNKNOWN

ENDS = ("aws_instance.application", "aws_instance.database", "tcp/5432")
BLOCK = {
    "protocol": "tcp",
    "from_port": 5432,
    "to_port": 5432,
    "security_groups": ["<aws_security_group.application>"],
}


def test_a_state_may_still_list_a_rule_that_is_gone(pair) -> None:
    """One of two separate rules was destroyed; the group's state lists both until it is refreshed."""
    pair.drop("aws_vpc_security_group_ingress_rule.in")
    pair.rule("ssh", "database", "ingress", "tcp/22", cidr_ipv4="10.0.0.0/8")
    ssh = {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"]}
    pair.change("aws_security_group.database", ingress=[ssh, BLOCK])
    found = pair.prove(*ENDS)
    assert ("unknown", True) == (found.verdict, "may be gone" in found.reason)


def test_a_state_may_still_list_a_route_that_is_gone(public) -> None:
    """The table's state lists the default route of before, beside a separate one that is there."""
    public.add(
        "aws_route.other",
        route_table_id="<aws_route_table.private>",
        destination_cidr_block="198.51.100.0/24",
        nat_gateway_id="<aws_nat_gateway.main>",
    )
    found = public.prove("aws_instance.service", "external/partner", "tcp/443")
    assert ("unknown", True) == (found.verdict, "which table" in found.reason)


def test_two_vpcs_with_the_same_addresses_are_not_one(pair) -> None:
    """A rule by address does not lead from one VPC into another."""
    pair.add("aws_vpc.twin", cidr_block="10.0.0.0/16")
    pair.change("aws_subnet.back", vpc_id="<aws_vpc.twin>")
    for direction, group in (("egress", "application"), ("ingress", "database")):
        pair.rule(f"all_{direction}", group, direction, "-1", cidr_ipv4="0.0.0.0/0")
    found = pair.prove(*ENDS)
    assert ("refuted", "the route table of aws_subnet.front has no route to aws_subnet.back") == (
        found.verdict,
        found.reason,
    )


def test_a_listener_of_who_knows_which_load_balancer_proves_nothing(public) -> None:
    """It may belong to another load balancer."""
    old = public.resources["aws_lb_listener.https"]
    values = {**old.values, "load_balancer_arn": UNKNOWN}
    public.add("aws_lb_listener.https", {"load_balancer_arn": ("each.value",)}, **values)
    public.add("aws_lb.other", internal=False, arn="arn:other")
    assert "unknown" == public.prove("external/internet", "aws_lb.main", "tcp/443").verdict
    assert "unknown" == public.prove("aws_lb.main", "aws_instance.service", "tcp/8000").verdict


def test_an_appliance_behind_the_internet_gateway_is_not_followed(public) -> None:
    """A route table of the gateway's own may send what comes in to a firewall."""
    public.add("aws_route_table.edge", vpc_id="<aws_vpc.main>")
    public.add(
        "aws_route_table_association.edge",
        gateway_id="<aws_internet_gateway.main>",
        route_table_id="<aws_route_table.edge>",
    )
    assert "unknown" == public.prove("external/internet", "aws_lb.main", "tcp/443").verdict


def test_a_load_balancer_with_public_ipv6_addresses_alone(public) -> None:
    """Not every public client reaches it."""
    public.change("aws_lb.main", ip_address_type="dualstack-without-public-ipv4")
    assert "unknown" == public.prove("external/internet", "aws_lb.main", "tcp/443").verdict


def test_an_endpoint_in_who_knows_which_vpc(public) -> None:
    """It may take the service's name over here, or in another VPC."""
    public.add("aws_vpc.other", cidr_block="10.1.0.0/16")
    public.add("aws_sqs_queue.main")
    public.add(
        "aws_vpc_endpoint.queue",
        {"vpc_id": ("each.value",)},
        vpc_id=UNKNOWN,
        service_name="com.amazonaws.us-east-1.sqs",
        vpc_endpoint_type="Interface",
        private_dns_enabled=True,
    )
    assert "unknown" == public.prove("aws_instance.service", "aws_sqs_queue.main", "tcp/443").verdict


def test_two_launch_templates_with_one_name(public) -> None:
    """A node group that names it may mean either."""
    for region in ("here", "there"):
        public.add(
            f"aws_launch_template.{region}",
            name="node",
            vpc_security_group_ids=["<aws_security_group.service>"],
        )
    public.add("aws_eks_cluster.main", name="main", vpc_config=[{}])
    public.add(
        "aws_eks_node_group.main",
        cluster_name="main",
        subnet_ids=["<aws_subnet.private>"],
        launch_template=[{"name": "node"}],
    )
    found = public.prove("aws_eks_node_group.main", "external/partner", "tcp/443")
    assert ("unknown", True) == (found.verdict, "are both called node" in found.reason)


def test_a_table_with_one_of_two_different_routes(public) -> None:
    """Two routes in a loop over two tables lead to different gateways: nothing tells which has which."""
    for name in ("private", "public"):
        public.change(f"aws_route_table.{name}", route=[])
    targets = {
        "a": {"nat_gateway_id": "<aws_nat_gateway.main>"},
        "b": {"gateway_id": "<aws_internet_gateway.main>"},
    }
    for key, target in targets.items():
        public.add(
            f'aws_route.out["{key}"]',
            {"route_table_id": ("aws_route_table.private", "aws_route_table.public", "each.key")},
            route_table_id=UNKNOWN,
            destination_cidr_block="0.0.0.0/0",
            **target,
        )
    assert "unknown" == public.prove("aws_instance.service", "external/partner", "tcp/443").verdict


def test_nodes_in_public_subnets_leave_by_their_own_address(public) -> None:
    """Only where their subnets give them one."""
    public.add("aws_eks_cluster.main", name="main", vpc_config=[{"cluster_security_group_id": "sg-cluster"}])
    public.add("aws_eks_node_group.main", cluster_name="main", subnet_ids=["<aws_subnet.one>"])
    ends = ("aws_eks_node_group.main", "external/partner", "tcp/443")
    assert "refuted" == public.prove(*ends).verdict
    public.change("aws_subnet.one", map_public_ip_on_launch=True)
    assert "proven" == public.prove(*ends).verdict


def test_a_default_group_taken_over_by_who_knows_whom(net) -> None:
    """A resource that takes over some VPC's default group leaves its rules open."""
    net.network(front="10.0.1.0/24", back="10.0.2.0/24")
    net.add("aws_default_security_group.some", {"vpc_id": ("var.vpc",)}, vpc_id=UNKNOWN)
    net.instance("one", "front")
    net.instance("two", "back")
    assert "unknown" == net.prove("aws_instance.one", "aws_instance.two", "tcp/80").verdict
    net.drop("aws_default_security_group.some")
    assert "proven" == net.prove("aws_instance.one", "aws_instance.two", "tcp/80").verdict


def test_a_peering_connection_between_strangers(pair) -> None:
    """A route over a connection that nobody here manages leads nobody knows where."""
    pair.add("aws_vpc.other", cidr_block="10.9.0.0/16")
    pair.change("aws_subnet.back", vpc_id="<aws_vpc.other>", cidr_block="10.9.1.0/24")
    route = [{"cidr_block": "10.9.0.0/16", "vpc_peering_connection_id": "pcx-1"}]
    pair.add("aws_route_table.front", vpc_id="<aws_vpc.main>", route=route)
    pair.add(
        "aws_route_table_association.front",
        subnet_id="<aws_subnet.front>",
        route_table_id="<aws_route_table.front>",
    )
    back = [{"cidr_block": "10.0.0.0/16", "vpc_peering_connection_id": "pcx-1"}]
    pair.add("aws_route_table.back", vpc_id="<aws_vpc.other>", route=back)
    pair.add(
        "aws_route_table_association.back",
        subnet_id="<aws_subnet.back>",
        route_table_id="<aws_route_table.back>",
    )
    assert "unknown" == pair.prove(*ENDS).verdict
