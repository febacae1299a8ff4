"""Data in files: YAML and JSON are read, JSON is written."""

import json
from pathlib import Path
from typing import Any

import yaml

from asbuilt.errors import UnusableInput

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> Any:
    """What a file holds: JSON where its name ends in `.json`, otherwise YAML.

    Raises OSError where it cannot be opened, and UnusableInput, with the line, where it is neither.
    """
    return parsed(path, path.read_bytes())


def parsed(path: Path, content: bytes) -> Any:
    """The same of bytes that have been read already; `path` only names them."""
    try:  # JSON is YAML too, but its own reader is many times faster
        return json.loads(content) if path.suffix == ".json" else yaml.load(content, _Loader)  # noqa: S506
    except (ValueError, yaml.YAMLError) as error:
        name, line = path.as_posix(), _line(error)
        raise UnusableInput("this data cannot be read", "correct the file", name, line) from None


def as_json(body: Any, indent: int = 2) -> str:
    """JSON that shows a change line by line, as what is committed has to, with a newline at its end."""
    return json.dumps(body, indent=indent, ensure_ascii=False) + "\n"


def _line(error: ValueError | yaml.YAMLError) -> int:
    """Where the text stops being data, as far as its reader tells."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return int(error.problem_mark.line) + 1
    return error.lineno if isinstance(error, json.JSONDecodeError) else 0
