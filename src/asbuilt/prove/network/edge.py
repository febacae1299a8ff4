"""CloudFront and the internet as ends of an arrow.

A distribution fetches from an origin over the internet, or through a VPC origin from a load balancer
that has no public address. CloudFront's requests come from the addresses of its origin-facing managed
prefix list (Amazon CloudFront Developer Guide, "Locations and IP address ranges of CloudFront edge
servers", "Restrict access with VPC origins").
"""

from collections.abc import Iterator

from asbuilt.claims import Network
from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.distributions import used_origins
from asbuilt.prove.network import viewers
from asbuilt.prove.network.acls import Crossing
from asbuilt.prove.network.balancers import Balancers
from asbuilt.prove.network.firewalls import Firewalls
from asbuilt.prove.network.groups import Peer
from asbuilt.prove.network.interfaces import Interface
from asbuilt.prove.network.logic import either, every, proven, refuted, unknown
from asbuilt.prove.network.members import canonical, dig, is_text, over
from asbuilt.prove.network.names import Names
from asbuilt.prove.network.origins import asks, spoken
from asbuilt.prove.network.paths import Paths, internet
from asbuilt.prove.network.spans import ANY4
from asbuilt.prove.verdicts import Finding

_LISTS = frozenset({"com.amazonaws.global.cloudfront.origin-facing"})
_VPC_ORIGIN = "origin.vpc_origin_config.vpc_origin_id"
_CLOUDFRONT = internet("CloudFront", lists=_LISTS)


