"""The first answer and the handshake, told by codes."""

import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills.database import encrypt, read_url, wire
from drills.database.fault import Found


def verification(code: int) -> ssl.SSLCertVerificationError:
    """As OpenSSL reports it."""
    error = ssl.SSLCertVerificationError(1, "failed")
    error.verify_code, error.verify_message = code, "words"
    return error


def handshake(reason: str) -> ssl.SSLError:
    """As OpenSSL reports it."""
    error = ssl.SSLError(1, "failed")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (verification(9), "certificate-not-yet-valid"),
        (verification(10), "certificate-expired"),
        (verification(18), "certificate-unknown-authority"),
        (verification(20), "certificate-unknown-authority"),
        (verification(62), "certificate-other-name"),
        (verification(64), "certificate-other-name"),
        (handshake("TLSV1_ALERT_PROTOCOL_VERSION"), "tls-versions-differ"),
        (handshake("SSLV3_ALERT_HANDSHAKE_FAILURE"), "tls-versions-differ"),
        (handshake("WRONG_VERSION_NUMBER"), "not-postgresql"),
        (handshake("TLSV1_ALERT_UNKNOWN_CA"), "client-certificate-required"),
        (handshake("SSLV3_ALERT_CERTIFICATE_EXPIRED"), "client-certificate-required"),
        (handshake("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "client-certificate-required"),
        (handshake("UNEXPECTED_EOF_WHILE_READING"), "closed-at-once"),
        (ConnectionResetError(104, "reset"), "closed-at-once"),
    ],
)
def test_a_failed_handshake_is_told_by_its_code(error: OSError, expected: str):
    """Whatever the words are."""
    assert expected == encrypt.tls_fault(error)[0]


@pytest.mark.parametrize(("answer", "offered"), [(b"S", True), (b"N", False)])
def test_one_letter_says_whether_there_is_tls(answer: bytes, offered: bool):
    """S or N: nothing else is PostgreSQL's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(answer)
        assert offered == encrypt.offers_tls(ours)
        assert b"\0\0\0\x08\x04\xd2\x16/" == theirs.recv(8)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"SSH-2.0", "not-postgresql"),
        (b"E", "not-postgresql"),
        (b"Ecould not fork new process for connection: Cannot allocate memory\n\0", "refused-otherwise"),
        (b"", "closed-at-once"),
        (None, "server-silent"),
    ],
)
def test_any_other_answer_is_a_fault(answer: bytes | None, expected: str):
    """A longer one, a server's own excuse, none before the end, and none at all."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0.1)
    with ours, theirs:
        if answer:
            theirs.sendall(answer)
        elif answer is not None:
            theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(Found) as caught:
            encrypt.offers_tls(ours)
    assert expected == caught.value.finding.fault.id


def test_a_poolers_refusal_before_tls_keeps_its_code():
    """It is PostgreSQL's message, and says more than that nobody speaks PostgreSQL."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(wire.message(b"E", b"SFATAL\0C53300\0Mfull\0\0"))
        with pytest.raises(wire.Refused, match="53300: full"):
            encrypt.offers_tls(ours)


def test_a_locked_key_asks_nobody_for_its_words(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """On call nobody knows them, and a prompt would look like a hanging command."""
    both = tmp_path / "both.pem"
    make = "openssl req -x509 -newkey rsa:2048 -passout pass:hush -subj /CN=app -keyout -"
    both.write_bytes(subprocess.run(make.split(), check=True, capture_output=True).stdout)
    target = read_url(f"postgresql://app@db.test/x?sslmode=require&sslcert={both}")
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(UnusableInput, match="certificate cannot be read"):
        encrypt.encrypted(ours, target)
    assert "" == capfd.readouterr().err


def test_a_certificate_of_the_clients_that_is_not_there_is_unusable_input():
    """It is the caller's file, not the database's fault."""
    target = read_url("postgresql://app@db.test/x?sslmode=require&sslcert=/missing.pem")
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(UnusableInput, match="certificate cannot be read"):
        encrypt.encrypted(ours, target)
