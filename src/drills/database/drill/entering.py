"""Faults of signing in: rules, passwords, roles, databases and limits."""

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg

from drills.database.drill.bench import Bench, altered, free_port
from drills.database.drill.scenario import Scenarios

SCENARIOS = Scenarios()

_WRONG = "wrong"
_GERMAN = "C.UTF-8"  # with LANGUAGE=de, which only C leaves unread


@SCENARIOS.take("not-admitted", "no rule names the role")
def not_admitted(bench: Bench) -> Iterator[str]:
    """The server has no line for it."""
    with bench.primary.rules([]):
        yield bench.url()


@SCENARIOS.take("not-admitted", "a rule rejects, and the server speaks German")
def rejected(bench: Bench) -> Iterator[str]:
    """Other words, the same name of a file in them."""
    with bench.primary.settings(lc_messages=_GERMAN), bench.primary.rules(["host all app all reject"]):
        yield bench.url()


@SCENARIOS.take("password-missing", "the URL has no password")
def no_password(bench: Bench) -> Iterator[str]:
    """A secret that was not mounted."""
    yield bench.url(password="")


@SCENARIOS.take("password-refused", "a wrong password")
def wrong_password(bench: Bench) -> Iterator[str]:
    """The usual case."""
    yield bench.url(password=_WRONG)


@SCENARIOS.take("password-refused", "a wrong password for a rule of kind md5")
def wrong_password_md5(bench: Bench) -> Iterator[str]:
    """The older way to sign in."""
    with bench.primary.rules(["host all app all md5"]):
        yield bench.url(password=_WRONG)


@SCENARIOS.take("password-refused", "a role that does not exist, and the server speaks German")
def unknown_role(bench: Bench) -> Iterator[str]:
    """The server asks it for a password all the same."""
    rules = bench.primary.rules(["host all all all scram-sha-256"])
    with bench.primary.settings(lc_messages=_GERMAN), rules:
        yield bench.url(role="nobody")


@SCENARIOS.take("password-refused", "`VALID UNTIL` yesterday")
def expired_password(bench: Bench) -> Iterator[str]:
    """The right password, too late."""
    with altered(bench, "ROLE app VALID UNTIL 'yesterday'", "ROLE app VALID UNTIL 'infinity'"):
        yield bench.url()


@SCENARIOS.take("token-refused", "a rule of kind ldap, whose directory does not take the password")
def token(bench: Bench) -> Iterator[str]:
    """Somebody else judges, as on RDS about a token of IAM: the answer to the client is the same."""
    directory = f"ldapserver=127.0.0.1 ldapport={free_port()} ldapprefix=cn="
    with bench.primary.rules([f"hostssl all app all ldap {directory}"]):
        yield bench.url()


@SCENARIOS.take("authentication-unsupported", "a rule of kind gss")
def kerberos(bench: Bench) -> Iterator[str]:
    """Another way to sign in."""
    with bench.primary.rules(["host all app all gss"]):
        yield bench.url()


@SCENARIOS.take("login-hangs", "a session holds an exclusive lock on `pg_authid`")
def login_hangs(bench: Bench) -> Iterator[str]:
    """No role can be looked up."""
    with bench.primary.admin() as session, session.transaction():
        session.execute("LOCK TABLE pg_catalog.pg_authid IN ACCESS EXCLUSIVE MODE")
        yield bench.url()


@SCENARIOS.take("role-without-login", "`ALTER ROLE ... NOLOGIN`")
def no_login(bench: Bench) -> Iterator[str]:
    """The password is right."""
    with altered(bench, "ROLE app NOLOGIN", "ROLE app LOGIN"):
        yield bench.url()


@SCENARIOS.take("role-refused", "a rule of kind trust, and a role that does not exist")
def trusted_unknown(bench: Bench) -> Iterator[str]:
    """Nobody asked for a password."""
    with bench.primary.rules(["host all all all trust"]):
        yield bench.url(role="nobody")


@SCENARIOS.take("role-refused", "a rule of kind trust, and a role with NOLOGIN")
def trusted_no_login(bench: Bench) -> Iterator[str]:
    """The same code as for one that does not exist."""
    with bench.primary.rules(["host all all all trust"]):
        yield bench.url(role="migration")


@SCENARIOS.take("database-unknown", "`ALTER DATABASE ... RENAME`")
def renamed(bench: Bench) -> Iterator[str]:
    """Under its former name nobody finds it."""
    with altered(bench, "DATABASE app RENAME TO former", "DATABASE former RENAME TO app"):
        yield bench.url()


@SCENARIOS.take("database-closed", "`ALLOW_CONNECTIONS false`")
def closed(bench: Bench) -> Iterator[str]:
    """It is there."""
    with altered(bench, "DATABASE app ALLOW_CONNECTIONS false", "DATABASE app ALLOW_CONNECTIONS true"):
        yield bench.url()


@SCENARIOS.take("connect-privilege-missing", "`REVOKE CONNECT`")
def no_connect(bench: Bench) -> Iterator[str]:
    """Everybody has it unless it is revoked."""
    bench.primary.run("REVOKE CONNECT ON DATABASE app FROM PUBLIC")
    try:
        yield bench.url()
    finally:
        bench.primary.run("GRANT CONNECT, TEMPORARY ON DATABASE app TO PUBLIC")


@SCENARIOS.take("refused-otherwise", "a library that every session must load, and that is not there")
def no_library(bench: Bench) -> Iterator[str]:
    """A code that the command has no fault for."""
    setting = "ROLE app SET session_preload_libraries = 'missing'"
    with altered(bench, setting, "ROLE app RESET session_preload_libraries"):
        yield bench.url()


@SCENARIOS.take("server-connection-limit", "sessions until the server takes no more")
def server_full(bench: Bench) -> Iterator[str]:
    """Only a superuser's slots are left."""
    with ExitStack() as stack:
        try:
            while True:
                stack.enter_context(bench.session())
        except psycopg.OperationalError:
            yield bench.url()


@SCENARIOS.take("connections-nearly-used-up", "sessions until one slot is left")
def server_nearly_full(bench: Bench) -> Iterator[str]:
    """One more, and it is full."""
    with ExitStack() as stack:
        for _ in range(16):
            stack.enter_context(bench.session())
        yield bench.url()


@SCENARIOS.take("database-connection-limit", "`CONNECTION LIMIT` of the database, used up")
def database_full(bench: Bench) -> Iterator[str]:
    """The server has room."""
    with (
        bench.session(),
        altered(bench, "DATABASE app CONNECTION LIMIT 1", "DATABASE app CONNECTION LIMIT -1"),
    ):
        yield bench.url()


@SCENARIOS.take("role-connection-limit", "`CONNECTION LIMIT` of the role, used up")
def role_full(bench: Bench) -> Iterator[str]:
    """The server has room, and so has the database."""
    with bench.session(), altered(bench, "ROLE app CONNECTION LIMIT 1", "ROLE app CONNECTION LIMIT -1"):
        yield bench.url()
