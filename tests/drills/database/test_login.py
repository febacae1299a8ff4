"""Refusals become faults by code and routine, whatever the server's language."""

import socket
import struct

import pytest

from drills.database import login, read_url, wire
from drills.database.fault import Found
from drills.database.login import Progress, refused
from drills.database.wire import Refusal

TARGET = read_url("postgresql://app:hush@db.test/orders")
BEFORE, AFTER = Progress(), Progress(asked=True, proved=True)


@pytest.mark.parametrize(
    ("refusal", "progress", "expected"),
    [
        (Refusal("28P01", "password authentication failed", "auth_failed"), BEFORE, "password-refused"),
        (
            Refusal("28P01", "Passwort-Authentifizierung fehlgeschlagen", "auth_failed"),
            BEFORE,
            "password-refused",
        ),
        (Refusal("28000", "no pg_hba.conf entry for host", "ClientAuthentication"), BEFORE, "not-admitted"),
        (Refusal("28000", "kein pg_hba.conf-Eintrag", "ClientAuthentication"), BEFORE, "not-admitted"),
        (
            Refusal("28000", "Verbindung erfordert ein Clientzertifikat", "ClientAuthentication"),
            BEFORE,
            "client-certificate-required",
        ),
        (Refusal("28000", "PAM-Authentifizierung", "auth_failed"), Progress(asked=True), "token-refused"),
        (Refusal("28000", "certificate", "auth_failed"), BEFORE, "client-certificate-required"),
        (Refusal("28000", "Rolle existiert nicht", "InitializeSessionUserId"), BEFORE, "role-refused"),
        (Refusal("28000", "may not log in", "InitializeSessionUserId"), AFTER, "role-without-login"),
        (Refusal("3D000", "?", "InitPostgres"), AFTER, "database-unknown"),
        (Refusal("42501", "?", "CheckMyDatabase"), AFTER, "connect-privilege-missing"),
        (Refusal("55000", "?", "CheckMyDatabase"), AFTER, "database-closed"),
        (Refusal("53300", "?", "CheckMyDatabase"), AFTER, "database-connection-limit"),
        (Refusal("53300", "?", "InitializeSessionUserId"), AFTER, "role-connection-limit"),
        (Refusal("53300", "?", "InitPostgres"), AFTER, "server-connection-limit"),
        (Refusal("53300", "?", "ProcessStartupPacket"), BEFORE, "server-connection-limit"),
        (Refusal("57P03", "the database system is starting up"), BEFORE, "starting-up"),
        (Refusal("57P03", "the database system is shutting down"), BEFORE, "shutting-down"),
        (Refusal("57P03", "the database system is in recovery mode"), BEFORE, "crash-recovery"),
        (Refusal("57P03", "the database system is not accepting connections"), BEFORE, "standby-not-ready"),
        (Refusal("57P03", "das Datenbanksystem startet"), BEFORE, "not-accepting"),
        (Refusal("08P01", "no such database"), BEFORE, "refused-otherwise"),
    ],
)
def test_a_refusal_is_told_by_code_and_routine(refusal: Refusal, progress: Progress, expected: str):
    """English words count only where the code has nothing else to offer."""
    assert expected == refused(refusal, progress)


def authentication(kind: int, rest: bytes = b"") -> bytes:
    """A server's request to sign in."""
    return wire.message(b"R", struct.pack("!i", kind) + rest)


def outcome(answer: bytes, url: str = "postgresql://app:hush@db.test/orders") -> tuple[str, bytes]:
    """The fault after a server's answer, and all that the server was sent."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0.2)
    with ours, theirs:
        theirs.sendall(answer)
        with pytest.raises(Found) as caught:
            login.sign_in(ours, read_url(url))
        ours.shutdown(socket.SHUT_WR)
        sent = b""
        while part := theirs.recv(4096):
            sent += part
    return caught.value.finding.fault.id, sent


def test_a_server_that_asks_for_kerberos_is_not_sent_a_password():
    """Nor one that asks for a way of SASL that is not ours."""
    for answer in (authentication(7), authentication(10, b"OAUTHBEARER\0\0")):
        fault, sent = outcome(answer)
        assert "authentication-unsupported" == fault
        assert b"hush" not in sent


def test_a_missing_password_is_told_before_one_is_refused():
    """The server asks, and there is none."""
    assert "password-missing" == outcome(authentication(5, b"salt"), "postgresql://app@db.test/orders")[0]


def test_a_server_that_stops_talking_is_a_hanging_login():
    """It asked for nothing and took nobody in."""
    assert "login-hangs" == outcome(authentication(0))[0]


def test_a_server_that_never_comes_to_the_point_is_a_hanging_login(endless: socket.socket):
    """Notices without end."""
    with pytest.raises(Found) as caught:
        login.sign_in(endless, read_url("postgresql://app@db.test/x"))
    assert "login-hangs" == caught.value.finding.fault.id


@pytest.mark.parametrize(
    "answer", [authentication(10, b"SCRAM-SHA-256\0\0") + authentication(11, b"nonsense")]
)
def test_nonsense_is_not_postgresql(answer: bytes):
    """What cannot be read ends in a fault, not in a traceback."""
    assert "not-postgresql" == outcome(answer)[0]
