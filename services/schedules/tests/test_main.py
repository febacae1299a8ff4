"""The process: `python -m schedules_api`."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from schedules_api import Settings

FOLDER = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "schedules_api", "--version", "v2")


def test_settings_come_from_the_environment():
    """Each variable sets its own field, and none is needed."""
    variables = {
        "SCHEDULES_ENVIRONMENT": "staging",
        "SCHEDULES_ERROR_RATE": "0.1",
        "SCHEDULES_LATENCY_SECONDS": "0.2",
        "SCHEDULES_FLAGS": "flags.json",
    }
    assert Settings("v1", "staging", 0.1, 0.2, Path("flags.json")) == Settings.read("v1", variables)
    assert Settings("v1") == Settings.read("v1", {})


@pytest.mark.parametrize("rate", ["many", "2"])
def test_a_setting_that_cannot_be_is_explained(rate: str):
    """One line says what is wrong, one where it is set; nothing is served."""
    settings = os.environ | {"SCHEDULES_ERROR_RATE": rate}
    done = subprocess.run(COMMAND, cwd=FOLDER, env=settings, capture_output=True, text=True, timeout=20)
    assert (2, "") == (done.returncode, done.stdout)
    assert re.fullmatch(r"error: .*\nhint: the SCHEDULES_\* variables set it\n", done.stderr)


def test_a_process_serves_and_ends_on_a_signal():
    """It answers at the port it was given, and SIGTERM, which Kubernetes sends, ends it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen((*COMMAND, "--port", str(port)), cwd=FOLDER, stdout=subprocess.DEVNULL)
    try:
        assert b'"version":"v2"' in _answer(f"http://127.0.0.1:{port}/v2/healthz")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()


def _answer(url: str) -> bytes:
    """What is answered, within ten seconds."""
    until = time.monotonic() + 10
    while True:
        try:
            return httpx.get(url, timeout=2, trust_env=False).content
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
