"""The load script of banking is one that k6 takes, and it fails where the platform does not do its part."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from asbuilt.errors import UnusableInput
from drills.alerting import load
from drills.alerting.alerts import alerts
from drills.alerting.checks import BANKING, BANKING_RULES
from drills.alerting.programs import find

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / BANKING / "k6/payments.js"
OBJECTIVES = yaml.safe_load((ROOT / "figures/banking/objectives.yaml").read_text("utf-8"))["objectives"]
MISSED = 99  # k6's exit status where a threshold is missed


def k6(*arguments: str) -> subprocess.CompletedProcess[str]:
    """k6, installed beside Python."""
    program = shutil.which("k6", path=str(Path(sys.executable).parent))
    if not program:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("k6 is not installed")
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)


class Bank:
    """A stand-in for staging: it takes payments by their keys, and books them at once."""

    def __init__(self, fault: str = "") -> None:
        self.fault, self.taken, self.asked = fault, dict[str, str](), 0

    def send(self, key: str) -> tuple[int, dict[str, str]]:
        """Take a payment: now and then it fails, is late, or is taken twice, where that is the fault."""
        self.asked += 1
        if self.fault == "fails" and self.asked % 50 == 0:
            return 503, {}
        if self.fault == "is late" and self.asked % 20 == 0:
            time.sleep(2.1)
        if self.fault == "doubles" or key not in self.taken:
            self.taken[key] = f"payment-{self.asked}"
        return 201, {"id": self.taken[key]}

    def ask(self) -> tuple[int, dict[str, str]]:
        """What became of a payment."""
        return 200, {"state": "taken" if self.fault == "never books" else "booked"}


@contextmanager
def serving(bank: Bank) -> Iterator[str]:
    """The stand-in on loopback, at a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(*bank.send(self.headers["Idempotency-Key"]))

        def do_GET(self) -> None:
            self._answer(*bank.ask())

        def _answer(self, status: int, body: dict[str, str]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_k6_takes_the_script():
    """Both scenarios call a function that there is, and each lasts as long as the pipeline's page says."""
    done = k6("inspect", str(SCRIPT))
    assert (0, "") == (done.returncode, done.stderr)
    scenarios = json.loads(done.stdout)["scenarios"]
    assert {"payments": ("pay", "15m0s"), "bookings": ("follow", "15m0s")} == {
        name: (one["exec"], one["duration"]) for name, one in scenarios.items()
    }


def test_the_script_fits_the_types_of_k6():
    """TypeScript's compiler finds nothing."""
    try:
        find("node")
        load.compiler()
    except UnusableInput as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing.message)
    assert [] == list(load.mistyped(SCRIPT.read_text(encoding="utf-8")))


def test_its_thresholds_are_the_objectives():
    """The share that may fail, and that may be late; the alert on slow payments has the same two seconds."""
    thresholds = json.loads(k6("inspect", str(SCRIPT)).stdout)["thresholds"]
    failed = round(1 - OBJECTIVES["success"]["target"] / 100, 6)
    assert [f"rate<{failed:g}"] == thresholds["http_req_failed{name:send}"]
    assert [f"p({OBJECTIVES['latency']['target']:g})<2000"] == thresholds["http_req_duration{name:send}"]
    assert "within two seconds" in OBJECTIVES["latency"]["indicator"]
    (slow,) = (one for one in alerts([ROOT / BANKING_RULES]) if one.name == "PaymentsSlow")
    assert 'le="2.0"' in slow.expression


def run(fault: str) -> tuple[int, str, Bank]:
    """k6's exit status, what it said, and the stand-in that it asked."""
    bank = Bank(fault)
    with serving(bank) as address:
        told = {"BASE_URL": address, "RATE": "60", "DURATION": "1s", "BOOKED": "1"}
        words = [word for name, value in told.items() for word in ("--env", f"{name}={value}")]
        done = k6("run", "--quiet", "--no-usage-report", *words, str(SCRIPT))
    return done.returncode, done.stdout + done.stderr, bank


def test_a_platform_that_works_passes():
    """Payments arrive at the rate that was asked for, each once."""
    status, said, bank = run("")
    assert (0, True) == (status, len(bank.taken) >= 50), said


@pytest.mark.parametrize(
    ("fault", "threshold"),
    [
        ("fails", "http_req_failed{name:send}"),
        ("is late", "http_req_duration{name:send}"),
        ("doubles", "checks"),
        ("never books", "payments_unbooked"),
    ],
)
def test_a_platform_that_does_not_is_seen(fault: str, threshold: str):
    """A share of failures, late answers, a payment that is taken twice, one that is never booked."""
    status, said, _ = run(fault)
    assert (MISSED, True) == (status, threshold in said.partition("thresholds on metrics")[2]), said
