"""Does a packet of a drawn claim arrive? The network half of the oracle."""

from collections.abc import Iterable, Iterator

from drills.mutants.cloud import Cloud, Item, is_object, listed, namespace_of
from drills.mutants.interfaces import Interface, hosts, interfaces
from drills.mutants.packets import (
    Packet,
    Peer,
    acls_allow,
    has_internet_gateway,
    inside,
    outside,
    rules_allow,
    vpc_of,
)

_SERVICES = {
    "aws_cloudwatch_log_group": ("logs",),
    "aws_cognito_user_pool": ("cognito-idp",),
    "aws_ecr_repository": ("ecr.api", "ecr.dkr"),
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
        case "aws_cognito_user_pool":
            return said == "tcp/443"
    return False


def _one(cloud: Cloud, start: Item, end: Item, packet: Packet) -> bool:
    if start.get("type") == "aws_cloudfront_distribution":
        return _from_edge(cloud, start["values"], end, packet)
    sources = interfaces(cloud, start)
    if not sources or not _may(cloud, start, "Egress", packet) or not _may(cloud, end, "Ingress", packet):
        return False
    if end.get("type") == "aws_db_instance" and f"tcp/{end['values']['port']}" != _said(packet):
        return False
    if start.get("type") == "aws_lb" and not (is_object(end) and _serves(cloud, start, end, packet)):
        return False
    if end.get("type") == "aws_s3_bucket" or end.get("type") in _SERVICES:
        return all(_to_service(cloud, one, end["type"], packet) for one in sources)
    targets = interfaces(cloud, end) if is_object(end) or end["type"] == "aws_db_instance" else []
    return bool(targets) and all(inside(cloud, a, b, packet) for a in sources for b in targets)


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
                found.append(_container_port(workload, port.get("targetPort", port["port"])))
    return found


def _container_port(workload: Item, wanted: int | str) -> int:
    ports = [
        one for box in workload["spec"]["template"]["spec"]["containers"] for one in box.get("ports", [])
    ]
    named = [int(one["containerPort"]) for one in ports if one.get("name") == wanted]
    return wanted if isinstance(wanted, int) else next(iter(named), 0)


def _selects(spec: Item, workload: Item) -> bool:
    labels = workload["spec"]["template"]["metadata"].get("labels", {})
    return bool(spec.get("selector")) and spec["selector"].items() <= labels.items()


def _may(cloud: Cloud, thing: Item, way: str, packet: Packet) -> bool:
    """Whether the NetworkPolicies of a pod let everybody through at a port; others need no leave."""
    if not is_object(thing) or thing["kind"] not in {"Deployment", "Job"}:
        return True
    labels = thing["spec"]["template"]["metadata"].get("labels", {})
    own = [
        one["spec"]
        for one in cloud.of_kind("NetworkPolicy", namespace_of(thing))
        if (one["spec"].get("podSelector", {}).get("matchLabels") or {}).items() <= labels.items()
        and way in one["spec"].get("policyTypes", ["Ingress"])
    ]
    rules = [rule for spec in own for rule in listed(spec.get(way.lower()))]
    return not own or any(_opens(rule, packet) for rule in rules)


def _opens(rule: Item, packet: Packet) -> bool:
    ports = rule.get("ports") or [{"port": packet.port}]
    anybody = not rule.get("from") and not rule.get("to")
    return anybody and any(
        one.get("port") == packet.port and one.get("protocol", "TCP").lower() == packet.protocol
        for one in ports
    )


def _said(packet: Packet) -> str:
    return f"{packet.protocol}/{packet.port}"
