"""Faults of TLS."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.database.drill import network
from drills.database.drill.bench import Bench
from drills.database.drill.scenario import Scenarios

SCENARIOS = Scenarios()


@SCENARIOS.take("tls-refused", "`ssl = off`, reloaded")
def refused(bench: Bench) -> Iterator[str]:
    """The URL requires what the server does not do."""
    with bench.primary.settings(ssl="off"):
        yield bench.url()


@SCENARIOS.take("tls-hangs", "nftables: drop packets over 500 bytes that come back", needs="root")
def hangs(bench: Bench) -> Iterator[str]:
    """A path that loses large packets: the certificate is one."""
    with network.firewall(f"tcp sport {bench.primary.port} meta length > 500 drop"):
        yield bench.url()


@SCENARIOS.take("tls-versions-differ", "`ssl_min_protocol_version = TLSv1.3`, and a client that ends at 1.2")
def versions(bench: Bench) -> Iterator[str]:
    """A server that was hardened."""
    with bench.primary.settings(ssl_min_protocol_version="TLSv1.3"):
        yield bench.url(ssl_max_protocol_version="TLSv1.2")


@SCENARIOS.take("trust-file-missing", "the URL names a file that is not there")
def no_trust(bench: Bench) -> Iterator[str]:
    """A bundle that was not mounted."""
    yield bench.url(sslrootcert=f"{bench.folder}/missing.pem")


@SCENARIOS.take("certificate-expired", "a certificate that ended yesterday, reloaded")
def expired(bench: Bench) -> Iterator[str]:
    """Nobody renewed it."""
    with _certificate(bench, "expired"):
        yield bench.url()


@SCENARIOS.take("certificate-not-yet-valid", "a certificate that begins tomorrow, reloaded")
def future(bench: Bench) -> Iterator[str]:
    """Or this host's clock is behind."""
    with _certificate(bench, "future"):
        yield bench.url()


@SCENARIOS.take("certificate-unknown-authority", "a certificate that somebody else has signed, reloaded")
def other_authority(bench: Bench) -> Iterator[str]:
    """Who signed it is not in the client's file."""
    with _certificate(bench, "other-authority"):
        yield bench.url()


@SCENARIOS.take("certificate-other-name", "a certificate for another name, reloaded")
def other_name(bench: Bench) -> Iterator[str]:
    """Signed by the right authority."""
    with _certificate(bench, "other-name"):
        yield bench.url()


@contextmanager
def _certificate(bench: Bench, name: str) -> Iterator[None]:
    bench.certificate(name)
    try:
        with bench.primary.settings():
            yield
    finally:
        bench.certificate("good")
        with bench.primary.settings():
            pass


@SCENARIOS.take("tls-required", "a rule `hostssl`, and `sslmode=disable` in the URL")
def required(bench: Bench) -> Iterator[str]:
    """The server refuses what comes in clear."""
    with bench.primary.rules(["hostssl all app all scram-sha-256"]):
        yield bench.url(sslmode="disable")


@SCENARIOS.take("client-certificate-required", "a rule with `clientcert=verify-ca`")
def client_certificate(bench: Bench) -> Iterator[str]:
    """The URL names no certificate of the client's."""
    with bench.primary.rules(["hostssl all app all scram-sha-256 clientcert=verify-ca"]):
        yield bench.url()


@SCENARIOS.take("client-certificate-required", "a client's certificate that somebody else has signed")
def other_client(bench: Bench) -> Iterator[str]:
    """With TLS 1.3 the server says so after the handshake."""
    both = bench.folder / "client.pem"
    signed = bench.signed["other-authority"]
    both.write_text(signed.certificate + signed.key, encoding="utf-8")
    yield bench.url(sslcert=str(both))
