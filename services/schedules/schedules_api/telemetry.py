"""What a process tells of each request: two metrics and one line of JSON.

The SLI, the alerts and the dashboard read these names: change them there too.
"""

import json
import logging
import sys
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.3, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds in seconds; 0.3 is there because an objective is measured at it."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Those that are counted by name: a caller may invent any other word, and each would be a series."""
SERVICE = "schedules"
UNMATCHED = "unmatched"
"""The route of a request that no route takes: told by its path, every typing error would be a series."""


class Metrics:
    """The two metrics, in a registry of their own."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        self._fixed = {"service": SERVICE, "version": version}
        names = (*self._fixed, "route", "method")
        self._requests = Counter(
            "http_requests", "Requests answered.", (*names, "status"), registry=self.registry
        )
        self._durations = Histogram(
            "http_request_duration_seconds",
            "Seconds from a request to the end of its answer.",
            names,
            buckets=BUCKETS,
            registry=self.registry,
        )

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        labels = self._fixed | {"route": route, "method": method if method in METHODS else "other"}
        self._requests.labels(**labels, status=str(status)).inc()
        self._durations.labels(**labels).observe(seconds)


class JsonLines(logging.Formatter):
    """One line of JSON a record: what the record carries in `fields` beside its level and message."""

    def __init__(self, version: str, environment: str) -> None:
        super().__init__()
        self._fixed = {"app": SERVICE, "env": environment, "version": version}

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": when, "level": record.levelname.lower(), **self._fixed}
        line |= getattr(record, "fields", {"route": "", "status": ""})
        return json.dumps(line | {"message": record.getMessage()})


def make_logger(version: str, environment: str) -> logging.Logger:
    """A logger that writes to standard output, as a container should."""
    logger = logging.getLogger(f"{SERVICE}.{version}")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines(version, environment))
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    return logger


class Telemetry:
    """Counts and logs each request; what the application lets fall is answered with 500 and told too."""

    def __init__(self, app: ASGIApp, metrics: Metrics, logger: logging.Logger) -> None:
        self._app, self._metrics, self._logger = app, metrics, logger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell of its answer."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started, status = time.perf_counter(), 500  # what the server answers when an exception passes here

        async def noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._tell(scope, status, time.perf_counter() - started)

    def _tell(self, scope: MutableMapping[str, Any], status: int, seconds: float) -> None:
        route, method = getattr(scope.get("route"), "path", UNMATCHED), scope["method"]
        self._metrics.count(route, method, status, seconds)
        level = logging.ERROR if status >= 500 else logging.WARNING if status >= 400 else logging.INFO
        fields = {"route": route, "status": str(status)}
        self._logger.log(
            level, "%s answered %d in %.0f ms", method, status, seconds * 1000, extra={"fields": fields}
        )
