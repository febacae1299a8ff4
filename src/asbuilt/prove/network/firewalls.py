"""What web ACLs let through to a CloudFront distribution or a load balancer.

AWS WAF Developer Guide, "Setting the web ACL default action", "Using rule actions", "Associating protection
with a resource". What inspects requests for attacks, or counts them, keeps no client out by itself.
"""

from collections.abc import Mapping
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.network.logic import every, proven, refuted, unknown
from asbuilt.prove.network.members import Members, canonical, dig, is_text
from asbuilt.prove.network.names import Names
from asbuilt.prove.verdicts import Finding

_ACL, _ASSOCIATION = "aws_wafv2_web_acl", "aws_wafv2_web_acl_association"
_INSPECTS = {
    "managed_rule_group_statement",
    "rate_based_statement",
    "sqli_match_statement",
    "xss_match_statement",
}
_GROUPS = ("managed_rule_group", "rule_group_reference")


class Firewalls:
    """The web ACLs of one infrastructure."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def before(self, thing: Resource) -> Finding:
        """Whether every web ACL in front of a distribution or a load balancer lets clients in."""
        if thing.type == "aws_cloudfront_distribution":
            return self._through(thing, self._names.one(thing, "web_acl_id", type_=_ACL), "CLOUDFRONT")
        joined = self._names.pointing(thing, _ASSOCIATION, "resource_arn")
        return every(self._joined(thing, one) for one in joined)

    def _joined(self, thing: Resource, association: Resource) -> Finding:
        if self._names.one(association, "resource_arn", type_=canonical(thing.type)).only is not thing:
            return unknown(f"nothing tells whether {association.address} is about {thing.address}")
        return self._through(thing, self._names.one(association, "web_acl_arn", type_=_ACL), "REGIONAL")

    def _through(self, thing: Resource, used: Members, scope: str) -> Finding:
        if used.is_left or (not used.items and not used.doubt):
            return proven()
        if used.only is None or not self._names.is_managed(used.only):
            return unknown(used.doubt or f"the web ACL in front of {thing.address} is not managed here")
        written = used.only.values.get("scope")
        if is_text(written) and written != scope:
            return unknown(f"{used.only.address} is {written}: AWS refuses it in front of {thing.address}")
        return _lets(used.only)


def _lets(acl: Resource) -> Finding:
    rules, default = acl.values.get("rule"), acl.values.get("default_action")
    if rules is UNKNOWN or default is UNKNOWN or acl.values.get("rule_json"):
        return unknown(f"the plan does not tell what {acl.address} blocks")
    listed = rules if isinstance(rules, list | tuple) else ()
    if dig(default, 0, "block"):
        if any(dig(rule, "action", 0, "allow") or _is_group(rule) for rule in listed):
            return unknown(f"{acl.address} blocks all that no rule of it allows")
        return refuted(f"{acl.address} blocks every request")
    shut = next((rule for rule in listed if _shuts_out(rule)), None)
    if shut is not None:
        return unknown(f"the rule {dig(shut, 'name')} of {acl.address} may block any request")
    return proven()


def _is_group(rule: Any) -> bool:
    """Whether a rule is a group of others, which may allow, too."""
    return any(dig(rule, "statement", 0, f"{kind}_statement") for kind in _GROUPS)


def _shuts_out(rule: Any) -> bool:
    """Whether a rule blocks by something else than what an attack looks like, or leaves that open."""
    statement = dig(rule, "statement", 0)
    kinds = {kind for kind, block in statement.items() if block} if isinstance(statement, Mapping) else set()
    if kinds and kinds <= _INSPECTS:
        return False
    is_group = "rule_group_reference_statement" in kinds and not dig(rule, "override_action", 0, "count")
    return bool(dig(rule, "action", 0, "block")) or is_group or dig(rule, "action") is UNKNOWN
