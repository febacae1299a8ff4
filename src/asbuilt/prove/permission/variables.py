"""Policy variables such as `${aws:PrincipalTag/team}`.

IAM User Guide, "IAM policy elements: Variables and tags".
"""

import functools
import re

from asbuilt.prove.permission.patterns import Glob, glob
from asbuilt.prove.permission.requests import Context
from asbuilt.prove.permission.truth import Unknown

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"(.*), '(.*)'")
_LITERAL = frozenset("*?$")


def expand(text: str, context: Context, enabled: bool) -> Glob | Unknown | None:
    """`text` as a pattern with its variables filled in; None where one of them has no value.

    `enabled` is false for policies of the older language version, which takes variables literally.
    """
    if not enabled or "${" not in text:
        return glob(text)
    filled: list[Glob] = []
    for literal, name in _pieces(text):
        value = _value(name, context) if name else ()
        if value is None or isinstance(value, Unknown):
            return value
        filled += [glob(literal), value]
    return tuple(token for part in filled for token in part)


@functools.lru_cache(maxsize=4096)
def widest(text: str) -> Glob:
    """`text` with its variables as `*`: it covers at least what the text does, whatever they hold."""
    return glob(_VARIABLE.sub("*", text))


@functools.lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[tuple[str, str], ...]:
    """Each literal part with the variable that follows it; the last has none."""
    parts = _VARIABLE.split(text)
    return tuple(zip(parts[::2], [*parts[1::2], ""], strict=True))


def _value(name: str, context: Context) -> Glob | Unknown | None:
    if name in _LITERAL:
        return (name,)
    default = _DEFAULT.fullmatch(name)
    value = context.get(default[1] if default else name)
    if value is None:
        return tuple(default[2]) if default else None
    if isinstance(value, Unknown):
        return value
    if len(value) == 1 and isinstance(value[0], str):
        return tuple(value[0])
    return Unknown(f"the policy variable ${{{name}}} cannot be told from the files")
