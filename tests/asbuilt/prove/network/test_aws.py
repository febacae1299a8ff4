"""AWS's services, over endpoints and over NAT."""

import pytest

from asbuilt.infrastructure import UNKNOWN

QUEUE = ("aws_instance.service", "aws_sqs_queue.main", "tcp/443")
BUCKET = ("aws_instance.service", "aws_s3_bucket.main", "tcp/443")


@pytest.fixture
def services(public):
    """A queue and a bucket beside the network with a way out over NAT."""
    public.add("aws_sqs_queue.main", arn="arn:aws:sqs:us-east-1:1:main")
    public.add("aws_s3_bucket.main", region="us-east-1")
    return public


def _interface(net, **values) -> None:
    net.group("endpoint")
    net.add(
        "aws_vpc_endpoint.queue",
        vpc_id="<aws_vpc.main>",
        arn="arn:aws:ec2:us-east-1:1:vpc-endpoint/queue",
        vpc_endpoint_type="Interface",
        **{
            "service_name": "com.amazonaws.us-east-1.sqs",
            "private_dns_enabled": True,
            "subnet_ids": ["<aws_subnet.private>"],
            "security_group_ids": ["<aws_security_group.endpoint>"],
            **values,
        },
    )


def _open(net) -> None:
    net.rule("endpoint", "endpoint", "ingress", "tcp/443", cidr_ipv4="10.0.0.0/16")


def _gateway(net, *tables: str) -> None:
    net.add(
        "aws_vpc_endpoint.bucket",
        vpc_id="<aws_vpc.main>",
        arn="arn:aws:ec2:us-east-1:1:vpc-endpoint/bucket",
        service_name="com.amazonaws.us-east-1.s3",
        vpc_endpoint_type="Gateway",
        prefix_list_id="pl-s3",
        route_table_ids=[f"<aws_route_table.{table}>" for table in tables],
    )


def _only_to_s3(net) -> None:
    net.change("aws_vpc_security_group_egress_rule.out", cidr_ipv4=None, prefix_list_id="pl-s3")


def _no_nat(net) -> None:
    net.change("aws_route_table.private", route=[])


INTERFACE = {
    "over NAT": (lambda net: None, "proven", ""),
    "nowhere": (_no_nat, "refuted", "no route to the internet"),
    "over an endpoint": (lambda net: (_interface(net), _open(net), _no_nat(net)), "proven", ""),
    "over a closed endpoint, though NAT is open": (
        _interface,
        "refuted",
        "aws_security_group.endpoint has no ingress for tcp/443 from aws_security_group.service",
    ),
    "over NAT past an endpoint without private DNS": (
        lambda net: _interface(net, private_dns_enabled=False),
        "proven",
        "",
    ),
    "over an endpoint of another service": (
        lambda net: _interface(net, service_name="com.amazonaws.us-east-1.sns"),
        "proven",
        "",
    ),
    "an endpoint for who knows what": (
        lambda net: _interface(net, service_name=UNKNOWN),
        "unknown",
        "which service",
    ),
    "a queue in another region": (
        lambda net: (
            _interface(net),
            _open(net),
            net.change("aws_sqs_queue.main", arn="arn:aws:sqs:eu-west-1:1:q"),
        ),
        "unknown",
        "is in the region of",
    ),
}


@pytest.mark.parametrize("how", INTERFACE)
def test_a_service_with_an_interface_endpoint(services, how: str) -> None:
    """An endpoint with private DNS takes the service's name over, whether it lets anybody in or not."""
    change, verdict, reason = INTERFACE[how]
    change(services)
    found = services.prove(*QUEUE)
    assert verdict == found.verdict, found
    assert reason in found.reason


GATEWAY = {
    "in the subnet's table": (lambda net: (_gateway(net, "private"), _no_nat(net)), "proven", ""),
    "with rules for the prefix list alone": (
        lambda net: (_gateway(net, "private"), _only_to_s3(net), _no_nat(net)),
        "proven",
        "",
    ),
    "in another table, without NAT": (
        lambda net: (_gateway(net, "public"), _no_nat(net)),
        "refuted",
        "no route",
    ),
    "in another table, with NAT": (lambda net: _gateway(net, "public"), "proven", ""),
    "in a table it may have, without NAT": (
        lambda net: (
            _gateway(net),
            _no_nat(net),
            net.add(
                "aws_vpc_endpoint.bucket",
                {"route_table_ids": ("local.tables",)},
                **{**net.resources["aws_vpc_endpoint.bucket"].values, "route_table_ids": UNKNOWN},
            ),
        ),
        "unknown",
        "only in part",
    ),
    "joined by an association": (
        lambda net: (
            _gateway(net),
            _no_nat(net),
            net.add(
                "aws_vpc_endpoint_route_table_association.private",
                vpc_endpoint_id="<aws_vpc_endpoint.bucket>",
                route_table_id="<aws_route_table.private>",
            ),
        ),
        "proven",
        "",
    ),
    "without egress": (
        lambda net: (_gateway(net, "private"), net.drop("aws_vpc_security_group_egress_rule.out")),
        "refuted",
        "has no egress for tcp/443 to aws_s3_bucket.main",
    ),
    "with egress into the VPC alone": (
        lambda net: (
            _gateway(net, "private"),
            net.change("aws_vpc_security_group_egress_rule.out", cidr_ipv4="10.0.0.0/16"),
        ),
        "refuted",
        "has no egress for tcp/443 to aws_s3_bucket.main",
    ),
}


@pytest.mark.parametrize("how", GATEWAY)
def test_a_bucket_with_a_gateway_endpoint(services, how: str) -> None:
    """A gateway endpoint serves the subnets whose tables it is in, and rules may name its prefix list."""
    change, verdict, reason = GATEWAY[how]
    change(services)
    found = services.prove(*BUCKET)
    assert verdict == found.verdict, found
    assert reason in found.reason


def test_images_need_both_services_of_the_registry(services) -> None:
    """An endpoint for one of them, without a way to the other, is not enough."""
    services.add("aws_ecr_repository.main", arn="arn:aws:ecr:us-east-1:1:repository/main")
    _interface(services, service_name="com.amazonaws.us-east-1.ecr.api")
    _open(services)
    _no_nat(services)
    found = services.prove("aws_instance.service", "aws_ecr_repository.main", "tcp/443")
    assert ("refuted", True) == (found.verdict, "no route to the internet" in found.reason)