class Edge:
    """The distributions of one infrastructure."""

    def __init__(self, paths: Paths, balancers: Balancers) -> None:
        self._paths = paths
        self._balancers = balancers
        self._names = paths.names
        self._firewalls = Firewalls(paths.names)
        self._records: dict[str, list[Resource]] = {}
        for record in self._names.infrastructure.of_type("aws_route53_record"):
            for name in _called(self._names, record):
                self._records.setdefault(name, []).append(record)

    def listens(self, distribution: Resource, claim: Network) -> Finding:
        """Everybody reaches an enabled distribution over HTTP and HTTPS, and QUIC where it speaks HTTP/3."""
        if off := self._is_off(distribution):
            return off
        quic = "3" in str(distribution.values.get("http_version"))
        open_ = {("tcp", 80), ("tcp", 443), *([("udp", 443)] if quic else [])}
        if {
            (claim.protocol, port) for port in (claim.first, claim.last)
        } <= open_ and claim.first == claim.last:
            cited = proven(self._names.cite(distribution))
            return every((cited, viewers.let_in(self._firewalls, distribution)))
        return refuted(f"{distribution.address} does not listen on {claim}", self._names.cite(distribution))

    def _is_off(self, distribution: Resource) -> Finding | None:
        enabled = distribution.values.get("enabled")
        if enabled is UNKNOWN:
            return unknown(f"the plan does not tell whether {distribution.address} is enabled")
        reason = f"{distribution.address} is not enabled"
        if enabled is True and distribution.values.get("staging") is True:
            reason = (
                f"{distribution.address} is for staging, and its viewers are sent to another distribution"
            )
        elif enabled is True:
            return None
        return refuted(reason, self._names.cite(distribution))

    def answers(self, zone: Resource, claim: Network) -> Finding:
        """A public hosted zone answers everybody's DNS questions (Amazon Route 53 Developer Guide)."""
        if zone.values.get("vpc"):
            return refuted(f"{zone.address} is private", self._names.cite(zone))
        if (claim.first, claim.last) == (53, 53):
            return proven(self._names.cite(zone))
        return refuted(f"{zone.address} answers on port 53, not on {claim}", self._names.cite(zone))

    def to_bucket(self, distribution: Resource, bucket: Resource, claim: Network) -> Finding:
        """Whether a bucket is an origin, which CloudFront reaches over S3's own public endpoint."""
        if off := self._is_off(distribution):
            return off
        ways = [_is_bucket(distribution, origin, bucket, claim) for origin in used_origins(distribution)]
        found = [way for way in ways if way is not None]
        if not found:
            return refuted(f"{bucket.address} is no origin of {distribution.address}")
        if claim not in (Network("tcp", 443, 443), Network("tcp", 80, 80)):
            return refuted(f"{distribution.address} fetches from {bucket.address} over tcp/443, not {claim}")
        cited = proven(self._names.cite(distribution), self._names.cite(bucket))
        return every((cited, either(found)))

    def to_balancer(
        self, distribution: Resource, balancer: Resource, interface: Interface, claim: Network
    ) -> Finding:
        """Whether a distribution reaches a load balancer that is one of its origins, on the port it asks."""
        if not distribution.values.get("origin") or distribution.values["origin"] is UNKNOWN:
            return unknown(f"the plan does not tell the origins of {distribution.address}")
        if off := self._is_off(distribution):
            return off
        ways = [
            self._origin(distribution, origin, balancer, interface, claim)
            for origin in used_origins(distribution)
        ]
        found = [way for way in ways if way is not None]
        if not found:
            return refuted(f"{balancer.address} is no origin of {distribution.address}")
        return every((proven(self._names.cite(distribution)), either(found)))

    def _origin(
        self, distribution: Resource, origin: object, balancer: Resource, interface: Interface, claim: Network
    ) -> Finding | None:
        """What one origin says; nothing where it surely is another thing than the load balancer."""
        if dig(origin, "vpc_origin_config", 0, "vpc_origin_id") not in (None, ""):
            return self._vpc_origin(distribution, origin, balancer, interface, claim)
        names = self._hosts(distribution, origin, balancer)
        if names is None or not dig(origin, "custom_origin_config"):
            return None
        way = self._paths.from_internet(interface, _CLOUDFRONT, claim)
        asked = asks(dig(origin, "custom_origin_config", 0), claim, distribution)
        by = spoken(self._balancers, balancer, dig(origin, "custom_origin_config", 0), claim)
        return every((names, asked, self._balancers.listens(balancer, claim), by, way))

    def _hosts(self, distribution: Resource, origin: object, balancer: Resource) -> Finding | None:
        """Whether an origin's name is that of the load balancer, by itself or by a DNS record."""
        named = _is_named(distribution, origin, balancer, ("dns_name",))
        if named is not None:
            return named
        name = str(dig(origin, "domain_name")).rstrip(".")
        found = [way for record in self._records.get(name, ()) if (way := self._leads(record, balancer))]
        return every(found) if found else None

    def _leads(self, record: Resource, balancer: Resource) -> Finding | None:
        """Whether a DNS record names the load balancer."""
        target = dig(record.values, "alias", 0, "name")
        argument = "alias.name" if target is not None else "records"
        targets = [target] if target is not None else record.values.get("records")
        if targets is UNKNOWN or UNKNOWN in (targets or ()):
            mentioned = record.references.get(argument, ())
            if f"{balancer.address}.dns_name" in mentioned and _mentions_one(mentioned):
                return proven(self._names.cite(record))
            return unknown(f"the plan does not tell what {record.address} names")
        known = str(balancer.values.get("dns_name")).lower()
        named = {str(one).rstrip(".").lower().removeprefix("dualstack.") for one in targets or ()}
        return proven(self._names.cite(record)) if known in named else None

    def _vpc_origin(
        self, distribution: Resource, origin: object, balancer: Resource, interface: Interface, claim: Network
    ) -> Finding | None:
        """A VPC origin: CloudFront's own interfaces in the subnets of the load balancer.

        The VPC needs an internet gateway, though no route to it; the groups have to let CloudFront's prefix
        list in.
        """
        names = self._names
        identifier = dig(origin, "vpc_origin_config", 0, "vpc_origin_id")
        used = names.given(distribution, identifier, _VPC_ORIGIN, "aws_cloudfront_vpc_origin")
        if used.only is None or not names.is_managed(used.only):
            return unknown(used.doubt or f"a VPC origin of {distribution.address} is not managed here")
        block = ("vpc_origin_endpoint_config", 0)
        aimed = names.one(used.only, *block, "arn", type_=canonical(balancer.type))
        if aimed.only is not balancer:
            return unknown(aimed.doubt) if aimed.doubt or balancer in aimed.items else None
        config = dig(used.only.values, *block)
        asked = asks(config, claim, used.only)
        way = over(interface.subnets, lambda there: self._into_vpc(interface, there, claim))
        listens = every(
            (self._balancers.listens(balancer, claim), spoken(self._balancers, balancer, config, claim))
        )
        return every((proven(names.cite(used.only)), asked, listens, way, proven(*interface.evidence)))

    def _into_vpc(self, interface: Interface, there: Resource, claim: Network) -> Finding:
        vpc = self._names.vpc_of(there)
        gateways = self._names.pointing(vpc, "aws_internet_gateway", "vpc_id") if vpc else []
        gateways += self._names.pointing(vpc, "aws_internet_gateway_attachment", "vpc_id") if vpc else []
        if not gateways:
            return refuted(
                f"the VPC of {there.address} has no internet gateway, and CloudFront cannot enter without one"
            )
        if any(self._names.vpc_of(one) is not vpc for one in gateways):
            return unknown(f"nothing tells whether the VPC of {there.address} has an internet gateway")
        peer = Peer(_CLOUDFRONT.name, (ANY4,), lists=_LISTS)
        into = Crossing(False, claim, peer.addresses, peer.name)
        out = Crossing(True, claim, peer.addresses, there.address)  # from CloudFront's interface beside it
        crossings = (into, into.answer(), out, out.answer())
        findings = (
            *(self._paths.acls.let(there, crossing) for crossing in crossings),
            self._paths.let(interface, False, peer, claim),
            proven(self._names.cite(gateways[0])),
        )
        return every(findings)


