"""The project's own words for the engine: `[tool.asbuilt]` in `pyproject.toml`."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asbuilt.errors import UnusableInput

_KEYS = {"undrawn"}


@dataclass(frozen=True, slots=True)
class Settings:
    """`undrawn` gives, for what no diagram shows on purpose, the reason."""

    undrawn: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path = Path()) -> "Settings":
        """Settings of `folder`; without a file there are none.

        Raises UnusableInput where the file cannot be read, a setting does not exist, or an excuse gives
        no reason.
        """
        path = folder / "pyproject.toml"
        if not path.is_file():
            return cls()
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UnusableInput(f"this is not TOML: {error}", "correct the file", path.as_posix()) from None
        table = _table(document.get("tool", {}), "asbuilt", path)
        for name in table.keys() - _KEYS:
            hint = f"the settings are {', '.join(sorted(_KEYS))}"
            raise UnusableInput(f"[tool.asbuilt] knows no {name}", hint, path.as_posix())
        return cls(_undrawn(_table(table, "undrawn", path), path))


def _table(parent: Any, name: str, path: Path) -> dict[str, Any]:
    table = parent.get(name, {}) if isinstance(parent, dict) else None
    if not isinstance(table, dict):
        raise UnusableInput(f"{name} is not a table", 'write "name" = "value" lines in it', path.as_posix())
    return table


def _undrawn(table: dict[str, Any], path: Path) -> dict[str, str]:
    for name, reason in table.items():
        if not isinstance(reason, str) or not reason.strip():
            hint = f'write "{name}" = "why it is not drawn" in [tool.asbuilt.undrawn]'
            raise UnusableInput(f"{name} is excused without a reason", hint, path.as_posix())
    return table
