"""How CloudFront asks an origin: on which ports, and whether it is answered in the protocol that it speaks.

Amazon CloudFront Developer Guide, "Origin settings": "Protocol", "HTTP port", "HTTPS port".
"""

from asbuilt.claims import Network
from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.network.balancers import Balancers
from asbuilt.prove.network.logic import proven, refuted, unknown
from asbuilt.prove.network.members import dig
from asbuilt.prove.verdicts import Finding


def _ports(block: object) -> dict[str, object]:
    """The ports of an origin, by the protocols that CloudFront may speak to it."""
    policy, ports = dig(block, "origin_protocol_policy"), {}
    if policy in {"https-only", "match-viewer"}:
        ports["https"] = dig(block, "https_port")
    if policy in {"http-only", "match-viewer"}:
        ports["http"] = dig(block, "http_port")
    return ports


def asks(block: object, claim: Network, resource: Resource) -> Finding:
    """Whether CloudFront opens what is claimed, by the ports and the protocol policy of an origin."""
    ports = _ports(block)
    if not ports or UNKNOWN in ports.values():
        return unknown(f"the plan does not tell on which port {resource.address} asks its origin")
    if claim.protocol == "tcp" and claim.first == claim.last and claim.first in ports.values():
        return proven()
    asked = " and ".join(f"tcp/{port}" for port in ports.values())
    return refuted(f"{resource.address} asks its origin on {asked}, not on {claim}")


def spoken(balancers: Balancers, balancer: Resource, block: object, claim: Network) -> Finding:
    """Whether a load balancer speaks TLS on the port that is claimed where it is asked to, and only there."""
    asked = [name for name, port in _ports(block).items() if port == claim.first]
    if not asked or any(balancers.speaks(balancer, claim, name) for name in asked):
        return proven()
    return refuted(f"{balancer.address} does not speak {' or '.join(asked)} on {claim}")
