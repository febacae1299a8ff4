"""Where diagram scripts are."""

import sys
from pathlib import Path

from asbuilt.errors import UnusableInput


def scripts(folder: Path) -> list[Path]:
    """Every diagram script below `folder`, sorted.

    Raises UnusableInput where there is none, or where one could not be run by itself because its name
    hides a module of Python's own.
    """
    found = sorted(path for path in folder.rglob("*.py") if path.name != "__init__.py")
    if not found:
        what = "holds no diagram script" if folder.is_dir() else "is not a folder"
        message = f"{folder.as_posix()} {what}"
        raise UnusableInput(message, "name the folder of your diagrams with --diagrams DIR")
    for path in found:
        if path.stem in sys.stdlib_module_names:
            message = f"the script's name hides Python's own module {path.stem}"
            raise UnusableInput(message, "rename it: run by itself it would not start", path.as_posix())
    return found
