"""Whether AWS's names resolve inside a VPC to what AWS means by them.

Amazon VPC User Guide, "DNS attributes for your VPC", "DHCP option sets"; Amazon Route 53 Developer Guide,
"Considerations when working with a private hosted zone"; AWS PrivateLink Guide, "Private DNS".
"""

import re

from asbuilt.infrastructure import Resource
from asbuilt.prove.network.names import Names

_OPTIONS, _ASSOCIATION = "aws_vpc_dhcp_options", "aws_vpc_dhcp_options_association"
_AWS = ("amazonaws.com", "api.aws")
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d")


def unresolved(names: Names, vpc: Resource, service: str = "") -> str:
    """Why nothing tells whether a name of AWS resolves in a VPC; empty where it does.

    `service` is the one whose name is asked, as `sqs`; without one it is a name inside the VPC.
    """
    if vpc.values.get("enable_dns_support") is False:
        return f"{vpc.address} has no DNS support, and nothing else here resolves its names"
    for one in names.pointing(vpc, _ASSOCIATION, "vpc_id"):
        options = names.one(one, "dhcp_options_id", type_=_OPTIONS).only
        if options is None or not _asks_aws(options):
            return f"{one.address} may give {vpc.address} name servers of its own"
    for zone in names.infrastructure.of_type("aws_route53_zone"):
        if zone.values.get("vpc") and service and _takes(str(zone.values.get("name")), service):
            return f"{zone.address} may answer for the names of {service}"
    return ""


def _asks_aws(options: Resource) -> bool:
    return list(options.values.get("domain_name_servers") or ()) in ([], ["AmazonProvidedDNS"])


def _takes(zone: str, service: str) -> bool:
    """Whether the names of a service end with a zone's name."""
    name = zone.rstrip(".")
    if not name.endswith(_AWS):
        return False
    inside = re.split(r"[.]", name.removesuffix(".amazonaws.com").removesuffix(".api.aws"))
    own = {part for part in inside if not _REGION.fullmatch(part)} - {"amazonaws", "com", "api", "aws"}
    return not own or bool(own & {service.partition("-")[0], *service.split(".")})
