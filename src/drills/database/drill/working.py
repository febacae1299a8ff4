"""Faults that show after signing in: standbys, statements, privileges."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from drills.database.drill.bench import Bench, aged, altered
from drills.database.drill.scenario import Scenarios
from drills.database.login import APPLICATION

SCENARIOS = Scenarios()

_BEHIND = "SELECT pg_last_wal_receive_lsn() - pg_last_wal_replay_lsn() > 1000000"
_OURS = f"FROM pg_stat_activity WHERE application_name = '{APPLICATION}'"


@SCENARIOS.take("read-only-standby", "the URL leads to the standby")
def standby(bench: Bench) -> Iterator[str]:
    """And it does not ask for one."""
    yield bench.url(port=bench.standby.port)


@SCENARIOS.take(
    "read-only-standby", "a fail-over: the standby is promoted, and the former primary follows it"
)
def failed_over(bench: Bench) -> Iterator[str]:
    """The name still leads to the former primary."""
    bench.primary.stop()
    bench.standby.run("SELECT pg_promote()")
    source = f"host={bench.standby.folder} port={bench.standby.port} user=root"
    bench.primary.write("standby.signal", "")
    bench.primary.write("injected.conf", f"primary_conninfo = '{source}'\n")
    bench.primary.start()
    try:
        yield bench.url()
    finally:
        bench.primary.write("injected.conf", "")
        bench.primary.run("SELECT pg_promote()")
        bench.make_standby()


@SCENARIOS.take("read-only-setting", "`default_transaction_read_only` of the role")
def read_only(bench: Bench) -> Iterator[str]:
    """The server is a primary."""
    setting = "default_transaction_read_only"
    with altered(bench, f"ROLE app SET {setting} = on", f"ROLE app RESET {setting}"):
        yield bench.url()


@SCENARIOS.take("not-a-standby", "`target_session_attrs=standby` in the URL, which leads to the primary")
def not_a_standby(bench: Bench) -> Iterator[str]:
    """What is read here burdens the writer."""
    yield bench.url(target_session_attrs="standby")


@SCENARIOS.take("not-a-standby", "`target_session_attrs=read-only` in the URL, and the server takes writes")
def not_read_only(bench: Bench) -> Iterator[str]:
    """libpq refuses such a session."""
    yield bench.url(target_session_attrs="read-only")


@SCENARIOS.take("replication-broken", "a standby that is told a primary that is not there")
def cut_off(bench: Bench) -> Iterator[str]:
    """It goes on answering, with what it has."""
    receivers = "SELECT count(*) {} 0 FROM pg_stat_wal_receiver"
    with bench.standby.settings(primary_conninfo="host=/nowhere", wal_retrieve_retry_interval="1min"):
        bench.wait(receivers.format("="), bench.standby)
        yield bench.standby_url()
    bench.wait_for_replication()


@SCENARIOS.take("replication-lag", "replay paused on the standby, then a change on the primary")
def lagging(bench: Bench) -> Iterator[str]:
    """It is received and not applied."""
    bench.standby.run("SELECT pg_wal_replay_pause()")
    try:
        bench.primary.run("UPDATE notes SET note = note")
        bench.wait(_BEHIND, bench.standby)
        aged()
        yield bench.standby_url()
    finally:
        bench.standby.run("SELECT pg_wal_replay_resume()")


@SCENARIOS.take("statement-timeout", "`statement_timeout` of the role at one millisecond")
def statement_timeout(bench: Bench) -> Iterator[str]:
    """Hardly a statement is so quick."""
    with altered(bench, "ROLE app SET statement_timeout = 1", "ROLE app RESET statement_timeout"):
        yield bench.url()


@SCENARIOS.take("catalog-locked", "a session holds an exclusive lock on `pg_namespace`")
def catalog_locked(bench: Bench) -> Iterator[str]:
    """As `VACUUM FULL` of a catalog does."""
    with _locked_catalog(bench):
        yield bench.url()


@SCENARIOS.take("session-ended", "`pg_terminate_backend`, while the command waits for an answer")
def ended(bench: Bench) -> Iterator[str]:
    """A fail-over begins so."""
    with _locked_catalog(bench):
        _when_waiting(bench, signal.SIGTERM)
        yield bench.url()


@SCENARIOS.take("statements-hang", "SIGSTOP of the session's process, while the command waits for an answer")
def hangs(bench: Bench) -> Iterator[str]:
    """The connection stays, and nothing comes."""
    with _locked_catalog(bench):
        stopped = _when_waiting(bench, signal.SIGSTOP)
        try:
            yield bench.url()
        finally:
            os.kill(stopped.result(), signal.SIGCONT)


@contextmanager
def _locked_catalog(bench: Bench) -> Iterator[None]:
    with bench.primary.admin() as session, session.transaction():
        session.execute("LOCK TABLE pg_catalog.pg_namespace IN ACCESS EXCLUSIVE MODE")
        yield


def _when_waiting(bench: Bench, number: signal.Signals) -> Future[int]:
    """Send the command's session a signal once it waits for a lock."""

    def act() -> int:
        pid = int(bench.wait(f"SELECT max(pid) {_OURS} AND wait_event_type = 'Lock'"))
        os.kill(pid, number)
        return pid

    return bench.pool.submit(act)


@SCENARIOS.take("disk-full", "a file that takes all that is left of the disk", needs="root")
def disk_full(bench: Bench) -> Iterator[str]:
    """The server's disk is its own, and small."""
    ballast = bench.folder / "disk/ballast"
    try:
        with ballast.open("wb") as file:
            disk = os.statvfs(ballast)
            os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize)
        yield bench.url()
    finally:
        ballast.unlink()


@SCENARIOS.take("schema-privilege-missing", "`REVOKE USAGE ON SCHEMA public`")
def no_usage(bench: Bench) -> Iterator[str]:
    """Its tables do not exist for the role."""
    bench.primary.run("REVOKE USAGE ON SCHEMA public FROM PUBLIC")
    try:
        yield bench.url()
    finally:
        bench.primary.run("GRANT USAGE ON SCHEMA public TO PUBLIC")


@SCENARIOS.take("no-tables", "`search_path` leads to an empty schema")
def no_tables(bench: Bench) -> Iterator[str]:
    """As before the first migration."""
    with altered(bench, "ROLE app SET search_path = empty", "ROLE app RESET search_path"):
        yield bench.url()


@SCENARIOS.take("table-privilege-missing", "a new table of the migration's role, without a grant")
def no_grant(bench: Bench) -> Iterator[str]:
    """A migration that forgot it."""
    bench.primary.run("CREATE TABLE refunds (id int)", "ALTER TABLE refunds OWNER TO migration")
    try:
        yield bench.url()
    finally:
        bench.primary.run("DROP TABLE refunds")
