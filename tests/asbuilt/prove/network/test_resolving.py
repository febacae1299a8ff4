"""Names of AWS inside a VPC."""

import pytest

ENDS = ("aws_instance.service", "aws_sqs_queue.jobs", "tcp/443")
PLACE = "eu-west-1.amazonaws.com"
INTERFACE = {
    "vpc_id": "<aws_vpc.main>",
    "service_name": "com.amazonaws.eu-west-1.sqs",
    "vpc_endpoint_type": "Interface",
    "private_dns_enabled": True,
    "subnet_ids": ["<aws_subnet.private>"],
    "security_group_ids": ["<aws_security_group.endpoint>"],
}


@pytest.fixture
def queue(public):
    """A queue that a host reaches over NAT, or over the endpoint that a test adds."""
    public.add("aws_sqs_queue.jobs", arn="arn:aws:sqs:eu-west-1:111122223333:jobs")
    public.group("endpoint")
    public.rule("endpoint", "endpoint", "ingress", "tcp/443", cidr_ipv4="10.0.0.0/16")
    return public


def _servers(net, *servers: str) -> None:
    net.add("aws_vpc_dhcp_options.main", domain_name_servers=list(servers))
    joins = {"vpc_id": "<aws_vpc.main>", "dhcp_options_id": "<aws_vpc_dhcp_options.main>"}
    net.add("aws_vpc_dhcp_options_association.main", **joins)


def _zone(net, name: str) -> None:
    net.add("aws_route53_zone.main", name=name, vpc=[{"vpc_id": "<aws_vpc.main>"}])


CASES = {
    "AWS's own name servers": (lambda net: _servers(net, "AmazonProvidedDNS"), "proven"),
    "other name servers": (lambda net: _servers(net, "10.0.0.9"), "unknown"),
    "no DNS at all": (lambda net: net.change("aws_vpc.main", enable_dns_support=False), "unknown"),
    "a private zone for the service": (lambda net: _zone(net, f"sqs.{PLACE}"), "unknown"),
    "a private zone for all of AWS": (lambda net: _zone(net, PLACE), "unknown"),
    "a private zone for another service": (lambda net: _zone(net, f"kms.{PLACE}"), "proven"),
    "a private zone of one's own": (lambda net: _zone(net, "sqs.internal"), "proven"),
}


@pytest.mark.parametrize("by", ["NAT", "an endpoint"])
@pytest.mark.parametrize("case", CASES)
def test_a_service_is_found_by_its_name(queue, by: str, case: str) -> None:
    """Whoever else may answer for its name leaves it open where packets go."""
    change, verdict = CASES[case]
    if by == "an endpoint":
        queue.add("aws_vpc_endpoint.sqs", **INTERFACE)
    assert "proven" == queue.prove(*ENDS).verdict
    change(queue)
    assert verdict == queue.prove(*ENDS).verdict


def test_a_name_is_taken_over_once(queue) -> None:
    """AWS refuses a second endpoint with private DNS for one service in a VPC."""
    queue.add("aws_vpc_endpoint.sqs", **INTERFACE)
    queue.add("aws_vpc_endpoint.second", **INTERFACE)
    assert "unknown" == queue.prove(*ENDS).verdict
    queue.change("aws_vpc_endpoint.second", private_dns_enabled=False)
    assert "proven" == queue.prove(*ENDS).verdict


@pytest.mark.parametrize("off", ["enable_dns_support", "enable_dns_hostnames"])
def test_private_access_to_a_cluster_needs_names(queue, off: str) -> None:
    """EKS answers in the VPC under a private name."""
    block = {"endpoint_private_access": True, "endpoint_public_access": False}
    subnets = {
        "subnet_ids": ["<aws_subnet.private>"],
        "security_group_ids": ["<aws_security_group.endpoint>"],
    }
    queue.add("aws_eks_cluster.main", name="main", vpc_config=[{**block, **subnets}])
    ends = ("aws_instance.service", "aws_eks_cluster.main", "tcp/443")
    assert "proven" == queue.prove(*ends).verdict
    queue.change("aws_vpc.main", **{off: False})
    assert "unknown" == queue.prove(*ends).verdict
