"""What a page quotes: data in a YAML or JSON file, by the keys that lead to it."""

import difflib
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from asbuilt.data import parsed
from asbuilt.errors import UnusableInput


def data(path: str) -> Any:
    """What a file holds; the very same object as long as it holds the same bytes.

    Raises UnusableInput where there is no such file, or it cannot be read.
    """
    if not (file := Path(path)).is_file():
        raise UnusableInput("there is no such file", "name it as path#key, from the project's folder", path)
    return _parsed(file, file.read_bytes())


def recorded(name: str, read: Callable[[str], Any] = data) -> Any:
    """The data at `path#key.key`, of what `read` says that the file holds; the whole file without keys.

    Raises UnusableInput where there is no such key, and as `read` does.
    """
    path, _, keys = name.partition("#")
    found = read(path)
    for key in filter(None, keys.split(".")):
        named = found if isinstance(found, Mapping) else {}
        if key not in named:  # as it is written, it may be a number there
            named = {str(name): value for name, value in named.items()}
        if key not in named:
            raise UnusableInput(f"there is no {keys}", _hint(key, named), path)
        found = named[key]
    return found


def _hint(key: str, named: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(key, named, n=1)
    return f"did you mean {close[0]}?" if close else f"nothing there is called {key}"


_parsed = functools.lru_cache(maxsize=256)(parsed)
"""Parsed once for all pages: whoever asks for the same bytes gets the same data, and changes nothing."""
