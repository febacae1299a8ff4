"""A PostgreSQL of one's own: made, changed and undone quickly, and never kept."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from asbuilt.errors import UnusableInput

READY_LIMIT = 30.0
"""Seconds within which a server must do what it was told; it mostly takes a tenth of one."""
_USERS = ("postgres", "nobody")  # the server refuses to run as root
_PAUSE = 0.02  # seconds between two looks
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
fsync = off
autovacuum = off
max_connections = 20
max_prepared_transactions = 2
wal_level = logical
wal_retrieve_retry_interval = 100ms
log_min_messages = fatal
lc_messages = 'C'
"""


def programs() -> Path:
    """The folder of the newest PostgreSQL here. Raises UnusableInput where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise UnusableInput("PostgreSQL is not installed", "as root on a system with apt: make programs")
    return (found[-1] if found else Path(on_path or "")).parent


def translated() -> bool:
    """Whether the server can speak German: small images leave translations out."""
    version = programs().parent.name
    return Path(f"/usr/share/locale/de/LC_MESSAGES/postgres-{version}.mo").exists()


def server_user() -> str | None:
    """As whom servers run: somebody else when we are root."""
    if os.getuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _USERS if name in known)


def run(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs to its end. Raises UnusableInput with its last words if it fails."""
    words = [str(programs() / command[0]), *map(str, command[1:])]
    done = subprocess.run(words, user=server_user(), cwd="/", capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise UnusableInput(f"{command[0]} failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")


@dataclass
class Cluster:
    """A server with its data in `folder`, on `port` of loopback."""

    folder: Path
    port: int
    extra: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    environment: Mapping[str, str] = field(default_factory=dict)

    def configure(self) -> None:
        """Write its configuration, with nothing injected."""
        text = _CONFIGURATION.format(folder=self.folder)
        self.write(
            "postgresql.conf", text + f"port = {self.port}\n" + self.extra + "include 'injected.conf'\n"
        )
        self.write("injected.conf", "")

    def write(self, name: str, text: str, mode: int = 0o600) -> None:
        """Write a file of the server's own."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        user = server_user()
        if user:
            shutil.chown(path, user)

    def start(self, wait: bool = True) -> None:
        """Start it, and wait until it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [programs() / "postgres", "-D", self.folder],
                user=server_user(),
                cwd="/",
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if wait:
            self.wait_until_ready()

    def stop(self) -> None:
        """Stop it at once and cleanly; nothing happens where it does not run."""
        if self.process:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGINT)
            self.process.wait(READY_LIMIT)
            self.process = None

    def kill(self) -> None:
        """End it whatever it does."""
        if self.process:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGQUIT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
            self.process = None

    def signal(self, number: signal.Signals) -> None:
        """Send its first process a signal."""
        if self.process:
            self.process.send_signal(number)

    def wait_until_ready(self) -> None:
        """Wait until an administrator can sign in."""
        until(self._ready, "the server does not start")

    def _ready(self) -> bool:
        try:
            self.admin("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def admin(self, database: str = "app") -> psycopg.Connection[Any]:
        """A superuser's session over the server's socket. Its commits wait for no standby."""
        return psycopg.connect(
            host=str(self.folder),
            port=self.port,
            user="root",
            dbname=database,
            autocommit=True,
            connect_timeout=10,
            options="-c synchronous_commit=local",
        )

    def run(self, *statements: str, database: str = "app") -> list[Any]:
        """Run statements as an administrator; what the last one answers."""
        with self.admin(database) as session:
            answers: list[Any] = []
            for statement in statements:
                cursor = session.execute(statement.encode())
                answers = cursor.fetchall() if cursor.description else []
            return answers

    @contextmanager
    def settings(self, **values: str) -> Iterator[None]:
        """Other settings, reloaded, and put back."""
        self.write("injected.conf", "".join(f"{name} = '{value}'\n" for name, value in values.items()))
        self._reload()
        try:
            yield
        finally:
            self.write("injected.conf", "")
            self._reload()

    @contextmanager
    def rules(self, lines: Sequence[str]) -> Iterator[None]:
        """Other rules of admission, and the former ones put back."""
        before = (self.folder / "pg_hba.conf").read_text(encoding="utf-8")
        self.write("pg_hba.conf", "local all root trust\n" + "\n".join(lines) + "\n")
        self._reload()
        try:
            yield
        finally:
            self.write("pg_hba.conf", before)
            self._reload()

    def _reload(self) -> None:
        """The first process reads its files as soon as the signal comes, thus before the next connection."""
        self.run("SELECT pg_reload_conf()", "SELECT pg_sleep(0.02)", database="postgres")


def make(folder: Path, port: int) -> Cluster:
    """A new, empty cluster with the superuser `root`."""
    run("initdb", "--no-sync", "--auth=trust", "--username=root", "--locale=C", "--encoding=UTF8",
        "--wal-segsize=1", "-D", folder)  # fmt: skip
    cluster = Cluster(folder, port)
    cluster.configure()
    return cluster


def until(ask: Callable[[], Any], otherwise: str) -> Any:
    """Ask until the answer is true, and give it. Raises UnusableInput with `otherwise` after READY_LIMIT."""
    end = time.monotonic() + READY_LIMIT
    while not (answer := ask()):
        if time.monotonic() > end:
            raise UnusableInput(otherwise)
        time.sleep(_PAUSE)
    return answer
