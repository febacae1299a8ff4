"""AWS's own services as ends of an arrow: reached over an endpoint in the VPC, or over the internet.

Which way packets take is decided by DNS and routes: an interface endpoint with private DNS takes the
service's name over, a gateway endpoint its addresses (AWS PrivateLink Guide, "Access an AWS service using
an interface VPC endpoint", "Gateway endpoints"); else they leave through NAT or an internet gateway.
"""

from asbuilt.claims import Network
from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.network.endpoints import Endpoints
from asbuilt.prove.network.groups import Peer
from asbuilt.prove.network.interfaces import Interface
from asbuilt.prove.network.logic import every, proven, refuted, unknown, whichever
from asbuilt.prove.network.members import canonical, dig, is_planned, is_text, over, region_of
from asbuilt.prove.network.paths import Paths, internet
from asbuilt.prove.network.resolving import unresolved
from asbuilt.prove.network.spans import ANY4, PUBLIC, Span
from asbuilt.prove.verdicts import Finding

SERVICES: dict[str, tuple[str, ...]] = {  # a type, and the services by whose endpoints it is used
    "aws_cloudwatch_event_bus": ("events",),
    "aws_cloudwatch_log_group": ("logs",),
    "aws_cloudwatch_metric_alarm": ("monitoring",),
    "aws_cognito_user_pool": ("cognito-idp",),
    "aws_cognito_user_pool_client": ("cognito-idp",),
    "aws_cognito_user_pool_domain": ("amazoncognito",),  # no endpoint in a VPC serves it
    "aws_dynamodb_table": ("dynamodb",),
    "aws_ecr_repository": ("ecr.api", "ecr.dkr"),
    "aws_kinesis_firehose_delivery_stream": ("kinesis-firehose",),
    "aws_kinesis_stream": ("kinesis-streams",),
    "aws_kms_key": ("kms",),
    "aws_s3_bucket": ("s3",),
    "aws_secretsmanager_secret": ("secretsmanager",),
    "aws_sfn_state_machine": ("states",),
    "aws_sns_topic": ("sns",),
    "aws_sqs_queue": ("sqs",),
    "aws_ssm_parameter": ("ssm",),
}
_HTTPS = Network("tcp", 443, 443)


