"""What is asked of a server changes nothing in it, and what it answers is read."""

import re
import socket

import pytest

from drills.database import look as looking
from drills.database import wire
from drills.database.look import Seen, Server, Session, look

ANSWERS = {
    "pg_is_in_recovery()": [("t", "f", "1", "0/3000000", "97")],
    "pg_last_wal_replay_lsn() <": [("12.5",)],
    "relname": [("notes", "t"), ("orders", "f")],
    "nspname FROM pg_namespace": [("app",)],
    "pg_stat_activity": [
        ("7", "app", "active", "SyncRep", "f", "3.5", None, None),
        ("8", "?", "", "", "t", None, "1.5", "7"),
    ],
    "pg_prepared_xacts": [("payment-17", "60")],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch):
    """All that is asked; each question gets the answer of the first key that it holds."""
    statements: list[str] = []

    def answer(_: object, sql: str) -> list[wire.Row]:
        statements.append(sql)
        return next((rows for words, rows in ANSWERS.items() if words in sql), [])

    monkeypatch.setattr(looking.wire, "query", answer)
    return statements


def test_answers_are_read(asked: list[str]):
    """Numbers, nothing and truth, each in its place."""
    expected = Seen(
        Server(True, False, 1, "0/3000000", 97),
        ("app",),
        ("notes", "orders"),
        ("orders",),
        (
            Session(7, "app", "active", "SyncRep", False, 3.5, None, None),
            Session(8, "?", "", "", True, None, 1.5, 7),
        ),
        ("payment-17", 60.0),
        12.5,
    )
    with socket.socket() as connection:
        assert expected == look(connection, 4.0)


def test_nothing_is_asked_that_could_change_anything(asked: list[str]):
    """Questions, and settings of our own session: among them that it may not write."""
    with socket.socket() as connection:
        look(connection, 4.0)
    parts = [part.split() for sql in asked for part in sql.split(";")]
    assert {"BEGIN", "SELECT", "SET", "WITH", "ROLLBACK"} == {part[0] for part in parts}
    assert asked[0].startswith(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL lock_timeout = 2000;"
    ), "before what could wait"


def test_no_setting_is_left_behind(asked: list[str]):
    """Behind a pooler the next to use this session is the application."""
    with socket.socket() as connection:
        look(connection, 4.0)
    assert {"LOCAL"} == set(re.findall(r"\bSET (\w+)", " ".join(asked)))
    assert "ROLLBACK" == asked[-1]
