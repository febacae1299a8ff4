"""The receiver: what arrives is remembered, shown and told."""

import json
import subprocess
import sys

import httpx
import pytest

from lab import web
from lab.places import Lab
from lab.receiver import arrivals, page

MESSAGE = {
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Burn", "slo": "latency"},
            "annotations": {"runbook_url": "https://as-built.example/runbooks/Burn/"},
            "fingerprint": "f1",
        },
        {"status": "resolved", "labels": {"alertname": "High"}, "annotations": {}, "fingerprint": "f2"},
    ]
}
BURN = {
    "time": "10:00:00",
    "receiver": "pager",
    "alert": "Burn",
    "slo": "latency",
    "status": "firing",
    "runbook": "https://as-built.example/runbooks/Burn/",
    "fingerprint": "f1",
}


def test_each_alert_of_a_message_is_a_line():
    """With what it lacks left empty."""
    first, second = arrivals("pager", MESSAGE, "10:00:00")
    assert BURN == first
    assert ("High", "resolved", "", "") == tuple(
        second[name] for name in ("alert", "status", "slo", "runbook")
    )


def test_a_page_shows_the_newest_first_and_escapes():
    """What an alert is called cannot become markup."""
    shown = page([BURN, BURN | {"alert": "<b>"}])
    assert shown.index("&lt;b&gt;") < shown.index("Burn")
    assert "2 so far." in shown
    assert "Nothing so far." in page([])


def test_an_alert_is_open_until_it_is_resolved_at_the_same_receiver():
    """Each is told apart by its fingerprint."""
    resolved, other = BURN | {"status": "resolved"}, BURN | {"fingerprint": "f3"}
    assert [BURN] == web.still_open([resolved, BURN], "pager")
    assert [other] == web.still_open([BURN, other, resolved], "pager")
    assert [] == web.still_open([BURN], "tickets")


def test_a_message_is_taken_shown_and_told(lab: Lab):
    """As JSON, as a page and on standard output; what is no message is refused."""
    command = [sys.executable, "-m", "lab.receiver", str(lab.port("receiver"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert web.until(lambda: web.answers(lab.url("receiver", "/")), 10)
            send(lab.url("receiver", "/pager"), MESSAGE)
            assert "Burn" == json.loads(process.stdout.readline())["alert"]
            assert ["pager", "pager"] == [line["receiver"] for line in web.arrivals(lab)]
            with pytest.raises(httpx.HTTPStatusError, match="400"):
                send(lab.url("receiver", "/pager"), {"alerts": [{}]})
        finally:
            process.kill()


def send(url: str, message: dict) -> None:
    """Send what Alertmanager would."""
    httpx.post(url, json=message, trust_env=False).raise_for_status()
