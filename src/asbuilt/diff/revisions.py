"""Revisions of a repository, read without touching its work tree."""

import contextlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from asbuilt.diff.model import Snapshot
from asbuilt.diff.recorded import snapshot
from asbuilt.errors import UnusableInput


@contextlib.contextmanager
def opened(revision: str | None, recorded: Path) -> Iterator[Snapshot]:
    """What is recorded in the folder `recorded` at a revision of git; in the work tree where it is None.

    Its files lie in a folder of their own until the block ends. Raises UnusableInput where there is no
    repository, no such revision, an absolute folder, no evidence, or evidence that cannot be read.
    """
    if recorded.is_absolute():  # joined to a revision's folder it would name the work tree's again
        raise UnusableInput(
            f"{recorded.as_posix()} is one place for both", "name --evidence from here: evidence"
        )
    if revision is None:
        yield snapshot("the work tree", Path(), recorded)
        return
    with tempfile.TemporaryDirectory(prefix="asbuilt-") as folder:
        _extract(_commit(revision), recorded, Path(folder))
        yield snapshot(revision, Path(folder), recorded)


def _commit(revision: str) -> str:
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not found:
        hint = "name a commit, a branch or a tag; a shallow clone lacks some: git fetch --unshallow"
        raise UnusableInput(f"git knows no revision {revision or 'without a name'}", hint)
    return found.decode().strip()


def _extract(commit: str, recorded: Path, folder: Path) -> None:
    """The evidence of a commit, and the folders that its inputs stand in."""
    _unpack(commit, [recorded.as_posix()], folder)
    wanted = {name.split("/")[0] for path in folder.rglob("*.json") for name in _inputs(path)}
    there = os.fsdecode(_git("ls-tree", "-z", "--name-only", commit)).split("\0")
    _unpack(commit, sorted(wanted & set(there)), folder)


def _inputs(path: Path) -> Iterable[str]:
    with contextlib.suppress(OSError, ValueError, AttributeError, TypeError, RecursionError):
        return [str(name) for name in json.loads(path.read_bytes()).get("inputs", ())]
    return []  # what is damaged is told when it is read


def _unpack(commit: str, names: list[str], folder: Path) -> None:
    archive = _git("archive", "--format=tar", commit, "--", *names) if names else b""
    empty = contextlib.suppress(tarfile.ReadError)
    with empty, tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter=_inside)  # noqa: S202 - the filter keeps to the folder


def _inside(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """A member as it may be unpacked; none for a link that leads out of the folder."""
    try:
        return tarfile.data_filter(member, folder)
    except tarfile.FilterError:
        return None


def _git(*arguments: str) -> bytes:
    """What git prints; nothing where it refuses. Raises UnusableInput without git or a repository."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, timeout=60)
    except FileNotFoundError:
        raise UnusableInput("git is not installed", "install git: revisions are read with it") from None
    if b"not a git repository" in done.stderr:
        raise UnusableInput("this is not a git repository", "run it inside a clone")
    return done.stdout if done.returncode == 0 else b""
