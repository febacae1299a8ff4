"""The chain of the audit trail: how an entry is made, and what is wrong with a chain that is handed over.

An entry maps ASCII names to text and whole numbers. Its hash is SHA-256, in hexadecimal, over all its other
fields as JSON in UTF-8, names in order and no spaces: for such values that is RFC 8785, so that every
language gives the same bytes.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

Entry = Mapping[str, str | int]

FIRST = "0" * 64
"""What stands in the first entry where others have the hash of the one before."""


def entry(previous: Entry | None, event: Entry) -> dict[str, str | int]:
    """The entry that follows `previous`, or the first of a chain, for what an event says of itself."""
    place = int(previous["sequence"]) + 1 if previous else 1
    body = {**event, "sequence": place, "previous": previous["hash"] if previous else FIRST}
    return {**body, "hash": digest(body)}


def digest(body: Entry) -> str:
    """The hash of an entry's other fields."""
    told = {key: value for key, value in body.items() if key != "hash"}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def faults(chain: Sequence[Entry], known: Mapping[int, str]) -> Iterator[str]:
    """What is wrong with a chain from its first entry on; nothing where it is as it was written.

    `known` has hashes that were kept elsewhere, by the place of their entry: without one, a chain that was
    cut off or computed anew looks whole.
    """
    previous = FIRST
    for place, told in enumerate(chain, 1):
        if told["sequence"] != place:
            yield f"{place}: it says that it is {told['sequence']}"
        if told["previous"] != previous:
            yield f"{place}: it does not follow the entry before it"
        if told["hash"] != digest(told):
            yield f"{place}: it was changed"
        previous = str(told["hash"])
    for place, kept in known.items():
        if place > len(chain):
            yield f"{place}: it is gone"
        elif chain[place - 1]["hash"] != kept:
            yield f"{place}: another one was kept elsewhere"
