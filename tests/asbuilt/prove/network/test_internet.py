"""The internet at either end."""

import pytest

from asbuilt.infrastructure import UNKNOWN

IN = ("external/internet", "aws_lb.main", "tcp/443")
OUT = ("aws_instance.service", "external/partner", "tcp/443")


def test_everybody_reaches_a_public_load_balancer(public) -> None:
    """Listener, rule, routes of both subnets and the gateway are cited."""
    found = public.prove(*IN)
    cited = {one.address for one in found.evidence}
    assert "proven" == found.verdict, found.reason
    assert {
        "aws_lb_listener.https",
        "aws_vpc_security_group_ingress_rule.https",
        "aws_route_table.public",
        "aws_route_table_association.two",
        "aws_internet_gateway.main",
    } <= cited


INBOUND = {
    "internal": (lambda net: net.change("aws_lb.main", internal=True), "refuted", "is internal"),
    "unknown whether internal": (
        lambda net: net.add(
            "aws_lb.main",
            {"internal": ("local.x",)},
            **{**net.resources["aws_lb.main"].values, "internal": UNKNOWN},
        ),
        "unknown",
        "whether aws_lb.main is internal",
    ),
    "no listener": (
        lambda net: net.change("aws_lb_listener.https", port=8443),
        "refuted",
        "no listener for tcp/443",
    ),
    "open to one office": (
        lambda net: net.change("aws_vpc_security_group_ingress_rule.https", cidr_ipv4="203.0.113.0/24"),
        "refuted",
        "no ingress for tcp/443 from external/internet",
    ),
    "open in two halves": (
        lambda net: (
            net.change("aws_vpc_security_group_ingress_rule.https", cidr_ipv4="0.0.0.0/1"),
            net.rule("https2", "balancer", "ingress", "tcp/443", cidr_ipv4="128.0.0.0/1"),
        ),
        "proven",
        "",
    ),
    "one subnet not public": (
        lambda net: net.change("aws_route_table_association.two", route_table_id="<aws_route_table.private>"),
        "refuted",
        "aws_subnet.two is no public subnet",
    ),
    "one subnet on the main table": (
        lambda net: net.drop("aws_route_table_association.two"),
        "refuted",
        "aws_subnet.two has no route to the internet",
    ),
    "the gateway at another VPC": (
        lambda net: (
            net.add("aws_vpc.other", cidr_block="10.1.0.0/16"),
            net.change("aws_internet_gateway.main", vpc_id="<aws_vpc.other>"),
        ),
        "refuted",
        "attached to another VPC",
    ),
    "over a firewall": (
        lambda net: net.change(
            "aws_route_table.public", route=[{"cidr_block": "0.0.0.0/0", "vpc_endpoint_id": "vpce-1"}]
        ),
        "unknown",
        "leads where it is not followed",
    ),
    "an ACL without answers": (
        lambda net: net.add(
            "aws_network_acl.main",
            vpc_id="<aws_vpc.main>",
            subnet_ids=["<aws_subnet.two>"],
            ingress=[
                {
                    "rule_no": 1,
                    "action": "allow",
                    "protocol": "-1",
                    "from_port": 0,
                    "to_port": 0,
                    "cidr_block": "0.0.0.0/0",
                }
            ],
            egress=[],
        ),
        "refuted",
        "no egress of answers",
    ),
    "an ACL that denies private addresses only": (
        lambda net: net.add(
            "aws_network_acl.main",
            vpc_id="<aws_vpc.main>",
            subnet_ids=["<aws_subnet.two>"],
            ingress=[
                {
                    "rule_no": 1,
                    "action": "deny",
                    "protocol": "-1",
                    "from_port": 0,
                    "to_port": 0,
                    "cidr_block": "192.168.0.0/16",
                },
                {
                    "rule_no": 2,
                    "action": "allow",
                    "protocol": "-1",
                    "from_port": 0,
                    "to_port": 0,
                    "cidr_block": "0.0.0.0/0",
                },
            ],
            egress=[
                {
                    "rule_no": 1,
                    "action": "allow",
                    "protocol": "-1",
                    "from_port": 0,
                    "to_port": 0,
                    "cidr_block": "0.0.0.0/0",
                }
            ],
        ),
        "proven",
        "",
    ),
    "public access blocked for all VPCs": (
        lambda net: net.add(
            "aws_vpc_block_public_access_options.main", internet_gateway_block_mode="block-ingress"
        ),
        "unknown",
        "may block aws_internet_gateway.main",
    ),
}


