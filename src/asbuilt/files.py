"""Files found, written whole or not at all, and told apart by the hash of what they hold."""

import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


def write(path: Path, content: str | bytes) -> None:
    """Put `content` at `path`, replacing what was there only once everything is written.

    Raises OSError that names what stood in the way, and never a temporary name.
    """
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _replace(path, data)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path.as_posix()) from None


def _replace(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as handle:
        temporary = Path(handle.name)
        try:
            handle.write(data)
            handle.close()
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def below(folder: Path, *suffixes: str) -> list[Path]:
    """Files below `folder` with one of the suffixes, sorted; hidden folders are left out."""
    return [Path(name) for name in names(folder, *suffixes)]


def contents(folder: Path, *suffixes: str) -> dict[str, bytes]:
    """What the same files hold, by name. Each page of a site asks, and paths are many times as slow."""
    return {name: _read(name) for name in names(folder, *suffixes)}


def names(folder: Path, *suffixes: str) -> list[str]:
    """The same files, by name."""
    found = [name for name in _walk(str(folder)) if name.endswith(suffixes)] if folder.is_dir() else []
    return sorted(found, key=lambda name: name.replace(os.sep, "\0"))  # as paths are


def _read(name: str) -> bytes:
    with io.FileIO(name) as file:
        return file.readall()


def _walk(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path) if entry.name[0] != "." else ()
            elif entry.is_file():
                yield entry.path


def digest(*parts: bytes) -> str:
    """SHA-256 of the parts, in hexadecimal; a part's length counts, so that parts never run together."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()
