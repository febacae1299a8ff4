"""moto, with a thin layer in front of it that answers what moto lacks.

The environment decides moto's settings while it is imported, so `__main__` sets it first.
"""

import os
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Response

from asbuilt.errors import UnusableInput
from drills.emulator.call import Call, Store, read
from drills.emulator.enforcement import refusal, take_over
from drills.emulator.execution import execute
from drills.emulator.memory import remember
from drills.emulator.shims import budgets, cloudfront, eks, s3, states

SHIMS: Mapping[str, Callable[[Call, Store], Response | None]] = {
    "budgets": budgets.answer,
    "cloudfront": cloudfront.answer,
    "eks": eks.answer,
    "s3": s3.answer,
    "states": states.answer,
}
"""Who answers before moto, by the service's signing name."""


class Emulator:
    """The WSGI application: a request that its role allows is answered by a shim, or else by moto."""

    def __init__(self) -> None:
        take_over()
        remember()
        execute()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._store: Store = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        call = read(environ, self._moto)
        shim = SHIMS.get(call.service)
        response: Any = refusal(call) or (shim(call, self._store) if shim else None) or self._moto
        answered: Iterable[bytes] = response(environ, start_response)
        return answered


def listen(port: int) -> BaseWSGIServer:
    """A server on loopback that only has to be run; port 0 takes a free one. Raises UnusableInput."""
    try:
        chosen = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        hint = "name another port, or none to take a free one"
        raise UnusableInput(f"port {port} cannot be used: {error.strerror}", hint) from None
    with chosen:
        handler, file = MotoRequestHandler, chosen.fileno()
        server = make_server("127.0.0.1", port, Emulator(), threaded=True, request_handler=handler, fd=file)
    os.environ["MOTO_PORT"] = str(server.port)  # where state machines find Batch, S3 and SNS
    return server
