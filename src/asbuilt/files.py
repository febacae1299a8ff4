"""Files found, written whole or not at all, and told apart by the hash of what they hold."""

import hashlib
import tempfile
from pathlib import Path


def write(path: Path, content: str | bytes) -> None:
    """Put `content` at `path`, replacing what was there only once everything is written."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
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
    found = (path for path in folder.rglob("*") if path.suffix in suffixes)
    return sorted(
        path for path in found if not any(part[0] == "." for part in path.relative_to(folder).parts[:-1])
    )


def digest(*parts: bytes) -> str:
    """SHA-256 of the parts, in hexadecimal; a part's length counts, so that parts never run together."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()
