"""From pods to addresses outside a cluster that no file creates."""

import pytest

from asbuilt.claims import parse_claims
from asbuilt.infrastructure import Location, Manifest
from asbuilt.prove.arrows import ArrowProver

PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
BANK = {"cidr": "10.200.10.0/24"}


@pytest.fixture
def verdict(system, resource):
    """Judges core's call of an outside system; `blocks` are what its policy lets it call, over tcp/443."""

    def judge(blocks, cidr="", claim="tcp/443", **pod):
        template = {"metadata": {"labels": {"app": "core"}}, "spec": {"containers": [], **pod}}
        objects = [_object("pay/Deployment/core", template=template)]
        if blocks is not None:
            rule = {"to": [{"ipBlock": block} for block in blocks], "ports": [{"port": 443}]}
            spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [rule]}
            objects.append(_object("pay/NetworkPolicy/core", **spec))
        addresses = {"external/bank": cidr} if cidr else {}
        prover = ArrowProver(system(*objects))
        return prover.prove("pay/Deployment/core", "external/bank", parse_claims(claim)[0], addresses)

    return judge


def _object(name: str, **spec) -> Manifest:
    return Manifest(name, {"spec": spec}, Location("all.yaml", 3))


CASES = {
    "the very block": ([BANK], "10.200.10.0/24", "proven"),
    "a part of a wider block": ([{"cidr": "10.200.0.0/16"}], "10.200.10.0/24", "proven"),
    "two blocks that make it up": (
        [{"cidr": "10.200.10.0/25"}, {"cidr": "10.200.10.128/25"}],
        "10.200.10.0/24",
        "proven",
    ),
    "half of it only": ([{"cidr": "10.200.10.0/25"}], "10.200.10.0/24", "unknown"),
    "a block with it left out": (
        [{"cidr": "10.0.0.0/8", "except": ["10.200.0.0/16"]}],
        "10.200.10.0/24",
        "refuted",
    ),
    "another block": ([{"cidr": "10.201.10.0/24"}], "10.200.10.0/24", "refuted"),
    "nothing": ([{"cidr": "192.0.2.0/32"}], "10.200.10.0/24", "refuted"),
    "any public address": ([{"cidr": "0.0.0.0/0", "except": PRIVATE}], "", "proven"),
    "no public address, and no cidr": ([BANK], "", "unknown"),
    "no policy": (None, "10.200.10.0/24", "absent"),
}


@pytest.mark.parametrize("how", CASES)
def test_policies_decide_what_is_called_outside(verdict, how):
    """All addresses of the node outside have to be let through."""
    blocks, cidr, expected = CASES[how]
    assert expected == verdict(blocks, cidr).verdict


def test_the_verdict_tells_what_it_takes_for_granted(verdict):
    """The addresses are the diagram's word, and the way there is not in the files."""
    found = verdict([BANK], "10.200.10.0/24")
    assert "external/bank is taken to be 10.200.10.0/24; what lies between is outside" in found.reason
    assert ["pay/Deployment/core", "pay/NetworkPolicy/core.egress[0]"] == [
        one.address for one in found.evidence
    ]
    assert "any public address" in verdict([{"cidr": "0.0.0.0/0"}]).reason


def test_without_addresses_the_hint_asks_for_them(verdict):
    """A policy for a private block says nothing of a node that may be anywhere."""
    assert "cidr=" in verdict([BANK]).hint


def test_another_port_is_refuted(verdict):
    """Policies are about ports, too."""
    assert "refuted" == verdict([BANK], "10.200.10.0/24", "tcp/80").verdict


def test_pods_that_may_not_start_call_nobody(verdict):
    """Their account is not there."""
    found = verdict([BANK], "10.200.10.0/24", serviceAccountName="gone")
    assert "unknown" == found.verdict


def test_where_files_create_the_cluster_they_decide(system, resource):
    """Then routes and groups tell the way, and a diagram's word for addresses counts nothing."""
    things = [resource("aws_eks_cluster.main"), _object("pay/Deployment/core", template={})]
    prover = ArrowProver(system(*things))
    (claim,) = parse_claims("tcp/443")
    found = prover.prove("pay/Deployment/core", "external/bank", claim, {"external/bank": "10.0.0.0/8"})
    assert ("unknown", "aws_eks_cluster.main has no node group here") == (found.verdict, found.reason)