class AwsServices:
    """AWS's services, as the infrastructure's own networks and the internet reach them."""

    def __init__(self, endpoints: Endpoints, paths: Paths) -> None:
        self._endpoints = endpoints
        self._paths = paths
        self._names = paths.names
        infrastructure = paths.names.infrastructure
        self._lists = [
            one for one in infrastructure.resources if one.is_data and one.type.endswith("prefix_list")
        ]
        endpoints_here = infrastructure.of_type("aws_vpc_endpoint")
        called = (str(one.values.get("service_name")).split(".", 3)[3:] for one in endpoints_here)
        self._interfaces = {name for names in called for name in names}

    def listens(self, target: Resource, claim: Network) -> Finding:
        """AWS's services answer HTTPS, to everybody (AWS General Reference, "Service endpoints")."""
        if claim == _HTTPS:
            return proven(self._names.cite(target))
        return refuted(f"{target.address} is reached over {_HTTPS}, not {claim}", self._names.cite(target))

    def reach(self, source: Interface, target: Resource, claim: Network) -> Finding:
        """Whether an interface reaches the services by which a resource is used."""
        ways = [
            over(source.subnets, lambda here, name=service: self._from(source, here, target, name, claim))  # type: ignore[misc]
            for service in SERVICES[canonical(target.type)]
        ]
        return every((proven(*source.evidence), *ways, self.listens(target, claim)))

    def _from(
        self, source: Interface, here: Resource, target: Resource, service: str, claim: Network
    ) -> Finding:
        vpc = self._names.vpc_of(here)
        doubt = unresolved(self._names, vpc, service) if vpc else ""
        way = self._by_route(source, here, target, service, claim)
        return every((unknown(doubt) if doubt else proven(), way))

    def _by_route(
        self, source: Interface, here: Resource, target: Resource, service: str, claim: Network
    ) -> Finding:
        vpc = self._names.vpc_of(here)
        if vpc is None:
            return unknown(f"nothing tells the VPC of {here.address}")
        candidates = self._names.pointing(vpc, "aws_vpc_endpoint", "vpc_id")
        for endpoint in candidates:
            if not is_text(endpoint.values.get("service_name")) or self._names.vpc_of(endpoint) is not vpc:
                return unknown(f"nothing tells which service and VPC {endpoint.address} is for")
        own = [one for one in candidates if _is_for(str(one.values["service_name"]), service)]
        if own and not all(self._is_near(one, target) for one in own):
            return unknown(f"nothing tells whether {target.address} is in the region of {own[0].address}")
        others = (one for one in own if one.values.get("vpc_endpoint_type") not in (None, "Gateway"))
        takers = [(one, way) for one in others if (way := self._takes_name(one, vpc)) != "no"]
        if len(takers) > 1:
            named = " and ".join(endpoint.address for endpoint, _ in takers)
            return unknown(f"{named} take one name over, which AWS refuses")
        for endpoint, way in takers:
            return self._by_interface(source, endpoint, way, claim)
        gateways = [one for one in own if one.values.get("vpc_endpoint_type") in (None, "Gateway")]
        lists = frozenset(str(one.values["service_name"]) for one in gateways)
        peer = internet(f"{target.address} ({service})", lists=lists or self._listed(target, service))
        return self._by_gateway(source, here, gateways, peer, claim)

    def _is_near(self, endpoint: Resource, target: Resource) -> bool:
        """Whether an endpoint surely is for the service in the region of `target`."""
        named, region = str(endpoint.values["service_name"]).split(".")[2], region_of(target)
        return self._names.same_region(endpoint, target) and (not region or named == region)

    def _listed(self, target: Resource, service: str) -> frozenset[str]:
        """The names of AWS's prefix lists for a service, in the region of `target`, that are read here."""
        near = (one for one in self._lists if self._names.same_region(one, target))
        return frozenset(name for one in near if _is_for(name := str(one.values.get("name")), service))

    def addresses(self, target: Resource) -> tuple[Span, ...]:
        """Where the services by which a resource is used may be: anywhere, if an endpoint is here."""
        return (ANY4,) if self._interfaces & set(SERVICES[canonical(target.type)]) else PUBLIC

    def _takes_name(self, endpoint: Resource, vpc: Resource) -> str:
        """Whether an interface endpoint takes over its service's name: `yes`, `no`, or nothing tells.

        AWS refuses private DNS in a VPC without DNS support and host names.
        """
        private = endpoint.values.get("private_dns_enabled")
        if private is UNKNOWN and "private_dns_enabled" in endpoint.references:
            return ""
        if private is not True:
            return "no"
        if False in (vpc.values.get("enable_dns_support"), vpc.values.get("enable_dns_hostnames")):
            return ""
        resolver = dig(endpoint.values, "dns_options", 0, "private_dns_only_for_inbound_resolver_endpoint")
        if resolver is True:
            return "no"
        is_shared = str(endpoint.values["service_name"]).endswith(
            ".s3"
        )  # a gateway may take the traffic inside the VPC
        return "yes" if resolver is False or not is_shared else ""

    def _by_interface(self, source: Interface, endpoint: Resource, way: str, claim: Network) -> Finding:
        if not way:
            return unknown(f"nothing tells whether {endpoint.address} takes its service's name over")
        return self._endpoints.of(endpoint).all(lambda item: self._paths.between(source, item, claim))

    def _by_gateway(
        self, source: Interface, here: Resource, gateways: list[Resource], peer: Peer, claim: Network
    ) -> Finding:
        """Through a gateway endpoint in each table that has one, else over the internet."""
        tables, doubt = self._paths.routes.tables(here)
        findings = [unknown(doubt)] if doubt else []
        for table in tables:
            inside = [self._holds(gateway, table) for gateway in gateways]
            if True in inside:
                gateway = gateways[inside.index(True)]
                findings.append(self._through(source, here, gateway, table, peer, claim))
            else:
                findings.append(self._paths.leave(source, here, peer, claim))
                unsure = (one for one, held in zip(gateways, inside, strict=True) if held is None)
                findings += [self._through(source, here, one, table, peer, claim) for one in unsure]
        return (
            whichever(findings) if findings else unknown(f"nothing tells the route table of {here.address}")
        )

    def _holds(self, gateway: Resource, table: Resource) -> bool | None:
        """Whether a gateway endpoint has its routes in a table; None where nothing tells."""
        type_, argument = "aws_vpc_endpoint_route_table_association", "route_table_id"
        joined = self._names.pointing(gateway, type_, "vpc_endpoint_id")
        surely = self._names.surely_pointing(gateway, type_, "vpc_endpoint_id")
        if any(one in surely for one in self._names.surely_pointing(table, type_, argument)):
            return True
        tables = self._names.many(gateway, "route_table_ids", type_="aws_route_table")
        is_repeated = bool(joined) or (is_planned(gateway) and "route_table_ids" not in gateway.references)
        if table in tables.items and tables.exact and not tables.doubt and not is_repeated:
            return True
        maybe = any(one in joined for one in self._names.pointing(table, type_, argument))
        return None if maybe or table in tables.items or (tables.doubt and not tables.is_left) else False

    def _through(
        self,
        source: Interface,
        here: Resource,
        gateway: Resource,
        table: Resource,
        peer: Peer,
        claim: Network,
    ) -> Finding:
        cited = proven(self._names.cite(table), self._names.cite(gateway))
        return every((self._paths.cross_out(source, here, peer, claim), cited))


def _is_for(name: str, service: str) -> bool:
    """Whether a name, as `com.amazonaws.<region>.<service>`, is that of a service."""
    parts = name.split(".", 3)
    return parts[:2] == ["com", "amazonaws"] and parts[3:] == [service]
