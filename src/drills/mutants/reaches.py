"""Does a packet of a drawn claim arrive? The network half of the oracle."""

from collections.abc import Iterable, Iterator

from drills.mutants.cloud import Cloud, Item, is_object, namespace_of
from drills.mutants.interfaces import Interface, hosts, interfaces
from drills.mutants.packets import (
    INTERNET,
    Packet,
    Peer,
    acls_allow,
    has_internet_gateway,
    inside,
    is_public,
    leaves_by,
    outside,
    rules_allow,
    vpc_of,
)
from drills.mutants.pods import Far, container_port, far, may

_NAT = "aws_nat_gateway"
_INSIDE = {"aws_db_instance", "aws_eks_cluster", "aws_eks_node_group", "aws_vpc_endpoint"}
_SERVICES = {
    "aws_cloudwatch_log_group": ("logs",),
    "aws_cognito_user_pool": ("cognito-idp",),
    "aws_ecr_repository": ("ecr.api", "ecr.dkr"),
    "aws_kms_key": ("kms",),
    "aws_sfn_state_machine": ("states",),
    "aws_sqs_queue": ("sqs",),
}
_CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"


def reaches(cloud: Cloud, source: str, target: str, packet: Packet) -> bool:
    """Whether every instance of the source reaches every instance of the target."""
    ends = cloud.find(target)
    if source.startswith("external/"):
        return bool(ends) and all(_public(end, packet) for end in ends)
    starts = cloud.find(source)
    if target.startswith("external/"):
        return bool(starts) and all(_onward(cloud, one, packet) for one in starts)
    if ends and ends[0].get("type") == _NAT:
        return bool(starts) and _through(cloud, starts, ends, packet)
    return bool(starts and ends) and all(_one(cloud, a, b, packet) for a in starts for b in ends)


def _public(end: Item, packet: Packet) -> bool:
    """What AWS serves to everybody, and on which ports."""
    said = f"{packet.protocol}/{packet.port}"
    match end.get("type"):
        case "aws_cloudfront_distribution":
            http3 = {"udp/443"} if end["values"]["http_version"].endswith("3") else set()
            return end["values"]["enabled"] and said in {"tcp/443", "tcp/80"} | http3
        case "aws_route53_zone":
            return not end["values"].get("vpc") and said in {"udp/53", "tcp/53"}
        case "aws_cognito_user_pool" | "aws_s3_bucket":
            return said == "tcp/443"
    return False


def _onward(cloud: Cloud, start: Item, packet: Packet) -> bool:
    """Only NAT gateways are drawn as leading to the internet."""
    return start.get("type") == _NAT and is_public(cloud, start["values"]["subnet_id"], packet)


def _through(cloud: Cloud, starts: list[Item], gateways: list[Item], packet: Packet) -> bool:
    """Whether all that leaves takes one of these gateways, and each of them is taken."""
    taken: set[str | None] = set()
    for start in starts:
        own = interfaces(cloud, start)
        is_place = start.get("type") == "aws_subnet"
        if not own or not may(cloud, start, "Egress", packet, Far(INTERNET)):
            return False
        if not is_place and not all(outside(cloud, one, packet) for one in own):
            return False
        taken |= {gateway for one in own for gateway in leaves_by(cloud, one, packet)}
    return taken == {one["values"]["id"] for one in gateways}


def _one(cloud: Cloud, start: Item, end: Item, packet: Packet) -> bool:
    if start.get("type") == "aws_cloudfront_distribution":
        return _from_edge(cloud, start["values"], end, packet)
    sources, type_ = interfaces(cloud, start), end.get("type", "")
    if not sources or not _listens(end, packet):
        return False
    there = far(cloud, end, _doors(cloud, sources, type_))
    if not may(cloud, start, "Egress", packet, there) or not may(
        cloud, end, "Ingress", packet, far(cloud, start)
    ):
        return False
    if start.get("type") == "aws_lb" and not (is_object(end) and _serves(cloud, start, end, packet)):
        return False
    if type_ == "aws_s3_bucket" or type_ in _SERVICES:
        return all(_to_service(cloud, one, type_, packet) for one in sources)
    targets = interfaces(cloud, end) if is_object(end) or type_ in _INSIDE else []
    return bool(targets) and all(inside(cloud, a, b, packet) for a in sources for b in targets)


def _listens(end: Item, packet: Packet) -> bool:
    match end.get("type"):
        case "aws_db_instance":
            return f"tcp/{end['values']['port']}" == _said(packet)
        case "aws_eks_cluster" | "aws_vpc_endpoint":
            return _said(packet) == "tcp/443"
    return True


def _doors(cloud: Cloud, sources: list[Interface], type_: str) -> list[Item]:
    """The endpoints behind which a service is for a network."""
    names = ("s3",) if type_ == "aws_s3_bucket" else _SERVICES.get(type_, ())
    found = (_endpoint(cloud, sources[0], name, "Interface") for name in names)
    return [{"type": "aws_vpc_endpoint", "values": one} for one in found if one]


def _to_service(cloud: Cloud, source: Interface, type_: str, packet: Packet) -> bool:
    if _said(packet) != "tcp/443":
        return False
    if type_ == "aws_s3_bucket":
        return outside(cloud, source, packet, _endpoint(cloud, source, "s3", "Gateway"))
    return all(_by_endpoint(cloud, source, name, packet) for name in _SERVICES[type_])


