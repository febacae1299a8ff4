"""Where diagram scripts are."""

from pathlib import Path

from asbuilt.errors import UnusableInput


def scripts(folder: Path) -> list[Path]:
    """Every diagram script below `folder`, sorted. Raises UnusableInput where there is none."""
    found = sorted(path for path in folder.rglob("*.py") if path.name != "__init__.py")
    if not found:
        what = "holds no diagram script" if folder.is_dir() else "is not a folder"
        message = f"{folder.as_posix()} {what}"
        raise UnusableInput(message, "name the folder of your diagrams with --diagrams DIR")
    return found
