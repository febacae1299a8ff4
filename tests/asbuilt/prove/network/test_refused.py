"""What AWS refuses to make, or makes and leaves without effect: nothing of it proves an arrow."""

from collections.abc import Callable

import pytest

LIST = "com.amazonaws.global.cloudfront.origin-facing"
EDGE = "aws_cloudfront_distribution.main"
OTHER = {"vpc_id": "<aws_vpc.other>"}
GROUP = "aws_lb_target_group.main"
CUSTOM = {"origin_protocol_policy": "https-only", "https_port": 443, "http_port": 80}


@pytest.fixture
def world(public):
    """The load balancer behind a distribution that also has a bucket, and a queue behind an endpoint."""
    public.add("aws_vpc.other", cidr_block="10.9.0.0/16")
    public.add("data.aws_ec2_managed_prefix_list.cloudfront", id="pl-cf", name=LIST)
    public.add("aws_s3_bucket.files", bucket_regional_domain_name="files.s3")
    origins = [
        {"origin_id": "lb", "domain_name": "origin.example.com", "custom_origin_config": [CUSTOM]},
        {"origin_id": "files", "domain_name": "files.s3"},
    ]
    public.add(
        EDGE,
        enabled=True,
        origin=origins,
        origin_group=[{"origin_id": "both", "member": [{"origin_id": "lb"}, {"origin_id": "files"}]}],
        default_cache_behavior=[{"target_origin_id": "lb"}],
        ordered_cache_behavior=[{"target_origin_id": "files"}],
    )
    public.add("aws_route53_zone.main", name="example.com")
    public.add(
        "aws_route53_record.origin",
        zone_id="<aws_route53_zone.main>",
        name="origin",
        type="A",
        alias=[{"name": "main-1.elb.amazonaws.com"}],
    )
    public.change("aws_route_table.private", route=[])
    way = {"destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "<aws_nat_gateway.main>"}
    public.add("aws_route.out", route_table_id="<aws_route_table.private>", **way)
    public.group("endpoint")
    public.rule("endpoint", "endpoint", "ingress", "tcp/443", cidr_ipv4="10.0.0.0/16")
    public.add("aws_sqs_queue.jobs", arn="arn:aws:sqs:eu-west-1:111122223333:jobs")
    public.add(
        "aws_vpc_endpoint.sqs",
        vpc_id="<aws_vpc.main>",
        service_name="com.amazonaws.eu-west-1.sqs",
        vpc_endpoint_type="Interface",
        private_dns_enabled=True,
        subnet_ids=["<aws_subnet.private>"],
        security_group_ids=["<aws_security_group.endpoint>"],
    )
    return public


def _rule(net, priority: int, *values: str, type_: str = "fixed-response") -> None:
    action = {"type": type_, "target_group_arn": "arn:group" if type_ == "forward" else ""}
    condition = [{"path_pattern": [{"values": list(values)}]}]
    place = {"listener_arn": "arn:listener", "priority": priority}
    net.add(f"aws_lb_listener_rule.n{priority}", condition=condition, action=[action], **place)


def _acl(net, *numbers: int, last: str = "allow") -> None:
    net.add("aws_network_acl.main", vpc_id="<aws_vpc.main>", subnet_ids=["<aws_subnet.private>"])
    shape = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}
    for place, number in enumerate(numbers):
        does = last if place == len(numbers) - 1 else "allow"
        for egress in (True, False):
            name = f"aws_network_acl_rule.r{place}{egress}"
            given = {"rule_number": number, "rule_action": does, "egress": egress, **shape}
            net.add(name, network_acl_id="<aws_network_acl.main>", **given)


def _ports(net, first: int, last: int) -> None:
    for egress in (True, False):
        net.change(f"aws_network_acl_rule.r0{egress}", protocol="tcp", from_port=first, to_port=last)