def _is_bucket(distribution: Resource, origin: object, bucket: Resource, claim: Network) -> Finding | None:
    """Whether an origin is a bucket, and asked as claimed where it is one like any other server."""
    named = _is_named(distribution, origin, bucket, ("bucket_regional_domain_name", "bucket_domain_name"))
    custom = dig(origin, "custom_origin_config", 0)
    return named if named is None or not custom else every((named, asks(custom, claim, distribution)))


def _is_named(
    distribution: Resource, origin: object, thing: Resource, attributes: tuple[str, ...]
) -> Finding | None:
    """Whether an origin's name is one of a thing's attributes; nothing where it is another name."""
    name = dig(origin, "domain_name")
    if is_text(name):
        return proven() if name in {thing.values.get(one) for one in attributes} else None
    mentioned = distribution.references.get("origin.domain_name", ())
    is_it = any(f"{thing.address}.{one}" in mentioned for one in attributes)
    if is_it and all(one.startswith(thing.address) for one in mentioned):
        return proven()
    return unknown(f"the plan does not tell the origins of {distribution.address}")


def _mentions_one(mentioned: tuple[str, ...]) -> bool:
    """Whether only one load balancer's name is mentioned."""
    return len({name for name in mentioned if name.endswith(".dns_name")}) == 1


def _called(names: Names, record: Resource) -> Iterator[str]:
    """The full names of an address record, as the internet resolves them."""
    zone = names.one(record, "zone_id", type_="aws_route53_zone").only
    is_private = zone and (zone.values.get("vpc") or zone.values.get("private_zone") is True)
    is_off = dig(record.values, "weighted_routing_policy", 0, "weight") == 0
    if record.values.get("type") not in {"A", "AAAA", "CNAME"} or is_private or is_off:
        return
    for key in ("fqdn", "name"):
        if is_text(record.values.get(key)):
            yield str(record.values[key]).rstrip(".")
    if zone and is_text(zone.values.get("name")) and is_text(record.values.get("name")):
        yield f"{record.values['name']}.{zone.values['name']}".rstrip(".")
