"""The project's own words for the engine: `[tool.asbuilt]` in `pyproject.toml`."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from asbuilt.errors import UnusableInput

_KEYS = {"undrawn": "[tool.asbuilt.undrawn]"}


@dataclass(frozen=True, slots=True)
class Settings:
    """`undrawn` gives, for what no diagram shows on purpose, the reason."""

    undrawn: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path = Path()) -> "Settings":
        """Settings of `folder`; without a file there are none.

        Raises UnusableInput where the file cannot be read or an excuse gives no reason.
        """
        path = folder / "pyproject.toml"
        if not path.is_file():
            return cls()
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("asbuilt", {})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UnusableInput(f"this is not TOML: {error}", "correct the file", path.as_posix()) from None
        undrawn = table.get("undrawn", {})
        for name, reason in undrawn.items():
            if not isinstance(reason, str) or not reason.strip():
                hint = f'write "{name}" = "why it is not drawn" in {_KEYS["undrawn"]}'
                raise UnusableInput(f"{name} is excused without a reason", hint, path.as_posix())
        return cls(undrawn)