@pytest.mark.parametrize("how", INBOUND)
def test_from_everybody(public, how: str) -> None:
    """Whatever keeps some public client out is named."""
    change, verdict, reason = INBOUND[how]
    change(public)
    found = public.prove(*IN)
    assert verdict == found.verdict, found
    assert reason in found.reason


def test_a_named_outsider_may_be_let_in_by_part_of_the_addresses(public) -> None:
    """Where an office is, nobody tells; that everybody gets in is proven for it too."""
    assert "proven" == public.prove("external/office", *IN[1:]).verdict
    public.change("aws_vpc_security_group_ingress_rule.https", cidr_ipv4="203.0.113.0/24")
    assert "unknown" == public.prove("external/office", *IN[1:]).verdict


OUTBOUND = {
    "as it is": (lambda net: None, "proven", ""),
    "no egress": (
        lambda net: net.drop("aws_vpc_security_group_egress_rule.out"),
        "refuted",
        "has no egress for tcp/443 to external/partner",
    ),
    "egress inside the VPC only": (
        lambda net: net.change("aws_vpc_security_group_egress_rule.out", cidr_ipv4="10.0.0.0/8"),
        "refuted",
        "no egress",
    ),
    "egress to some addresses": (
        lambda net: net.change("aws_vpc_security_group_egress_rule.out", cidr_ipv4="198.0.0.0/8"),
        "unknown",
        "only in part",
    ),
    "no route": (
        lambda net: net.change("aws_route_table.private", route=[]),
        "refuted",
        "the route table of aws_subnet.private has no route to the internet",
    ),
    "NAT in a private subnet": (
        lambda net: net.change("aws_nat_gateway.main", subnet_id="<aws_subnet.private>"),
        "refuted",
        "aws_subnet.private is no public subnet",
    ),
    "private NAT": (
        lambda net: net.change("aws_nat_gateway.main", connectivity_type="private"),
        "unknown",
        "private NAT gateway",
    ),
    "straight out without a public address": (
        lambda net: (
            net.change("aws_route_table_association.private", route_table_id="<aws_route_table.public>")
            or net.change("aws_subnet.private", map_public_ip_on_launch=False)
        ),
        "refuted",
        "aws_instance.service has no public address",
    ),
    "straight out with an elastic address": (
        lambda net: (
            net.change("aws_route_table_association.private", route_table_id="<aws_route_table.public>")
            or net.add("aws_eip.service", instance="<aws_instance.service>")
        ),
        "proven",
        "",
    ),
    "an ACL at the NAT gateway without answers": (
        lambda net: net.add(
            "aws_network_acl.main",
            vpc_id="<aws_vpc.main>",
            subnet_ids=["<aws_subnet.one>"],
            ingress=[
                {
                    "rule_no": 1,
                    "action": "allow",
                    "protocol": "tcp",
                    "from_port": 443,
                    "to_port": 443,
                    "cidr_block": "0.0.0.0/0",
                }
            ],
            egress=[
                {
                    "rule_no": 1,
                    "action": "allow",
                    "protocol": "-1",
                    "from_port": 0,
                    "to_port": 0,
                    "cidr_block": "0.0.0.0/0",
                }
            ],
        ),
        "refuted",
        "aws_network_acl.main allows no ingress of answers",
    ),
    "routes that a VPN gateway learns": (
        lambda net: net.change("aws_route_table.private", propagating_vgws=["vgw-1"]),
        "unknown",
        "VPN gateway",
    ),
}


@pytest.mark.parametrize("how", OUTBOUND)
def test_to_the_internet(public, how: str) -> None:
    """Out through the rules and the NAT gateway, whose subnet has to be public."""
    change, verdict, reason = OUTBOUND[how]
    change(public)
    found = public.prove(*OUT)
    assert verdict == found.verdict, found
    assert reason in found.reason


