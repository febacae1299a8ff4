"""A real Prometheus over samples that are written into it: it scrapes nothing, and answers expressions."""

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from asbuilt.errors import UnusableInput

Query = Callable[[str, int, int, int], list[dict[str, Any]]]
"""An expression's series from one time to another in steps, all in seconds; 11,000 values each at most."""

POINTS = 10_800
"""How many values a query is asked for at most: a quarter of a month; Prometheus gives 11,000."""

_BLOCK = "1458h"  # promtool reads all samples once for every block: one is enough for a month
_CALMER = {
    "GOGC": "800",
    "GOMAXPROCS": "1",
}  # fewer rounds of Go's garbage collector: memory is there, and time is not
_READY = 30  # seconds that Prometheus has to start
_LONGEST = 120  # seconds that blocks, and an answer, may take
_ENDING = 10  # seconds that it has to end when it is told to


@contextmanager
def running(samples: Iterable[str]) -> Iterator[Query]:
    """A Prometheus that holds samples, in OpenMetrics' form, and ends with the block.

    Raises UnusableInput where the samples cannot be read, or Prometheus does not start.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _store(folder, samples)
        (folder / "prometheus.yaml").write_text("{}\n", encoding="utf-8")
        port = _free_port()
        command = [
            "prometheus",
            f"--config.file={folder / 'prometheus.yaml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            "--storage.tsdb.retention.time=100y",
            f"--web.listen-address=127.0.0.1:{port}",
        ]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, stdout=quiet, stderr=quiet, env=os.environ | _CALMER) as process:
            try:
                _wait(process, port)
                yield lambda *asked: _asked(port, *asked)
            finally:
                _end(process)


def _store(folder: Path, samples: Iterable[str]) -> None:
    """Blocks of the samples, in the folder's `data`."""
    with (folder / "samples").open("w", encoding="utf-8") as file:
        file.writelines(samples)
        file.write("# EOF\n")
    command = [
        "promtool",
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "--quiet",
        f"--max-block-duration={_BLOCK}",
    ]
    done = subprocess.run(
        [*command, folder / "samples", folder / "data"],
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        env=os.environ | _CALMER,
    )
    if done.returncode:
        raise UnusableInput(
            f"promtool refuses the samples: {done.stderr.strip()}", "they have to be OpenMetrics"
        )
    (folder / "samples").unlink()


def _asked(port: int, expression: str, start: int, end: int, step: int) -> list[dict[str, Any]]:
    form = {"query": expression, "start": start, "end": end, "step": step}
    address = f"http://127.0.0.1:{port}/api/v1/query_range"
    with urllib.request.urlopen(address, urllib.parse.urlencode(form).encode(), timeout=_LONGEST) as answer:
        return list(json.load(answer)["data"]["result"])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Raises UnusableInput where Prometheus ends or is not ready in time."""
    deadline = time.monotonic() + _READY
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise UnusableInput("Prometheus does not start", "prometheus --version says whether it can run at all")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_ENDING)
    except subprocess.TimeoutExpired:
        process.kill()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
