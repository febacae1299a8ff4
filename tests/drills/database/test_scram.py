"""A password is proved as a server checks it."""

import base64
import hashlib
import hmac

from drills.database import scram

SALT, ROUNDS = b"some salt", 4096


def accepted(password: str, exchange: scram.Exchange) -> bool:
    """Whether a server that knows the password takes the answer: RFC 5802, section 3."""
    challenge = f"r={exchange.nonce}server,s={base64.b64encode(SALT).decode()},i={ROUNDS}"
    last, _, proof = exchange.answer(challenge).rpartition(",p=")
    key = hmac.digest(hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, ROUNDS), b"Client Key", "sha256")
    stored = hashlib.sha256(key).digest()
    signature = hmac.digest(stored, f"{exchange.first},{challenge},{last}".encode(), "sha256")
    shown = bytes(a ^ b for a, b in zip(base64.b64decode(proof), signature, strict=True))
    return hashlib.sha256(shown).digest() == stored


def test_the_right_password_is_accepted_and_a_wrong_one_is_not():
    """And the password itself is not part of what is sent."""
    assert accepted("pencil", scram.Exchange("pencil"))
    assert not accepted("pencil", scram.Exchange("pen"))


def test_no_two_exchanges_are_alike():
    """A nonce is used once."""
    assert scram.Exchange("x").nonce != scram.Exchange("x").nonce


def test_md5_is_salted_twice():
    """With the role, then with the server's salt."""
    inner = hashlib.md5(b"pencilapp", usedforsecurity=False).hexdigest()
    outer = hashlib.md5(inner.encode() + b"salt", usedforsecurity=False).hexdigest()
    assert f"md5{outer}" == scram.md5("app", "pencil", b"salt")
