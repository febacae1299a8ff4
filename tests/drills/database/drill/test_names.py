"""The drill's own name server answers as RFC 1035 wants it."""

import struct

from drills.database.drill.names import Names

QUESTION = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02db\x04test\x00\x00\x01\x00\x01"


def answered(names: Names) -> tuple[int, int, bytes]:
    """Response code, how many answers, and the last four bytes."""
    with names.asked:
        answer = names.answer(QUESTION)
    flags, _, count = struct.unpack_from("!HHH", answer, 2)
    assert QUESTION[:2] == answer[:2]
    return flags & 15, count, answer[-4:]


def test_a_known_name_gets_its_address():
    """One answer, no error."""
    assert (0, 1, b"\x7f\0\0\x01") == answered(Names({"db.test": "127.0.0.1"}))


def test_an_unknown_name_is_said_to_be_unknown():
    """Code 3 is the authority's no."""
    assert (3, 0) == answered(Names({}))[:2]


def test_a_failing_server_says_so():
    """Code 2, also for a name that it knows."""
    assert (2, 0) == answered(Names({"db.test": "127.0.0.1"}, failing=True))[:2]
