"""Messages are read to the byte."""

import socket
import struct

import pytest

from drills.database import wire


def served(answer: bytes):
    """A connection on which an answer waits, and nothing after it."""
    ours, theirs = socket.socketpair()
    theirs.sendall(answer)
    theirs.shutdown(socket.SHUT_WR)
    return ours, theirs


def test_an_errors_fields_are_read():
    """The code, the words and the routine."""
    body = b"SFEHLER\0VFATAL\0C28P01\0MPasswort falsch\0Fauth.c\0L326\0Rauth_failed\0\0"
    assert wire.Refusal("28P01", "Passwort falsch", "auth_failed") == wire.refusal(body)


def test_rows_are_read_as_text():
    """Null is None, and an empty text is one."""
    row = struct.pack("!h", 3) + struct.pack("!i", 1) + b"a" + struct.pack("!i", -1) + struct.pack("!i", 0)
    ours, theirs = served(wire.message(b"T", b"") + wire.message(b"D", row) + wire.message(b"Z", b"I"))
    with ours, theirs:
        assert [("a", None, "")] == wire.query(ours, "SELECT 1")
        assert b"Q\0\0\0\rSELECT 1\0" == theirs.recv(64)


@pytest.mark.parametrize("answer", [b"", b"R\0\0", b"R\0\0\0\x08\0", b"H" + b"TTP/1.1 400"])
def test_an_end_in_the_middle_is_noticed(answer: bytes):
    """Also a length that no message of ours has."""
    ours, theirs = served(answer)
    with ours, theirs, pytest.raises(wire.Closed):
        wire.receive(ours)


def test_an_answer_without_end_ends(endless: socket.socket):
    """A server that talks and never comes to the point is one that hangs."""
    with pytest.raises(TimeoutError):
        wire.query(endless, "SELECT 1")


def test_an_error_is_raised_wherever_it_comes():
    """With its code."""
    ours, theirs = served(wire.message(b"E", b"C53100\0Mdisk full\0\0"))
    with ours, theirs, pytest.raises(wire.Refused, match="53100"):
        wire.receive(ours)
