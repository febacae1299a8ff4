"""What a plan tells only in part: unknown ids, loops, arguments that repeat the past."""

import pytest

from asbuilt.claims import parse_claims
from asbuilt.infrastructure import UNKNOWN, Infrastructure, Resource, Symbol
from asbuilt.prove.network import NetworkProver
from asbuilt.prove.network.names import Names

ENDS = ("aws_instance.application", "aws_instance.database", "tcp/5432")


def planned(net, **references: dict[str, tuple[str, ...]]) -> Infrastructure:
    """The same as a plan that creates it all: ids are symbols, and resources have a provider."""
    ids = {one.values["id"]: Symbol(f"${{{one.address}.id}}") for one in net.resources.values()}

    def told(value):
        if isinstance(value, list):
            return [told(item) for item in value]
        return ids.get(value, value) if isinstance(value, str) else value

    found = []
    for old in net.resources.values():
        values = {name: told(value) for name, value in old.values.items()}
        mentioned = {**{name: () for name in values if name != "id"}, **old.references}
        found.append(Resource(old.address, old.type, values, mentioned, old.location, "aws"))
    return Infrastructure(tuple(found), tuple(net.manifests.values()))


def verdict(infrastructure: Infrastructure, ends: tuple[str, str, str] = ENDS):
    """The finding over one claim."""
    (claim,) = parse_claims(ends[2])
    return NetworkProver(infrastructure).prove(ends[0], ends[1], claim)


def test_symbols_stand_for_ids_on_both_sides(pair) -> None:
    """A plan that creates everything proves as much as the state afterwards."""
    assert "proven" == verdict(planned(pair)).verdict
    pair.drop("aws_vpc_security_group_ingress_rule.in")
    assert "refuted" == verdict(planned(pair)).verdict


def _mention(net, address: str, argument: str, *names: str) -> None:
    old = net.resources[address]
    net.add(address, {**old.references, argument: names}, **{**old.values, argument: UNKNOWN})


def test_a_set_of_one_mentioned_group_is_that_group(pair) -> None:
    """`vpc_security_group_ids = [aws_security_group.database.id]` is unknown as a set, and still told."""
    name = "aws_security_group.database"
    _mention(pair, "aws_instance.database", "vpc_security_group_ids", f"{name}.id", name)
    assert "proven" == verdict(planned(pair)).verdict


def test_of_two_mentioned_groups_each_has_to_let_it_through(pair) -> None:
    """The expression may choose one of them, so one that stops the packets leaves the verdict open."""
    pair.group("other")
    names = [f"aws_security_group.{name}{suffix}" for name in ("database", "other") for suffix in (".id", "")]
    _mention(pair, "aws_instance.database", "vpc_security_group_ids", *names)
    assert "unknown" == verdict(planned(pair)).verdict
    pair.rule("in2", "other", "ingress", "tcp/5432", cidr_ipv4="10.0.0.0/16")
    pair.rule("out2", "application", "egress", "tcp/5432", cidr_ipv4="10.0.0.0/16")
    assert "proven" == verdict(planned(pair)).verdict


def test_a_local_value_may_hold_any_group(pair) -> None:
    """What it holds is not in a plan: it may be any group that the plan creates."""
    _mention(pair, "aws_instance.database", "vpc_security_group_ids", "local.groups")
    assert "unknown" == verdict(planned(pair)).verdict


def test_a_rule_in_a_loop_may_belong_to_any_group(pair) -> None:
    """Its owner is one of a map's values, so it neither proves anything nor lets anything be refuted."""
    rule = "aws_vpc_security_group_ingress_rule.in"
    _mention(pair, rule, "security_group_id", "each.value")
    found = verdict(planned(pair))
    assert ("unknown", True) == (found.verdict, rule in found.reason)


