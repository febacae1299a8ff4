"""The command that follows the pages and writes what came out onto them."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from drills.provisioning import ENVIRONMENTS, RECORD, __main__
from drills.provisioning.__main__ import main
from drills.provisioning.shell import open_shell

PAGE = "page.md"
RIGHT = "# Page\n\n```bash\necho one\n```\n\n```text\none\n```\n"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page in a repository of its own, followed in shells with no emulator beside them."""

    @contextmanager
    def shells(*_: object) -> Iterator[dict[str, SimpleNamespace]]:
        with ExitStack() as stack:
            made = {}
            for name in ENVIRONMENTS:
                (tmp_path / name).mkdir()
                environment = {"HOME": str(tmp_path / name), "PATH": os.environ["PATH"]}
                made[name] = SimpleNamespace(shell=stack.enter_context(open_shell(tmp_path, environment)))
            yield made

    monkeypatch.setattr(__main__, "PAGES", (PAGE,))
    monkeypatch.setattr(__main__, "accounts", shells)
    monkeypatch.chdir(tmp_path)
    return tmp_path / PAGE


def test_a_page_that_is_right_passes(page: Path, capsys: pytest.CaptureFixture[str]):
    """Nothing is printed, and nothing is written."""
    page.write_text(RIGHT)
    assert 0 == main([])
    assert (("", ""), RIGHT) == (capsys.readouterr(), page.read_text())
    assert not Path(RECORD).exists()


def test_a_page_that_is_wrong_does_not(page: Path, capsys: pytest.CaptureFixture[str]):
    """The difference is shown for each environment, and the page is left as it is."""
    page.write_text(RIGHT.replace("echo one", "echo two"))
    assert 1 == main([])
    assert 2 == capsys.readouterr().err.count("-one\n+two")
    assert "echo two\n```\n\n```text\none\n" in page.read_text()


def test_outputs_are_written_by_the_command(page: Path):
    """Nobody types them; the commands are recorded."""
    page.write_text(RIGHT.replace("echo one", "echo two"))
    assert 0 == main(["--write"])
    assert RIGHT.replace("one", "two") == page.read_text()
    assert 1 == json.loads(Path(RECORD).read_text())["executed"]


def test_nothing_is_written_after_a_failure(page: Path, capsys: pytest.CaptureFixture[str]):
    """The page stays, and the failure is told."""
    text = RIGHT.replace("echo one", "false")
    page.write_text(text)
    assert 1 == main(["--write"])
    assert (text, False) == (page.read_text(), Path(RECORD).exists())
    assert "exit status 1" in capsys.readouterr().err


def test_text_that_is_edited_meanwhile_is_kept(page: Path):
    """Outputs find their step, wherever it stands by then."""
    page.write_text(f"```bash\nsed -i '1 i more' {PAGE}\necho one\n```\n")
    assert 0 == main(["--write"])
    text = page.read_text()
    assert (True, True) == (text.startswith("more\n"), text.endswith("```text\none\n```\n"))


def test_commands_that_are_edited_meanwhile_are_not_written(page: Path, capsys: pytest.CaptureFixture[str]):
    """Nobody has executed them."""
    page.write_text(f"```bash\nsed -i s/one/two/ {PAGE}\n```\n")
    assert 2 == main(["--write"])
    said = "error: page.md: its commands were changed meanwhile\nhint: run this again\n"
    assert (said, False) == (capsys.readouterr().err, Path(RECORD).exists())
