"""Whether it speaks PostgreSQL, and TLS."""

import socket
import ssl
import struct
from contextlib import suppress

from asbuilt.errors import UnusableInput
from drills.database.fault import Found
from drills.database.target import Target
from drills.database.wire import LONGEST, SSL_REQUEST, Refused, refusal

_BY_VERIFY_CODE = {
    9: "certificate-not-yet-valid",
    10: "certificate-expired",
    62: "certificate-other-name",
    64: "certificate-other-name",
}  # https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/; what is left concerns who signed
_NOTHING_SHARED = ("PROTOCOL", "VERSION", "HANDSHAKE_FAILURE", "NO_SHARED", "NO_CIPHERS")
_OUR_CERTIFICATE = ("CERTIFICATE", "UNKNOWN_CA")  # in an alert, so that it is the server that says it
_VERDICT = 0.5  # seconds: more than a way there and back takes
_SHOWN = 120  # bytes of an answer that is not PostgreSQL's


def offers_tls(connection: socket.socket) -> bool:
    """Ask the server for TLS; every PostgreSQL answers with one letter, so this is also how one knows it.

    Raises Found, and wire.Refused for a pooler that refuses before anything else.
    """
    try:
        connection.sendall(SSL_REQUEST)
        answer = connection.recv(_SHOWN)
    except TimeoutError as error:
        raise Found("server-silent", f"no answer within {connection.gettimeout():g} s") from error
    except OSError as error:
        raise Found("closed-at-once", error.strerror or "") from error
    if not answer:
        raise Found("closed-at-once")
    if answer.startswith(b"E") and answer.endswith(b"\n\0"):  # of a server that can start no process for us
        raise Found("refused-otherwise", answer[1:].decode(errors="replace").strip("\0\n"))
    if _is_refusal(answer):
        raise Refused(refusal(answer[5:]))
    if answer not in (b"S", b"N"):
        raise Found("not-postgresql", f"it answers {answer!r}")
    return answer == b"S"


def _is_refusal(answer: bytes) -> bool:
    """Whether it begins like an error of the protocol: E, and a length that one can have."""
    return answer[:1] == b"E" and len(answer) > 5 and 4 < struct.unpack("!i", answer[1:5])[0] <= LONGEST


def encrypted(connection: socket.socket, target: Target) -> ssl.SSLSocket:
    """The connection with TLS, the server's certificate checked as far as the URL asks for it."""
    try:
        secured = _context(target).wrap_socket(connection, server_hostname=target.host)
        if target.certificate:
            _hear(secured)
        return secured
    except TimeoutError as error:
        raise Found("tls-hangs", f"no end within {connection.gettimeout():g} s") from error
    except OSError as error:
        raise Found(*tls_fault(error)) from error


def _hear(secured: ssl.SSLSocket) -> None:
    """Let the server say no to our certificate: with TLS 1.3 it does so after the handshake, and hangs up.

    Otherwise it says nothing before it is asked. Whoever asks first may hear only that nobody is there.
    """
    limit = secured.gettimeout()
    secured.settimeout(_VERDICT)
    with suppress(TimeoutError):
        secured.recv(1)
    secured.settimeout(limit)


def tls_fault(error: OSError) -> tuple[str, str]:
    """The fault that an error of the handshake stands for, and OpenSSL's words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        fault = _BY_VERIFY_CODE.get(error.verify_code, "certificate-unknown-authority")
        return fault, error.verify_message
    reason = str(getattr(error, "reason", "") or "")
    if reason == "WRONG_VERSION_NUMBER":  # of a record, that is: what came is no TLS at all
        return "not-postgresql", "what follows is no TLS"
    if "ALERT" in reason and any(word in reason for word in _OUR_CERTIFICATE):
        return "client-certificate-required", reason
    if any(word in reason for word in _NOTHING_SHARED):
        return "tls-versions-differ", reason
    return "closed-at-once", reason or str(error)


def _context(target: Target) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = target.sslmode == "verify-full"
    context.verify_mode = ssl.CERT_REQUIRED if target.verifies else ssl.CERT_NONE
    if target.newest_tls == "TLSv1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if target.certificate:
        _present(context, target)
    if target.verifies:
        _trust(context, target)
    return context


def _no_words() -> str:
    """In the place of OpenSSL's prompt for a key's passphrase, which would wait for a person."""
    raise OSError("its key is locked with a passphrase")


def _present(context: ssl.SSLContext, target: Target) -> None:
    try:
        context.load_cert_chain(target.certificate, target.key or None, _no_words)
    except OSError as error:
        raise UnusableInput(
            f"the client's certificate cannot be read: {error.strerror or error}", "see sslcert and sslkey"
        ) from error


def _trust(context: ssl.SSLContext, target: Target) -> None:
    path = target.trusted
    if path is None:
        context.load_default_certs()
        return
    try:
        context.load_verify_locations(path)
    except OSError as error:
        raise Found("trust-file-missing", f"{path}: {error.strerror or error}") from error
