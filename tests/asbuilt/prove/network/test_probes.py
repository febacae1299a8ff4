"""Probes that ask a port which is not there."""

from typing import Any

import pytest

from asbuilt.prove.network.probes import ended_by, missing_port

PORTS = [{"name": "http", "containerPort": 8080}]


def container(probe: dict[str, Any], kind: str = "readiness", ports: Any = PORTS) -> dict[str, Any]:
    """A container with one probe."""
    return {"name": "web", "ports": ports, f"{kind}Probe": probe}


@pytest.mark.parametrize(
    ("probe", "ports", "expected"),
    [
        ({"httpGet": {"port": "http", "path": "/"}}, PORTS, None),
        ({"httpGet": {"port": 8080}}, PORTS, None),
        ({"exec": {"command": ["true"]}}, PORTS, None),
        ({"tcpSocket": {"port": 9999}}, [], None),
        ({"httpGet": {"port": "https"}}, PORTS, "https"),
        ({"tcpSocket": {"port": 9999}}, PORTS, 9999),
        ({"grpc": {"port": 9999}}, PORTS, 9999),
        ({"httpGet": {"port": "http"}}, [], "http"),
    ],
)
def test_a_probe_asks_a_declared_port(probe: dict[str, Any], ports: Any, expected: object):
    """By name or number; a number is free where the container declares none at all."""
    assert expected == missing_port(container(probe, ports=ports), "readiness")


@pytest.mark.parametrize("kind", ["startup", "liveness"])
def test_a_probe_that_nobody_answers_ends_the_container(kind: str):
    """The reason names the probe, the port and the container."""
    wrong = container({"httpGet": {"port": "https"}}, kind)
    expected = (
        f"the {kind} probe of shop/Deployment/web asks the port https, which its container web does not have"
    )
    assert expected == ended_by("shop/Deployment/web", [wrong])


def test_a_readiness_probe_ends_nothing():
    """It only keeps requests away."""
    assert "" == ended_by("shop/Deployment/web", [container({"httpGet": {"port": "https"}}), "no container"])
