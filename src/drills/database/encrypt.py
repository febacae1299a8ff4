"""Whether it speaks PostgreSQL, and TLS."""

import socket
import ssl

from asbuilt.errors import UnusableInput
from drills.database.fault import Found
from drills.database.target import Target
from drills.database.wire import SSL_REQUEST

_BY_VERIFY_CODE = {
    9: "certificate-not-yet-valid",
    10: "certificate-expired",
    62: "certificate-other-name",
    64: "certificate-other-name",
}  # https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/; what is left concerns who signed
_NOTHING_SHARED = ("PROTOCOL", "VERSION", "HANDSHAKE_FAILURE", "NO_SHARED", "NO_CIPHERS")
_SHOWN = 120  # bytes of an answer that is not PostgreSQL's


def offers_tls(connection: socket.socket) -> bool:
    """Ask the server for TLS; every PostgreSQL answers with one letter, so this is also how one knows it."""
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
    if answer not in (b"S", b"N"):
        raise Found("not-postgresql", f"it answers {answer!r}")
    return answer == b"S"


def encrypted(connection: socket.socket, target: Target) -> ssl.SSLSocket:
    """The connection with TLS, the server's certificate checked as far as the URL asks for it."""
    try:
        return _context(target).wrap_socket(connection, server_hostname=target.host)
    except TimeoutError as error:
        raise Found("tls-hangs", f"no end within {connection.gettimeout():g} s") from error
    except OSError as error:
        raise Found(*tls_fault(error)) from error


def tls_fault(error: OSError) -> tuple[str, str]:
    """The fault that an error of the handshake stands for, and OpenSSL's words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        fault = _BY_VERIFY_CODE.get(error.verify_code, "certificate-unknown-authority")
        return fault, error.verify_message
    reason = str(getattr(error, "reason", "") or "")
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


def _present(context: ssl.SSLContext, target: Target) -> None:
    try:
        context.load_cert_chain(target.certificate, target.key or None)
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