def _by_endpoint(cloud: Cloud, source: Interface, service: str, packet: Packet) -> bool:
    """An interface endpoint with private DNS takes over the service's name in its VPC."""
    endpoint = _endpoint(cloud, source, service, "Interface")
    if endpoint is None:
        return outside(cloud, source, packet)
    doors = interfaces(cloud, {"type": "aws_vpc_endpoint", "values": endpoint})
    return bool(doors) and all(inside(cloud, source, door, packet) for door in doors)


def _endpoint(cloud: Cloud, source: Interface, service: str, kind: str) -> Item | None:
    for endpoint in cloud.all("aws_vpc_endpoint"):
        here = endpoint["vpc_id"] == vpc_of(cloud, source.subnet) and endpoint["vpc_endpoint_type"] == kind
        named = endpoint["service_name"].endswith(f".{service}")
        if here and named and (kind == "Gateway" or endpoint["private_dns_enabled"]):
            return endpoint
    return None


def _from_edge(cloud: Cloud, edge: Item, end: Item, packet: Packet) -> bool:
    """CloudFront comes through a VPC origin, whose interfaces stand in the load balancer's subnets."""
    if end.get("type") != "aws_lb" or not edge["enabled"] or packet.protocol != "tcp":
        return False
    used = edge["default_cache_behavior"][0]["target_origin_id"]
    origin: Item = next((one for one in edge["origin"] if one["origin_id"] == used), {})
    own = [one["vpc_origin_id"] for one in origin.get("vpc_origin_config") or []]
    found = cloud.by("aws_cloudfront_vpc_origin", id=own[0]) if own else None
    settings = found["vpc_origin_endpoint_config"][0] if found else {}
    ports = {"https-only": [settings.get("https_port")], "http-only": [settings.get("http_port")]}
    return (
        settings.get("arn") == end["values"]["arn"]
        and packet.port in ports.get(settings["origin_protocol_policy"], [])
        and any(one["port"] == packet.port for one in _listeners(cloud, end))
        and all(_admits(cloud, one, packet) for one in interfaces(cloud, end))
    )


def _admits(cloud: Cloud, door: Interface, packet: Packet) -> bool:
    lists = frozenset(
        one["id"] for one in cloud.all("aws_ec2_managed_prefix_list") if one["name"] == _CLOUDFRONT
    )
    return has_internet_gateway(cloud, door.subnet) and all(
        rules_allow(cloud, door, "ingress", packet, Peer(ip, lists=lists))
        and acls_allow(cloud, (subnet, ip), (door.subnet, own), packet)
        for subnet in _subnets_of_balancer(cloud, door)
        for ip in hosts(cloud, subnet)
        for own in hosts(cloud, door.subnet)
    )


def _subnets_of_balancer(cloud: Cloud, door: Interface) -> set[str]:
    return {one for lb in cloud.all("aws_lb") if door.subnet in lb["subnets"] for one in lb["subnets"]}


def _listeners(cloud: Cloud, balancer: Item) -> list[Item]:
    return [
        one for one in cloud.all("aws_lb_listener") if one["load_balancer_arn"] == balancer["values"]["arn"]
    ]


def _serves(cloud: Cloud, balancer: Item, workload: Item, packet: Packet) -> bool:
    """Listener or rule → target group → binding → Service → labels → port."""
    listeners = _listeners(cloud, balancer)
    arns = {one["arn"] for one in listeners}
    rules = [one for one in cloud.all("aws_lb_listener_rule") if one["listener_arn"] in arns]
    actions = [*_each(listeners, "default_action"), *_each(rules, "action")]
    wanted = {action["target_group_arn"] for action in actions if action["type"] == "forward"}
    groups = [one for one in cloud.all("aws_lb_target_group") if one["arn"] in wanted]
    return packet.protocol == "tcp" and any(
        packet.port in _ports(cloud, group, workload) for group in groups if group["target_type"] == "ip"
    )


def _each(things: Iterable[Item], key: str) -> Iterator[Item]:
    for thing in things:
        yield from thing[key]


def _ports(cloud: Cloud, group: Item, workload: Item) -> list[int]:
    """The ports at which a target group holds the pods of a workload."""
    found = []
    for binding in cloud.of_kind("TargetGroupBinding", namespace_of(workload)):
        spec = binding["spec"]
        if group["name"] != spec.get("targetGroupName") and group["arn"] != spec.get("targetGroupARN"):
            continue
        service = cloud.objects.get(f"{namespace_of(workload)}/Service/{spec['serviceRef']['name']}")
        for port in service["spec"]["ports"] if service and _selects(service["spec"], workload) else []:
            if spec["serviceRef"]["port"] in (port.get("name"), port["port"]):
                found.append(container_port(workload, port.get("targetPort", port["port"])))
    return found


def _selects(spec: Item, workload: Item) -> bool:
    labels = workload["spec"]["template"]["metadata"].get("labels", {})
    return bool(spec.get("selector")) and spec["selector"].items() <= labels.items()


def _said(packet: Packet) -> str:
    return f"{packet.protocol}/{packet.port}"
