"""Signing in with a password, without sending it: SCRAM-SHA-256 (RFC 7677) and MD5."""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field

MECHANISM = b"SCRAM-SHA-256"


@dataclass(frozen=True)
class Exchange:
    """One sign-in: what the client says first, and what it answers to the server's challenge."""

    password: str = field(repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    @property
    def first(self) -> str:
        """The client's first message, without its header. PostgreSQL takes the role from elsewhere."""
        return f"n=,r={self.nonce}"

    def answer(self, challenge: str) -> str:
        """The client's last message: it proves the password."""
        parts = dict(part.split("=", 1) for part in challenge.split(","))
        last = f"c=biws,r={parts['r']}"
        salted = hashlib.pbkdf2_hmac(
            "sha256", _prepared(self.password), base64.b64decode(parts["s"]), int(parts["i"])
        )
        key = hmac.digest(salted, b"Client Key", "sha256")
        signed = ",".join((self.first, challenge, last)).encode()
        signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
        proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
        return f"{last},p={base64.b64encode(proof).decode()}"


def md5(role: str, password: str, salt: bytes) -> str:
    """The answer to an MD5 challenge."""
    inner = hashlib.md5((password + role).encode(), usedforsecurity=False).hexdigest()
    return "md5" + hashlib.md5(inner.encode() + salt, usedforsecurity=False).hexdigest()


def _prepared(password: str) -> bytes:
    """RFC 4013 as far as it matters to passwords that people can type."""
    return unicodedata.normalize("NFKC", password).encode()
