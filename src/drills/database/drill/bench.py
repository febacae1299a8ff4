"""What a drill stands on: a primary with a standby, names, certificates, and an application's role."""

import os
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from drills.database import Patience
from drills.database.drill import certificates, network
from drills.database.drill.certificates import HOST, Signed
from drills.database.drill.cluster import Cluster, make, run, server_user, translated, until
from drills.database.drill.names import Names, name_server

PATIENCE = Patience(timeout=1.0, long=0.5)
"""Of the drill: nobody wants to wait here, and the command takes both as options."""
PASSWORD = "a secret / of the drill"  # noqa: S105
_DISK = 192  # megabytes: two clusters of forty, and their logs
_TABLES = """
CREATE ROLE migration; CREATE ROLE app LOGIN PASSWORD '{password}';
CREATE DATABASE app OWNER migration;
\\c
CREATE TABLE orders (id int, note text); ALTER TABLE orders OWNER TO migration;
CREATE TABLE notes (id int, note text); ALTER TABLE notes OWNER TO app;
INSERT INTO notes SELECT n, repeat('x', 500) FROM generate_series(1, 4000) AS n;
GRANT SELECT, INSERT ON orders TO app;
CREATE SCHEMA empty; GRANT USAGE ON SCHEMA empty TO app
"""


@dataclass
class Bench:
    """Two servers and their surroundings. `names` is None where we are not root, and addresses must do."""

    folder: Path
    primary: Cluster
    standby: Cluster
    signed: dict[str, Signed]
    names: Names | None = None
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8))

    def lacks(self, needs: str) -> bool:
        """Whether this machine does not have what a scenario needs."""
        here = {"root": self.names is not None, "translations": translated()}
        return not here.get(needs, True)

    def url(
        self, host: str = "", port: int = 0, role: str = "app", password: str = PASSWORD, **options: str
    ) -> str:
        """The application's URL, or one that differs from it."""
        host = host or (HOST if self.names else "127.0.0.1")
        options = {"sslmode": "verify-full", "sslrootcert": f"{self.folder}/roots.pem"} | options
        secret = password.replace("/", "%2F").replace(" ", "%20")
        query = "&".join(f"{name}={value}" for name, value in options.items())
        colon = ":" if secret else ""
        return f"postgresql://{role}{colon}{secret}@{host}:{port or self.primary.port}/app?{query}"

    def standby_url(self) -> str:
        """For who reads from the standby."""
        return self.url(port=self.standby.port, target_session_attrs="standby")

    def certificate(self, name: str) -> None:
        """Give the primary another certificate."""
        self.primary.write("server.pem", self.signed[name].certificate)
        self.primary.write("server.key", self.signed[name].key)

    @contextmanager
    def session(self, *statements: str, role: str = "app") -> Iterator[psycopg.Connection[Any]]:
        """A session of the application's on the primary, that has run the statements."""
        with psycopg.connect(
            host="127.0.0.1",
            port=self.primary.port,
            user=role,
            password=PASSWORD,
            dbname="app",
            autocommit=True,
        ) as session:
            for statement in statements:
                session.execute(statement.encode())
            yield session

    @contextmanager
    def running(self, statement: str, *before: str) -> Iterator[int]:
        """A session in which a statement runs on; its process. It is ended on leaving."""
        with self.session(*before) as session:
            pid = session.info.backend_pid
            future = self.pool.submit(_ignore_end, session, statement)
            self.wait(f"SELECT pid FROM pg_stat_activity WHERE pid = {pid} AND state = 'active'")  # noqa: S608
            try:
                yield pid
            finally:
                self.primary.run(f"SELECT pg_terminate_backend({pid}, 5000)")
                future.result(10)

    def wait(self, question: str, cluster: Cluster | None = None) -> Any:
        """Wait until a question to a server is answered with something true, and give the answer."""
        with (cluster or self.primary).admin("postgres") as session:
            return until(lambda: _answer(session, question), f"never true: {question}")

    def make_standby(self) -> None:
        """Copy the primary into the standby's folder, and start it there."""
        self.standby.kill()
        shutil.rmtree(self.standby.folder, ignore_errors=True)
        run("pg_basebackup", "--no-sync", "-c", "fast", "-X", "stream", "-h", self.primary.folder,
            "-p", str(self.primary.port), "-U", "root", "-D", self.standby.folder)  # fmt: skip
        self.standby.configure()
        self.standby.write("standby.signal", "")
        self.standby.start()
        self.wait_for_replication()

    def wait_for_replication(self) -> None:
        """Wait until the standby receives."""
        self.wait("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'", self.standby)


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """A bench in an empty folder. Everything ends with it."""
    with ExitStack() as stack:
        names = None
        if os.environ.get(network.INSIDE):
            network.prepare(folder)
            names = stack.enter_context(name_server(db_test="127.0.0.1", moved_test="127.0.0.9"))
        disk = folder / "disk"
        disk.mkdir()
        if names:
            stack.enter_context(network.small_disk(disk, _DISK))
        user = server_user()
        if user:
            folder.chmod(0o755)
            shutil.chown(disk, user)
        yield stack.enter_context(_started(folder, disk, names))


@contextmanager
def _started(folder: Path, disk: Path, names: Names | None) -> Iterator[Bench]:
    trusted = certificates.authority("Drill")
    certificates.write(folder, trusted)
    primary, standby = make(disk / "one", free_port()), Cluster(disk / "two", free_port())
    standby.environment = primary.environment = {"LANGUAGE": "de"}  # spoken once lc_messages is not C
    made = Bench(folder, primary, standby, certificates.servers(trusted), names)
    try:
        _furnish(made, trusted.certificate)
        yield made
    finally:
        made.pool.shutdown(wait=False, cancel_futures=True)
        standby.kill()
        primary.kill()


def _furnish(made: Bench, authority: str) -> None:
    primary = made.primary
    made.certificate("good")
    primary.write("clients.pem", authority)
    tls = "ssl = on\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'\nssl_ca_file = 'clients.pem'\n"
    primary.extra = tls
    made.standby.extra = f"{tls}primary_conninfo = 'host={primary.folder} port={primary.port} user=root'\n"
    primary.configure()
    primary.write(
        "pg_hba.conf",
        "local all root trust\nlocal replication root trust\nhost all app 127.0.0.1/32 scram-sha-256\n",
    )
    primary.start()
    first, second = _TABLES.format(password=PASSWORD).split("\\c\n")
    primary.run(*first.strip().rstrip(";").split(";"), database="postgres")
    primary.run(*second.strip().split(";"))
    made.make_standby()


def _answer(session: psycopg.Connection[Any], question: str) -> Any:
    row = session.execute(question.encode()).fetchone()
    return row and row[0]


def _ignore_end(session: psycopg.Connection[Any], statement: str) -> None:
    try:
        session.execute(statement.encode())
    except psycopg.Error:
        return  # it was ended from outside


@contextmanager
def altered(bench: Bench, broken: str, mended: str) -> Iterator[None]:
    """`ALTER` something, and alter it back. Other databases can be altered from `postgres` only."""
    bench.primary.run(f"ALTER {broken}", database="postgres")
    try:
        yield
    finally:
        bench.primary.run(f"ALTER {mended}", database="postgres")


def aged() -> None:
    """Wait until what was just begun has taken too long."""
    time.sleep(PATIENCE.long + 0.1)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
