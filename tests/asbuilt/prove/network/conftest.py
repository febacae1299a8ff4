"""A builder of small infrastructures: everything is called by its type and name, and so is its id."""

from typing import Any

import pytest

from asbuilt.claims import Network, parse_claims
from asbuilt.infrastructure import Infrastructure, Location, Manifest, Resource
from asbuilt.prove.network import NetworkProver
from asbuilt.prove.verdicts import Finding

Values = dict[str, Any]


class Net:
    """Resources and objects, added one by one; `drop` and `change` break what is there."""

    def __init__(self) -> None:
        self.resources: dict[str, Resource] = {}
        self.manifests: dict[str, Manifest] = {}

    def add(
        self, address: str, /, references: dict[str, tuple[str, ...]] | None = None, **values: Any
    ) -> str:
        """One resource; its id is its address in angle brackets, unless given. Gives the id back."""
        type_ = address.removeprefix("data.").split(".")[0]
        values = {"id": f"<{address}>", **values}
        place = Location("main.tf", len(self.resources) + 1)
        self.resources[address] = Resource(address, type_, values, references or {}, place)
        return str(values["id"])

    def change(self, address: str, **values: Any) -> None:
        """Other values for a resource that is there."""
        old = self.resources[address]
        self.resources[address] = Resource(
            address, old.type, {**old.values, **values}, old.references, old.location, old.provider
        )

    def drop(self, address: str) -> None:
        """Without a resource that is there."""
        del self.resources[address]

    def object(self, name: str, **body: Any) -> None:
        """One Kubernetes object, by `namespace/Kind/name`."""
        self.manifests[name] = Manifest(name, body, Location("objects.yaml", len(self.manifests) + 1))

    def network(self, **subnets: str) -> None:
        """A VPC 10.0.0.0/16 with these subnets."""
        self.add("aws_vpc.main", cidr_block="10.0.0.0/16")
        for name, cidr in subnets.items():
            self.add(f"aws_subnet.{name}", vpc_id="<aws_vpc.main>", cidr_block=cidr)

    def group(self, name: str, **values: Any) -> None:
        """A security group of the VPC."""
        self.add(f"aws_security_group.{name}", vpc_id="<aws_vpc.main>", **values)

    def rule(self, name: str, group: str, direction: str, ports: str, **peer: str) -> None:
        """A per-rule resource: `ports` as `tcp/80-81`, or `-1` for all."""
        protocol, _, span = ports.partition("/")
        first, _, last = span.partition("-")
        numbers = {"from_port": int(first), "to_port": int(last or first)} if span else {}
        owner = f"<aws_security_group.{group}>"
        kind = f"aws_vpc_security_group_{direction}_rule"
        self.add(f"{kind}.{name}", security_group_id=owner, ip_protocol=protocol, **numbers, **peer)

    def instance(self, name: str, subnet: str, *groups: str, **values: Any) -> None:
        """An instance in a subnet, in these groups."""
        ids = [f"<aws_security_group.{group}>" for group in groups]
        self.add(
            f"aws_instance.{name}", subnet_id=f"<aws_subnet.{subnet}>", vpc_security_group_ids=ids, **values
        )

    def infrastructure(self) -> Infrastructure:
        """Everything that was added."""
        return Infrastructure(tuple(self.resources.values()), tuple(self.manifests.values()))

    def prove(self, source: str, target: str, claim: str) -> Finding:
        """The verdict over one claim, written as in a diagram."""
        (parsed,) = parse_claims(claim)
        assert isinstance(parsed, Network)
        return NetworkProver(self.infrastructure()).prove(source, target, parsed)


@pytest.fixture
def net() -> Net:
    """An empty infrastructure."""
    return Net()


@pytest.fixture
def pair(net: Net) -> Net:
    """An application in one subnet that may open tcp/5432 to a database host in another."""
    net.network(front="10.0.1.0/24", back="10.0.2.0/24")
    net.group("application")
    net.group("database")
    net.rule(
        "out",
        "application",
        "egress",
        "tcp/5432",
        referenced_security_group_id="<aws_security_group.database>",
    )
    net.rule(
        "in",
        "database",
        "ingress",
        "tcp/5432",
        referenced_security_group_id="<aws_security_group.application>",
    )
    net.instance("application", "front", "application")
    net.instance("database", "back", "database")
    return net


@pytest.fixture
def public(net: Net) -> Net:
    """A load balancer in two public subnets, a service behind it in a private one with a way out over NAT."""
    net.network(one="10.0.1.0/24", two="10.0.2.0/24", private="10.0.3.0/24")
    net.add("aws_internet_gateway.main", vpc_id="<aws_vpc.main>")
    net.add("aws_eip.nat")
    given = {"connectivity_type": "public", "allocation_id": "<aws_eip.nat>"}
    net.add("aws_nat_gateway.main", subnet_id="<aws_subnet.one>", **given)
    ways = {
        "public": {"gateway_id": "<aws_internet_gateway.main>"},
        "private": {"nat_gateway_id": "<aws_nat_gateway.main>"},
    }
    for name, way in ways.items():
        net.add(
            f"aws_route_table.{name}", vpc_id="<aws_vpc.main>", route=[{"cidr_block": "0.0.0.0/0", **way}]
        )
    for name, table in (("one", "public"), ("two", "public"), ("private", "private")):
        net.add(
            f"aws_route_table_association.{name}",
            subnet_id=f"<aws_subnet.{name}>",
            route_table_id=f"<aws_route_table.{table}>",
        )
    net.group("balancer")
    net.group("service")
    net.rule("https", "balancer", "ingress", "tcp/443", cidr_ipv4="0.0.0.0/0")
    net.rule(
        "to_service",
        "balancer",
        "egress",
        "tcp/8000",
        referenced_security_group_id="<aws_security_group.service>",
    )
    net.rule(
        "to_service",
        "service",
        "ingress",
        "tcp/8000",
        referenced_security_group_id="<aws_security_group.balancer>",
    )
    net.rule("out", "service", "egress", "tcp/443", cidr_ipv4="0.0.0.0/0")
    net.add(
        "aws_lb.main",
        internal=False,
        load_balancer_type="application",
        subnets=["<aws_subnet.one>", "<aws_subnet.two>"],
        security_groups=["<aws_security_group.balancer>"],
        dns_name="main-1.elb.amazonaws.com",
        arn="arn:lb",
    )
    net.add(
        "aws_lb_listener.https",
        load_balancer_arn="arn:lb",
        port=443,
        protocol="HTTPS",
        certificate_arn="arn:certificate",
        arn="arn:listener",
        default_action=[{"type": "forward", "target_group_arn": "arn:group"}],
    )
    net.add(
        "aws_lb_target_group.main",
        arn="arn:group",
        name="main",
        port=8000,
        protocol="HTTP",
        target_type="instance",
    )
    net.instance("service", "private", "service")
    net.add(
        "aws_lb_target_group_attachment.main",
        target_group_arn="arn:group",
        target_id="<aws_instance.service>",
    )
    return net