@pytest.fixture
def zones(net):
    """Two zones: in each a private subnet, its table, its NAT gateway and a public subnet, all in loops."""
    net.add("aws_vpc.main", cidr_block="10.0.0.0/16")
    net.add("aws_internet_gateway.main", vpc_id="<aws_vpc.main>")
    net.add("aws_route_table.public", vpc_id="<aws_vpc.main>")
    net.add(
        "aws_route.public",
        route_table_id="<aws_route_table.public>",
        destination_cidr_block="0.0.0.0/0",
        gateway_id="<aws_internet_gateway.main>",
    )

    def loop(type_: str, name: str, key: str, **each: str) -> None:
        references = {argument: (block, "each.key") for argument, block in each.items()}
        net.add(f'{type_}.{name}["{key}"]', references, **dict.fromkeys(each, UNKNOWN))

    for index, key in enumerate("ab"):
        for offset, name in enumerate(("private", "public")):
            cidr = f"10.0.{index + 10 * offset}.0/24"
            net.add(f'aws_subnet.{name}["{key}"]', vpc_id="<aws_vpc.main>", cidr_block=cidr)
        net.add(f'aws_route_table.private["{key}"]', vpc_id="<aws_vpc.main>")
        net.add(f'aws_eip.nat["{key}"]')
        loop("aws_nat_gateway", "main", key, subnet_id="aws_subnet.public", allocation_id="aws_eip.nat")
        table, subnet = "aws_route_table.private", "aws_subnet.private"
        loop("aws_route_table_association", "private", key, route_table_id=table, subnet_id=subnet)
        loop("aws_route_table_association", "public", key, subnet_id="aws_subnet.public")
        net.change(f'aws_route_table_association.public["{key}"]', route_table_id="<aws_route_table.public>")
        loop("aws_route", "private", key, route_table_id=table, nat_gateway_id="aws_nat_gateway.main")
        net.change(f'aws_route.private["{key}"]', destination_cidr_block="0.0.0.0/0")
    net.group("job")
    net.rule("out", "job", "egress", "tcp/443", cidr_ipv4="0.0.0.0/0")
    net.add("aws_instance.job", vpc_security_group_ids=["<aws_security_group.job>"])
    _mention(net, "aws_instance.job", "subnet_id", "aws_subnet.private", "each.key")
    return net


OUT = ("aws_instance.job", "external/partner", "tcp/443")


def test_loops_over_zones_are_proven_whichever_zone_meets_which(zones) -> None:
    """As many associations as subnets leave no subnet out, and every table leads to some NAT gateway."""
    found = verdict(planned(zones), OUT)
    assert "proven" == found.verdict, found.reason


@pytest.mark.parametrize(
    "address",
    [
        'aws_route_table_association.private["b"]',
        'aws_route.private["b"]',
        'aws_route_table_association.public["a"]',
    ],
)
def test_one_missing_in_a_loop_leaves_a_zone_out(zones, address: str) -> None:
    """With one association or route fewer, nothing tells which subnet goes without."""
    zones.drop(address)
    assert "unknown" == verdict(planned(zones), OUT).verdict


def test_nothing_in_a_loop_is_refuted(zones) -> None:
    """Without any of the routes, no zone has a way out."""
    for key in "ab":
        zones.drop(f'aws_route.private["{key}"]')
    assert "refuted" == verdict(planned(zones), OUT).verdict


def _existing(net) -> Infrastructure:
    """A plan over what exists already: ids are known, and unwritten arguments repeat what was last read."""
    found = []
    for old in net.resources.values():
        mentioned = {name: () for name in old.values if name not in {"id", "ingress", "egress", "route"}}
        found.append(Resource(old.address, old.type, old.values, mentioned, old.location, "aws"))
    return Infrastructure(tuple(found))


BLOCK = {
    "protocol": "tcp",
    "from_port": 5432,
    "to_port": 5432,
    "security_groups": ["<aws_security_group.application>"],
}


