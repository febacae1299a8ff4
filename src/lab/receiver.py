"""Receives what Alertmanager sends, in place of a pager and of a ticket system, and shows it.

`python -m lab.receiver PORT`: `POST /<receiver>` takes a message, `GET /arrivals` lists them as JSON, and
`GET /` shows them to a person. Each is a line of standard output too.
"""

import json
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>What arrived</title>
<style>
body {{ font: 1rem sans-serif; margin: 2rem }}
td, th {{ padding: .3rem 1rem; text-align: left }}
</style></head>
<body><h1>What arrived</h1><p>{count}</p>
<table><tr><th>UTC</th><th>receiver</th><th>alert</th><th>SLO</th><th>status</th><th>runbook</th></tr>
{rows}
</table></body></html>
"""
_COLUMNS = ("time", "receiver", "alert", "slo", "status", "runbook")

Arrival = dict[str, str]


def arrivals(receiver: str, message: Mapping[str, Any], time: str) -> list[Arrival]:
    """The alerts of one webhook message of Alertmanager, each as a line that a person can read."""
    return [
        {
            "time": time,
            "receiver": receiver,
            "alert": alert["labels"].get("alertname", ""),
            "slo": alert["labels"].get("slo", ""),
            "status": alert["status"],
            "runbook": alert["annotations"].get("runbook_url", ""),
            "fingerprint": alert["fingerprint"],
        }
        for alert in message["alerts"]
    ]


def page(lines: list[Arrival]) -> str:
    """What arrived as a page, newest first, that refreshes itself."""
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(line[name])}</td>" for name in _COLUMNS) + "</tr>"
        for line in reversed(lines)
    )
    return _PAGE.format(count=f"{len(lines)} so far." if lines else "Nothing so far.", rows=rows)


class Server(ThreadingHTTPServer):
    """Listens on loopback, and remembers."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.arrived: list[Arrival] = []
        self.lock = threading.Lock()

    def take(self, lines: list[Arrival]) -> None:
        """Remember, and tell."""
        with self.lock:
            self.arrived += lines
            for line in lines:
                print(json.dumps(line), flush=True)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Take a message."""
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            found = arrivals(self.path.strip("/"), json.loads(text), f"{datetime.now(UTC):%H:%M:%S}")
        except (ValueError, KeyError, TypeError) as error:
            return self._answer(400, "text/plain", f"no message of Alertmanager: {error!r}")
        self.server.take(found)
        return self._answer(200, "text/plain", "taken")

    def do_GET(self) -> None:
        """Show what arrived."""
        if self.path == "/arrivals":
            return self._answer(200, "application/json", json.dumps(self.server.arrived))
        return self._answer(200, "text/html; charset=utf-8", page(self.server.arrived))

    def log_message(self, *_: object) -> None:
        """Requests are not told: only what arrived is."""

    def _answer(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until a signal ends the process."""
    Server(int(sys.argv[1])).serve_forever()


if __name__ == "__main__":
    main()
