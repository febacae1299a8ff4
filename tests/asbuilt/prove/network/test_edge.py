"""CloudFront in front of a load balancer or a bucket."""

import pytest

from asbuilt.infrastructure import UNKNOWN

ENDS = ("aws_cloudfront_distribution.main", "aws_lb.main", "tcp/443")
LIST = "com.amazonaws.global.cloudfront.origin-facing"


@pytest.fixture
def edge(public):
    """A distribution whose origin is the load balancer, which lets only CloudFront in."""
    public.add("data.aws_ec2_managed_prefix_list.cloudfront", id="pl-cf", name=LIST)
    public.change("aws_vpc_security_group_ingress_rule.https", cidr_ipv4=None, prefix_list_id="pl-cf")
    custom = {"origin_protocol_policy": "https-only", "https_port": 443, "http_port": 80}
    public.add(
        "aws_cloudfront_distribution.main",
        enabled=True,
        origin=[{"domain_name": "main-1.elb.amazonaws.com", "custom_origin_config": [custom]}],
    )
    return public


def _origin(net, **values) -> None:
    (old,) = net.resources["aws_cloudfront_distribution.main"].values["origin"]
    net.change("aws_cloudfront_distribution.main", origin=[{**old, **values}])


def _vpc_origin(net, **values) -> None:
    net.change("aws_lb.main", internal=True)
    for subnet in ("one", "two"):
        net.change(f"aws_route_table_association.{subnet}", route_table_id="<aws_route_table.private>")
    config = {
        "arn": "arn:lb",
        "https_port": 443,
        "http_port": 80,
        "origin_protocol_policy": "https-only",
        **values,
    }
    net.add("aws_cloudfront_vpc_origin.main", vpc_origin_endpoint_config=[config])
    _origin(
        net,
        custom_origin_config=[],
        vpc_origin_config=[{"vpc_origin_id": "<aws_cloudfront_vpc_origin.main>"}],
    )


CASES = {
    "by its own name": (lambda net: None, "proven", ""),
    "by a record": (
        lambda net: (
            net.add(
                "aws_route53_record.origin",
                name="origin.example.com",
                type="A",
                alias=[{"name": "dualstack.main-1.elb.amazonaws.com"}],
            ),
            _origin(net, domain_name="origin.example.com"),
        ),
        "proven",
        "",
    ),
    "by a record of another load balancer": (
        lambda net: (
            net.add(
                "aws_route53_record.origin",
                name="origin.example.com",
                type="A",
                alias=[{"name": "other.elb"}],
            ),
            _origin(net, domain_name="origin.example.com"),
        ),
        "refuted",
        "aws_lb.main is no origin",
    ),
    "another origin": (
        lambda net: _origin(net, domain_name="example.com"),
        "refuted",
        "aws_lb.main is no origin",
    ),
    "an unknown origin": (
        lambda net: _origin(net, domain_name=UNKNOWN),
        "unknown",
        "does not tell the origins",
    ),
    "asked over HTTP": (
        lambda net: _origin(
            net,
            custom_origin_config=[
                {"origin_protocol_policy": "http-only", "http_port": 80, "https_port": 443}
            ],
        ),
        "refuted",
        "asks its origin on tcp/80",
    ),
    "everybody let in": (
        lambda net: net.change(
            "aws_vpc_security_group_ingress_rule.https", prefix_list_id=None, cidr_ipv4="0.0.0.0/0"
        ),
        "proven",
        "",
    ),
    "another prefix list": (
        lambda net: net.change(
            "data.aws_ec2_managed_prefix_list.cloudfront", name="com.amazonaws.us-east-1.s3"
        ),
        "refuted",
        "no ingress for tcp/443 from CloudFront",
    ),
    "internal": (lambda net: net.change("aws_lb.main", internal=True), "refuted", "is internal"),
    "no listener": (lambda net: net.drop("aws_lb_listener.https"), "refuted", "no listener"),
    "disabled": (
        lambda net: net.change("aws_cloudfront_distribution.main", enabled=False),
        "refuted",
        "not enabled",
    ),
    "as a VPC origin": (_vpc_origin, "proven", ""),
    "as a VPC origin of another": (lambda net: _vpc_origin(net, arn="arn:other"), "refuted", "is no origin"),
    "as a VPC origin on another port": (lambda net: _vpc_origin(net, https_port=8443), "refuted", "tcp/8443"),
    "as a VPC origin without an internet gateway": (
        lambda net: (_vpc_origin(net), net.drop("aws_internet_gateway.main")),
        "refuted",
        "has no internet gateway",
    ),
    "as a VPC origin whose group is closed": (
        lambda net: (_vpc_origin(net), net.drop("aws_vpc_security_group_ingress_rule.https")),
        "refuted",
        "no ingress for tcp/443 from CloudFront",
    ),
}


@pytest.mark.parametrize("how", CASES)
def test_from_cloudfront_to_a_load_balancer(edge, how: str) -> None:
    """The load balancer has to be an origin, on the port that is asked, and let CloudFront in."""
    change, verdict, reason = CASES[how]
    change(edge)
    found = edge.prove(*ENDS)
    assert verdict == found.verdict, found
    assert reason in found.reason


def test_only_cloudfront_gets_in(edge) -> None:
    """With the prefix list alone, a public client is refused."""
    assert "refuted" == edge.prove("external/internet", "aws_lb.main", "tcp/443").verdict


def test_from_cloudfront_to_a_bucket(edge) -> None:
    """A bucket has to be an origin too."""
    edge.add("aws_s3_bucket.files", bucket_regional_domain_name="files.s3.amazonaws.com")
    ends = ("aws_cloudfront_distribution.main", "aws_s3_bucket.files", "tcp/443")
    assert "refuted" == edge.prove(*ends).verdict
    _origin(edge, domain_name="files.s3.amazonaws.com")
    assert "proven" == edge.prove(*ends).verdict


def test_answers_to_a_vpc_origin_enter_its_subnets(edge) -> None:
    """CloudFront's own interfaces stand in the load balancer's subnets, behind the same ACL."""
    _vpc_origin(edge)
    ports = {"protocol": "tcp", "cidr_block": "0.0.0.0/0"}
    asked = {"rule_no": 10, "action": "allow", "from_port": 443, "to_port": 443, **ports}
    everything = {"rule_no": 100, "action": "allow", "from_port": 0, "to_port": 65535, **ports}
    ids = ["<aws_subnet.one>", "<aws_subnet.two>"]
    edge.add(
        "aws_network_acl.main",
        vpc_id="<aws_vpc.main>",
        subnet_ids=ids,
        ingress=[asked],
        egress=[everything],
    )
    assert "refuted" == edge.prove(*ENDS).verdict
    edge.change("aws_network_acl.main", ingress=[asked, everything])
    assert "proven" == edge.prove(*ENDS).verdict
