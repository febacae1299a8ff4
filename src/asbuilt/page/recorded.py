"""What a page quotes: data in a YAML or JSON file, by the keys that lead to it."""

import difflib
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from asbuilt.errors import UnusableInput

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def recorded(name: str) -> Any:
    """The data at `path#key.key`; the whole file without keys.

    Raises UnusableInput where there is no such file or key, or the file cannot be read.
    """
    path, _, keys = name.partition("#")
    if not (file := Path(path)).is_file():
        raise UnusableInput("there is no such file", "name it as path#key, from the project's folder", path)
    data = _read(file, file.stat().st_mtime_ns)
    for key in filter(None, keys.split(".")):
        named = {str(name): value for name, value in data.items()} if isinstance(data, Mapping) else {}
        if key not in named:
            raise UnusableInput(f"there is no {keys}", _hint(key, named), path)
        data = named[key]
    return data


def _hint(key: str, named: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(key, named, n=1)
    return f"did you mean {close[0]}?" if close else f"nothing there is called {key}"


@functools.lru_cache(maxsize=64)
def _read(path: Path, _: int) -> Any:
    """Read once for all pages, and again when the file has changed."""
    text = path.read_text(encoding="utf-8")
    try:  # JSON is YAML too, but its own reader is many times faster
        return json.loads(text) if path.suffix == ".json" else yaml.load(text, _Loader)  # noqa: S506
    except (json.JSONDecodeError, yaml.YAMLError):
        raise UnusableInput("this data cannot be read", "correct the file", path.as_posix()) from None
