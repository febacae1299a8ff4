"""The files that a newcomer reads first: README, CONTRIBUTING, CHANGELOG and LICENSE."""

import hashlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from asbuilt.render.store import picture

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"  # pragma: allowlist secret


def dead_links(text: str) -> list[str]:
    """Every relative link of a page at the root that leads nowhere."""
    targets = re.findall(r"""(?:\]\(|src=")([^)"#\s]+)""", text)
    return [target for target in targets if "://" not in target and not (ROOT / target).exists()]


def printed(text: str, command: str) -> str:
    """What a page says that `command` prints."""
    block = re.search(rf"^```console\n\$ {re.escape(command)}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return block[1]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str):
    """A newcomer meets no dead link."""
    assert [] == dead_links((ROOT / page).read_text(encoding="utf-8"))


def test_a_dead_link_is_seen():
    """A link to a page that does not exist is found, and a web address is left alone."""
    text = '[a](docs/none.md#part) ![b](https://example.org/b) [c](README.md) [d](#part) <img src="e.svg">'
    assert ["docs/none.md", "e.svg"] == dead_links(text)


def test_the_first_screen_of_the_readme_is_complete():
    """Name, one sentence, one picture, two commands and four links, in this order."""
    screen = README.partition("\n## ")[0]
    kinds = r"^# |^[A-Z][^\n]+\n[^\n]+\.\n\n(?=<p)|<img src=.+\.svg|^\$ make \w+|^- \[.+\]\(.+\.md\)"
    found = [match[0] for match in re.finditer(kinds, screen, re.MULTILINE)]
    name, sentence, image, *rest = found
    assert ("# ", 1, "<img") == (name, sentence.count("."), image[:4])
    assert ["$ make serve", "$ make test"] == rest[:2]
    assert 4 == len(rest[2:])


def test_the_readmes_picture_is_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The picture in the README is what the engine draws from the script today."""
    monkeypatch.chdir(ROOT)
    drawn = picture(Path("diagrams/biotech-x/upload.py"), Path("diagrams"), tmp_path)
    assert drawn == Path("docs/assets/upload.svg").read_text(encoding="utf-8"), "draw it again: make picture"


def test_the_readme_shows_what_the_check_prints():
    """The output of `asbuilt check` in the README is the real one."""
    command = (sys.executable, "-m", "asbuilt.cli", "check")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == printed(README, ".venv/bin/asbuilt check"), done.stderr


def test_the_readme_shows_which_uv_is_fetched():
    """The first line that `make serve` prints on a fresh machine names the pinned version."""
    version = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert f"Fetching uv {version} into .cache/uv" == printed(README, "make serve").splitlines()[0]


def test_contributing_shows_what_make_help_prints():
    """The list of commands in CONTRIBUTING.md is the real one."""
    listed = subprocess.run(("make", "-s", "help"), cwd=ROOT, capture_output=True, text=True).stdout
    assert listed == printed((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), "make help")


def test_the_readme_claims_no_more_tests_than_there_are(pytestconfig: pytest.Config, collected: int):
    """The number of tests in the README was true once, and tests only come."""
    if pytestconfig.args != pytestconfig.getini("testpaths"):
        pytest.skip("only a run of every test knows how many there are")
    assert int(re.search(r"(\d+) passed", README)[1]) <= collected


def test_the_licence_is_apache_2():
    """LICENSE is the unchanged text, and the package says the same."""
    assert APACHE_2 == hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert "Apache-2.0" == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"]


def test_the_changelog_has_a_place_for_what_is_new():
    """Keep a Changelog's form: an Unreleased section first, and only its kinds of change."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert "[Unreleased]" == re.findall(r"^## (.+)$", text, re.MULTILINE)[0]
    assert set() == set(re.findall(r"^### (.+)$", text, re.MULTILINE)) - kinds
