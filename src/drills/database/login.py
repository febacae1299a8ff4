"""Sign in, and tell by the code and the place of a refusal which fault it is."""

import socket
import ssl
import struct
from dataclasses import dataclass

from drills.database import encrypt, scram, wire
from drills.database.fault import Found
from drills.database.target import Target
from drills.database.wire import Closed, Refusal, Refused

APPLICATION = "database diagnosis"
"""The name under which the server shows our session."""
_OK, _CLEAR, _MD5, _SASL = 0, 3, 5, 10
_BY_CODE = {
    "28P01": "password-refused",
    "3D000": "database-unknown",
    "42501": "connect-privilege-missing",
    "55000": "database-closed",
    "57P01": "shutting-down",
    "57P02": "crash-recovery",
}
_LIMITS = {"CheckMyDatabase": "database-connection-limit", "InitializeSessionUserId": "role-connection-limit"}
_WORDS = {
    "starting up": "starting-up",
    "shutting down": "shutting-down",
    "recovery mode": "crash-recovery",
    "accepting connections": "standby-not-ready",
}


@dataclass
class Progress:
    """How far a sign-in came: a refusal means something else before and after a password was taken."""

    asked: bool = False
    proved: bool = False


def sign_in(connection: socket.socket, target: Target) -> None:
    """Start a session; the connection is then ready for statements. Raises Found."""
    progress, until = Progress(), wire.patience(connection)
    try:
        send_startup(connection, target)
        while True:
            kind, body = wire.receive(connection, until)
            if kind == b"R":
                _authenticate(connection, target, body, progress)
            elif kind == b"Z":
                return
    except Refused as error:
        raise Found(refused(error.refusal, progress), str(error)) from error
    except TimeoutError as error:
        raise Found("login-hangs", f"no end within {connection.gettimeout():g} s") from error
    except ssl.SSLError as error:  # with TLS 1.3 a client's certificate is judged after the handshake
        raise Found(*encrypt.tls_fault(error)) from error
    except (Closed, OSError) as error:
        raise Found("closed-at-once", str(error)) from error
    except (KeyError, ValueError, struct.error) as error:
        raise Found("not-postgresql", "its messages cannot be read") from error


def send_startup(connection: socket.socket, target: Target) -> None:
    """Say who we are and which database we want."""
    settings = {"user": target.role, "database": target.database, "application_name": APPLICATION}
    if target.options:
        settings["options"] = target.options
    connection.sendall(wire.startup(**settings, client_encoding="UTF8"))


def refused(refusal: Refusal, progress: Progress) -> str:
    """The fault that a refused sign-in stands for.

    Routines and codes are the same in every language of the server, and so is the name `pg_hba.conf`. Only
    for 57P03 there is nothing but words: where they are not English, one fault stands for all its reasons.
    Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    if refusal.code == "53300":
        return _LIMITS.get(refusal.routine, "server-connection-limit")
    if refusal.code == "57P03":
        return next((fault for words, fault in _WORDS.items() if words in refusal.message), "not-accepting")
    if refusal.code == "28000":
        return _not_authorized(refusal, progress)
    return _BY_CODE.get(refusal.code, "refused-otherwise")


def _not_authorized(refusal: Refusal, progress: Progress) -> str:
    if refusal.routine == "InitializeSessionUserId":
        return "role-without-login" if progress.proved else "role-refused"
    if "pg_hba.conf" in refusal.message:
        return "not-admitted"
    if progress.asked:
        return "token-refused"
    return "client-certificate-required"


def _authenticate(connection: socket.socket, target: Target, body: bytes, progress: Progress) -> None:
    (kind,) = struct.unpack_from("!i", body)
    if kind == _OK:
        progress.proved = progress.asked
    elif kind not in (_CLEAR, _MD5, _SASL) or (
        kind == _SASL and scram.MECHANISM not in body[4:].split(b"\0")
    ):
        raise Found("authentication-unsupported", f"it asks for way {kind}")
    elif not target.password:
        raise Found("password-missing")
    else:
        progress.asked = True
        _prove(connection, target, kind, body[4:])


def _prove(connection: socket.socket, target: Target, kind: int, body: bytes) -> None:
    if kind == _SASL:
        _scram(connection, scram.Exchange(target.password))
        return
    clear = kind == _CLEAR
    said = target.password if clear else scram.md5(target.role, target.password, body)
    connection.sendall(wire.message(b"p", said.encode() + b"\0"))


def _scram(connection: socket.socket, exchange: scram.Exchange) -> None:
    first = ("n,," + exchange.first).encode()
    body = scram.MECHANISM + b"\0" + struct.pack("!i", len(first)) + first
    connection.sendall(wire.message(b"p", body))
    challenge = wire.receive(connection)[1][4:].decode()
    connection.sendall(wire.message(b"p", exchange.answer(challenge).encode()))
    wire.receive(connection)  # its proof that it knows the password too: the verdict does not need it
