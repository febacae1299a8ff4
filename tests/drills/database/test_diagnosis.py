"""Servers that work by half end in a fault, never in a traceback and never in a wait without end."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from drills.database import Patience, diagnose, read_url
from drills.database.wire import message

READY = message(b"R", struct.pack("!i", 0)) + message(b"Z", b"I")
REFUSAL = message(b"E", b"SFATAL\0C53300\0Mfull\0\0")

Behaviour = Callable[[socket.socket], None]


@contextmanager
def server(behave: Behaviour) -> Iterator[int]:
    """A port of loopback at which one connection after the other is treated so."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    behave(connection)

    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def answering(rows: bytes) -> Behaviour:
    """Signs everybody in, and gives the same answer to each question."""

    def behave(connection: socket.socket) -> None:
        connection.recv(8)
        connection.sendall(b"N")
        connection.recv(4096)
        connection.sendall(READY)
        while connection.recv(4096):
            connection.sendall(rows + message(b"Z", b"I"))

    return behave


def saying(first: bytes) -> Behaviour:
    """Answers to the question for TLS, and to what comes then, in the same way."""

    def behave(connection: socket.socket) -> None:
        connection.recv(8)
        connection.sendall(first)
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    return behave


@pytest.mark.parametrize(
    ("behave", "expected"),
    [
        (answering(b""), "not-postgresql"),
        (answering(message(b"D", b"\0\x09")), "not-postgresql"),
        (answering(message(b"D", struct.pack("!hi", 1, 2) + b"\xff\xfe")), "not-postgresql"),
        (answering(message(b"E", b"SERROR\0C57014\0Mcancelled\0\0")), "statement-timeout"),
        (saying(b"S"), "not-postgresql"),
        (saying(b"HTTP/1.1 400"), "not-postgresql"),
        (saying(REFUSAL), "server-connection-limit"),
    ],
)
def test_a_server_that_works_by_half_is_a_fault(behave: Behaviour, expected: str):
    """Nothing at all, rows that cannot be read, another protocol, and a pooler that refuses before TLS."""
    with server(behave) as port:
        target = read_url(f"postgresql://app:hush@127.0.0.1:{port}/orders")
        diagnosis = diagnose(target, Patience(timeout=2.0))
    assert [expected] == [finding.fault.id for finding in diagnosis.findings]
