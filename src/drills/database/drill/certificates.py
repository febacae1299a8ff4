"""Certificates for a drill: a good one, and each kind of bad one."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "db.test"
"""The name of the server in the drill."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Signed:
    """A certificate and its key, as PEM."""

    certificate: str
    key: str


@dataclass(frozen=True)
class Authority:
    """One that signs."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    certificate: str

    def sign(self, host: str, first: datetime, last: datetime) -> Signed:
        """A server's certificate for `host`, and for loopback where that is the drill's own."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host == HOST:
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        made = _builder(_named(host), self.name, key, first, last)
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return Signed(_pem(made.sign(self.key, hashes.SHA256())), _private(key))


def authority(name: str) -> Authority:
    """One that signs itself."""
    key, subject, now = ec.generate_private_key(ec.SECP256R1()), _named(name), datetime.now(UTC)
    made = _builder(subject, subject, key, now - 9 * _DAY, now + 9 * _DAY)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return Authority(subject, key, _pem(made.sign(key, hashes.SHA256())))


def servers(trusted: Authority) -> dict[str, Signed]:
    """The server's certificates by what is wrong with them; `good` is for what is not."""
    now = datetime.now(UTC)
    return {
        "good": trusted.sign(HOST, now - _DAY, now + _DAY),
        "expired": trusted.sign(HOST, now - 2 * _DAY, now - _DAY),
        "future": trusted.sign(HOST, now + _DAY, now + 2 * _DAY),
        "other-name": trusted.sign("other.test", now - _DAY, now + _DAY),
        "other-authority": authority("Somebody else").sign(HOST, now - _DAY, now + _DAY),
    }


def write(folder: Path, trusted: Authority) -> None:
    """What the client trusts."""
    (folder / "roots.pem").write_text(trusted.certificate, encoding="utf-8")


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, first: datetime, last: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _private(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
