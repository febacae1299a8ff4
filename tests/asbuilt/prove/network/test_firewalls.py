"""Web ACLs, countries and certificates in front of a distribution or a load balancer."""

import pytest

EDGE, ACL = "aws_cloudfront_distribution.main", "aws_wafv2_web_acl.main"
ENDS = {
    "CLOUDFRONT": ("external/internet", EDGE, "tcp/443"),
    "REGIONAL": ("external/internet", "aws_lb.main", "tcp/443"),
}
ALLOW, BLOCK = [{"allow": [{}], "block": []}], [{"allow": [], "block": [{}]}]
IN_FRANKFURT = "arn:aws:acm:eu-central-1:111122223333:certificate/c"


def _rule(kind: str, action: str = "block", **more) -> dict:
    return {"name": kind, "statement": [{kind: [{"x": 1}]}], "action": [{action: [{}]}], **more}


RATE, GEO = _rule("rate_based_statement"), _rule("geo_match_statement")
OWN = {"name": "own", "statement": [{"rule_group_reference_statement": [{}]}], "action": []}
CASES = {
    "nothing is blocked": (ALLOW, [], "proven"),
    "too many requests are blocked": (ALLOW, [RATE], "proven"),
    "attacks are blocked": (
        ALLOW,
        [_rule("managed_rule_group_statement"), _rule("sqli_match_statement")],
        "proven",
    ),
    "countries are counted": (ALLOW, [_rule("geo_match_statement", "count")], "proven"),
    "countries are blocked": (ALLOW, [GEO], "unknown"),
    "a group of rules of one's own": (ALLOW, [OWN], "unknown"),
    "a group of rules that only counts": (ALLOW, [{**OWN, "override_action": [{"count": [{}]}]}], "proven"),
    "all but what a group of rules allows is blocked": (BLOCK, [OWN], "unknown"),
    "everything is blocked": (BLOCK, [], "refuted"),
    "everything is blocked, attacks again": (BLOCK, [RATE], "refuted"),
    "all but one country is blocked": (BLOCK, [_rule("geo_match_statement", "allow")], "unknown"),
}


@pytest.fixture
def guarded(public):
    """A distribution and a load balancer, each behind the same web ACL."""
    public.add(ACL, arn="arn:acl", default_action=ALLOW, rule=[])
    public.add(EDGE, enabled=True, web_acl_id="arn:acl")
    public.add("aws_wafv2_web_acl_association.main", resource_arn="arn:lb", web_acl_arn="arn:acl")
    return public


@pytest.mark.parametrize("scope", ENDS)
@pytest.mark.parametrize("case", CASES)
def test_a_web_acl_lets_clients_in_or_not(guarded, scope: str, case: str) -> None:
    """What blocks by anything but an attack's looks may shut out any client."""
    default, rules, verdict = CASES[case]
    guarded.change(ACL, scope=scope, default_action=default, rule=rules)
    assert verdict == guarded.prove(*ENDS[scope]).verdict


@pytest.mark.parametrize("scope", ENDS)
def test_a_web_acl_of_the_other_scope_is_refused(guarded, scope: str) -> None:
    """One for CloudFront is for nothing else, and no other is for it."""
    guarded.change(ACL, scope=scope)
    (other,) = (ends for name, ends in ENDS.items() if name != scope)
    assert ("proven", "unknown") == (guarded.prove(*ENDS[scope]).verdict, guarded.prove(*other).verdict)


def test_a_web_acl_that_nobody_here_manages(guarded) -> None:
    """Nothing tells what it blocks."""
    guarded.drop(ACL)
    assert {"unknown"} == {guarded.prove(*ends).verdict for ends in ENDS.values()}


VIEWERS = {
    "everywhere": ({"restrictions": [{"geo_restriction": [{"restriction_type": "none"}]}]}, "proven"),
    "in some countries": (
        {"restrictions": [{"geo_restriction": [{"restriction_type": "whitelist", "locations": ["DE"]}]}]},
        "unknown",
    ),
    "with a certificate of another region": (
        {"viewer_certificate": [{"acm_certificate_arn": IN_FRANKFURT}]},
        "unknown",
    ),
    "with a certificate of the one region": (
        {"viewer_certificate": [{"acm_certificate_arn": IN_FRANKFURT.replace("eu-central-1", "us-east-1")}]},
        "proven",
    ),
    "by another name without a certificate": (
        {"aliases": ["example.com"], "viewer_certificate": [{"cloudfront_default_certificate": True}]},
        "unknown",
    ),
    "by its own name": ({"viewer_certificate": [{"cloudfront_default_certificate": True}]}, "proven"),
}


@pytest.mark.parametrize("case", VIEWERS)
def test_a_distribution_answers_viewers(public, case: str) -> None:
    """All of them, unless it is for some countries, or AWS refuses it for its certificate."""
    values, verdict = VIEWERS[case]
    public.add(EDGE, enabled=True, **values)
    assert verdict == public.prove(*ENDS["CLOUDFRONT"]).verdict
