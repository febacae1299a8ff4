"""The messages of PostgreSQL's protocol 3.0 that a diagnosis needs.

A client library hides what tells faults apart: a refusal's code, and the place in the server that said it.
Source: https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import math
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
LONGEST = 1 << 24
"""Bytes: no answer to our questions comes near it."""
Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Refusal:
    """An error as the server reports it; only `message` is in the server's language."""

    code: str
    message: str
    routine: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class Closed(Exception):
    """The connection ended in the middle of a conversation."""


def startup(**settings: str) -> bytes:
    """The first message of a session."""
    body = struct.pack("!i", 196608)
    body += b"".join(f"{name}\0{value}\0".encode() for name, value in settings.items()) + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def message(kind: bytes, body: bytes) -> bytes:
    """Any later message."""
    return kind + struct.pack("!i", len(body) + 4) + body


def patience(connection: socket.socket) -> float:
    """Until when an answer that begins now may take: the connection's limit is for each part of it alone."""
    return time.monotonic() + (connection.gettimeout() or math.inf)


def receive(connection: socket.socket, until: float = math.inf) -> tuple[bytes, bytes]:
    """The next message: its kind and its body.

    Raises Refused for an error, Closed for an end, and TimeoutError where it goes on after `until`.
    """
    kind = _exactly(connection, 1, until)
    (length,) = struct.unpack("!i", _exactly(connection, 4, until))
    if not 4 <= length <= LONGEST:
        raise Closed(f"a message of {length} bytes")
    body = _exactly(connection, length - 4, until)
    if kind == b"E":
        raise Refused(refusal(body))
    return kind, body


def refusal(body: bytes) -> Refusal:
    """An error's fields: https://www.postgresql.org/docs/current/protocol-error-fields.html."""
    fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    return Refusal(fields.get(b"C", ""), fields.get(b"M", ""), fields.get(b"R", ""))


def query(connection: socket.socket, sql: str) -> list[Row]:
    """The rows of one statement, as text."""
    connection.sendall(message(b"Q", sql.encode() + b"\0"))
    return list(_rows(connection))


def _rows(connection: socket.socket) -> Iterator[Row]:
    until = patience(connection)
    while True:
        kind, body = receive(connection, until)
        if kind == b"D":
            yield _row(body)
        elif kind == b"Z":
            return


def _row(body: bytes) -> Row:
    (count,) = struct.unpack_from("!h", body)
    values: list[str | None] = []
    place = 2
    for _ in range(count):
        (length,) = struct.unpack_from("!i", body, place)
        place += 4
        values.append(body[place : place + length].decode() if length >= 0 else None)
        place += max(length, 0)
    return tuple(values)


def _exactly(connection: socket.socket, count: int, until: float) -> bytes:
    data = b""
    while len(data) < count:
        if time.monotonic() > until:
            raise TimeoutError("no end")
        part = connection.recv(count - len(data))
        if not part:
            raise Closed("the server closed the connection")
        data += part
    return data
