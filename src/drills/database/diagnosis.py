"""Ask outward, step by step, until something is wrong."""

import socket
import struct
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace

from drills.database import encrypt, login, reach, wire
from drills.database.fault import FAULTS, Finding, Found
from drills.database.judge import failed_statement, judge
from drills.database.look import look
from drills.database.target import Target


@dataclass(frozen=True)
class Patience:
    """Seconds: how long one step may take, and from when on something in the server takes too long."""

    timeout: float = 5.0
    long: float = 30.0


@dataclass
class Diagnosis:
    """The steps that went well, each with what was seen, and the faults; the first of them is the verdict."""

    passed: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def diagnose(target: Target, patience: Patience) -> Diagnosis:
    """Ask `target`, and change nothing in it.

    Raises UnusableInput where the URL names a client's certificate that cannot be read.
    """
    diagnosis = Diagnosis()
    try:
        with ExitStack() as stack:
            diagnosis.findings += _ask(target, patience, diagnosis.passed, stack)
    except Found as found:
        diagnosis.findings.append(found.finding)
    except wire.Refused as error:  # of a pooler, before anything else was said
        fault = login.refused(error.refusal, login.Progress())
        diagnosis.findings.append(Finding(FAULTS[fault], str(error)))
    return diagnosis


def _ask(
    target: Target, patience: Patience, passed: list[tuple[str, str]], stack: ExitStack
) -> list[Finding]:
    found = reach.resolve(target.host, patience.timeout)
    passed.append(("name", ", ".join(found)))
    connection = _channel(target, found, patience.timeout, passed, stack)
    try:
        login.sign_in(connection, target)
    except Found as refused:
        raise _rather(refused, target, found, patience.timeout) from refused
    passed.append(("sign-in", f"role {target.role}, database {target.database}"))
    return _inside(connection, target, patience)


def _channel(
    target: Target, found: list[str], timeout: float, passed: list[tuple[str, str]], stack: ExitStack
) -> socket.socket:
    """A connection on which a session can start: with TLS where the URL wants it or the server offers it."""
    plain = stack.enter_context(closing(reach.connect(found, target.port, timeout)))
    passed.append(("connection", f"{plain.getpeername()[0]} port {target.port}"))
    offered = encrypt.offers_tls(plain)
    passed.append(("protocol", f"PostgreSQL, {'with' if offered else 'without'} TLS"))
    if offered and target.sslmode == "disable":
        return stack.enter_context(closing(reach.connect(found, target.port, timeout)))
    if offered:
        secured = stack.enter_context(closing(encrypt.encrypted(plain, target)))
        passed.append(("TLS", f"{secured.version()}, {'verified' if target.verifies else 'not verified'}"))
        return secured
    if target.sslmode == "require" or target.verifies:
        raise Found("tls-refused")
    return plain


def _rather(refused: Found, target: Target, found: list[str], timeout: float) -> Found:
    """A rule that refuses in clear may admit with TLS: ask, up to where a password would be sent."""
    if refused.finding.fault is not FAULTS["not-admitted"] or target.sslmode != "disable":
        return refused
    with ExitStack() as stack:
        try:
            connection = _channel(replace(target, sslmode="require", roots=""), found, timeout, [], stack)
            login.send_startup(connection, target)
            wire.receive(connection)
        except wire.Refused as error:
            admitted = login.refused(error.refusal, login.Progress()) != "not-admitted"
        except (Found, wire.Closed, OSError):
            admitted = False
        else:
            admitted = True
    return Found("tls-required", refused.finding.detail) if admitted else refused


def _inside(connection: socket.socket, target: Target, patience: Patience) -> list[Finding]:
    try:
        seen = look(connection, patience.timeout)
    except wire.Refused as error:
        return [failed_statement(error.refusal)]
    except TimeoutError:
        return [Finding(FAULTS["statements-hang"], f"no answer within {patience.timeout:g} s")]
    except (wire.Closed, OSError) as error:
        return [Finding(FAULTS["session-ended"], str(error))]
    except (IndexError, ValueError, struct.error):
        return [Finding(FAULTS["not-postgresql"], "it answers our questions in another form")]
    return judge(seen, target, patience.long)
