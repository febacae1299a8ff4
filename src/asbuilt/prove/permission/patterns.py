"""Wildcard patterns of policies, and samples that tell several patterns apart.

`*` stands for any text, also none, and `?` for one character
(IAM User Guide, "IAM JSON policy elements: Resource").
"""

import functools
import re
from collections.abc import Iterator, Sequence
from enum import Enum

LIMIT = 4000
"""Automaton states looked at before a question about patterns is given up."""


class Wild(Enum):
    """A wildcard in a glob; every other token is one literal character."""

    MANY = "*"
    ONE = "?"


Glob = tuple[str | Wild, ...]
_WILD = {wild.value: wild for wild in Wild}


@functools.lru_cache(maxsize=65536)
def glob(text: str) -> Glob:
    """`text` with its `*` and `?` as wildcards."""
    return tuple(_WILD.get(character, character) for character in text)


@functools.lru_cache(maxsize=65536)
def _regex(pattern: Glob) -> re.Pattern[str]:
    parts = {Wild.MANY: ".*", Wild.ONE: "."}
    text = "".join(parts[t] if isinstance(t, Wild) else re.escape(t) for t in pattern)
    return re.compile(text, re.DOTALL)


def matches(pattern: Glob, text: str) -> bool:
    """Whether `pattern` covers `text` as a whole; case counts."""
    return _regex(pattern).fullmatch(text) is not None


def samples(domain: Glob, patterns: Sequence[Glob]) -> tuple[str, ...] | None:
    """One shortest text of `domain` for every combination of `patterns` that some text fulfils.

    Walks the product of the patterns' automata, so no combination is missed. None when that
    takes more than `LIMIT` states.
    """
    lead = domain[: _literals(domain)]
    reached = {pattern: _after(pattern, lead) for pattern in dict.fromkeys(patterns)}
    telling = [pattern for pattern, mask in reached.items() if mask and not _covers_all(pattern, mask)]
    globs = (domain, *telling)
    start = (_after(domain, lead), *(reached[pattern] for pattern in telling))
    seen, found = {start}, dict[tuple[bool, ...], str]()
    queue = [(start, "".join(map(str, lead)))]
    for state, text in queue:  # grows while it is walked
        accepted = tuple(bool(mask >> len(pattern)) for pattern, mask in zip(globs, state, strict=True))
        if accepted[0]:
            found.setdefault(accepted, text)
        for character in _alphabet(globs, state):
            following = tuple(_step(p, mask, character) for p, mask in zip(globs, state, strict=True))
            if following[0] and following not in seen:
                seen.add(following)
                queue.append((following, text + character))
        if len(seen) > LIMIT:
            return None
    return tuple(found.values())


@functools.lru_cache(maxsize=65536)
def _literals(pattern: Glob) -> int:
    """How many tokens stand before the first wildcard."""
    return next((number for number, token in enumerate(pattern) if isinstance(token, Wild)), len(pattern))


def _after(pattern: Glob, lead: Glob) -> int:
    """Where a pattern stands after literal text, as a mask of positions; 0 where it does not fit."""
    common = min(_literals(pattern), len(lead))
    if pattern[:common] != lead[:common]:
        return 0
    mask = _close(pattern, 1 << common)
    for character in lead[common:]:
        mask = _step(pattern, mask, str(character))
    return mask


def _covers_all(pattern: Glob, mask: int) -> bool:
    """Whether a pattern fits, from here, whatever follows: it tells nothing apart."""
    return pattern[-1:] == (Wild.MANY,) and bool(mask >> (len(pattern) - 1) & 1)


def _positions(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _close(pattern: Glob, mask: int) -> int:
    """A `*` may stand for nothing: its successor is reached with it."""
    for position in _positions(mask):
        while position < len(pattern) and pattern[position] is Wild.MANY:
            position += 1
            mask |= 1 << position
    return mask


def _step(pattern: Glob, mask: int, character: str) -> int:
    after = 0
    for position in _positions(mask & ~(1 << len(pattern))):
        token = pattern[position]
        if token is Wild.MANY:
            after |= 1 << position
        elif token is Wild.ONE or token == character:
            after |= 1 << position + 1
    return _close(pattern, after)


def _alphabet(globs: Sequence[Glob], state: tuple[int, ...]) -> list[str]:
    """Characters that matter next: those some pattern names, and one that none does."""
    wanted = [_next(pattern, mask) for pattern, mask in zip(globs, state, strict=True)]
    if not any(isinstance(token, Wild) for token in wanted[0]):
        return sorted(token for token in wanted[0] if isinstance(token, str))
    named = {token for tokens in wanted for token in tokens if isinstance(token, str)}
    return [next(c for c in _neutral() if c not in named), *sorted(named)]


def _next(pattern: Glob, mask: int) -> set[str | Wild]:
    return {pattern[position] for position in _positions(mask & ~(1 << len(pattern)))}


def _neutral() -> Iterator[str]:
    yield from "xyzuvw0123456789"
    yield from map(chr, range(0x4E00, 0x9FFF))
