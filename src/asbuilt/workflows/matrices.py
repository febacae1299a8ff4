"""How often a matrix lets a job run, and with which values, where the file alone tells it."""

from math import prod
from typing import Any

_FEW = 3


def times(matrix: Any) -> str:
    """`matrix of 2`, or `matrix` where only the run itself knows; nothing without one."""
    lists = _lists(matrix)
    count = prod(len(values) for values in lists.values())
    return f"matrix of {count}" if lists else "matrix" if matrix else ""


def values(matrix: Any) -> dict[str, str]:
    """A few values of each key in words, by `matrix.key`: those of a lone `include` too."""
    lists = _lists(matrix)
    if "include" in lists:
        rows = [row for row in lists["include"] if isinstance(row, dict)]
        lists = {key: [row.get(key, "") for row in rows] for row in rows for key in row}
    return {
        f"matrix.{key}": " / ".join(map(str, found)) for key, found in lists.items() if len(found) <= _FEW
    }


def _lists(matrix: Any) -> dict[str, list[Any]]:
    """The lists that multiply. None where some are left out, or added to what others make."""
    found = matrix if isinstance(matrix, dict) else {}
    plain = all(isinstance(value, list) and value for value in found.values())
    return {} if not plain or "exclude" in found or ("include" in found and len(found) > 1) else dict(found)
