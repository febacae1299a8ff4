"""A chain that was tampered with shows it, and where."""

from collections.abc import Callable

import pytest

from drills.audit import FIRST, Entry, digest, entry, faults

Chain = list[Entry]
ACTIONS = ("taken", "sent", "booked", "taken", "refused")


def written(*actions: str) -> Chain:
    """A chain of events that differ in what was done."""
    chain: Chain = []
    for action in actions:
        chain.append(entry(chain[-1] if chain else None, {"action": action, "payment": "p-1"}))
    return chain


def test_a_chain_as_it_was_written_has_no_fault():
    """Each entry follows the one before, and the kept hash is that of its last."""
    chain = written(*ACTIONS)
    assert FIRST == chain[0]["previous"]
    assert [] == list(faults(chain, {5: str(chain[-1]["hash"])}))


def test_the_hash_does_not_depend_on_who_computes_it():
    """Keys in order, no spaces, UTF-8: the bytes are those that sha256sum is given."""
    # printf '{"action":"pagou à vista","sequence":1}' | sha256sum
    expected = "2ca5e7c94fd66ffe5f4852f8ca03cee27617157a261670aa6b1159a5c837a560"  # pragma: allowlist secret
    assert expected == digest({"sequence": 1, "action": "pagou à vista", "hash": "of before"})


def change(chain: Chain) -> Chain:
    """Another action in an entry."""
    return [*chain[:2], {**chain[2], "action": "refused"}, *chain[3:]]


def change_and_hash(chain: Chain) -> Chain:
    """The same, and the entry's own hash computed again."""
    changed = {**chain[2], "action": "refused"}
    return [*chain[:2], {**changed, "hash": digest(changed)}, *chain[3:]]


def drop(chain: Chain) -> Chain:
    """An entry less."""
    return [*chain[:2], *chain[3:]]


def insert(chain: Chain) -> Chain:
    """An entry more, made to follow the one before it."""
    return [*chain[:2], entry(chain[1], {"action": "booked", "payment": "p-2"}), *chain[2:]]


def swap(chain: Chain) -> Chain:
    """Two entries in another order."""
    return [*chain[:2], chain[3], chain[2], *chain[4:]]


def cut(chain: Chain) -> Chain:
    """The end is gone."""
    return chain[:3]


def anew(chain: Chain) -> Chain:
    """All of it computed again after a change."""
    return written("taken", "refused", *ACTIONS[2:])


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        (change, "3: it was changed"),
        (change_and_hash, "4: it does not follow the entry before it"),
        (drop, "3: it says that it is 4"),
        (insert, "4: it does not follow the entry before it"),
        (swap, "3: it says that it is 4"),
        (cut, "5: it is gone"),
        (anew, "5: another one was kept elsewhere"),
    ],
)
def test_tampering_is_seen(tamper: Callable[[Chain], Chain], fault: str):
    """Each way to tamper is found, at its place."""
    chain = written(*ACTIONS)
    assert fault in list(faults(tamper(chain), {5: str(chain[-1]["hash"])}))


@pytest.mark.parametrize("tamper", [cut, anew])
def test_a_chain_alone_does_not_show_everything(tamper: Callable[[Chain], Chain]):
    """This is why the last hash of a segment is kept where the service cannot reach it."""
    assert [] == list(faults(tamper(written(*ACTIONS)), {}))
