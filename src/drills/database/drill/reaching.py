"""Faults of names, routes, firewalls and of what listens."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from drills.database.drill import network
from drills.database.drill.bench import Bench, free_port
from drills.database.drill.scenario import Scenarios

SCENARIOS = Scenarios()

_NOWHERE = "203.0.113.9"  # RFC 5737: nobody's


@SCENARIOS.take("", "nothing is broken")
def healthy(bench: Bench) -> Iterator[str]:
    """The application's own URL."""
    yield bench.url()


@SCENARIOS.take("", "nothing is broken, and the URL asks for the standby")
def healthy_standby(bench: Bench) -> Iterator[str]:
    """The reader's URL."""
    yield bench.standby_url()


@SCENARIOS.take("name-unknown", "a name that the name server does not know", needs="root")
def name_unknown(bench: Bench) -> Iterator[str]:
    """A host nobody has recorded."""
    yield bench.url(host="missing.test")


@SCENARIOS.take("name-server-silent", "the name server does not answer", needs="root")
def name_server_silent(bench: Bench) -> Iterator[str]:
    """Questions arrive and are dropped."""
    with _names(bench, "mute"):
        yield bench.url()


@SCENARIOS.take("name-server-silent", "the name server answers that it failed", needs="root")
def name_server_fails(bench: Bench) -> Iterator[str]:
    """SERVFAIL."""
    with _names(bench, "failing"):
        yield bench.url()


@contextmanager
def _names(bench: Bench, what: str) -> Iterator[None]:
    setattr(bench.names, what, True)
    try:
        yield
    finally:
        setattr(bench.names, what, False)


@SCENARIOS.take("no-route", "no route leads to the address", needs="root")
def no_route(bench: Bench) -> Iterator[str]:
    """The network has no default route."""
    yield bench.url(host=_NOWHERE)


@SCENARIOS.take("route-forbidden", "a route of kind `prohibit`", needs="root")
def prohibited(bench: Bench) -> Iterator[str]:
    """The kernel answers EACCES."""
    with network.route("prohibit", _NOWHERE):
        yield bench.url(host=_NOWHERE)


@SCENARIOS.take("route-forbidden", "a route of kind `blackhole`", needs="root")
def blackhole(bench: Bench) -> Iterator[str]:
    """The kernel answers EINVAL."""
    with network.route("blackhole", _NOWHERE):
        yield bench.url(host=_NOWHERE)


@SCENARIOS.take("host-unreachable", "no host has the address on its network", needs="root")
def nobody_there(bench: Bench) -> Iterator[str]:
    """Nobody answers the question who has the address."""
    yield bench.url(host=network.NEIGHBOUR)


@SCENARIOS.take("host-unreachable", "a route of kind `unreachable`", needs="root")
def unreachable(bench: Bench) -> Iterator[str]:
    """The kernel answers as a router would."""
    with network.route("unreachable", _NOWHERE):
        yield bench.url(host=_NOWHERE)


@SCENARIOS.take("host-unreachable", "nftables: reject with icmp admin-prohibited", needs="root")
def rejected_in_words(bench: Bench) -> Iterator[str]:
    """A firewall that says so."""
    rule = f"tcp dport {bench.primary.port} reject with icmp type admin-prohibited"
    with network.firewall(rule):
        yield bench.url()


@SCENARIOS.take("local-ports-used-up", "two local ports, both connected", needs="root")
def local_ports(bench: Bench) -> Iterator[str]:
    """The range of local ports is shortened, then used."""
    place = ("127.0.0.1", bench.primary.port)
    with network.local_ports(40000, 40001), ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(socket.create_connection(place, 5))
        yield bench.url()


@SCENARIOS.take("connection-refused", "the server is stopped")
def stopped(bench: Bench) -> Iterator[str]:
    """Nobody listens."""
    bench.primary.stop()
    try:
        yield bench.url()
    finally:
        bench.primary.start()
        bench.wait_for_replication()


@SCENARIOS.take("connection-refused", "the URL has another port")
def other_port(bench: Bench) -> Iterator[str]:
    """The server is well."""
    yield bench.url(port=free_port())


@SCENARIOS.take("connection-refused", "the name leads to an address that another host has now", needs="root")
def stale_address(bench: Bench) -> Iterator[str]:
    """A record that was not moved."""
    yield bench.url(host="moved.test")


@SCENARIOS.take("connection-refused", "nftables: reject with tcp reset", needs="root")
def reset(bench: Bench) -> Iterator[str]:
    """A firewall that behaves like a closed port."""
    with network.firewall(f"tcp dport {bench.primary.port} reject with tcp reset"):
        yield bench.url()


@SCENARIOS.take("connection-timeout", "nftables: drop what goes to the server", needs="root")
def dropped(bench: Bench) -> Iterator[str]:
    """What a security group does."""
    with network.firewall(f"tcp dport {bench.primary.port} drop"):
        yield bench.url()


@SCENARIOS.take("connection-timeout", "nftables: drop what comes back", needs="root")
def answers_dropped(bench: Bench) -> Iterator[str]:
    """A stateless rule, one way only."""
    with network.firewall(f"tcp sport {bench.primary.port} drop"):
        yield bench.url()


@SCENARIOS.take(
    "connection-timeout",
    "the server is stopped by SIGSTOP, and its queue of connections is full",
    needs="root",
)
def queue_full(bench: Bench) -> Iterator[str]:
    """The kernel drops the first packet of who does not fit in the queue."""
    with _paused(bench), ExitStack() as stack:
        for _ in range(12):
            one = stack.enter_context(socket.socket())
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(("127.0.0.1", bench.primary.port))
        yield bench.url()
    with bench.session():
        pass  # the queue has room again


@SCENARIOS.take("server-silent", "the server is stopped by SIGSTOP")
def silent(bench: Bench) -> Iterator[str]:
    """The kernel accepts in its name."""
    with _paused(bench):
        yield bench.url()


@contextmanager
def _paused(bench: Bench) -> Iterator[None]:
    bench.primary.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        bench.primary.signal(signal.SIGCONT)


@SCENARIOS.take("closed-at-once", "a listener that accepts and closes, as a proxy without a server does")
def closed(bench: Bench) -> Iterator[str]:
    """No PostgreSQL does so while it is well."""
    with _listener(b"") as port:
        yield bench.url(port=port)


@SCENARIOS.take("not-postgresql", "a listener that answers in HTTP")
def http(bench: Bench) -> Iterator[str]:
    """Another service on the port."""
    with _listener(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        yield bench.url(port=port)


@contextmanager
def _listener(answer: bytes) -> Iterator[int]:
    """A port on which one question gets one answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, answer), daemon=True)
        thread.start()
        yield server.getsockname()[1]


def _serve(server: socket.socket, answer: bytes) -> None:
    with suppress(OSError):
        client, _ = server.accept()
        with client:
            client.recv(64)
            client.sendall(answer)
