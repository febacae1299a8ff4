"""The settings in `pyproject.toml`."""

from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.settings import Settings


def test_without_a_file_or_a_table_nothing_is_set(project):
    """A project need not set anything."""
    assert Settings() == Settings.read()
    Path("pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert Settings() == Settings.read()


def test_excuses_are_read_with_their_reasons(project):
    """What is not drawn is excused by name, with a reason."""
    Path("pyproject.toml").write_text(
        "[tool.asbuilt.undrawn]\n'aws_budgets_budget.monthly' = 'no part of it'\n"
    )
    assert Settings.read().undrawn == {"aws_budgets_budget.monthly": "no part of it"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.asbuilt.undrawn]\na = ''\n", "a is excused without a reason"),
        ("[tool.asbuilt.undrawn]\na = '  '\n", "a is excused without a reason"),
        ("[tool.asbuilt.undrawn]\na = 1\n", "a is excused without a reason"),
        ("[tool.asbuilt]\nundrawn = ['a']\n", "undrawn is not a table"),
        ("[tool]\nasbuilt = 1\n", "asbuilt is not a table"),
        ("tool = 1\n", "asbuilt is not a table"),
        ("[tool.asbuilt.undrwn]\na = 'b'\n", "[tool.asbuilt] knows no undrwn"),
        ("[tool\n", "this is not TOML"),
    ],
)
def test_settings_that_say_nothing_sure_are_refused(project, text, message):
    """An excuse without a reason, a setting that does not exist and broken TOML are errors of the file."""
    Path("pyproject.toml").write_text(text)
    with pytest.raises(UnusableInput) as caught:
        Settings.read()
    assert caught.value.message.startswith(message)
    assert (caught.value.file, bool(caught.value.hint)) == ("pyproject.toml", True)
