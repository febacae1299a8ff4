"""The application: routes, health points, faults, metrics and log lines."""

import json
import time
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from schedules_api.telemetry import Metrics

ROUTE = {version: f"/{version}/appoints/available-schedule" for version in ("v1", "v2")}
HEALTH = {"v1": "/healthz", "v2": "/v2/healthz"}


@pytest.fixture
def lines(capsys):
    """The log lines written so far."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("version", ROUTE)
def test_a_version_answers_on_its_own_routes_only(client, version: str):
    """Appointments and health of its own version; the other's are not found."""
    other = "v1" if version == "v2" else "v2"
    ask = client(version)
    asked = (ROUTE[version], HEALTH[version], "/metrics", ROUTE[other], HEALTH[other])
    assert [200, 200, 200, 404, 404] == [ask(path).status_code for path in asked]
    assert version == ask(ROUTE[version]).json()["version"]


def test_a_specialty_is_filtered_and_an_unknown_one_refused(client):
    """A caller's mistake is answered as such."""
    ask = client("v1")
    shown = ask(ROUTE["v1"], params={"specialty": "dermatology"}).json()["available"]
    assert {"dermatology"} == {slot["specialty"] for slot in shown}
    assert 422 == ask(ROUTE["v1"], params={"specialty": "astrology"}).status_code


def test_requests_are_counted_by_route_and_status(client):
    """Each under its route's template, and what no route takes under one name."""
    ask = client("v1", error_rate=0.5)
    for path in (ROUTE["v1"], f"{ROUTE['v1']}?specialty=cardiology", HEALTH["v1"], "/wp-login.php", "/x"):
        ask(path)
    told = ask("/metrics").text
    for route, status, count in (
        (ROUTE["v1"], 200, 1),
        (ROUTE["v1"], 500, 1),
        (HEALTH["v1"], 200, 1),
        ("unmatched", 404, 2),
    ):
        labels = f'method="GET",route="{route}",service="schedules",status="{status}",version="v1"'
        assert f"http_requests_total{{{labels}}} {count}.0" in told
    assert "wp-login" not in told


def test_a_method_of_nobodys_is_no_series_of_its_own():
    """Whoever sends words of their own must not fill Prometheus with them."""
    metrics = Metrics("v1")
    for word in ("BREW", "PROPFIND", "HEAD"):
        metrics.count("unmatched", word, 405, 0.01)
    told = generate_latest(metrics.registry).decode()
    labels = 'route="unmatched",service="schedules",status="405",version="v1"'
    assert f'http_requests_total{{method="other",{labels}}} 2.0' in told
    assert f'http_requests_total{{method="HEAD",{labels}}} 1.0' in told


def test_durations_have_a_bound_at_the_objective(client):
    """A request that waits is slower than 0.3 s and told so; a quick one is not."""
    quick, slow = client("v1"), client("v1", latency_seconds=0.35)
    for ask, within in ((quick, 1), (slow, 0)):
        ask(ROUTE["v1"])
        labels = f'le="0.3",method="GET",route="{ROUTE["v1"]}",service="schedules",version="v1"'
        assert f"http_request_duration_seconds_bucket{{{labels}}} {within}.0" in ask("/metrics").text


def test_health_and_metrics_stay_well_under_faults(client):
    """A fault on purpose must not have the process restarted, nor hide it from Prometheus."""
    ask = client("v2", error_rate=1, latency_seconds=0.2)
    started = time.perf_counter()
    assert [200, 200] == [ask(path).status_code for path in (HEALTH["v2"], "/metrics")]
    assert 0.2 > time.perf_counter() - started
    assert 500 == ask(ROUTE["v2"]).status_code


def test_each_request_is_one_line_of_json(client, lines):
    """With the labels that the log alert groups by, and a level that follows the status."""
    ask = client("v2", environment="staging", error_rate=1)
    ask(ROUTE["v2"])
    ask(HEALTH["v2"])
    ask("/nowhere")
    told = lines()
    fixed = {"app": "schedules", "env": "staging", "version": "v2"}
    assert [fixed] * 3 == [{name: line[name] for name in fixed} for line in told]
    assert [
        ("error", ROUTE["v2"], "500"),
        ("info", HEALTH["v2"], "200"),
        ("warning", "unmatched", "404"),
    ] == [(line["level"], line["route"], line["status"]) for line in told]
    assert told[0]["message"].startswith("GET answered 500 in ")


@pytest.mark.parametrize("text", ['{"error_rate": 7}', None])
def test_unusable_flags_are_told_and_harmless(client, lines, tmp_path: Path, text: str | None):
    """Requests go on, and one line says why no fault is injected: a wrong number, and no file at all."""
    flags = tmp_path / "flags.json"
    flags.write_text(text) if text else flags.mkdir()
    ask = client("v1", flags=flags)
    assert [200, 200] == [ask(ROUTE["v1"]).status_code for _ in range(2)]
    assert 1 == sum("flags are not usable" in line["message"] for line in lines())


def test_an_exception_is_answered_counted_and_told(client, lines, monkeypatch):
    """What nobody expected is an error like any other."""
    monkeypatch.setattr("schedules_api.app.body", lambda *_: 1 / 0)
    ask = client("v1")
    assert 500 == ask(ROUTE["v1"]).status_code
    assert f'route="{ROUTE["v1"]}",service="schedules",status="500"' in ask("/metrics").text
    assert ("error", ROUTE["v1"]) == (lambda line: (line["level"], line["route"]))(lines()[0])