PUBLIC = ("external/internet", EDGE, "tcp/443")
ORIGIN = (EDGE, "aws_lb.main", "tcp/443")
BUCKET = (EDGE, "aws_s3_bucket.files", "tcp/443")
FORWARD = ("aws_lb.main", "aws_instance.service", "tcp/8000")
LISTEN = ("external/internet", "aws_lb.main", "tcp/443")
OUT = ("aws_instance.service", "external/partner", "tcp/443")
QUEUE = ("aws_instance.service", "aws_sqs_queue.jobs", "tcp/443")

Ends = tuple[str, str, str]
CASES: dict[str, tuple[Ends, Callable, str]] = {
    "a staging distribution": (PUBLIC, lambda n: n.change(EDGE, staging=True), "for staging"),
    "an origin that no behavior names": (
        ORIGIN,
        lambda n: n.change(EDGE, default_cache_behavior=[{"target_origin_id": "files"}]),
        "no origin",
    ),
    "a name of a private zone": (
        ORIGIN,
        lambda n: n.change("aws_route53_zone.main", vpc=[{"vpc_id": "<aws_vpc.main>"}]),
        "no origin",
    ),
    "a record without weight": (
        ORIGIN,
        lambda n: n.change("aws_route53_record.origin", weighted_routing_policy=[{"weight": 0}]),
        "no origin",
    ),
    "a disabled distribution of a bucket": (BUCKET, lambda n: n.change(EDGE, enabled=False), "not enabled"),
    "a bucket that no behavior names": (
        BUCKET,
        lambda n: n.change(EDGE, ordered_cache_behavior=[]),
        "no origin",
    ),
    "instances in a group of addresses": (FORWARD, lambda n: n.change(GROUP, target_type="ip"), "registers"),
    "instances in a group of a function": (
        FORWARD,
        lambda n: n.change(GROUP, target_type="lambda"),
        "registers",
    ),
    "a target group of another protocol": (
        FORWARD,
        lambda n: n.change(GROUP, protocol="TCP"),
        "application load balancer",
    ),
    "a target group of another VPC": (FORWARD, lambda n: n.change(GROUP, **OTHER), "another VPC"),
    "a rule that leaves nothing to the default": (FORWARD, lambda n: _rule(n, 1, "/*"), "forwards"),
    "a rule that leaves nothing to the next": (
        FORWARD,
        lambda n: (_rule(n, 1, "/*"), _rule(n, 2, "/api/*", type_="forward")),
        "forwards",
    ),
    "a listener of another protocol": (
        LISTEN,
        lambda n: n.change("aws_lb_listener.https", protocol="TCP"),
        "no listener",
    ),
    "a security group of another VPC": (
        OUT,
        lambda n: n.change("aws_security_group.service", **OTHER),
        "another VPC",
    ),
    "a route table of another VPC": (
        OUT,
        lambda n: n.change("aws_route_table.private", **OTHER),
        "another VPC",
    ),
    "a blackhole": (OUT, lambda n: n.change("aws_route.out", state="blackhole"), "blackhole"),
    "two ACL rules of one number": (OUT, lambda n: _acl(n, 100, 100, last="deny"), "has the number"),
    "an ACL rule of too high a number": (OUT, lambda n: _acl(n, 32767), "refuses"),
    "no DNS in the VPC": (QUEUE, lambda n: n.change("aws_vpc.main", enable_dns_support=False), "DNS support"),
    "no host names in the VPC": (
        QUEUE,
        lambda n: n.change("aws_vpc.main", enable_dns_hostnames=False),
        "name over",
    ),
    "an endpoint for another region": (
        QUEUE,
        lambda n: n.change("aws_vpc_endpoint.sqs", service_name="com.amazonaws.us-east-1.sqs"),
        "region",
    ),
    "an endpoint with a group of another VPC": (
        QUEUE,
        lambda n: n.change("aws_security_group.endpoint", **OTHER),
        "another VPC",
    ),
    "ports beyond the last": (
        OUT,
        lambda n: n.change("aws_vpc_security_group_egress_rule.out", to_port=70000),
        "refuses the ports",
    ),
    "ports before the first": (
        OUT,
        lambda n: n.change("aws_vpc_security_group_egress_rule.out", from_port=-1),
        "refuses the ports",
    ),
    "ports of an ACL beyond the last": (
        OUT,
        lambda n: (_acl(n, 100), _ports(n, 0, 70000)),
        "refuses the ports",
    ),
    "an ACL of another VPC": (
        OUT,
        lambda n: (_acl(n, 100), n.change("aws_network_acl.main", **OTHER)),
        "another VPC",
    ),
    "an origin that is asked in another protocol": (
        ORIGIN,
        lambda n: n.change("aws_lb_listener.https", protocol="HTTP"),
        "does not speak https",
    ),
    "two internet gateways": (
        LISTEN,
        lambda n: n.add("aws_internet_gateway.second", vpc_id="<aws_vpc.main>"),
        "one internet gateway",
    ),
    "a NAT gateway without an address": (
        OUT,
        lambda n: n.change("aws_nat_gateway.main", allocation_id=""),
        "no elastic address",
    ),
    "two NAT gateways with one address": (
        OUT,
        lambda n: n.add("aws_nat_gateway.two", subnet_id="<aws_subnet.two>", allocation_id="<aws_eip.nat>"),
        "has the elastic address",
    ),
    "a stopped instance": (
        OUT,
        lambda n: n.add("aws_ec2_instance_state.x", instance_id="<aws_instance.service>", state="stopped"),
        "stops",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_aws_refuses_proves_nothing(world, case: str) -> None:
    """Each is proven until one thing is changed, and not proven afterwards, for the reason that is told."""
    ends, change, reason = CASES[case]
    assert "proven" == world.prove(*ends).verdict
    change(world)
    found = world.prove(*ends)
    assert (False, True) == (found.verdict == "proven", reason in found.reason), found


FITTING: dict[str, tuple[Ends, Callable]] = {
    "an origin in a group": (
        ORIGIN,
        lambda n: n.change(EDGE, default_cache_behavior=[{"target_origin_id": "both"}]),
    ),
    "a rule for some requests": (FORWARD, lambda n: _rule(n, 1, "/api/*")),
    "a rule before the one for all": (
        FORWARD,
        lambda n: (_rule(n, 1, "/api/*", type_="forward"), _rule(n, 2, "/*")),
    ),
    "the highest number": (OUT, lambda n: _acl(n, 100, 32766)),
    "a route that works": (OUT, lambda n: n.change("aws_route.out", state="active")),
    "a NAT gateway for a whole region": (
        OUT,
        lambda n: n.change("aws_nat_gateway.main", allocation_id="", availability_mode="regional"),
    ),
    "every port": (OUT, lambda n: (_acl(n, 100), _ports(n, 0, 65535))),
    "a running instance": (
        OUT,
        lambda n: n.add("aws_ec2_instance_state.x", instance_id="<aws_instance.service>", state="running"),
    ),
}


@pytest.mark.parametrize("case", FITTING)
def test_what_only_looks_alike_stays_proven(world, case: str) -> None:
    """The neighbour of each refusal is no refusal."""
    ends, change = FITTING[case]
    change(world)
    assert "proven" == world.prove(*ends).verdict


def test_a_bucket_like_any_other_server_is_asked_as_its_origin_says(world) -> None:
    """A custom origin over HTTPS alone is not asked on port 80."""
    (_, files) = world.resources[EDGE].values["origin"]
    world.change(EDGE, origin=[{**files, "custom_origin_config": [CUSTOM]}])
    found = [world.prove(EDGE, "aws_s3_bucket.files", f"tcp/{port}").verdict for port in (443, 80)]
    assert ["proven", "refuted"] == found


CLUSTERS = {
    "aws_rds_cluster": ("aws_db_subnet_group", "db_subnet_group_name"),
    "aws_docdb_cluster": ("aws_docdb_subnet_group", "db_subnet_group_name"),
    "aws_neptune_cluster": ("aws_neptune_subnet_group", "neptune_subnet_group_name"),
}


@pytest.mark.parametrize("type_", CLUSTERS)
def test_a_cluster_without_an_instance_is_an_address_only(pair, type_: str) -> None:
    """It is reached once it has one."""
    kind, argument = CLUSTERS[type_]
    pair.add(f"{kind}.main", name="main", subnet_ids=["<aws_subnet.back>", "<aws_subnet.front>"])
    groups = {"vpc_security_group_ids": ["<aws_security_group.database>"]}
    pair.add(f"{type_}.main", engine="any", port=5432, **{argument: "main"}, **groups)
    ends = ("aws_instance.application", f"{type_}.main", "tcp/5432")
    assert "has no instance" in pair.prove(*ends).reason
    pair.add(f"{type_}_instance.one", cluster_identifier=f"<{type_}.main>")
    assert "proven" == pair.prove(*ends).verdict


IDLE = {
    "aws_ecs_service.x": (
        {"network_configuration": [{"subnets": ["<aws_subnet.front>"], "security_groups": ["<g>"]}]},
        "desired_count",
    ),
    "aws_lambda_function.x": (
        {"vpc_config": [{"subnet_ids": ["<aws_subnet.front>"], "security_group_ids": ["<g>"]}]},
        "reserved_concurrent_executions",
    ),
    "aws_autoscaling_group.x": (
        {"vpc_zone_identifier": ["<aws_subnet.front>"], "launch_template": [{"id": "<t>"}]},
        "max_size",
    ),
    "aws_autoscaling_group.y": (
        {"vpc_zone_identifier": ["<aws_subnet.front>"], "launch_template": [{"id": "<t>"}], "max_size": 3},
        "desired_capacity",
    ),
}


@pytest.mark.parametrize("address", IDLE)
def test_what_is_told_to_run_nothing_sends_nothing(pair, address: str) -> None:
    """None of a service, none of a function's executions, none of a group's instances."""
    values, count = IDLE[address]
    pair.change("aws_security_group.application", id="<g>")
    for way, key in (("egress.out", "security_group_id"), ("ingress.in", "referenced_security_group_id")):
        kind, name = way.split(".")
        pair.change(f"aws_vpc_security_group_{kind}_rule.{name}", **{key: "<g>"})
    pair.add("aws_launch_template.x", id="<t>", vpc_security_group_ids=["<g>"])
    pair.add(address, **values, **{count: 1})
    ends = (address, "aws_instance.database", "tcp/5432")
    assert "proven" == pair.prove(*ends).verdict
    pair.change(address, **{count: 0})
    assert ("unknown", True) == (pair.prove(*ends).verdict, f"{count} of" in pair.prove(*ends).reason)


@pytest.mark.parametrize("values", [{"state": "DISABLED"}, {"compute_resources": 0}], ids=["off", "no CPUs"])
def test_a_compute_environment_that_runs_nothing_sends_nothing(pair, values: dict) -> None:
    """One that is disabled, or that may have no CPUs."""
    place = {"subnets": ["<aws_subnet.front>"], "security_group_ids": ["<aws_security_group.application>"]}
    pair.add(
        "aws_batch_compute_environment.x", state="ENABLED", compute_resources=[{**place, "max_vcpus": 4}]
    )
    ends = ("aws_batch_compute_environment.x", "aws_instance.database", "tcp/5432")
    assert "proven" == pair.prove(*ends).verdict
    none = {"compute_resources": [{**place, "max_vcpus": 0}]} if "compute_resources" in values else values
    pair.change("aws_batch_compute_environment.x", **none)
    assert "unknown" == pair.prove(*ends).verdict
