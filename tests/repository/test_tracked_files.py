"""What may not stand in any file of the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A lock file names the index that its hashes come from: its format asks for it.
NAMES_ITS_INDEX = {"uv.lock"}
FORBIDDEN = {
    "a machine's path": re.compile(r"(?<![\w./~*-])/(?:work|root|opt|home|Users)/\w"),
    "a package registry's host": re.compile(
        r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|proxy\.golang\.org|crates\.io)\b"
    ),
    "a secret": re.compile(
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bxox[abprs]-\w{10}|BEGIN [A-Z ]*PRIVATE KEY"
    ),
}
WRONG = {
    "a machine's path": "cd /" + "home/ada/as-built",
    "a package registry's host": "https://pypi" + ".org/simple",
    "a secret": "AKIA" + "ABCDEFGHIJKLMNOP",  # pragma: allowlist secret
}


def faults(text: str) -> list[str]:
    """Every line of `text` that may not stand in a file, as `line: what`."""
    return [
        f"{number}: {what}"
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in FORBIDDEN.items()
        if pattern.search(line)
    ]


def files() -> list[Path]:
    """Every file that is in the repository or would be with `git add`."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """A file's text; nothing where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_machine_a_registry_or_a_secret():
    """A clone works everywhere, and nothing in it opens a door."""
    found = [
        f"{path.relative_to(ROOT)}:{fault}"
        for path in files()
        if path.name not in NAMES_ITS_INDEX
        for fault in faults(text_of(path))
    ]
    assert [] == found


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_is_forbidden_is_seen(what: str):
    """A line of each forbidden kind is found, with its number."""
    assert [f"2: {what}"] == faults(f"first\n{WRONG[what]}\n")


@pytest.mark.parametrize("line", ["https://example.org/home/page", "~/opt/x", "../root/file", "a/home/b"])
def test_an_address_is_not_a_machines_path(line: str):
    """A web address or a relative path that only looks like one is let through."""
    assert [] == faults(line)


def import_diagrams(folder: Path) -> subprocess.CompletedProcess:
    """Import the library the way `python -m pytest` would, with `folder` first on the path."""
    command = (sys.executable, "-c", "from diagrams import Diagram")
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_folder_of_diagrams_does_not_hide_the_library():
    """`diagrams/` is not a package, so the library of that name is still found from the root."""
    assert [] == list((ROOT / "diagrams").rglob("__init__.py"))
    assert 0 == import_diagrams(ROOT).returncode


def test_a_package_named_diagrams_hides_the_library(tmp_path: Path):
    """The guard above can fail: one `__init__.py` is enough."""
    (tmp_path / "diagrams").mkdir()
    (tmp_path / "diagrams" / "__init__.py").touch()
    assert "cannot import name 'Diagram'" in import_diagrams(tmp_path).stderr
