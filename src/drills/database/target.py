"""What a database URL says, read as libpq reads it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from asbuilt.errors import UnusableInput

_SHAPE = "write it like postgresql://role:password@host:5432/database?sslmode=verify-full"
_ESCAPES = "write @ : / ? # and % in a role or password as %40 %3A %2F %3F %23 and %25"
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_ROOTS = "~/.postgresql/root.crt"  # where libpq looks
_SCHEMES = ("postgresql", "postgres")
_SESSIONS = ("any", "read-write", "read-only", "primary", "standby", "prefer-standby")
_ELSEWHERE = {
    "dbname",
    "host",
    "hostaddr",
    "port",
    "service",
    "user",
}  # libpq would go there, whatever stands before
_SYSTEM = "system"
_VERSIONS = ("TLSv1.2", "TLSv1.3")


@dataclass(frozen=True)
class Target:
    """Where to ask, as whom, and how. `roots` is a file, or `system` for the host's own trust.

    The password is left out of what is printed.
    """

    host: str
    port: int
    role: str
    database: str
    password: str = field(default="", repr=False)
    sslmode: str = "prefer"
    roots: str = ""
    certificate: str = ""
    key: str = ""
    newest_tls: str = ""
    session: str = "any"
    options: str = field(default="", repr=False)

    @property
    def verifies(self) -> bool:
        """Whether the server's certificate must be signed by somebody trusted."""
        there = self.trusted is None or self.trusted.exists()
        return self.sslmode.startswith("verify") or (self.sslmode == "require" and there)

    @property
    def wants_standby(self) -> bool:
        """Whether the URL is one for reading."""
        return self.session in ("standby", "prefer-standby", "read-only")

    @property
    def trusted(self) -> Path | None:
        """The file of trusted authorities; None for the host's own trust."""
        return None if self.roots == _SYSTEM else Path(self.roots or _ROOTS).expanduser()

    def __str__(self) -> str:
        return f"database {self.database} on {self.host}:{self.port} as {self.role}"


def read_url(url: str, password: str = "") -> Target:
    """The target a URL names; `password` is for one that names none.

    `postgresql+driver://` is read too, as SQLAlchemy writes it.

    Raises UnusableInput where no single server is named, without repeating the URL: it may hold a password.
    Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
    """
    if not url:
        raise UnusableInput("no URL is given", f"in DATABASE_URL, or as an argument: {_SHAPE}")
    scheme = url.partition("://")[0] if "://" in url else ""
    if scheme.partition("+")[0] not in _SCHEMES:
        raise UnusableInput("the URL does not start with postgresql://", _SHAPE)
    _readable(url)
    try:
        parts = urlsplit(url)
        host, port = unquote(parts.hostname or ""), 5432 if parts.port is None else parts.port
        if not port:
            raise ValueError("no port is 0")
    except ValueError as error:
        raise UnusableInput("the URL cannot be read: its host or port is malformed", _ESCAPES) from error
    if not host or host.startswith("/") or "," in parts.netloc.rpartition("@")[2]:
        raise UnusableInput("the URL does not name one host", "ask one server at a time, over the network")
    return _target(parts, host, port, password)


def _readable(url: str) -> None:
    """Refuse what libpq reads otherwise than urllib does, so that nobody is told about another URL."""
    if re.search(r"[\x00-\x20\x7f]", url):
        raise UnusableInput(
            "the URL holds a space or a line break", "see how the variable or the secret was filled"
        )
    if "#" in url:
        raise UnusableInput("the URL holds a #", _ESCAPES)
    if re.search(r"%(?![0-9A-Fa-f]{2})|%00", url):
        raise UnusableInput("the URL holds a % that is no escape", _ESCAPES)
    if re.split("[/?#]", url.partition("://")[2], maxsplit=1)[0].count("@") > 1:
        raise UnusableInput("the URL holds more than one @", _ESCAPES)


def _target(parts: SplitResult, host: str, port: int, password: str) -> Target:
    role = unquote(parts.username or "")
    if not role:
        raise UnusableInput("the URL names no role", _SHAPE)
    pairs = (pair.partition("=") for pair in parts.query.split("&"))
    options = dict(_option(unquote(name), unquote(value)) for name, _, value in pairs)  # a plus is a plus
    if others := sorted(options.keys() & _ELSEWHERE):
        raise UnusableInput(f"the URL names its {', '.join(others)} after the ?", _SHAPE)
    return Target(
        host=host,
        port=port,
        role=role,
        database=unquote(parts.path.lstrip("/")) or role,
        password=unquote(parts.password or "") or options.get("password") or password,
        sslmode=_one_of(options, "sslmode", _MODES, "prefer"),
        roots=options.get("sslrootcert", ""),
        certificate=options.get("sslcert", ""),
        key=options.get("sslkey", ""),
        newest_tls=_one_of(options, "ssl_max_protocol_version", _VERSIONS, ""),
        session=_one_of(options, "target_session_attrs", _SESSIONS, "any"),
        options=options.get("options", ""),
    )


def _option(name: str, value: str) -> tuple[str, str]:
    """An option by libpq's name for it: it knows the one word that Java's drivers use."""
    return ("sslmode", "require") if (name, value) == ("ssl", "true") else (name, value)


def _one_of(options: Mapping[str, str], name: str, allowed: Sequence[str], default: str) -> str:
    value = options.get(name, default)
    if value != default and value not in allowed:
        raise UnusableInput(f"{name} is {value!r}", f"one of {', '.join(allowed)}")
    return value
