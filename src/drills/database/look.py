"""What a session can see of the server, asked for without changing anything in it."""

import socket
from dataclasses import dataclass

from drills.database import wire
from drills.database.wire import Row

# Less than 64 kB may be a record whose end an idle primary has not sent: that is no lag.
_SERVER = """
SELECT pg_is_in_recovery(),
       current_setting('default_transaction_read_only')::bool,
       (SELECT count(*) FROM pg_stat_wal_receiver),
       CASE WHEN pg_is_in_recovery()
             AND pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) > 65536
            THEN pg_last_wal_receive_lsn() END,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
       - coalesce(current_setting('reserved_connections', true)::int, 0)
"""
_SCHEMAS = """
WITH named AS (
  SELECT trim(both ' "' FROM replace(part, '$user', current_user)) AS name
    FROM unnest(string_to_array(current_setting('search_path'), ',')) AS part)
SELECT nspname FROM pg_namespace JOIN named ON name = nspname
 WHERE NOT has_schema_privilege(pg_namespace.oid, 'USAGE') ORDER BY nspname
"""
_TABLES = """
SELECT relname,
       has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')
       OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
 WHERE nspname = ANY (current_schemas(false)) AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY relname
"""
# Whoever follows the log runs "for ever", and a helper of a query takes no connection: both are left out. Of
# other roles' sessions one is not told what they are.
_SESSIONS = """
SELECT a.pid, coalesce(usename, '?'), coalesce(state, ''), coalesce(wait_event, ''),
       p.pid IS NOT NULL,
       extract(epoch FROM clock_timestamp() - state_change),
       extract(epoch FROM clock_timestamp() - l.waitstart),
       (SELECT min(blocker) FROM unnest(pg_blocking_pids(a.pid)) AS blocker)
  FROM pg_stat_activity AS a
  LEFT JOIN pg_stat_progress_vacuum AS p ON p.pid = a.pid
  LEFT JOIN pg_locks AS l ON l.pid = a.pid AND NOT l.granted
 WHERE a.pid <> pg_backend_pid() AND a.usesysid IS NOT NULL AND a.datid IS NOT NULL
   AND coalesce(backend_type, 'client backend') = 'client backend' ORDER BY a.pid
"""
_PREPARED = """
SELECT gid, extract(epoch FROM clock_timestamp() - prepared) FROM pg_prepared_xacts ORDER BY prepared LIMIT 1
"""
_SPILL = (
    "SELECT count(*) FROM (SELECT n FROM generate_series(1, 5000) AS n ORDER BY md5(n::text) OFFSET 0) AS s"
)


_REPLAYED = """
SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
 WHERE pg_last_wal_replay_lsn() < '{}'
"""


@dataclass(frozen=True)
class Server:
    """What the server says of itself. `received` is how far a standby's log goes that is not applied yet."""

    standby: bool
    read_only: bool
    receivers: int
    received: str
    slots: int


@dataclass(frozen=True)
class Session:
    """Another session. A role without `pg_monitor` sees of other roles' sessions only that they are there.

    Ages are seconds, None where hidden or not the case. `blocker` is the process it waits for; 0 is none: a
    prepared transaction.
    """

    pid: int
    role: str = "app"
    state: str = "active"
    wait: str = ""
    vacuum: bool = False
    state_age: float | None = None
    lock_age: float | None = None
    blocker: int | None = None


@dataclass(frozen=True)
class Seen:
    """All that was looked at."""

    server: Server
    closed_schemas: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    closed_tables: tuple[str, ...] = ()
    sessions: tuple[Session, ...] = ()
    prepared: tuple[str, float] | None = None
    replay_age: float | None = None


def look(connection: socket.socket, timeout: float) -> Seen:
    """Ask the server, in one transaction. Nothing waits for a lock longer than half of `timeout` seconds.

    One question sorts more than fits into memory, so that the server writes a temporary file: the only way to
    feel a full disk without changing anything. Raises wire.Refused, wire.Closed and TimeoutError.
    """
    patience = f"SET LOCAL lock_timeout = {int(timeout * 500)}"
    wire.query(
        connection, f"BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; {patience}; SET LOCAL work_mem = '64kB'"
    )
    server = _server(wire.query(connection, _SERVER)[0])
    wire.query(connection, _SPILL)
    tables = wire.query(connection, _TABLES)
    prepared = [(str(name), float(age or 0)) for name, age in wire.query(connection, _PREPARED)]
    seen = Seen(
        server,
        closed_schemas=tuple(str(row[0]) for row in wire.query(connection, _SCHEMAS)),
        tables=tuple(str(name) for name, _ in tables),
        closed_tables=tuple(str(name) for name, open_ in tables if open_ == "f"),
        sessions=tuple(_session(row) for row in wire.query(connection, _SESSIONS)),
        prepared=prepared[0] if prepared else None,
        replay_age=_replay_age(connection, server.received),
    )
    wire.query(connection, "ROLLBACK")
    return seen


def _server(row: Row) -> Server:
    standby, read_only, receivers, received, slots = row
    return Server(standby == "t", read_only == "t", int(receivers or 0), received or "", int(slots or 0))


def _replay_age(connection: socket.socket, received: str) -> float | None:
    """Seconds since the last change was applied, where what had come at the beginning is still not."""
    rows = wire.query(connection, _REPLAYED.format(received)) if received else []
    return _age(rows[0][0]) if rows else None


def _session(row: Row) -> Session:
    pid, role, state, wait, vacuum, state_age, lock_age, blocker = row
    return Session(
        int(pid or 0),
        str(role),
        str(state),
        str(wait),
        vacuum == "t",
        _age(state_age),
        _age(lock_age),
        None if blocker is None else int(blocker),
    )


def _age(value: str | None) -> float | None:
    return None if value is None else float(value)
