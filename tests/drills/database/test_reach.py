"""Errors of the resolver and of the kernel become faults by their numbers, never by their words."""

import errno
import socket

import pytest

from drills.database import reach
from drills.database.fault import Found


def fault(call, *arguments) -> str:
    """The fault that a call ends in."""
    with pytest.raises(Found) as caught:
        call(*arguments)
    return caught.value.finding.fault.id


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Der Name ist unbekannt"), "name-unknown"),
        (socket.gaierror(socket.EAI_NODATA, ""), "name-unknown"),
        (socket.gaierror(socket.EAI_AGAIN, "Name or service not known"), "name-server-silent"),
        (socket.gaierror(socket.EAI_FAIL, ""), "name-server-silent"),
        (TimeoutError("no answer"), "name-server-silent"),
    ],
)
def test_a_resolvers_error_is_told_by_its_number(answer: OSError, expected: str):
    """Also where its words are another language's, or another error's."""
    assert expected == fault(reach.addresses, answer)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENETUNREACH, "no-route"),
        (errno.EACCES, "route-forbidden"),
        (errno.EINVAL, "route-forbidden"),
        (errno.EHOSTUNREACH, "host-unreachable"),
        (errno.EADDRNOTAVAIL, "local-ports-used-up"),
        (errno.ECONNREFUSED, "connection-refused"),
        (errno.ETIMEDOUT, "connection-timeout"),
        (errno.EAFNOSUPPORT, "no-route"),
        (errno.ENETDOWN, "no-route"),
        (errno.EHOSTDOWN, "host-unreachable"),
    ],
)
def test_a_kernels_error_is_told_by_its_number(number: int, expected: str):
    """Each number is a fault of its own."""
    assert expected == reach.unreachable(OSError(number, "?"), "here").finding.fault.id


def test_a_limit_of_ours_counts_as_silence():
    """The kernel would wait for minutes."""
    assert "connection-timeout" == reach.unreachable(TimeoutError("timed out"), "here").finding.fault.id


def test_the_next_address_is_tried():
    """A name with two addresses is reached when one of them answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with reach.connect(["127.0.0.9", "127.0.0.1"], port, 2) as connection:
            assert ("127.0.0.1", port) == connection.getpeername()


def test_the_address_that_was_reached_furthest_decides(monkeypatch: pytest.MonkeyPatch):
    """A name with an address of version 6 on a host without it must not be blamed on routes."""
    errors = {
        "::1": OSError(errno.EADDRNOTAVAIL, "?"),
        "2001:db8::1": OSError(errno.ENETUNREACH, "?"),
        "10.0.0.1": TimeoutError("timed out"),
        "10.0.0.2": OSError(errno.ECONNREFUSED, "?"),
    }

    def refuse(place: tuple[str, int], _: float) -> socket.socket:
        raise errors[place[0]]

    monkeypatch.setattr(socket, "create_connection", refuse)
    assert "connection-timeout" == fault(reach.connect, ["::1", "2001:db8::1", "10.0.0.1"], 5432, 2)
    assert "connection-refused" == fault(reach.connect, list(errors), 5432, 2)
    with pytest.raises(Found) as caught:
        reach.connect(["2001:db8::1", "10.0.0.1"], 5432, 2)
    expected = "10.0.0.1 port 5432: Connection timed out; 2001:db8::1 port 5432: Network is unreachable"
    assert expected == caught.value.finding.detail
    errors["10.0.0.1"] = OSError(errno.EADDRNOTAVAIL, "?")
    assert "local-ports-used-up" == fault(reach.connect, ["2001:db8::1", "10.0.0.1"], 5432, 2)
    assert "no-route" == fault(reach.connect, ["::1", "2001:db8::1"], 5432, 2)


def test_a_closed_port_is_refused():
    """Asked of a real kernel."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        assert "connection-refused" == fault(reach.connect, ["127.0.0.1"], one.getsockname()[1], 2)


def test_a_resolver_that_hangs_does_not_hang_the_command(monkeypatch: pytest.MonkeyPatch):
    """Its own limit is longer than anybody waits on call."""
    waiting = socket.socketpair()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: waiting[0].recv(1))
    try:
        assert "name-server-silent" == fault(reach.resolve, "db.test", 0.1)
    finally:
        for one in waiting:
            one.close()
