"""Expressions (`${{ … }}`) in the names that a picture shows."""

import re
from collections.abc import Mapping

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)


def filled(text: str, known: Mapping[str, str]) -> str:
    """`text` with the values that are known, by `inputs.name` or `matrix.name`, in their places."""
    return _EXPRESSION.sub(lambda found: known.get(found[1], found[0]), text)


def plain(text: str) -> str:
    """`text` on one line; an expression keeps no braces that a line could break at: `{inputs.name}`."""
    return " ".join(_EXPRESSION.sub(r"{\1}", text).split())
