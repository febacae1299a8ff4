"""Files written whole or not at all, and read by the hash of what they hold."""

import hashlib
import tempfile
from pathlib import Path


def write(path: Path, content: str | bytes) -> None:
    """Put `content` at `path`, replacing what was there only once everything is written."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as handle:
        handle.write(data)
    temporary = Path(handle.name)
    temporary.chmod(0o644)
    temporary.replace(path)


def digest(*parts: bytes) -> str:
    """SHA-256 of the parts, in hexadecimal; a part's length counts, so that parts never run together."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()
