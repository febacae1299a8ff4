"""Conditions (`if:`), taken apart where they join with `&&` and cut to what a picture can hold."""

import re
from collections.abc import Iterable

_WHOLE = re.compile(r"\$\{\{((?:(?!\}\}).)*)\}\}", re.DOTALL)
_PIECE = re.compile(r"'(?:[^']|'')*'|&&|\|\||.", re.DOTALL)
_EVENT = re.compile(r"github\.event_name == '(\w+)'")
_LONGEST, _LONGEST_WORD = 76, 30  # characters of a label, and of what cannot be wrapped in it


def conjuncts(condition: str) -> tuple[str, ...]:
    """What must all hold: `a && (b || c)` is two. A condition with `||` outside parentheses is one."""
    whole = _WHOLE.fullmatch(condition.strip())
    text = " ".join((whole[1] if whole else condition).split())
    parts, depth = [""], 0
    for piece in _PIECE.findall(text):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "||" and depth == 0:
            return (text,)
        if piece == "&&" and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return tuple(part.strip() for part in parts if part.strip())


def never(found: Iterable[str]) -> bool:
    """Whether the conditions ask for two events at once. A called workflow's event is its caller's."""
    return len({event[1] for one in found if (event := _EVENT.fullmatch(one))}) > 1


def label(found: Iterable[str]) -> str:
    """Conditions as an arrow carries them: those that are short enough, and `…` for the others."""
    all_of = [_readable(one) for one in dict.fromkeys(found)]
    shown: list[str] = []
    for one in all_of:
        fits = len(" && ".join([*shown, one])) <= _LONGEST
        if fits and max(map(len, one.split())) <= _LONGEST_WORD:
            shown.append(one)
    rest = ["…"] if len(shown) < len(all_of) else []
    return f"if {' && '.join(shown + rest)}" if all_of else ""


def _readable(one: str) -> str:
    """Two small quotes look like one mark."""
    return one.replace(" != ''", " is not empty").replace(" == ''", " is empty")
