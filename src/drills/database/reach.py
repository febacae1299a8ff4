"""Name, route and TCP: from a host's name to an open connection."""

import errno
import os
import socket
import threading
from collections.abc import Sequence

from drills.database.fault import Finding, Found

_ADDRESSES = 4  # so that a name with many addresses does not take many times the limit
_NO_NAME = {
    getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY") if hasattr(socket, name)
}
_BY_ERRNO = {
    errno.ENETUNREACH: "no-route",
    errno.ENETDOWN: "no-route",
    errno.EAFNOSUPPORT: "no-route",  # an address of version 6 on a host without it
    errno.EACCES: "route-forbidden",
    errno.EPERM: "route-forbidden",
    errno.EINVAL: "route-forbidden",  # what a blackhole route answers
    errno.EHOSTUNREACH: "host-unreachable",
    errno.EHOSTDOWN: "host-unreachable",
    errno.EADDRNOTAVAIL: "local-ports-used-up",
    errno.ECONNREFUSED: "connection-refused",
    errno.ETIMEDOUT: "connection-timeout",
    errno.ECONNRESET: "closed-at-once",
}
_HOW_FAR = (
    "no-route",
    "local-ports-used-up",
    "route-forbidden",
    "host-unreachable",
    "connection-timeout",
    "connection-refused",
    "closed-at-once",
)


def resolve(host: str, timeout: float) -> list[str]:
    """The addresses of a name, within `timeout` seconds: the resolver's own limit is longer."""
    answer: list[list[str] | OSError] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            answer.append(list(dict.fromkeys(str(one[4][0]) for one in found)))
        except UnicodeError:  # a label that is empty or too long, which no name server is asked for
            answer.append(socket.gaierror(socket.EAI_NONAME, "no name can be like this"))
        except OSError as error:
            answer.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout)
    return addresses(answer[0] if answer else TimeoutError(f"no answer within {timeout:g} s"))


def addresses(answer: list[str] | OSError) -> list[str]:
    """What the resolver answered, or the fault that its error stands for."""
    if isinstance(answer, list):
        return answer
    unknown = isinstance(answer, socket.gaierror) and answer.errno in _NO_NAME
    raise Found("name-unknown" if unknown else "name-server-silent", answer.strerror or str(answer))


def connect(found: Sequence[str], port: int, timeout: float) -> socket.socket:
    """A connection to the first address that takes one.

    Where none does, the fault of the one that was reached furthest: a name may have an address of version 6,
    and this host no way to any.
    """
    met: list[Finding] = []
    for address in found[:_ADDRESSES]:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            met.append(unreachable(error, f"{address} port {port}").finding)
    if not met:
        raise Found("name-unknown", "no address")
    met.sort(key=_how_far, reverse=True)
    raise Found(met[0].fault.id, "; ".join(one.detail for one in met))


def _how_far(met: Finding) -> int:
    """The more, the further; "no free port" is also what an address of version 6 meets where that is off."""
    off = met.fault.id == "local-ports-used-up" and met.detail.count(":") > 1
    return -1 if off else _HOW_FAR.index(met.fault.id)


def unreachable(error: OSError, place: str) -> Found:
    """The fault that an error of connecting stands for."""
    number = errno.ETIMEDOUT if isinstance(error, TimeoutError) else error.errno or 0
    fault = _BY_ERRNO.get(number, "connection-timeout")
    return Found(fault, f"{place}: {os.strerror(number)}")