def test_a_public_name_is_reached_over_the_internet(public) -> None:
    """Inside the VPC too, a public load balancer's name means public addresses: no rule by group holds."""
    ends = ("aws_instance.service", "aws_lb.main", "tcp/443")
    assert "proven" == public.prove(*ends).verdict
    public.change(
        "aws_vpc_security_group_ingress_rule.https",
        cidr_ipv4=None,
        referenced_security_group_id="<aws_security_group.service>",
    )
    assert "refuted" == public.prove(*ends).verdict
    public.change("aws_lb.main", internal=True)
    assert "proven" == public.prove(*ends).verdict


@pytest.mark.parametrize(
    ("target", "claim", "verdict"),
    [
        ("aws_s3_bucket.files", "tcp/443", "proven"),
        ("aws_s3_bucket.files", "tcp/22", "refuted"),
        ("aws_cognito_user_pool.main", "tcp/443", "proven"),
        ("aws_route53_zone.main", "udp/53", "proven"),
        ("aws_route53_zone.inside", "udp/53", "refuted"),
        ("aws_cloudfront_distribution.main", "tcp/443", "proven"),
        ("aws_cloudfront_distribution.main", "udp/443", "proven"),
        ("aws_cloudfront_distribution.main", "tcp/8443", "refuted"),
        ("aws_cloudfront_distribution.off", "tcp/443", "refuted"),
        ("aws_instance.service", "tcp/443", "refuted"),
        ("aws_db_instance.main", "tcp/5432", "refuted"),
    ],
)
def test_what_aws_itself_puts_on_the_internet(public, target: str, claim: str, verdict: str) -> None:
    """AWS's endpoints and enabled distributions answer everybody; hosts without a public address nobody."""
    public.add("aws_s3_bucket.files")
    public.add("aws_cognito_user_pool.main")
    public.add("aws_route53_zone.main", vpc=[])
    public.add("aws_route53_zone.inside", vpc=[{"vpc_id": "<aws_vpc.main>"}])
    public.add("aws_cloudfront_distribution.main", enabled=True, http_version="http2and3")
    public.add("aws_cloudfront_distribution.off", enabled=False)
    public.add(
        "aws_db_subnet_group.main", name="main", subnet_ids=["<aws_subnet.private>", "<aws_subnet.one>"]
    )
    public.add(
        "aws_db_instance.main",
        db_subnet_group_name="main",
        vpc_security_group_ids=["<aws_security_group.service>"],
        engine="postgres",
        publicly_accessible=False,
    )
    assert verdict == public.prove("external/internet", target, claim).verdict


def test_a_function_outside_the_vpc_reaches_the_internet_and_nothing_private(public) -> None:
    """It is in none of our subnets, so no rule of ours concerns it."""
    public.add("aws_lambda_function.free", vpc_config=[])
    public.add("aws_sqs_queue.main")
    assert "proven" == public.prove("aws_lambda_function.free", "aws_sqs_queue.main", "tcp/443").verdict
    assert "proven" == public.prove("aws_lambda_function.free", "aws_lb.main", "tcp/443").verdict
    found = public.prove("aws_lambda_function.free", "aws_instance.service", "tcp/8000")
    assert ("refuted", True) == (found.verdict, "is not in a VPC" in found.reason)


def test_an_elastic_address_goes_to_who_is_last(public) -> None:
    """Associated twice, nothing tells who has it."""
    public.instance("front", "one", "balancer")
    public.add("aws_eip.front", instance="<aws_instance.front>")
    ends = ("external/internet", "aws_instance.front", "tcp/443")
    assert "proven" == public.prove(*ends).verdict
    other = {"allocation_id": "<aws_eip.front>", "instance_id": "<aws_instance.service>"}
    public.add("aws_eip_association.other", **other)
    assert "unknown" == public.prove(*ends).verdict


@pytest.mark.parametrize(("port", "verdict"), [(25, "unknown"), (587, "proven")])
def test_mail_leaves_aws_by_its_other_ports(public, port: int, verdict: str) -> None:
    """AWS blocks the port of mail servers, from instances and from functions."""
    public.rule("mail", "service", "egress", f"tcp/{port}", cidr_ipv4="0.0.0.0/0")
    public.add("aws_lambda_function.free", vpc_config=[])
    for source in ("aws_instance.service", "aws_lambda_function.free"):
        assert verdict == public.prove(source, "external/mail", f"tcp/{port}").verdict
