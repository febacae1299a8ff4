"""Servers that behave badly."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from drills.database import wire


@pytest.fixture
def endless() -> Iterator[socket.socket]:
    """Our end of a connection on which notices never stop: each comes in time, and the whole does not."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0.2)

    def talk() -> None:
        with contextlib.suppress(OSError):
            while True:
                theirs.sendall(wire.message(b"N", b""))

    with ours, theirs:
        threading.Thread(target=talk, daemon=True).start()
        yield ours