def test_a_rule_that_the_plan_destroys_proves_nothing(pair) -> None:
    """The group repeats it inline as it was last read; that is the past."""
    pair.change("aws_security_group.database", ingress=[BLOCK])
    assert "proven" == verdict(_existing(pair)).verdict
    pair.drop("aws_vpc_security_group_ingress_rule.in")  # what the plan destroys is not among the resources
    found = verdict(_existing(pair))
    assert ("unknown", True) == (found.verdict, "may be what is there now" in found.reason)


def test_a_default_group_in_a_plan_is_known_by_its_vpc(pair) -> None:
    """Where AWS chooses the group, it is the default one, whose rules are AWS's until they are taken over."""
    old = pair.resources["aws_instance.database"]
    values = {**old.values, "vpc_security_group_ids": UNKNOWN}
    pair.add("aws_instance.database", **values)
    plan = planned(pair)
    left = [
        Resource(one.address, one.type, one.values, {"subnet_id": ()}, one.location, one.provider)
        if one.address == "aws_instance.database"
        else one
        for one in plan.resources
    ]
    found = verdict(Infrastructure(tuple(left)))
    assert "refuted" == found.verdict
    assert found.reason.endswith("no egress for tcp/5432 to the default security group of aws_vpc.main")


def test_a_set_that_may_hold_known_ids_is_not_resolved(net) -> None:
    """In a VPC that exists, an unknown set of subnets may hold others than those it mentions."""
    net.add("aws_vpc.main", id="vpc-1", cidr_block="10.0.0.0/16")
    subnet = Resource(
        "aws_subnet.new",
        "aws_subnet",
        {"id": Symbol("${aws_subnet.new.id}"), "vpc_id": "vpc-1"},
        {},
        None,
        "aws",
    )
    balancer = Resource(
        "aws_lb.main", "aws_lb", {"subnets": UNKNOWN}, {"subnets": ("aws_subnet.new",)}, None, "aws"
    )
    names = Names(Infrastructure((*net.resources.values(), subnet, balancer)))
    assert "" != names.many(balancer, "subnets", type_="aws_subnet").doubt
    new = Resource(
        subnet.address,
        subnet.type,
        {**subnet.values, "vpc_id": Symbol("${aws_vpc.main.id}")},
        {},
        None,
        "aws",
    )
    names = Names(Infrastructure((new, balancer)))
    assert (new,) == names.many(balancer, "subnets", type_="aws_subnet").items


@pytest.mark.parametrize(
    ("mentioned", "expected"),
    [
        (('aws_subnet.private["a"].id', 'aws_subnet.private["a"]', "aws_subnet.private"), ["a"]),
        (("aws_subnet.private", "each.key"), ["a", "b"]),
        (("each.value",), ["a", "b", "public"]),
        (("local.subnet",), ["a", "b", "public"]),
        (("aws_lb.main.subnets", "aws_lb.main"), ["a", "b", "public"]),
    ],
)
def test_candidates_for_an_unknown_id(mentioned: tuple[str, ...], expected: list[str]) -> None:
    """What the expression mentions; or, where it may hold anything, all that the plan creates."""

    def new(address: str) -> Resource:
        values = {"id": Symbol(f"${{{address}.id}}"), "vpc_id": Symbol("${aws_vpc.main.id}")}
        return Resource(address, address.split(".")[0], values, {}, None, "aws")

    subnets = [new('aws_subnet.private["a"]'), new('aws_subnet.private["b"]'), new("aws_subnet.public")]
    host = Resource(
        "aws_instance.x", "aws_instance", {"subnet_id": UNKNOWN}, {"subnet_id": mentioned}, None, "aws"
    )
    found = Names(Infrastructure((*subnets, new("aws_lb.main"), host))).one(
        host, "subnet_id", type_="aws_subnet"
    )
    assert expected == [one.address.split('"')[1] if '"' in one.address else "public" for one in found.items]
    assert (len(expected) == 1) == found.exact
