"""What keeps viewers from a CloudFront distribution, or AWS from making it.

Amazon CloudFront Developer Guide, "Restrict the geographic distribution of your content", "Requirements for
using SSL/TLS certificates with CloudFront", "Alternate domain names".
"""

from asbuilt.infrastructure import Resource
from asbuilt.prove.network.firewalls import Firewalls
from asbuilt.prove.network.logic import every, proven, unknown
from asbuilt.prove.network.members import dig, is_text
from asbuilt.prove.verdicts import Finding


def let_in(firewalls: Firewalls, distribution: Resource) -> Finding:
    """Whether a distribution answers every viewer."""
    doubt = _unmade(distribution) or _limited(distribution)
    return every((unknown(doubt) if doubt else proven(), firewalls.before(distribution)))


def _unmade(distribution: Resource) -> str:
    block = dig(distribution.values, "viewer_certificate", 0)
    if distribution.values.get("aliases") and dig(block, "cloudfront_default_certificate") is True:
        return f"AWS refuses aliases of {distribution.address} without a certificate for them"
    named = dig(block, "acm_certificate_arn")
    region = str(named).split(":")[3:4] if is_text(named) and str(named).startswith("arn:") else []
    if region and region != ["us-east-1"]:
        return f"the certificate of {distribution.address} is in {region[0]}, not in us-east-1"
    return ""


def _limited(distribution: Resource) -> str:
    kind = dig(distribution.values, "restrictions", 0, "geo_restriction", 0, "restriction_type")
    is_limited = kind not in (None, "none")
    return f"{distribution.address} answers viewers of some countries only" if is_limited else ""
