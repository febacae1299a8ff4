"""What was seen becomes faults, the gravest kind first."""

from dataclasses import replace

import pytest

from drills.database import judge as judging
from drills.database import read_url
from drills.database.look import Seen, Server, Session
from drills.database.wire import Refusal

SERVER = Server(False, False, 0, "", 97)
WELL = Seen(SERVER, tables=("orders",))
LONG = 30.0


def faults(seen: Seen, options: str = "") -> list[str]:
    """The ids of what is found."""
    target = read_url(f"postgresql://app@db.test/x?{options}")
    return [finding.fault.id for finding in judging.judge(seen, target, LONG)]


def test_a_healthy_server_has_no_fault():
    """Busy sessions, young transactions and short waits are no faults."""
    sessions = (
        Session(1, state_age=29.0),
        Session(2, state="idle", state_age=9000.0),
        Session(3, state="idle in transaction", state_age=1.0),
        Session(4, state="", wait=""),
        Session(5, lock_age=2.0, blocker=3),
    )
    assert [] == faults(replace(WELL, sessions=sessions, prepared=("one", 3.0)))


STANDBY = replace(SERVER, standby=True, receivers=1)


@pytest.mark.parametrize(
    ("server", "options", "expected"),
    [
        (STANDBY, "", ["read-only-standby"]),
        (replace(SERVER, read_only=True), "", ["read-only-setting"]),
        (SERVER, "target_session_attrs=standby", ["not-a-standby"]),
        (SERVER, "target_session_attrs=prefer-standby", []),
        (SERVER, "target_session_attrs=read-only", ["not-a-standby"]),
        (replace(SERVER, read_only=True), "target_session_attrs=read-only", []),
        (STANDBY, "target_session_attrs=read-only", []),
        (STANDBY, "target_session_attrs=standby", []),
        (replace(STANDBY, receivers=0), "target_session_attrs=standby", ["replication-broken"]),
    ],
)
def test_writing_and_replication(server: Server, options: str, expected: list[str]):
    """What is a fault depends on what the URL asks for."""
    assert expected == faults(replace(WELL, server=server), options)


@pytest.mark.parametrize(("age", "expected"), [(LONG, ["replication-lag"]), (LONG - 1, []), (None, [])])
def test_a_standby_lags_when_what_came_is_not_applied_for_long(age: float | None, expected: list[str]):
    """Where nothing is outstanding there is no age, however long nothing happened."""
    assert expected == faults(replace(WELL, server=STANDBY, replay_age=age), "target_session_attrs=standby")


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (replace(WELL, tables=()), ["no-tables"]),
        (replace(WELL, tables=(), closed_schemas=("app",)), ["schema-privilege-missing"]),
        (replace(WELL, closed_tables=("orders",)), ["table-privilege-missing"]),
    ],
)
def test_privileges(seen: Seen, expected: list[str]):
    """A schema that may not be used hides its tables: that is one fault, not two."""
    assert expected == faults(seen)


def test_only_some_closed_tables_are_named():
    """A long list helps nobody."""
    seen = replace(WELL, closed_tables=tuple("abcde"))
    (finding,) = judging.judge(seen, read_url("postgresql://app@db.test/x"), LONG)
    assert "a, b, c, and 2 more" == finding.detail


IDLE = Session(1, state="idle in transaction", state_age=LONG)


@pytest.mark.parametrize(
    ("sessions", "expected"),
    [
        ([Session(1, state_age=LONG)], ["slow-query"]),
        ([Session(1, state_age=LONG, vacuum=True)], ["long-vacuum"]),
        ([Session(1, state_age=LONG, wait="SyncRep")], ["synchronous-standby-missing"]),
        ([IDLE], ["long-transaction"]),
        ([IDLE, replace(IDLE, pid=2, state="idle in transaction (aborted)")], ["long-transaction"]),
        ([replace(IDLE, pid=pid) for pid in range(3)], ["pool-leak"]),
        ([IDLE, Session(2, state_age=LONG, lock_age=LONG, blocker=1)], ["lock-pile-up", "long-transaction"]),
        ([Session(pid, state="idle") for pid in range(87)], ["connections-nearly-used-up"]),
        ([Session(pid, state="idle") for pid in range(86)], []),
    ],
)
def test_sessions(sessions: list[Session], expected: list[str]):
    """Who waits for a lock is not slow itself, and a vacuum is not a query."""
    assert expected == faults(replace(WELL, sessions=tuple(sessions)))


def test_the_first_of_those_who_wait_is_named():
    """The end of the chain, also where two wait for each other or a prepared transaction is at its end."""
    chain = (IDLE, Session(2, blocker=1, lock_age=LONG), Session(3, blocker=2, lock_age=LONG))
    assert "process 1 of app, idle in transaction" == judging._first(chain[2], chain)
    ring = (Session(1, blocker=2), Session(2, blocker=1))
    assert judging._first(ring[0], ring).startswith("process")
    assert "a prepared transaction" == judging._first(Session(1, blocker=0), ())
    assert "process 9" == judging._first(Session(1, blocker=9), ())
    assert "nobody any more" == judging._first(Session(1), ())


def test_a_prepared_transaction_goes_before_what_waits_for_it():
    """The cause first, then the effect."""
    seen = replace(WELL, prepared=("p", LONG), sessions=(Session(1, blocker=0, lock_age=LONG),))
    assert ["prepared-transaction", "lock-pile-up"] == faults(seen)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("53100", "disk-full"),
        ("55P03", "catalog-locked"),
        ("57014", "statement-timeout"),
        ("57P01", "session-ended"),
        ("42703", "refused-otherwise"),
    ],
)
def test_a_failed_question_is_a_fault(code: str, expected: str):
    """By its code, whatever its words."""
    assert expected == judging.failed_statement(Refusal(code, "Ende")).fault.id
